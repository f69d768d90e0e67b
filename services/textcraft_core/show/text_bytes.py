"""A text as people see it and the bytes it lies in: an edit changes what it touches and no other byte; knows no file.

Chapters come from any editor, in any encoding. What is no UTF-8 is shown as one � a byte, and stays that byte.
"""

import difflib
from collections.abc import Callable
from typing import Final

_MARK: Final = b"\xef\xbb\xbf"
_UNREAD: Final = "\ufffd"
_SHOWN: Final = {0xDC80 + byte: _UNREAD for byte in range(128)}
"""Bytes that are no UTF-8 are half characters in Python's text."""
_MOST_COMPARED: Final = 1_000_000
"""Characters of one text times those of the other: beyond, lines are compared, and beyond that nothing."""


def text_of(data: bytes) -> str:
    """Return what is shown of a file: no mark of order, one � a byte that is not UTF-8, line ends as they are."""
    return _raw(data).translate(_SHOWN)


def edited(old: bytes, content: str) -> bytes:
    """Return `old` with its shown text made `content`: bytes of what stays the same stay, also those that are no text.

    Raises UnicodeEncodeError when `content` holds half characters.
    """
    content.encode()
    raw = _raw(old)
    new = _put(raw, raw.translate(_SHOWN), content)
    return (_MARK if old.startswith(_MARK) else b"") + new.encode("utf-8", "surrogateescape")


def same_ends(one: str, other: str) -> tuple[int, int]:
    """Return how many characters two texts share at their beginning, and how many of the rest at their end."""
    most = min(len(one), len(other))
    start = _longest(most, lambda size: one[:size] == other[:size])
    end = _longest(most - start, lambda size: one[len(one) - size :] == other[len(other) - size :])
    return start, end


def _raw(data: bytes) -> str:
    return data.removeprefix(_MARK).decode("utf-8", "surrogateescape")


def _longest(most: int, holds: Callable[[int], bool]) -> int:
    """Return the largest size that holds, where every smaller one does too."""
    least = 0
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if holds(middle) else (least, middle - 1)
    return least


def _put(raw: str, shown: str, content: str) -> str:
    """Return `raw` with what differs between what is shown of it and the content replaced."""
    start, end = same_ends(shown, content)
    head, tail = raw[:start], raw[len(raw) - end :]
    old, seen, new = raw[start : len(raw) - end], shown[start : len(shown) - end], content[start : len(content) - end]
    if _UNREAD in seen and _UNREAD in new and old != seen:
        new = _aligned(old, seen, new)
    return head + new + tail


def _aligned(raw: str, shown: str, content: str) -> str:
    """Several places were edited: what lies between them is found by comparing, and stays as it is."""
    if len(shown) * len(content) <= _MOST_COMPARED:
        return _compared(raw, list(shown), list(content))
    before, after = shown.splitlines(keepends=True), content.splitlines(keepends=True)
    return content if len(before) * len(after) > _MOST_COMPARED else _compared(raw, before, after)


def _compared(raw: str, before: list[str], after: list[str]) -> str:
    places = [0]
    for unit in before:
        places.append(places[-1] + len(unit))
    parts = []
    for tag, start, end, first, last in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old, new = raw[places[start] : places[end]], "".join(after[first:last])
        if tag == "replace" and max(map(len, before[start:end])) > 1:  # lines: what of them stayed is looked for too
            new = _put(old, "".join(before[start:end]), new)
        parts.append(old if tag == "equal" else new)
    return "".join(parts)
