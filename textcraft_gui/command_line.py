"""Command line of textcraft, the operator's console."""

import argparse
import os
import sys
from typing import NoReturn

from textcraft_bus import garbage, heap
from textcraft_bus.channel.messages import Mode
from textcraft_bus.cli import EXIT_USAGE, build_parser, fail, look_at_settings, say_anything, start_logging
from textcraft_bus.errors import BusError
from textcraft_bus.logs import Logs
from textcraft_bus.processes import EXIT_NAME_TAKEN, NameTaken
from textcraft_bus.project import Project, load_project, use_project
from textcraft_core.errors import EngineError
from textcraft_core.show.folder import ShowFolder
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.session.which_show import SHOW_HELP, last_show, the_show
from textcraft_gui.supervision.beats import VARIABLE

PROGRAM = "textcraft"
DESCRIPTION = (
    "The operator's console for generative storytelling performances. Three helpers, each with --help: textcraft "
    "doctor (looks at this machine and says what to do), textcraft install-service (starts a supervised show at every "
    "login), textcraft rest-walls (puts the walls of a show whose console is gone on their safe look)."
)


def main() -> None:
    """Open the console. The collector of garbage, which the caller may have paused, goes on when the console stands."""
    heap.give_back()
    say_anything()
    parser = build_parser(PROGRAM, DESCRIPTION, ConsoleConfig, _add_arguments)
    args = parser.parse_args()
    if args.run is not None and args.run < 1:
        parser.error("argument --run: a number of cycles from 1 on")
    if args.quit_when_done and args.run is None:
        parser.error("--quit-when-done needs --run N")
    try:
        logs = start_logging(PROGRAM, args)
        args.conceal = logs.redactor.add
        look_at_settings(args)
        show = the_show(args.project)
        _use_project(show, trust=args.trust_project)
        config = ConsoleConfig.from_overrides(config_file=args.config or show.root / "core.toml", args=args)
        config.use_log_level()
        code = _run(config, show, args, logs)
    except (BusError, EngineError) as error:
        _refuse(error, args)
    sys.exit(code)


def _refuse(error: Exception, args: argparse.Namespace, code: int = 1) -> NoReturn:
    """End with the reason in one line; in a window where nobody would read that."""
    from textcraft_gui.refusal import is_seen_nowhere, show_refusal  # noqa: PLC0415 - hardly ever needed

    if is_seen_nowhere(by_icon=args.by_icon):
        show_refusal(PROGRAM, str(error))
    fail(PROGRAM, error, code)


def _use_project(show: ShowFolder, *, trust: bool) -> None:
    """The show's own ports and messages, when they may be used; what is wrong with them is told when it is open."""
    try:
        use_project(load_project(show.root, trust=trust))
    except BusError:
        use_project(Project())


def _run(config: ConsoleConfig, show: ShowFolder, args: argparse.Namespace, logs: Logs) -> int:
    from textcraft_qt.features import read_no_sources  # noqa: PLC0415 - before all that follows

    read_no_sources()
    from textcraft_gui.app import Console, Start  # noqa: PLC0415 - not needed for --help
    from textcraft_gui.batch import BatchFailed  # noqa: PLC0415 - as above
    from textcraft_qt.errors import QtHelperError, UnknownPlatformError  # noqa: PLC0415 - as above
    from textcraft_qt.guards import application, install_modal_guard  # noqa: PLC0415 - as above
    from textcraft_qt.program import run  # noqa: PLC0415 - as above

    failure: list[Exception] = []
    try:
        app = application([PROGRAM], gui=True)
    except UnknownPlatformError as error:
        fail(PROGRAM, error, EXIT_USAGE)
    except QtHelperError as error:
        fail(PROGRAM, error)

    def stands() -> None:
        """From here on a hand may open something; the guard makes the binding look up nine kinds of windows."""
        install_modal_guard()
        garbage.settle()

    start = Start(
        show, args.run, args.quit_when_done, logs, args.conceal, _mode(args), args.safe, stands, _no_show(args)
    )

    async def console() -> int:
        try:
            await Console(config, start).run()
            return 0
        except (BatchFailed, BusError, EngineError, QtHelperError) as error:
            failure.append(error)
            return 1

    code = run(console, app)
    if failure:
        taken = isinstance(failure[0], NameTaken)
        _refuse(failure[0], args, EXIT_NAME_TAKEN if taken else 1)
    return code


def _no_show(args: argparse.Namespace) -> bool:
    """Whether nothing says what is wanted, and no show was chosen on this machine before."""
    named = (args.project, args.mode, args.rehearse, args.run is not None, args.safe, VARIABLE in os.environ)
    return not any(named) and last_show() is None


def _mode(args: argparse.Namespace) -> Mode | None:
    """The mode that is asked for; a run without an operator is a rehearsal."""
    if args.rehearse or args.run is not None:
        return Mode.REHEARSE
    return Mode(args.mode) if args.mode else None


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--project", metavar="DIR", help=SHOW_HELP)
    parser.add_argument("--rehearse", action="store_true", help="rehearse on a copy of the show: no key, no cost")
    parser.add_argument("--mode", choices=[mode.value for mode in Mode], help="open in this mode (default: edit)")
    parser.add_argument("--supervise", action="store_true", help="start it again when it crashes or hangs")
    parser.add_argument("--safe", action="store_true", help="open in windows only; nothing starts by itself")
    parser.add_argument(
        "--by-icon", action="store_true", help="if it cannot open, say why in a window (menu entries use this)"
    )
    parser.add_argument("--run", type=int, metavar="N", help="run N cycles with AUTO on")
    parser.add_argument("--quit-when-done", action="store_true", help="with --run: end when all is on the walls")


if __name__ == "__main__":
    main()
