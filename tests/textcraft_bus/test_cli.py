"""A command line that cannot be used is answered with one line, in every program."""

import subprocess
import sys

import pytest

from textcraft_bus.cli import EXIT_USAGE, Parser
from textcraft_bus.processes import MODULES, command

PROGRAMS = [
    ("textcraft_gui", "textcraft", ()),
    ("textcraft_gui", "textcraft doctor", ("doctor",)),
    ("textcraft_gui", "textcraft install-service", ("install-service",)),
    ("textcraft_core", "textcraft-core", ()),
    ("textcraft_core", "textcraft-core keys", ("keys",)),
    ("textcraft_image_server", "textcraft-image-server", ()),
    ("textcraft_display", "textcraft-display", ()),
]


@pytest.mark.parametrize(("module", "program", "verb"), PROGRAMS, ids=[name for _, name, _ in PROGRAMS])
def test_an_unknown_flag_is_named_in_one_line_that_tells_where_all_are(module, program, verb):
    line = [sys.executable, "-m", module, *verb, "--no-such-flag"]
    ended = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == EXIT_USAGE
    assert ended.stdout == ""
    assert ended.stderr == f"{program}: unrecognized arguments: --no-such-flag ({program} --help tells all)\n"


@pytest.mark.parametrize("name", MODULES)
def test_the_version_is_told_where_answers_are_read(name):
    told = subprocess.run([*command(name), "--version"], capture_output=True, text=True, timeout=60, check=False)
    assert (told.returncode, told.stdout.split()[0], told.stderr) == (0, name, "")


def test_a_value_that_is_missing_is_named_too(capsys):
    parser = Parser("show")
    parser.add_argument("--wall")
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(["--wall"])
    assert ended.value.code == EXIT_USAGE
    assert capsys.readouterr().err == "show: argument --wall: expected one argument (show --help tells all)\n"
