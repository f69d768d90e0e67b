"""The shows that ship with the engine, to begin one's own from; reads their bibles and plays none of them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from textcraft_bus.records import dataclass
from textcraft_core.errors import ShowError
from textcraft_core.show.folder import MAX_TOLD, ShowFolder, new_show

SAMPLE: Final = "unrung_bell"
"""The name of the sample show, which is what a new show is begun from unless another is named."""
_SHIPPED: Final = "show_templates"


@dataclass(frozen=True, slots=True)
class ShowTemplate:
    """A show to begin from, in its author's words."""

    name: str
    title: str
    genre: str
    logline: str
    chapters: int


def templates() -> tuple[ShowTemplate, ...]:
    """Return every show that ships with the engine, the sample show first. Blocking: reads their bibles."""
    return tuple(_described(name, folder) for name, folder in _shipped())


def begin_from(name: str, destination: Path) -> ShowFolder:
    """Begin a show in a new or empty folder from a template. Blocking. Raises ShowError."""
    if told := unsuitable(destination):
        raise ShowError(told, "choose a new or an empty folder that belongs to no other show")
    with template_folder(name) as folder:
        return new_show(destination, folder)


@contextmanager
def template_folder(name: str) -> Iterator[Path]:
    """Lend the folder of a template, for reading. Raises ShowError when none is called so."""
    found = dict(_shipped()).get(name)
    if found is None:
        names = ", ".join(name for name, _ in _shipped())
        raise ShowError(f"no template is called {name[:40]}", f"choose one of {names}")
    with as_file(found) as folder:
        yield folder


def unsuitable(destination: Path) -> str:
    """Return in plain words why no show can be begun in a folder, "" when one can. Blocking."""
    try:
        if destination.exists() and not destination.is_dir():
            return f"{destination.name} is a file, not a folder"
        if destination.is_dir() and any(destination.iterdir()):
            return f"{destination.name} is not empty"
    except OSError as fault:
        return f"{destination.name[:MAX_TOLD]} cannot be used: {fault.strerror or fault}"
    around = next((folder for folder in destination.absolute().parents if _is_show(folder)), None)
    return f"{destination.name} lies inside the show {around.name}" if around else ""


def _is_show(folder: Path) -> bool:
    return (folder / "data" / "story_bible").is_dir()


def _shipped() -> tuple[tuple[str, Traversable], ...]:
    core = files("textcraft_core")
    others = ((each.name, each) for each in core.joinpath(_SHIPPED).iterdir() if each.joinpath("data").is_dir())
    return ((SAMPLE, core / "sample_show"), *sorted(others, key=lambda pair: pair[0]))


def _described(name: str, folder: Traversable) -> ShowTemplate:
    bible = folder / "data" / "story_bible"
    conf, brief = _read(bible / "project_conf.json"), _read(bible / "story_brief.json")
    planned = brief["structure"]["chapters"]
    return ShowTemplate(name, conf["meta"]["title"], conf["style"]["genre"], brief["logline"], len(planned))


def _read(file: Traversable) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
