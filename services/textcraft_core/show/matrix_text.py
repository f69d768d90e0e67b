"""The matrix as bytes, made again only where it changed: a long book costs one chapter a save; knows no file.

What is written is canonical JSON: UTF-8, two spaces, keys in their order, a newline at the end.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from pydantic import BaseModel

from textcraft_core.show.touched import touched

_BLOCK: Final = 64
"""Entries that are joined and kept as one piece: few pieces to hand on, and little to join when one entry changes."""
_HOLE: Final = b"\0"
"""Stands for the entries in what is around them; JSON has no such byte."""
_PRETTY: Final = orjson.OPT_INDENT_2


class MatrixText:
    """Remembers the text of each entry and of blocks of them; one call at a time."""

    def __init__(self) -> None:
        self._made_of: Mapping[str, BaseModel] = {}
        self._keys: list[str] = []
        self._places: dict[str, int] = {}
        self._lines: list[bytes] = []
        self._blocks: list[bytes] = []

    def of(
        self, head: Mapping[str, Any], content: Mapping[str, BaseModel], tail: Mapping[str, Any]
    ) -> tuple[bytes, ...]:
        """Return the whole file, in pieces: the keys of `head`, then `content`, then those of `tail`."""
        whole = {**head, "content": orjson.Fragment(_HOLE), **tail}
        before, after = orjson.dumps(whole, option=_PRETTY | orjson.OPT_APPEND_NEWLINE).split(_HOLE)
        if content is not self._made_of:
            self._catch_up(content)
            self._made_of = content
        # Not joined: at 3,000 chapters a second copy of them costs more than all that changed.
        return (before, b"{", *self._blocks, b"\n  }", after) if content else (before, b"{}", after)

    def _catch_up(self, content: Mapping[str, BaseModel]) -> None:
        """An entry is frozen, so one that is the same object has the same text."""
        fresh = {key: _line(key, content[key]) for key in touched(self._made_of, content)}
        if list(content) == self._keys:
            self._replace(fresh)
        else:
            self._begin_anew(list(content), fresh)

    def _replace(self, fresh: Mapping[str, bytes]) -> None:
        for key, line in fresh.items():
            self._lines[self._places[key]] = line
        for block in {self._places[key] // _BLOCK for key in fresh}:
            self._blocks[block] = self._joined(block * _BLOCK)

    def _begin_anew(self, keys: list[str], fresh: Mapping[str, bytes]) -> None:
        self._lines = [fresh.get(key) or self._lines[self._places[key]] for key in keys]
        self._keys, self._places = keys, {key: place for place, key in enumerate(keys)}
        self._blocks = [self._joined(first) for first in range(0, len(self._lines), _BLOCK)]

    def _joined(self, first: int) -> bytes:
        lines = b",".join(self._lines[first : first + _BLOCK])
        return b"," + lines if first else lines


def _line(key: str, entry: BaseModel) -> bytes:
    """Return a key and its entry as they stand within the file: two levels deep, each on a line of its own."""
    text = orjson.dumps(entry.model_dump(mode="json"), option=_PRETTY)
    return b"\n    %s: %s" % (orjson.dumps(key), text.replace(b"\n", b"\n    "))
