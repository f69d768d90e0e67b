#!/usr/bin/env python3
"""Makes the API reference of all packages as HTML, from docstrings and types, with pdoc; knows no class of ours.

`python3 build/dev.py api` writes dist/api/. Whatever pdoc warns of ends it: a page with a gap helps nobody.
"""

import inspect
import os
import pkgutil
import re
import shutil
import sys
import warnings
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Protocol

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # modules are only read; nothing of Qt is shown
os.environ["PDOC_DISPLAY_ENV_VARS"] = "1"  # else a constant that equals some variable of this shell is left out

import pdoc
import pdoc.doc
import pdoc.render

PACKAGES = (
    "textcraft_core",
    "textcraft_bus",
    "textcraft_gui",
    "textcraft_image_server",
    "textcraft_display",
    "textcraft_qt",
)
BEGINNINGS = {
    "Ask the engine for something, hear what it tells": ("textcraft_core.commands", "textcraft_core.events"),
    "A brain": ("textcraft_core.ai_services.client", "textcraft_core.brains.choice"),
    "A role of the company": ("textcraft_core.ai_services", "textcraft_core.ai_services.runtime"),
    "A model's tools": ("textcraft_core.agent_tools", "textcraft_bus.disk.sandbox"),
    "A show's files": ("textcraft_core.show.folder", "textcraft_core.show.matrix", "textcraft_core.show.writer"),
    "An image backend": ("textcraft_image_server.backends", "textcraft_image_server.config"),
    "Messages on the wire": ("textcraft_bus.channel.messages", "textcraft_bus.schemas_base"),
    "A core service of your own": ("textcraft_bus.base_service", "textcraft_bus.zmq.services", "textcraft_bus.cli"),
    "A verb of the console": ("textcraft_gui.verbs.verb", "textcraft_gui.verbs.actions", "textcraft_gui.verbs.facade"),
    "A panel of the console": ("textcraft_gui.panels.dock", "textcraft_gui.state.show_state", "textcraft_gui.late"),
}
"""What somebody comes to do → the modules to read first; the first page has it."""
HERE = Path(__file__).resolve().parent
LINK = re.compile(r'<a href="(?P<page>[^":#]*)#(?P<name>[^"]+)">(?P<text>[^<]*)</a>')
HIDDEN = "@private"  # pdoc's own word
NOISE = (
    (re.compile(r"<(?:bound method|function) ([\w.<>]+)(?: of [^>]*)? at 0x[0-9a-f]+>"), r"\1"),
    (re.compile(r"FieldInfo\(annotation=NoneType, required=True, metadata=\[(.*?)\]\)"), r"\1"),
    (re.compile(r"\b\w+=None, |, \w+=None\b"), ""),
    (re.compile(r" at 0x[0-9a-f]+"), ""),
)
"""What Python's own spelling of a type says beyond the type: addresses, and pydantic's fields that are not set."""


class Room(pdoc.doc.Module):
    """A module with all modules below it, also those its `__all__` does not name: that is for `import *`."""

    @cached_property
    def submodules(self) -> list[pdoc.doc.Module]:
        """What lies directly below it and is no program."""
        found = pkgutil.iter_modules(getattr(self.obj, "__path__", []), f"{self.modulename}.")
        return [Room.from_name(each.name) for each in found if is_shown(each.name)]


def main() -> int:
    """Write the reference into the folder that is named; the exit code is 0 when nothing is missing."""
    target = Path(sys.argv[1]).resolve()
    shutil.rmtree(target, ignore_errors=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write(read(PACKAGES), target)
    return 0


def read(packages: Iterable[str]) -> dict[str, pdoc.doc.Module]:
    """Every module of the packages by its name, the packages themselves first."""
    rooms: dict[str, pdoc.doc.Module] = {}
    for package in packages:
        below = [Room.from_name(package)]
        while below:
            room = below.pop(0)
            rooms[room.modulename] = room
            below = room.submodules + below
    for room in rooms.values():
        settle(room.obj)
        tidy(room.own_members)
    return rooms


def is_shown(name: str) -> bool:
    """Whether a module is for others to use: neither a program's beginning nor a module's own part."""
    return not name.rpartition(".")[2].startswith("_")


def settle(module: ModuleType) -> None:
    """Have made what is made at its first use: names a module finds late, and the `__init__` of records."""
    for name in getattr(module, "__all__", ()):
        vars(module).setdefault(name, getattr(module, name))
    for member in list(vars(module).values()):
        if isinstance(member, type):
            _ = member.__init__  # type: ignore[misc]  # asked for, not called


def tidy(members: Iterable[pdoc.doc.Doc[object]]) -> None:
    """Leave out of types and values what no reader needs; of a class, in all that it has."""
    for member in members:
        if isinstance(member, pdoc.doc.Variable):
            member.annotation_str = plain(member.annotation_str)
            member.default_value_str = plain(member.default_value_str)
        elif isinstance(member, pdoc.doc.Class):
            tidy(member.own_members)
            if Protocol in member.obj.__bases__ and "__init__" in member.members:
                member.members["__init__"].docstring = HIDDEN
        elif member.name == "__init__":
            member.docstring = inspect.cleandoc(member.obj.__doc__ or "")  # else the base's: Qt's, of Qt's arguments


def plain(text: str) -> str:
    """A type or a value as Python spells it, without noise."""
    for noise, rest in NOISE:
        text = noise.sub(rest, text)
    return text


def write(rooms: dict[str, pdoc.doc.Module], target: Path) -> None:
    """Render all pages, the index and what the search looks through."""
    pdoc.render.configure(docformat="markdown", show_source=False, template_directory=HERE)
    pdoc.render.env.globals["beginnings"] = BEGINNINGS
    pages = {f"{name.replace('.', '/')}.html": pdoc.render.html_module(room, rooms) for name, room in rooms.items()}
    pages["index.html"] = pdoc.render.html_index(rooms)
    for name, page in pages.items():
        put(target / name, without_dead_links(page))
    put(target / "search.js", pdoc.render.search_index(rooms))


def without_dead_links(page: str) -> str:
    """A page whose links to names of its own that it does not show are plain text: private bases, and Qt's."""
    names = set(re.findall(r'\bid="([^"]+)"', page))

    def kept(link: re.Match[str]) -> str:
        return link[0] if link["page"] or link["name"] in names else link["text"]

    return LINK.sub(kept, page)


def put(path: Path, text: str) -> None:
    """Write a file and the folders it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
