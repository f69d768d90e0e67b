"""What a folder looks like to the byte and to the nanosecond, so that a test can say that nobody touched it."""

import hashlib
from pathlib import Path

Footprint = dict[str, tuple[int, str]]


def footprint(folder: Path) -> Footprint:
    """Return the modification time (ns) and the hash of everything below a folder, folders too."""
    return {path.relative_to(folder).as_posix(): _of(path) for path in sorted(folder.rglob("*"))}


def changed(before: Footprint, after: Footprint) -> list[str]:
    """Return what came, went or is another than it was."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def without_marks(found: Footprint) -> Footprint:
    """Leave out SQLite's shared memory: a reader in the writer's own process shares the writer's map of it."""
    return {name: seen for name, seen in found.items() if not name.endswith("-shm")}


def _of(path: Path) -> tuple[int, str]:
    content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    return path.stat().st_mtime_ns, content
