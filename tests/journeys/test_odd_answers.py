"""Where an answer goes wrong on its way: a full disk behind it, a reader that left, a platform or folder nobody has."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.programs import programs
from tests.support.waiting import wait_until
from textcraft_bus.cli import EXIT_USAGE
from textcraft_bus.disk.folders import log_folder
from textcraft_bus.processes import NameLock, command
from textcraft_core.show.folder import new_show, show_id
from textcraft_gui.supervision import rest_walls

FULL = Path("/dev/full")
ANSWERS = (
    ("textcraft", "--help"),
    ("textcraft", "--version"),
    ("textcraft", "doctor"),
    ("textcraft", "doctor", "--help"),
    ("textcraft", "install-service", "--print"),
    ("textcraft", "qt-look"),
    ("textcraft-core", "--help"),
    ("textcraft-core", "--templates"),
    ("textcraft-core", "--run", "3"),
    ("textcraft-core", "--export"),
    ("textcraft-core", "keys"),
    ("textcraft-image-server", "--help"),
    ("textcraft-display", "--version"),
)
UNPRINTED = "what was asked for cannot be printed: "


@pytest.fixture
def show(tmp_path):
    return new_show(tmp_path / "my show")


def told(words, stdout, show, **changed):
    """Run a program to its end with this for its standard output; its exit code, and what it said of that."""
    needs = words[0] == "textcraft-core" and words[1] in {"--run", "--export"}
    line = [*command(words[0]), *words[1:], *(("--project", str(show.root)) if needs else ())]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **changed}
    done = subprocess.run(line, env=environment, stdout=stdout, stderr=subprocess.PIPE, timeout=60, check=False)
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("words", ANSWERS, ids=" ".join)
def test_an_answer_that_fits_on_no_disk_is_one_line_and_a_code_of_ours(words, show):
    with FULL.open("wb") as full:
        code, said = told(words, full, show)
    assert code == 1
    assert said.endswith(f": {UNPRINTED}No space left on device\n")
    assert said.count("No space left") == 1
    assert "Traceback" not in said
    assert "Exception ignored" not in said


def test_a_batch_nobody_hears_plays_no_further_cycle(show):
    """As `textcraft-core --run 200 | head -1` has it: the cycle that could not be told was the last one."""
    with FULL.open("wb") as full:
        assert told(("textcraft-core", "--run", "200"), full, show)[0] == 1
    assert len(list(show.manuscripts.glob("*.md"))) < 10


def test_a_reader_that_left_is_told_as_one():
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        assert told(("textcraft-core", "--templates"), pipe, None) == (
            1,
            f"textcraft-core: {UNPRINTED}Broken pipe\n",
        )


@pytest.mark.parametrize("words", [("textcraft", "--rehearse"), ("textcraft-display", "--windowed")], ids=" ".join)
def test_a_platform_qt_does_not_have_is_named_with_those_it_has(words, show):
    code, said = told(words, subprocess.PIPE, show, QT_QPA_PLATFORM="nope")
    assert code == EXIT_USAGE
    assert said.startswith(f"{words[0]}: QT_QPA_PLATFORM is 'nope', and Qt has no such platform here: unset it")
    assert "offscreen" in said
    assert said.count("\n") == 1


def test_a_wall_s_folder_of_pictures_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    settings = tmp_path / "display.toml"
    settings.write_text(f"folders = ['{tmp_path}', '{tmp_path / 'file'}']")
    for flags in (("--images", str(tmp_path / "file")), ("--config", str(settings))):
        code, said = told(("textcraft-display", "--foreign", *flags), subprocess.PIPE, None)
        assert code == EXIT_USAGE
        assert said.startswith(f"textcraft-display: {tmp_path / 'file'} is no folder (")
        assert said.count("\n") == 1


def test_a_wall_opens_before_its_folder_of_pictures_is_there_and_says_so(tmp_path):
    folder = tmp_path / "nowhere"
    with programs(tmp_path) as started:
        wall = started.start("textcraft-display", "--foreign", "--windowed", "--images", str(folder))
        wait_until(lambda: f"{folder} is not there yet" in wall.output, 30, "the word of it")
        wait_until((log_folder() / "health" / "display.json").is_file, 30, "the wall")
        assert wall.process.poll() is None


def test_rest_walls_says_a_failure_once_to_whoever_called_and_once_in_its_log(show, capfd):
    lock = NameLock(f"console.{show_id(show)}")
    lock.acquire("", "")
    try:
        assert rest_walls.main(["--project", str(show.root)]) == 3
    finally:
        lock.release()
    said = capfd.readouterr().err
    assert said == f"textcraft rest-walls: a console has this show open (process {os.getpid()}): use SAFE LOOK there\n"
    assert (log_folder() / "textcraft-rest-walls.log").read_text().count("a console has this show open") == 1


def test_so_it_does_where_it_can_have_no_log(show, capfd, monkeypatch):
    monkeypatch.setenv("TEXTCRAFT_HOME", "/dev/null")
    with pytest.raises(SystemExit) as ended:
        rest_walls.main(["--project", str(show.root)])
    assert ended.value.code == 1
    assert capfd.readouterr().err.count("cannot be used (Not a directory)") == 1
