"""What becomes of a show's rehearsals: compared with the show, kept as tellings under a title, or thrown away.

Blocking: call it from a worker thread. Knows no stage; who throws a rehearsal away makes sure that nobody plays it.
"""

import json
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from textcraft_bus.disk.files import read_json, write_json
from textcraft_bus.errors import BusError, FileMissing
from textcraft_bus.records import dataclass
from textcraft_core.errors import ShowError
from textcraft_core.show.folder import ShowFolder, rehearsals_of

_TITLE: Final = "telling.json"
MAX_TITLE: Final = 80
LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One copy: its folder's name, the title it is kept under ("" is none), its size in bytes, words and date.

    `words` are those of its chapters, `made` is when it was begun (UTC).
    """

    name: str
    title: str
    size: int
    words: int = 0
    made: datetime = LONG_AGO


@dataclass(frozen=True, slots=True)
class Difference:
    """A file below data/ that a rehearsal changed, with its words before and after; -1 where it is not there."""

    path: str
    before: int
    after: int


def all_rehearsals(show: ShowFolder) -> list[Rehearsal]:
    """Return the rehearsals, the newest first."""
    return [_rehearsal(copy) for copy in rehearsals_of(show)]


def older_than(found: Iterable[Rehearsal], days: int, now: datetime, *, but: str = "") -> list[Rehearsal]:
    """Return those that would go: older than so many days, not kept under a title, and not the one in play (`but`)."""
    oldest = now - timedelta(days=days)
    return [copy for copy in found if copy.made < oldest and not copy.title and copy.name != but]


def texts_of(show: ShowFolder, name: str, path: str) -> tuple[str, str]:
    """Return a text as it is in the show and in a rehearsal, "" where there is none. Raises ShowError."""
    copy = _known(show, name)
    return _text(show, path), _text(copy, path)


def keep(show: ShowFolder, name: str, title: str) -> str:
    """Keep a rehearsal as a telling; returns its title. Raises ShowError, WriteFailed."""
    copy = _known(show, name)
    title = " ".join(title.split())[:MAX_TITLE] or name
    write_json(copy.root / _TITLE, {"title": title})
    return title


def throw_away(show: ShowFolder, name: str) -> None:
    """Delete a rehearsal for good; first it is no rehearsal any more, so that a half deleted one is never opened."""
    copy = _known(show, name)
    gone = copy.root.with_name(f".{name}.gone")
    try:
        copy.root.rename(gone)
        shutil.rmtree(gone)
    except OSError as exc:
        raise ShowError(f"the rehearsal {name} could not be thrown away", f"({exc.strerror or exc})") from exc


def differences(show: ShowFolder, name: str) -> list[Difference]:
    """Compare a rehearsal's chapters and story bible with the show's. Raises ShowError."""
    copy = _known(show, name)
    before, after = _texts(show), _texts(copy)
    changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    return [Difference(path, _words(before.get(path)), _words(after.get(path))) for path in changed]


def _known(show: ShowFolder, name: str) -> ShowFolder:
    for copy in rehearsals_of(show):
        if copy.root.name == name:
            return copy
    raise ShowError(f"{name[:40]} is no rehearsal of this show", "look at the list again")


def _rehearsal(copy: ShowFolder) -> Rehearsal:
    words = sum(len(path.read_bytes().split()) for path in copy.manuscripts.rglob("*.md") if path.is_file())
    made = datetime.strptime(copy.root.name[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    return Rehearsal(copy.root.name, _title(copy), _size(copy.root), words, made)


def _text(show: ShowFolder, path: str) -> str:
    try:
        return show.sandbox.read(path).decode("utf-8-sig", errors="replace")
    except FileMissing:
        return ""


def _title(copy: ShowFolder) -> str:
    try:
        data = read_json(copy.root / _TITLE)
    except BusError:
        return ""
    title = data.get("title") if isinstance(data, dict) else None
    return title[:MAX_TITLE] if isinstance(title, str) else ""


def _size(root: Path) -> int:
    return sum(path.lstat().st_size for path in root.rglob("*") if path.is_file() and not path.is_symlink())


def _texts(show: ShowFolder) -> dict[str, bytes]:
    files = [*show.manuscripts.rglob("*.md"), *show.bible.glob("*.json")]
    own = [path for path in files if path.is_file() and not path.is_symlink()]
    return {path.relative_to(show.data).as_posix(): _content(path) for path in own}


def _content(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix != ".json":
        return data
    try:
        return json.dumps(json.loads(data), sort_keys=True).encode()
    except ValueError:
        return data


def _words(text: bytes | None) -> int:
    return -1 if text is None else len(text.split())
