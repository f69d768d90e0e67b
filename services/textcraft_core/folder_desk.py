"""What textcraft-core does with whole shows, without playing one: list templates, begin, bring in, hand out."""

import argparse
import sys
import textwrap
from pathlib import Path
from typing import Final

from textcraft_core.show.templates import SAMPLE, ShowTemplate, begin_from, templates

WIDTH: Final = 100


def run_folder_verb(options: argparse.Namespace) -> bool:
    """Do what the command line asks of a folder and print what came of it; False when it asks nothing. Blocking.

    Raises ShowError.
    """
    if getattr(options, "templates", False):
        _say("\n\n".join(map(_listed, templates())))
    elif getattr(options, "new_show", None):
        _say(str(begin_from(getattr(options, "template", None) or SAMPLE, Path(options.new_show)).root))
    else:
        return False
    return True


def _listed(template: ShowTemplate) -> str:
    head = f"{template.name}: “{template.title}”, {template.chapters} chapters. {template.genre}."
    lines = (textwrap.fill(text, WIDTH, subsequent_indent="  ") for text in (head, f"  {template.logline}"))
    return "\n".join(lines)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
