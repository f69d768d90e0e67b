"""What the README and the manual tell people to type is typed: on a machine of its own, with a show that was played."""

import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from tests.support.programs import programs
from tests.support.shown_commands import COMMANDS, ROOT, Elsewhere, Ends, Serves, shown
from tests.support.waiting import wait_until
from textcraft_bus.keys import keys_folder, own_keys
from textcraft_bus.processes import command
from textcraft_core.show.templates import begin_from

SECONDS = 90
WITHOUT_INSTALLING = (
    "import sys; sys.path.insert(0, 'build'); import dev; "
    "dev.prepare = lambda _lock: None; dev.require = lambda _needed, present: None; sys.exit(dev.main())"
)
"""dev.py as it is, but that it installs nothing while other tests run."""
OWN_MESSAGE = """from textcraft_bus.schemas_base import MessageBase


class WeatherChanged(MessageBase):
    summary: str = ""
"""


def test_every_command_that_is_shown_is_in_the_table_and_no_other():
    assert sorted(set(shown()) - set(COMMANDS)) == [], "say in tests/support/shown_commands.py how it is carried out"
    assert sorted(set(COMMANDS) - set(shown())) == []
    assert all(len(how.why) > 20 for how in COMMANDS.values() if isinstance(how, Elsewhere))


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """A show somebody rehearsed already, and a story folder of another program."""
    folder = tmp_path_factory.mktemp("played")
    begin_from("souls_aboard", folder / "my_show")
    begin_from("unrung_bell", folder / "their_folder")
    line = [*command("textcraft-core"), "--project", str(folder / "my_show"), "--run", "2", "--seed", "7"]
    environment = {**os.environ, "TEXTCRAFT_HOME": str(folder / "home")}
    subprocess.run(line, check=True, timeout=SECONDS, env=environment, capture_output=True)
    return folder


@pytest.fixture
def desk(played, tmp_path, textcraft_home, monkeypatch):
    """Where somebody stands who types: beside those folders."""
    for name in ("my_show", "their_folder"):
        shutil.copytree(played / name, tmp_path / name)
    monkeypatch.delenv("PROJECT_ENV", raising=False)
    return tmp_path


def line_of(words, desk, textcraft_home):
    """The real command line: our programs from here, and real things in place of words that stand for some."""
    program, *arguments = words
    if "my_show" in arguments and {"--to", "--new-show"} & set(arguments):
        shutil.rmtree(desk / "my_show")
    if "--stubs" in arguments:
        (desk / "my_show" / "schemas.py").write_text(OWN_MESSAGE)
    real = {
        "NAME": "brick",
        "DIR": str(desk / ("made" if "build/dev.py" in words or program == "dev.py" else "my_show")),
        "ATTIC_KEY": own_keys(keys_folder()).public if {"ATTIC_KEY", "STAGE_KEY"} & set(arguments) else "",
        "tcp://192.168.1.10:5558": "tcp://127.0.0.1:9",
    }
    arguments = [real.get(word.replace("STAGE", "ATTIC"), word) for word in arguments]
    if arguments[:1] == ["build/dev.py"] or program == "dev.py":
        return [sys.executable, "-c", WITHOUT_INSTALLING, *arguments[program != "dev.py" :]]
    return [sys.executable, *arguments] if program.startswith("python") else [*command(program), *arguments]


def where(line, desk):
    return ROOT if WITHOUT_INSTALLING in line else desk


@pytest.mark.timeout(150)
@pytest.mark.parametrize("words", [words for words, how in COMMANDS.items() if isinstance(how, Ends)])
def test_it_does_what_is_said_and_ends(words, desk, textcraft_home):
    how = COMMANDS[words]
    line = line_of(shlex.split(f"{words} {how.more}"), desk, textcraft_home)
    with programs(desk):
        done = subprocess.run(line, cwd=where(line, desk), capture_output=True, text=True, timeout=SECONDS, check=False)
    told = done.stdout + done.stderr
    assert done.returncode in how.code, told
    assert how.says in told, told
    assert "Traceback" not in told


@pytest.mark.timeout(150)
@pytest.mark.parametrize("words", [words for words, how in COMMANDS.items() if isinstance(how, Serves)])
def test_it_serves_until_it_is_ended(words, desk, textcraft_home):
    how = COMMANDS[words]
    line = line_of(shlex.split(f"{words} {how.more}"), desk, textcraft_home)
    with programs(desk) as started:
        running = started.start_line(line, cwd=where(line, desk))

        def is_there():
            assert running.process.poll() is None, running.output
            in_files = re.fullmatch(r"[\w/*.]+", how.sign) and any(textcraft_home.rglob(how.sign))
            return in_files or how.sign in running.output

        wait_until(is_there, 60, how.sign)
        running.process.terminate()
        running.wait(40)
        assert "Traceback" not in running.output
