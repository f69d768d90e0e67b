"""What files that are being written are called, and what their names tell whoever finds them; opens none of them.

A temp's name says which process writes it. A **swap** is one that is whole and about to change its name with the file
it replaces: its name tells what we wrote and what is to come out, so that after a kill somebody else's text is known.
"""

import functools
import hashlib
import itertools
import os
import re
import secrets
from collections.abc import Iterable
from typing import Final

from textcraft_bus.records import dataclass

_TEMP: Final = re.compile(
    r"\.(?P<stem>.+)\.(?P<pid>\d{1,10})-(?P<run>[0-9a-f]{8})-\d+"
    r"(?:-(?P<ours>[0-9a-f]{24})-(?P<instead>[0-9a-f]{24}))?\.tmp",
    re.DOTALL,
)
_STEM_BYTES: Final = 160  # leaves room for pid, run, number and two digests within the 255 bytes of a name
_DIGITS: Final = 24
_END: Final = ".tmp"
NOTHING: Final = "0" * _DIGITS
"""Stands for the digest of a file that is not there."""

_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Swap:
    """What the name of a swap tells: the digests of what we wrote and of what it was to replace."""

    stem: str
    ours: str
    instead: str

    @property
    def is_cut(self) -> bool:
        """Whether the file's name may go on after the stem."""
        return len(self.stem.encode()) > _STEM_BYTES - 4  # a character that did not fit whole was left out


def new_temp(name: str) -> str:
    """Return the name for a new temp of a file."""
    stem = name.encode("utf-8", "replace")[:_STEM_BYTES].decode("utf-8", "ignore")
    return f".{stem}.{os.getpid()}-{_run()}-{next(_numbers)}{_END}"


def swap_name(temp: str, ours: str, instead: str) -> str:
    """Return what a temp is called once it is whole: with the digests of its content and of what it is to replace."""
    return f"{temp.removesuffix(_END)}-{ours}-{instead}{_END}"


def swap_of(name: str) -> Swap | None:
    """Return what a swap's name tells; None for any other name."""
    found = _TEMP.fullmatch(name)
    return Swap(found["stem"], found["ours"], found["instead"]) if found and found["ours"] else None


def digest(pieces: Iterable[bytes] | None) -> str:
    """Return the digest of a content in pieces, or of no file."""
    if pieces is None:
        return NOTHING
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()[:_DIGITS]


def is_temp(name: str) -> bool:
    """Say whether `name` is one of ours for a file that is being written."""
    return _TEMP.fullmatch(name) is not None


def temp_owner(name: str) -> int | None:
    """Return the process that may still be writing this temp; None when it is certainly a leftover, or no temp at all.

    A temp with our own process number but of another run is a leftover: numbers come back, above all in containers.
    """
    found = _TEMP.fullmatch(name)
    if found is None:
        return None
    pid = int(found["pid"])
    return None if pid == os.getpid() and found["run"] != _run() else pid


@functools.cache
def _run() -> str:
    return secrets.token_hex(4)
