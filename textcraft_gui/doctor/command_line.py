"""Command line of `textcraft doctor`."""

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from textcraft_bus.cli import Parser, say, version
from textcraft_bus.config import ConfigError
from textcraft_bus.disk.folders import log_folder
from textcraft_bus.errors import BusError
from textcraft_bus.logs import setup_logging
from textcraft_bus.redaction import Redactor
from textcraft_core.day.preflight import Finding
from textcraft_core.diagnosis.bundle import Wanted, write_bundle
from textcraft_core.errors import EngineError
from textcraft_core.events import CheckState
from textcraft_core.show.folder import ShowFolder
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.doctor.examination import Told, examine
from textcraft_gui.doctor.secrets import secrets_of
from textcraft_gui.session.which_show import SHOW_HELP, the_show

PROGRAM = "textcraft doctor"
DESCRIPTION = "Looks at this machine and a show, and says what to do about what it finds. Changes nothing."
SIGNS = {CheckState.OK: "ok", CheckState.WARN: "▲", CheckState.FAIL: "■", CheckState.UNKNOWN: "?"}
PLAIN = {CheckState.OK: "ok", CheckState.WARN: "!", CheckState.FAIL: "X", CheckState.UNKNOWN: "?"}
"""For terminals that have no such shapes."""


def main(words: list[str]) -> int:
    """Look; the exit code is 1 when something will go wrong."""
    options = _parser().parse_args(words)
    opened = contextlib.ExitStack()
    try:
        logs = setup_logging("textcraft-doctor", log_folder(), "WARNING", console=False)
        opened.callback(logs.close)
        show = the_show(options.project)
        logs.redactor.add(*secrets_of(show.root))
        config, broken = _config(show)
        redactor = logs.redactor
        told = asyncio.run(_look(show, config, redactor, quiet=options.json))
        if options.json:
            say(json.dumps({"version": version(), "checks": [one.as_json() for one in told]}, ensure_ascii=False))
        else:
            say(summary(told))
        if options.bundle is not None:
            _bundle(options, show, told, redactor)
    except (BusError, EngineError, OSError) as error:
        sys.stderr.write(f"{PROGRAM}: {error}\n")
        return 1
    finally:
        opened.close()
    return 1 if broken or any(one.finding.state is CheckState.FAIL for one in told) else 0


def _parser() -> Parser:
    parser = Parser(PROGRAM, description=DESCRIPTION, allow_abbrev=False)
    parser.add_argument("--project", metavar="DIR", help=SHOW_HELP)
    parser.add_argument("--json", action="store_true", help="print what was found as JSON, for programs")
    parser.add_argument("--bundle", metavar="FILE", type=Path, help="also write a support bundle, without secrets")
    parser.add_argument("--words", action="store_true", help="with --bundle: put visitors' words into it, too")
    return parser


def _bundle(options: argparse.Namespace, show: ShowFolder, told: Sequence[Told], redactor: Redactor) -> None:
    wanted = Wanted(show, [one.as_json() for one in told], words=options.words)
    written = write_bundle(options.bundle, wanted, redactor)
    if not options.json:
        say(f"The support bundle is {written} ({max(1, written.stat().st_size // 1000):,} kB).")


def _config(show: ShowFolder) -> tuple[ConsoleConfig, bool]:
    """The show's settings; where they cannot be used, the usual ones, for the look at them says why."""
    try:
        return ConsoleConfig.from_overrides(config_file=show.root / "core.toml"), False
    except ConfigError:
        return ConsoleConfig(), True


async def _look(show: ShowFolder, config: ConsoleConfig, redactor: Redactor, *, quiet: bool) -> list[Told]:
    told = []
    async for one in examine(show, config):
        clean = Finding(one.finding.state, redactor.clean(one.finding.found), redactor.clean(one.finding.advice))
        told.append(Told(one.check, clean, one.seconds))
        if not quiet:
            say(line_of(told[-1]))
    return told


def line_of(told: Told) -> str:
    """Return a look as text: its sign, its name, what was found, and below it what to do."""
    found = told.finding
    line = f"{_signs()[found.state]:2} {told.check:10} {found.found}"
    return f"{line}\n{'':14}→ {found.advice}" if found.advice and found.state is not CheckState.OK else line


def summary(told: Sequence[Told]) -> str:
    """Return the last line."""
    count = {state: sum(one.finding.state is state for one in told) for state in CheckState}
    if not count[CheckState.FAIL] and not count[CheckState.WARN]:
        return f"{len(told)} checks: nothing stands in the way."
    return f"{len(told)} checks: {count[CheckState.FAIL]} will go wrong, {count[CheckState.WARN]} can go wrong."


def _signs() -> dict[CheckState, str]:
    try:
        "▲■→".encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return PLAIN
    return SIGNS
