"""Command line of textcraft-display."""

import logging
import os
import sys

from textcraft_bus import heap
from textcraft_bus.cli import EXIT_USAGE, build_parser, fail, look_at_settings, say_anything, start_logging
from textcraft_bus.errors import BusError
from textcraft_bus.processes import EXIT_NAME_TAKEN, NameTaken
from textcraft_bus.project import current_project
from textcraft_display.config import DisplayConfig

log = logging.getLogger(__name__)

PROGRAM = "textcraft-display"
PURPOSE = "Shows pictures and captions on a full-screen wall, with --foreign for any core of the ecosystem."


def main() -> None:
    """Open a wall and keep it open until it is told to quit."""
    heap.give_back()
    say_anything()
    parser = build_parser(
        PROGRAM,
        PURPOSE,
        DisplayConfig,
    )
    args = parser.parse_args()
    try:
        start_logging(PROGRAM, args)
        look_at_settings(args)
        current_project(trust=args.trust_project)
        config = DisplayConfig.from_overrides(config_file=args.config, args=args)
        config.use_log_level()
        for folder in config.strange_folders():
            if os.path.exists(folder):  # noqa: PTH110 - as there
                parser.error(f"{folder} is no folder")
            log.warning("%s is not there yet: its pictures are shown once it is", folder)
        code = _run(config)
    except BusError as error:
        fail(PROGRAM, error)
    sys.exit(code)


def _run(config: DisplayConfig) -> int:
    from textcraft_display.backdrop import run_backdrop  # noqa: PLC0415 - as below
    from textcraft_display.foreign_wall import ForeignWall  # noqa: PLC0415 - as below
    from textcraft_display.wall import Wall  # noqa: PLC0415 - Qt is not needed for --help or a wrong setting
    from textcraft_qt.errors import QtHelperError, UnknownPlatformError  # noqa: PLC0415 - as above
    from textcraft_qt.guards import application  # noqa: PLC0415 - as above
    from textcraft_qt.program import run  # noqa: PLC0415 - as above
    from textcraft_qt.screens import QtScreenProvider, console_finder  # noqa: PLC0415 - as above

    # Qt waits 5 ms for more to do before it paints: a wall has nothing else to do.
    os.environ.setdefault("QT_QPA_UPDATE_IDLE_TIME", "0")
    # Colour fringes fit one way a panel's pixels may lie, and no projector.
    os.environ.setdefault("QSG_DISTANCEFIELD_ANTIALIASING", "gray")
    told: list[Exception] = []

    async def open_wall() -> None:
        try:
            screens = QtScreenProvider(app, console_finder(config.console_screen))
            if config.backdrop:
                await run_backdrop(config, screens)
            else:
                await (ForeignWall if config.foreign else Wall)(config, screens).run()
        except (BusError, QtHelperError) as error:
            told.append(error)

    try:
        app = application([PROGRAM], gui=False)
    except UnknownPlatformError as error:
        fail(PROGRAM, error, EXIT_USAGE)
    except QtHelperError as error:
        fail(PROGRAM, error)
    code = run(open_wall, app)
    if told:
        fail(PROGRAM, told[0], EXIT_NAME_TAKEN if isinstance(told[0], NameTaken) else 1)
    return code


if __name__ == "__main__":
    main()
