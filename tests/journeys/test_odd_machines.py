"""What newcomers type and what machines are like: a program says in one line what is wrong, and shows no traceback."""

import os
import subprocess
from pathlib import Path

import pytest

from textcraft_bus.processes import command
from textcraft_core.show.folder import new_show, show_id

LONG = "x" * 300
ENDLESS = "x/" * 3000
PROGRAMS = (
    ("textcraft", "--rehearse"),
    ("textcraft", "doctor"),
    ("textcraft", "rest-walls"),
    ("textcraft", "install-service", "--print"),
    ("textcraft", "--supervise"),
    ("textcraft-core", "--run", "1"),
    ("textcraft-image-server",),
    ("textcraft-display", "--wall", "brick", "--windowed"),
)


@pytest.fixture
def show(tmp_path):
    return new_show(tmp_path / "my show")


def said(words, **changed):
    """Run a program to its end; its exit code, and what it said."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **changed}
    line = [*command(words[0]), *words[1:]]
    done = subprocess.run(line, env=environment, capture_output=True, timeout=50, check=False)
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


@pytest.mark.parametrize("words", PROGRAMS, ids=" ".join)
def test_without_a_folder_of_its_own_a_program_says_what_to_do(words, show):
    more = ("--project", str(show.root)) if words[0] in {"textcraft", "textcraft-core"} else ()
    code, told = said((*words, *more), TEXTCRAFT_HOME="/dev/null")
    assert (code, "Traceback" in told) == (1, False), told
    assert "cannot be used (Not a directory): set TEXTCRAFT_HOME to a folder that may be written to" in told


@pytest.mark.parametrize(
    ("words", "taken"),
    [
        (PROGRAMS[0], "data/consoles"),
        (PROGRAMS[5], "data/consoles"),
        (PROGRAMS[6], "data/image_servers"),
        (PROGRAMS[7], "config/walls"),
    ],
    ids=str,
)
def test_a_file_in_the_place_of_such_a_folder_is_named(words, taken, show, textcraft_home):
    (textcraft_home / taken).parent.mkdir()
    (textcraft_home / taken).touch()
    more = ("--project", str(show.root)) if words[0] in {"textcraft", "textcraft-core"} else ()
    code, told = said((*words, *more))
    assert (code, "Traceback" in told) == (1, False), told
    assert f"{textcraft_home / taken} cannot be used (File exists): set TEXTCRAFT_HOME" in told


def test_a_file_in_the_place_of_the_exports_is_told(show):
    (show.root / "exports").touch()
    code, told = said(("textcraft-core", "--project", str(show.root), "--export"))
    assert (code, "Traceback" in told) == (1, False), told
    assert "the book could not be handed out: check the disk (File exists)" in told


@pytest.mark.parametrize(("words", "taken"), [(PROGRAMS[5], "consoles"), (PROGRAMS[6], "image_servers")], ids=str)
def test_a_name_that_cannot_be_held_is_told(words, taken, show, textcraft_home):
    """As on a disk that became read-only: the folder is there, and takes no lock."""
    names = {"consoles": f"{show_id(show)}", "image_servers": "painter"}
    (textcraft_home / "data" / taken / f"{names[taken]}.lock").mkdir(parents=True)
    more = ("--project", str(show.root)) if words[0] == "textcraft-core" else ("--service-name", "painter")
    code, told = said((*words, *more))
    assert (code, "Traceback" in told) == (1, False), told
    assert f"{taken} cannot be used (Is a directory)" in told


def test_secrets_in_other_letters_are_not_read_and_not_shown(show):
    (show.root / ".env").write_bytes("# clé\nLLM_API_KEY=sk-1234567890abcdef\n".encode("latin-1"))
    for words in (PROGRAMS[0], PROGRAMS[5]):
        code, told = said((*words, "--project", str(show.root)))
        assert (code, "Traceback" in told, "sk-1234" in told) == (1, False, False), told
        assert ".env cannot be read: it is not UTF-8" in told


def test_a_circle_of_links_is_no_story(tmp_path):
    (tmp_path / "round").symlink_to("round")
    for place in ("round", "~nobody-of-this-name"):
        code, told = said(
            ("textcraft-core", "--import", str(tmp_path / place) if place == "round" else place, "--to", "x")
        )
        assert (code, "Traceback" in told, "choose the story's own folder" in told) == (1, False, True), told


@pytest.mark.parametrize("name", [LONG, ENDLESS, "~nobody-of-this-name/show", "a\0b".replace("\0", "\n")], ids=range(4))
@pytest.mark.parametrize(
    "words", [each for each in PROGRAMS if each[0] in {"textcraft", "textcraft-core"}], ids=" ".join
)
def test_a_show_that_cannot_be_looked_for_is_one_line(words, name):
    code, told = said((*words, "--project", name))
    assert code == 1
    assert "Traceback" not in told
    assert "choose" in told
    assert len(told) < 1000


def test_a_show_is_begun_and_brought_in_from_and_to_usable_names_only(show):
    for words in (("--new-show", LONG), ("--import", LONG, "--to", "x"), ("--import", str(show.root), "--to", LONG)):
        code, told = said(("textcraft-core", *words))
        assert (code, "Traceback" in told, "File name too long" in told) == (1, False, True), told
        assert len(told) < 400


def test_letters_that_cannot_be_written_down_are_refused_before_anything_is_made(tmp_path):
    """File watch, journal and the addresses of pictures hold paths as text: half of a show would work."""
    name = os.fsdecode(bytes(tmp_path) + b"/caf\xe9")
    code, told = said(("textcraft-core", "--new-show", name))
    assert (code, list(tmp_path.iterdir())) == (1, [])
    assert "holds letters this system's language cannot write: rename it" in told
    Path(name, "data").mkdir(parents=True)
    for words in (("textcraft-core", "--run", "1"), ("textcraft", "--rehearse")):
        code, told = said((*words, "--project", name))
        assert (code, "rename it" in told, "Traceback" in told) == (1, True, False), told


def test_a_terminal_that_knows_ascii_alone_hears_all_the_same():
    code, told = said(("textcraft-core", "--templates"), PYTHONIOENCODING="ascii")
    assert code == 0
    assert "unrung_bell: ?" in told


@pytest.mark.parametrize("config", ["/etc", "/nowhere/at/all.toml"])
@pytest.mark.parametrize("words", [PROGRAMS[0], *PROGRAMS[5:]], ids=" ".join)
def test_settings_that_somebody_named_are_not_passed_over(words, config):
    code, told = said((*words, "--config", config))
    assert code == 1
    assert "cannot be read" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("program", ["textcraft", "textcraft-core"])
@pytest.mark.parametrize("cycles", ["two", "0", "-1", "1.5"])
def test_a_number_of_cycles_is_asked_for_in_words(program, cycles):
    code, told = said((program, "--run", cycles))
    assert code == 2
    assert "a number of cycles from 1" in told or "invalid int value" in told


def test_screenshots_that_cannot_be_kept_end_the_run_at_once(show):
    words = ("textcraft", "--project", str(show.root), "--run", "1", "--quit-when-done", "--ports", "free")
    code, told = said((*words, "--shots", "/dev/null/shots"))
    assert code == 1
    assert "textcraft: no screenshots can go to /dev/null/shots: Not a directory" in told
    assert "Traceback" not in told
