"""Command line of textcraft-core."""

import argparse
import asyncio
import sys

from textcraft_bus.cli import fail, run_service_cli
from textcraft_bus.errors import BusError
from textcraft_core.config import TextCraftCoreConfig
from textcraft_core.core_service import run_textcraft_core_service
from textcraft_core.errors import EngineError
from textcraft_core.key_desk import VERB, run_keys

PROGRAM = "textcraft-core"


def main() -> None:
    """Run the headless core, or, called with `keys`, make and show keys."""
    try:
        if sys.argv[1:2] == [VERB]:
            sys.exit(run_keys(sys.argv[2:]))
        asyncio.run(
            run_service_cli(
                service_name=PROGRAM,
                service_description="The story engine without a window: writes a show's chapters, cycle by cycle. "
                "One helper, with --help: textcraft-core keys (lets other machines in, by their keys).",
                config_class=TextCraftCoreConfig,
                service_runner=run_textcraft_core_service,
                add_arguments=_add_arguments,
            )
        )
    except (EngineError, BusError) as error:
        fail(PROGRAM, error)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--project", metavar="DIR", help="folder or name of the show; it is written to")
    parser.add_argument("--new-show", metavar="DIR", help="make a new show there, from a template, and end")
    parser.add_argument("--template", metavar="NAME", help="template of --new-show (default: the sample show)")
    parser.add_argument("--templates", action="store_true", help="list the templates and end")
    parser.add_argument(
        "--import",
        dest="import_from",
        metavar="DIR",
        help="copy the story folder of any TextCraft program to --to and end; the original is only read",
    )
    parser.add_argument("--to", metavar="DIR", help="the new folder for --import")
    parser.add_argument(
        "--export",
        nargs="?",
        const="html",
        choices=("html", "html-pictures"),
        help="write the manuscript of --project as one page into its exports/ and end; html-pictures adds what went up",
    )
    parser.add_argument(
        "--stubs", action="store_true", help="write schemas.pyi beside the project's schemas.py and end"
    )
    parser.add_argument("--run", type=_cycles, metavar="N", help="run N cycles, one JSON line each, and end")


def _cycles(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 1_000_000):
        raise argparse.ArgumentTypeError("a number of cycles from 1 to 1000000")
    return int(text)


if __name__ == "__main__":
    main()
