"""Takes words out of everything a show left below its folder: old recordings, tellings, exports, reports, rehearsals.

The show's present chapters are not touched, nor the journal in play. Bounded, follows no link; blocking.
"""

import contextlib
import functools
import html
import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from textcraft_bus.disk.files import read_bytes, write_durably
from textcraft_bus.errors import BusError
from textcraft_bus.records import dataclass
from textcraft_core.record.forgetting import SHORT, Words, forget_in, squeeze
from textcraft_core.record.journal_schema import open_journal

log = logging.getLogger(__name__)

FOLDERS: Final = ("tellings", "exports", "reports", "rehearsals")
TEXTS: Final = frozenset({".md", ".txt", ".json", ".csv", ".html"})
MAX_FILES: Final = 5000
MAX_FILE_BYTES: Final = 16 << 20


@dataclass(frozen=True, slots=True)
class Swept:
    """Paths within the show: what was changed, and what may still hold the words, because it could not be changed."""

    changed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def sweep(root: Path, in_play: Path, words: Words, stub: str) -> Swept:
    """Replace the words below `root`, but for the journal `in_play`; raises nothing: what failed is in `left`."""
    amend = functools.partial(forget_in, words=words, stub=stub)
    changed, left = _each_journal(root, in_play, amend)
    swaps = _swaps(words, stub)
    for path in _texts(root) if swaps else ():
        try:
            if _swap_file(path, swaps):
                changed.append(_name(root, path))
                left += [_name(root, made) for made in (path.with_suffix(".pdf"),) if made.is_file()]
        except (BusError, OSError) as fault:
            log.warning("%s was not swept: %s", path, fault)
            left.append(_name(root, path))
    return Swept(tuple(changed), tuple(left))


def amend_others(root: Path, in_play: Path, amend: Callable[[sqlite3.Connection], Any]) -> Swept:
    """Let `amend` alter every journal below `root` but the one in play, each as one transaction."""
    changed, left = _each_journal(root, in_play, amend)
    return Swept(tuple(changed), tuple(left))


def _each_journal(root: Path, in_play: Path, amend: Callable[[sqlite3.Connection], Any]) -> tuple[list[str], list[str]]:
    changed: list[str] = []
    left: list[str] = []
    for path in _journals(root, in_play):
        try:
            if _amended(path, amend):
                changed.append(_name(root, path))
        except (sqlite3.Error, OSError) as fault:
            log.warning("%s was not swept: %s", path, fault)
            left.append(_name(root, path))
    return changed, left


def _journals(root: Path, in_play: Path) -> Iterator[Path]:
    """Journals of rehearsals and those that were set aside; what only remembers chapters is made anew from them."""
    found = [*root.glob("journal.sqlite*"), *root.glob("rehearsals/*/journal.sqlite*")]
    for path in islice(sorted(found), MAX_FILES):
        other = path.name.endswith(("-wal", "-shm")) or path == in_play
        if not other and path.is_file() and not path.is_symlink():
            yield path


def _amended(path: Path, amend: Callable[[sqlite3.Connection], Any]) -> bool:
    """Say whether anything changed. Raises sqlite3.Error for a file that is no journal of ours or is broken."""
    with contextlib.closing(open_journal(path)) as connection:
        before = connection.total_changes
        connection.execute("BEGIN IMMEDIATE")
        try:
            amend(connection)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        changed = connection.total_changes > before
    if changed:
        squeeze(path)
    return changed


def _texts(root: Path) -> Iterator[Path]:
    found = (path for folder in FOLDERS for path in sorted((root / folder).rglob("*")))
    texts = (path for path in found if path.suffix.casefold() in TEXTS and path.is_file() and not _linked(root, path))
    return islice(texts, MAX_FILES)


def _linked(root: Path, path: Path) -> bool:
    """Whether a link leads there: what lies elsewhere is not this show's."""
    return any(part.is_symlink() for part in (path, *path.parents) if part != root and root in part.parents)


def _swaps(words: Words, stub: str) -> dict[bytes, bytes]:
    """Each text as it stands in plain files, in JSON, in HTML and in CSV; short ones are everybody's words."""
    swaps: dict[bytes, bytes] = {}
    for text in sorted((text for text in words.texts if len(text) >= SHORT), key=len, reverse=True):
        quoted = [text, html.escape(text), html.escape(text, quote=False), text.replace('"', '""')]
        quoted += [json.dumps(text, ensure_ascii=plain)[1:-1] for plain in (False, True)]
        swaps |= {form.encode(errors="replace"): stub.encode() for form in quoted}
    return swaps


def _swap_file(path: Path, swaps: dict[bytes, bytes]) -> bool:
    old = new = read_bytes(path, MAX_FILE_BYTES)
    for form, put in swaps.items():
        new = new.replace(form, put)
    if new == old:
        return False
    write_durably(path, new)
    return True


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
