"""Brings a copy of a show to a place of a recording: its files, its matrix and its journal; blocking, plays nothing."""

import contextlib
import os
import sqlite3
from collections.abc import Collection
from pathlib import Path
from typing import Final

import orjson

from textcraft_bus.clock import Clock
from textcraft_bus.disk.files import write_durably
from textcraft_bus.errors import BusError
from textcraft_core.errors import JournalError, ShowError
from textcraft_core.record.changes import hash_of
from textcraft_core.record.journal import Journal
from textcraft_core.replay.recording import Recording
from textcraft_core.show.folder import Progress, ShowFolder, rehearsal_copy

MANUSCRIPTS: Final = "data/manuscripts/"
RECORDING: Final = "journal-recording.sqlite"
_KEPT: Final = frozenset({"matrix.json", "control.json"})


def begin_replay(
    show: ShowFolder, clock: Clock, progress: Progress | None = None, *, to: Path | None = None
) -> tuple[ShowFolder, Recording]:
    """Copy a show below its rehearsals (or `to` a new folder), with its journal as the recording to play.

    `progress` hears the share of the files that is copied; what it raises ends it. Raises ShowError, JournalError.

    Neither the show nor its journal is written to; a show that is being played may be copied too.
    """
    if not show.journal.is_file():
        raise ShowError(f"{show.root.name} has no recording", "let the engine run some cycles first")
    copy = rehearsal_copy(show, clock, progress, to=to)
    path = copy.root / RECORDING
    try:
        _copy_journal(show.journal, path)
    except sqlite3.Error as exc:
        raise JournalError(f"the recording cannot be read ({exc})") from exc
    journal = Journal(path, clock)
    if journal.set_aside is not None:
        journal.close()
        raise ShowError("the recording cannot be read", "it is broken, or of a later version of this program")
    try:
        return copy, Recording(journal)
    except BaseException:
        journal.close()
        raise


def bring_to(place: int, recording: Recording, copy: ShowFolder) -> None:
    """Make the files, matrix and journal of a copy what they were. Raises JournalError, WriteFailed."""
    try:
        _cut_journal(copy, recording.seq_at(place))
    except sqlite3.Error as exc:
        raise JournalError(f"the journal of the copy cannot be written ({exc})") from exc
    wanted = recording.files_at(place)
    for stale in copy.data.rglob("*.bak"):  # good copies of another time: they would stand in for what was not there
        stale.unlink()
    for path in _files(copy):
        if copy.relative(path) not in wanted:
            path.unlink()
    for name, sha256 in wanted.items():
        if _is(copy.root / name, sha256):
            continue
        inner = name.removeprefix("data/")
        with contextlib.suppress(BusError):  # what the sandbox refuses is no file of an engine either
            copy.sandbox.write(inner, recording.journal.content(sha256), max_bytes=64 << 20)
    matrix = recording.matrix_at(place)
    if matrix:
        write_durably(copy.matrix, orjson.dumps(matrix, option=orjson.OPT_INDENT_2))
    else:
        copy.matrix.unlink(missing_ok=True)


def differences(
    place: int, recording: Recording, copy: ShowFolder, only: Collection[str] | None = None
) -> dict[str, tuple[bytes | None, bytes | None]]:
    """Return the manuscripts that are not what they were at a place: path → recorded and present content.

    `only` names the paths to look at, None: all.
    """
    wanted = {path: sha for path, sha in recording.files_at(place).items() if path.startswith(MANUSCRIPTS)}
    present = {copy.relative(path) for path in _files(copy) if copy.manuscripts in path.parents}
    paths = wanted.keys() | present
    found: dict[str, tuple[bytes | None, bytes | None]] = {}
    for path in sorted(paths if only is None else paths & set(only)):
        if path in wanted and path in present and _is(copy.root / path, wanted[path]):
            continue
        before = recording.journal.content(wanted[path]) if path in wanted else None
        found[path] = before, (copy.root / path).read_bytes() if path in present else None
    return found


def changed_between(place: int, recording: Recording) -> set[str]:
    """Return the paths that the cycle at a place changed in the recording, by whomever."""
    before, after = recording.files_at(place), recording.files_at(place + 1)
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def _is(path: Path, sha256: str) -> bool:
    try:
        return hash_of(path.read_bytes()) == sha256
    except OSError:
        return False


def _copy_journal(source: Path, destination: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(source, timeout=5.0)) as old,
        contextlib.closing(sqlite3.connect(destination)) as new,
    ):
        old.backup(new)


def _cut_journal(copy: ShowFolder, seq: int) -> None:
    for suffix in ("", "-wal", "-shm"):
        copy.journal.with_name(copy.journal.name + suffix).unlink(missing_ok=True)
    _copy_journal(copy.root / RECORDING, copy.journal)
    with contextlib.closing(sqlite3.connect(copy.journal)) as connection, connection:
        connection.execute("DELETE FROM events WHERE seq >= ?", (seq,))
        connection.execute("DELETE FROM revisions WHERE after_seq >= ?", (seq,))
        connection.execute("DELETE FROM calls")


def _files(copy: ShowFolder) -> list[Path]:
    found = []
    for place, _, names in os.walk(copy.data):
        paths = (Path(place, name) for name in names if name.endswith((".md", ".json")))
        found += [path for path in paths if path.name not in _KEPT or path.parent != copy.data]
    return found
