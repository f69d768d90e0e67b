"""A command line that cannot be used is answered with one line, in every program."""

import subprocess
import sys
from typing import Literal

import pytest
from pydantic import Field

from textcraft_bus.cli import EXIT_USAGE, Parser, build_parser
from textcraft_bus.config import BaseServiceConfig, ConfigSection
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


class Gate(ConfigSection):
    words: str = Field(default="", description="words that must not go up")
    unchecked: Literal["hand", "pass"] = Field(default="hand", description="what becomes of the others")


class Settings(BaseServiceConfig):
    gate: Gate = Gate()


def test_the_help_names_settings_by_section_and_their_values_and_the_usage_stays_short(capsys):
    add = lambda parser: parser.add_argument("--run", metavar="N")  # noqa: E731
    parser = build_parser("show", "Plays.", Settings, add)
    parser.print_help()
    usage, _, rest = capsys.readouterr().out.partition("\n\n")
    assert "--run N" in usage
    assert usage.endswith("[settings]")
    assert "--gate" not in usage
    section = rest[rest.index("settings of [gate]:") :]
    assert "--gate.words WORDS" in section
    assert "--gate.unchecked {hand,pass}" in section
