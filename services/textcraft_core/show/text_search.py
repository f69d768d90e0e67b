"""Finds a literal text in the files of the sandbox; knows nothing of models.

Folders are entered and files opened by handle, never through a link.
"""

import os
import stat
from collections.abc import Iterator
from typing import Final

from textcraft_bus.disk.durable import Folder, is_link, read_all
from textcraft_bus.disk.sandbox_names import split_path
from textcraft_bus.records import dataclass
from textcraft_core.show.folder import ShowFolder

MAX_BYTES: Final = 2 << 20
MAX_HITS: Final = 50
MAX_LINE: Final = 240
_TEXTS: Final = (".md", ".json", ".txt")


@dataclass(frozen=True, slots=True)
class Hit:
    """One line that holds what was searched; `path` relative to data/, `line` from 1."""

    path: str
    line: int
    text: str


def search_texts(show: ShowFolder, query: str, directory: str) -> list[Hit]:
    """Return the first 50 lines, by path, that hold `query` in any case. Raises SecurityError, OSError."""
    hits: list[Hit] = []
    wanted = query.casefold()
    for path, text in _texts(show, split_path(directory)):
        if wanted in text.casefold():
            hits += _hits(path, text, wanted)
        if len(hits) >= MAX_HITS:
            break
    return hits[:MAX_HITS]


def _hits(path: str, text: str, wanted: str) -> Iterator[Hit]:
    for number, line in enumerate(text.splitlines(), start=1):
        at = line.casefold().find(wanted)
        if at >= 0:
            begin = max(0, at - MAX_LINE // 2)
            yield Hit(path, number, line[begin : begin + MAX_LINE])


def _texts(show: ShowFolder, parts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    folder = Folder.at(show.sandbox.root)
    for part in parts:
        with folder:
            folder = folder.enter(part)
    with folder:
        yield from _texts_in(folder, "".join(f"{part}/" for part in parts))


def _texts_in(folder: Folder, prefix: str) -> Iterator[tuple[str, str]]:
    for name in sorted(folder.names()):
        seen = None if name.startswith(".") else folder.look(name)
        if seen is None or is_link(seen):
            continue
        if stat.S_ISDIR(seen.st_mode):
            with folder.enter(name) as inner:
                yield from _texts_in(inner, f"{prefix}{name}/")
        elif stat.S_ISREG(seen.st_mode) and seen.st_nlink == 1 and name.endswith(_TEXTS):
            text = _text(folder, name)
            if text is not None:
                yield prefix + name, text


def _text(folder: Folder, name: str) -> str | None:
    fd = folder.open_to_read(name)
    try:
        data = read_all(fd, MAX_BYTES)
    finally:
        os.close(fd)
    try:
        return None if data is None else data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
