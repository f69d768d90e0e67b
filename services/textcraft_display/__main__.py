"""Command line of textcraft-display."""

import sys

from textcraft_bus.cli import build_parser, fail, start_logging
from textcraft_bus.errors import BusError
from textcraft_bus.processes import EXIT_NAME_TAKEN, NameTaken
from textcraft_display.config import DisplayConfig

PROGRAM = "textcraft-display"


def main() -> None:
    """Open a wall and keep it open until it is told to quit."""
    parser = build_parser(PROGRAM, "Shows pictures and captions on a full-screen wall.", DisplayConfig)
    args = parser.parse_args()
    try:
        config = DisplayConfig.from_overrides(config_file=args.config, args=args)
        start_logging(PROGRAM, args)
        code = _run(config)
    except BusError as error:
        fail(PROGRAM, error)
    sys.exit(code)


def _run(config: DisplayConfig) -> int:
    from textcraft_display.wall import Wall  # noqa: PLC0415 - Qt is not needed for --help or a wrong setting
    from textcraft_qt.guards import application  # noqa: PLC0415 - as above
    from textcraft_qt.program import run  # noqa: PLC0415 - as above

    taken: list[NameTaken] = []

    async def open_wall() -> int:
        try:
            await Wall(config).run()
        except NameTaken as error:
            taken.append(error)
            return EXIT_NAME_TAKEN
        return 0

    code = run(open_wall, application([PROGRAM], gui=False))
    if taken:
        fail(PROGRAM, taken[0], EXIT_NAME_TAKEN)
    return code


if __name__ == "__main__":
    main()
