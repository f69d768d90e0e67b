"""What differs between two texts, by lines and by words; pure, knows no files.

Blocking: some milliseconds for a chapter, so off the loop for long ones.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal

from textcraft_bus.records import dataclass

Change = Literal["same", "added", "removed"]
_TOKENS: Final = re.compile(r"\s+|\w+|[^\w\s]")
_PARAGRAPHS: Final = re.compile(r".*?(?:\n|$)", re.DOTALL)
MAX_TOKENS: Final = 20_000
"""Longer replaced stretches are told whole: comparing word by word grows with the product of both lengths."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is in both, only in the new, or only in the old one."""

    change: Change
    text: str


def unified(before: str, after: str, *, names: tuple[str, str] = ("before", "after"), context: int = 3) -> str:
    """Return the unified diff of two texts, "" when they are the same."""
    lines = difflib.unified_diff(_lines(before), _lines(after), *names, n=context, lineterm="")
    return "\n".join(line.rstrip("\n") for line in lines)


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """Return both texts in one row: "same" and "removed" together are the old text, "same" and "added" the new."""
    return tuple(_merged(_by_lines(_lines(before), _lines(after))))


def passage_of(before: str, after: str) -> tuple[str, str]:
    """Return what a change took out and what it put in: the stretch between the lines both begin and end with."""
    old, new = _lines(before), _lines(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    return "".join(old[start : len(old) - end]), "".join(new[start : len(new) - end])


def _lines(text: str) -> list[str]:
    return [line for line in _PARAGRAPHS.findall(text) if line]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _by_lines(old: list[str], new: list[str]) -> Iterator[Piece]:
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, came = "".join(old[a:b]), "".join(new[c:d])
        if tag == "replace":
            yield from _by_words(gone, came)
        else:
            yield from _pieces(tag, gone, came)


def _by_words(before: str, after: str) -> Iterator[Piece]:
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    if max(len(old), len(new)) > MAX_TOKENS:
        yield from _pieces("replace", before, after)
        return
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield from _pieces(tag, "".join(old[a:b]), "".join(new[c:d]))


def _pieces(tag: str, gone: str, came: str) -> Iterator[Piece]:
    if tag == "equal":
        yield Piece("same", gone)
        return
    if gone:
        yield Piece("removed", gone)
    if came:
        yield Piece("added", came)


def _merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    held: Piece | None = None
    for piece in pieces:
        if held is not None and held.change == piece.change:
            held = Piece(held.change, held.text + piece.text)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held
