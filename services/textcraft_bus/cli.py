"""The command line every program shares: `--config`, `--log-level`, `--version` and a flag for every field."""

import argparse
import contextlib
import inspect
import io
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Final, Literal, NoReturn, get_args, get_origin

from pydantic import BaseModel

from textcraft_bus import heap
from textcraft_bus.config import flags, read_toml
from textcraft_bus.disk.folders import log_folder
from textcraft_bus.errors import BusError, Unheard
from textcraft_bus.logs import Logs, setup_logging
from textcraft_bus.processes import EXIT_NAME_TAKEN, NameTaken
from textcraft_bus.project import TRUST_FLAG, current_project

AddArguments = Callable[[argparse.ArgumentParser], None]
ServiceRunner = Callable[..., Awaitable[None]]
EXIT_USAGE = 2
"""A command line that cannot be used, as shells and argparse have it."""
SETTINGS: Final = (
    "Each is also a key of the TOML file and a TEXTCRAFT_ variable: --section.key is key in [section] and "
    "TEXTCRAFT_SECTION__KEY. A flag beats a variable, a variable beats the file."
)


class Parser(argparse.ArgumentParser):
    """Says in one clear line what of a command line it cannot use, instead of every flag there is. Exit code 2."""

    def __init__(self, *words: Any, **options: Any) -> None:
        super().__init__(*words, **options)
        self._settings: list[argparse.Action] = []

    def format_help(self) -> str:
        """Return the help; the usage names what the program does, and its hundred settings by one word."""
        if self.usage is None and self._settings:
            usage = self._get_formatter()
            usage.add_usage(None, [action for action in self._actions if action not in self._settings], [])
            self.usage = usage.format_help().strip().removeprefix("usage: ").replace("%", "%%") + " [settings]"
        return super().format_help()

    def add_settings(self, config_class: type[BaseModel]) -> None:
        """Add a flag for every field that is no argument yet, under the section of the TOML file it stands in."""
        taken = {action.dest for action in self._actions}
        groups = {"": self.add_argument_group("settings", SETTINGS)}
        for name, annotation, text in flags(config_class):
            if name not in taken:
                section = name.partition(".")[0] if "." in name else ""
                if section not in groups:
                    groups[section] = self.add_argument_group(f"settings of [{section}]")
                self._settings.append(_add_flag(groups[section], name, annotation, text))

    def error(self, message: str) -> NoReturn:
        """End the program with that line."""
        fail(self.prog, f"{message} ({self.prog} --help tells all)", EXIT_USAGE)

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print help as all else is printed; argparse keeps to itself that it could not."""
        if file not in {None, sys.stdout}:
            super()._print_message(message, file)
            return
        try:
            say(message.removesuffix("\n"))
        except Unheard as error:
            fail(self.prog, error)


def version() -> str:
    """Return the version of this installation."""
    from importlib.metadata import version as package_version  # noqa: PLC0415 - few starts ask for it

    return package_version("textcraft")


class _Version(argparse.Action):
    """As argparse's own, which wants to be told the version before anybody asks."""

    def __call__(self, parser: argparse.ArgumentParser, *_parsed: object) -> None:
        parser._print_message(f"{parser.prog} {version()}\n")  # parser.exit would write to the error stream
        parser.exit()


def build_parser(
    program: str, description: str, config_class: type[BaseModel], add_arguments: AddArguments | None = None
) -> Parser:
    """Return a parser with the program's own arguments and a flag for every field of its configuration."""
    parser = Parser(prog=program, description=description, allow_abbrev=False)
    parser.add_argument("--version", action=_Version, nargs=0, help="show program's version number and exit")
    parser.add_argument("--config", metavar="FILE", help="read settings from this TOML file")
    parser.add_argument(
        TRUST_FLAG, action="store_true", help="let the project's schemas.py and constants.py run, now and as they are"
    )
    if add_arguments is not None:
        add_arguments(parser)
    parser.add_settings(config_class)
    return parser


def _add_flag(group: Any, name: str, annotation: Any, text: str) -> argparse.Action:
    flag = "--" + name.replace("_", "-")
    help_text = text.replace("%", "%%")
    action: argparse.Action
    if annotation is bool:
        action = group.add_argument(
            flag, dest=name, action=argparse.BooleanOptionalAction, default=None, help=help_text
        )
    else:
        action = group.add_argument(flag, dest=name, metavar=_value(name, annotation), default=None, help=help_text)
    return action


def _value(name: str, annotation: Any) -> str:
    """What stands for a flag's value: the words it may be, or what it is called."""
    words = get_args(annotation) if get_origin(annotation) is Literal else ()
    return f"{{{','.join(map(str, words))}}}" if words else name.rpartition(".")[2].upper()


def start_logging(program: str, args: argparse.Namespace) -> Logs:
    """Begin logging as the command line asks, into a file of this process's own name in the machine's log folder.

    Raises FolderRefused where there can be none.
    """
    level = (getattr(args, "log_level", None) or "INFO").upper()
    instance = getattr(args, "wall", None) or getattr(args, "service_name", None)
    return setup_logging(f"{program}-{instance}" if instance else program, log_folder(), level)


def look_at_settings(args: argparse.Namespace) -> None:
    """Read what `--config` names: a usual file may be missing, one that somebody named is not passed over.

    Raises ConfigError when it cannot be read.
    """
    if args.config:
        read_toml(Path(args.config))


async def run_service_cli(
    service_name: str,
    service_description: str,
    config_class: type[BaseModel],
    service_runner: ServiceRunner,
    *,
    add_arguments: AddArguments | None = None,
    argv: Sequence[str] | None = None,
) -> None:
    """Parse the command line, begin logging and run `service_runner(config_path=…, args=…)` until it ends.

    What the operator can mend ends the program with one clear line and exit code 1.
    """
    heap.give_back()
    say_anything()
    parser = build_parser(_program_name(service_name), service_description, config_class, add_arguments)
    args = parser.parse_args(argv)
    try:
        args.redactor = start_logging(parser.prog, args).redactor
        args.conceal = args.redactor.add
        look_at_settings(args)
        current_project(trust=args.trust_project)
        result: object = service_runner(config_path=args.config, args=args)
        if inspect.isawaitable(result):
            await result
    except NameTaken as error:
        fail(parser.prog, error, EXIT_NAME_TAKEN)
    except BusError as error:
        fail(parser.prog, error)


def say_anything() -> None:
    """Let what is printed reach any terminal: a letter it does not know becomes `?`, not an error."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def say(text: str) -> None:
    """Print a line, or lines, and see it out. Raises Unheard when nobody gets it: a full disk, a reader that left."""
    if sys.stdout is None:
        raise Unheard("this program has no standard output")
    try:
        say_anything()
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except OSError as error:
        _say_no_more()
        raise Unheard(error.strerror or str(error)) from error


def _say_no_more() -> None:
    """Let what could not be printed go: Python would try once more at its end, and say so in words of its own."""
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def fail(program: str, error: Exception | str, code: int = 1) -> NoReturn:
    """End the program with one clear line on standard error."""
    if sys.stderr is not None:
        sys.stderr.write(f"{program}: {error}\n")
    raise SystemExit(code)


def _program_name(service_name: str) -> str:
    return service_name.lower().replace(" ", "-")
