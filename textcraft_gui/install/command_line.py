"""Command line of `textcraft install-service`."""

import argparse
import sys
from pathlib import Path

from textcraft_bus.cli import Parser, say
from textcraft_bus.disk.files import write_durably
from textcraft_bus.disk.folders import log_folder
from textcraft_bus.errors import BusError
from textcraft_bus.processes import command
from textcraft_core.errors import EngineError
from textcraft_gui.install.units import MARK, Service, System, Unit, unit_for, words_of
from textcraft_gui.session.which_show import SHOW_HELP, the_show

PROGRAM = "textcraft install-service"
DESCRIPTION = """Lets this system start the console of a show, supervised and in SHOW, whenever you log in. Writes one
file and prints the line that switches it on; words after -- are given to the console."""


class FileOfOthers(BusError):
    """A file of somebody else lies where ours would go."""


def main(words: list[str]) -> int:
    """Write, print or remove the unit; returns the exit code."""
    parser = _parser()
    own, _, more = _split(words)
    options = parser.parse_args(own)
    try:
        show = the_show(options.project)
        system = System(options.system or usual_system())
        line = words_of(command("textcraft"), show.root, more)
        unit = unit_for(system, Service(show.root.name, line, log_folder()), Path.home())
        say(_carry_out(options, unit).rstrip("\n"))
    except (BusError, EngineError, OSError) as error:
        sys.stderr.write(f"{PROGRAM}: {error}\n")
        return 1
    return 0


def _split(words: list[str]) -> tuple[list[str], str, list[str]]:
    place = words.index("--") if "--" in words else len(words)
    return words[:place], "--", words[place + 1 :]


def usual_system() -> System:
    """Return what starts programs on this machine."""
    return {"darwin": System.LAUNCHD, "win32": System.WINDOWS}.get(sys.platform, System.SYSTEMD)


def _parser() -> Parser:
    parser = Parser(PROGRAM, description=DESCRIPTION, allow_abbrev=False)
    parser.add_argument("--project", metavar="DIR", help=SHOW_HELP)
    parser.add_argument("--print", action="store_true", help="print the file, write nothing")
    parser.add_argument("--remove", action="store_true", help="take the file away again")
    parser.add_argument(
        "--system",
        choices=[system.value for system in System],
        help="another system than this one, to look at its file",
    )
    return parser


def _carry_out(options: argparse.Namespace, unit: Unit) -> str:
    if options.print:
        return unit.text
    return remove(unit) if options.remove else write(unit)


def write(unit: Unit) -> str:
    """Write a unit and return what is to be done next. Raises FileOfOthers, WriteFailed, OSError."""
    if unit.path.exists():
        _check_ours(unit)
    unit.path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(unit.path, unit.text.encode(unit.encoding))
    return f"Written: {unit.path}\nTo switch it on:\n  " + "\n  ".join(unit.on)


def remove(unit: Unit) -> str:
    """Remove a unit and return what is to be done as well. Raises FileOfOthers, OSError."""
    if not unit.path.exists():
        return f"There is no {unit.path}."
    _check_ours(unit)
    unit.path.unlink()
    return f"Removed: {unit.path}\nIf it is switched on, switch it off:\n  " + "\n  ".join(unit.off)


def _check_ours(unit: Unit) -> None:
    try:
        text = unit.path.read_text(unit.encoding)
    except UnicodeError:
        text = ""
    if MARK not in text:
        raise FileOfOthers(f"{unit.path} was not written by this program: it is left as it is")
