"""The book at a glance: one pass over the matrix answers what a cycle asks of it again and again; pure."""

import functools
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from typing import Final

from textcraft_bus.records import dataclass
from textcraft_core.show.matrix import Entry, Status
from textcraft_core.show.touched import touched

_NUMBERED: Final = re.compile(r"ch(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Survey:
    """Ids in the order of their numbers, apart by whether they are locked; `index` is id → path relative to data/."""

    open: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    numbers: frozenset[int] = frozenset()
    counts: Mapping[str, int] = field(default_factory=dict)
    index: Mapping[str, str] = field(default_factory=dict)
    locked_ids: frozenset[str] = frozenset()


@functools.lru_cache(maxsize=1 << 16)
def by_number(name: str) -> tuple[int, str]:
    """Return the sort key of a chapter id: ch2 before ch10, ids without a number first."""
    return chapter_number(name), name


@functools.lru_cache(maxsize=1 << 16)
def chapter_number(name: str) -> int:
    """Return the number in a chapter id, 0 when it has none."""
    found = _NUMBERED.match(name)
    return int(found[1]) if found else 0


def look_again(survey: Survey, before: Mapping[str, Entry], after: Mapping[str, Entry]) -> Survey:
    """Return the survey of `after`, given the one of `before`: most changes of a chapter are none of the survey's."""
    names = touched(before, after)
    if len(before) == len(after) and all(name in before and _is_alike(before[name], after[name]) for name in names):
        return survey
    return look_over(after)


def _is_alike(one: Entry, other: Entry) -> bool:
    return one.status is other.status and one.path == other.path


def look_over(content: Mapping[str, Entry]) -> Survey:
    """Return the survey of a book's entries."""
    names = sorted(content, key=by_number)
    locked = tuple([name for name in names if content[name].status is Status.LOCKED])
    locked_ids = frozenset(locked)
    return Survey(
        open=tuple([name for name in names if name not in locked_ids]),
        locked=locked,
        numbers=frozenset([chapter_number(name) for name in names]),
        counts={str(status): count for status, count in Counter([e.status for e in content.values()]).items()},
        index={name: entry.path.removeprefix("data/") for name, entry in content.items()},
        locked_ids=locked_ids,
    )
