"""What textcraft-core does with whole shows, without playing one: list templates, begin, bring in, hand out."""

import argparse
import textwrap
from pathlib import Path
from typing import Final

from textcraft_bus.cli import say
from textcraft_bus.clock import SystemClock
from textcraft_core.book.page import export_html
from textcraft_core.errors import ShowError
from textcraft_core.show.bring_in import bring_in
from textcraft_core.show.folder import ShowFolder, open_show
from textcraft_core.show.templates import SAMPLE, ShowTemplate, begin_from, templates

WIDTH: Final = 100


def run_folder_verb(options: argparse.Namespace) -> bool:
    """Do what the command line asks of a folder and print what came of it; False when it asks nothing. Blocking.

    Raises ShowError, BusError.
    """
    if getattr(options, "templates", False):
        say("\n\n".join(map(_listed, templates())))
    elif getattr(options, "new_show", None):
        say(str(begin_from(getattr(options, "template", None) or SAMPLE, Path(options.new_show)).root))
    elif getattr(options, "import_from", None):
        _import(Path(options.import_from), getattr(options, "to", None))
    elif getattr(options, "export", None):
        _export(open_show(getattr(options, "project", None) or ""), pictures=options.export == "html-pictures")
    else:
        return False
    return True


def _export(show: ShowFolder, *, pictures: bool) -> None:
    try:
        say(str(export_html(show, SystemClock(), pictures=pictures)))
    except OSError as error:
        raise ShowError("the book could not be handed out", f"check the disk ({error.strerror or error})") from error


def _import(source: Path, to: str | None) -> None:
    if not to:
        raise ShowError("it was not said where the copy goes", "add --to and a new folder")
    imported = bring_in(source, Path(to))
    say(f"{imported.show.root}\n{imported.text}")


def _listed(template: ShowTemplate) -> str:
    head = f"{template.name}: “{template.title}”, {template.chapters} chapters. {template.genre}."
    lines = (textwrap.fill(text, WIDTH, subsequent_indent="  ") for text in (head, f"  {template.logline}"))
    return "\n".join(lines)
