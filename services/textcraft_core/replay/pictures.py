"""Which pictures stood in NEXT and were LIVE at any place of a recording, and where they lie now; paints nothing.

A picture is known by the hash of its content: it is looked for by that name, and only a file that holds it counts.
Blocking.
"""

import bisect
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from textcraft_bus.disk.files import read_bytes
from textcraft_bus.errors import Unreadable
from textcraft_bus.pictures import sha256_of
from textcraft_core import events as ev
from textcraft_core.events import Event
from textcraft_core.record.journal_reader import JournalReader

KINDS: Final = (".png", ".jpg", ".jpeg", ".webp")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
MAX_BYTES: Final = 64 << 20
_READ: Final = ("CandidateAdded", "CandidateDropped", "CaptionEdited", "NextStaged", "TakenLive")


class RecordedPictures:
    """The pictures of one recording; `folders` are where they are looked for, in this order."""

    def __init__(self, journal: JournalReader, folders: Sequence[Path]) -> None:
        """Raises JournalError."""
        self._folders = tuple(folders)
        self._seqs: list[int] = []
        self._shown: list[tuple[ev.RecordedPicture | None, ev.RecordedPicture | None]] = []
        self._found: dict[str, str] = {}
        self._read(journal)

    def at(self, seq: int) -> tuple[ev.RecordedPicture | None, ev.RecordedPicture | None]:
        """Return what stood in NEXT and what was LIVE before the event of this number, each with its file now."""
        place = bisect.bisect_left(self._seqs, seq) - 1
        staged, live = self._shown[place] if place >= 0 else (None, None)
        return self._with_file(staged), self._with_file(live)

    def _read(self, journal: JournalReader) -> None:
        known: dict[str, ev.RecordedPicture] = {}
        staged: str | None = None
        live: ev.RecordedPicture | None = None
        for record in journal.select(_READ):
            staged, live = _apply(record.event, known, staged, live)
            shown = known.get(staged) if staged else None, live
            if not self._shown or shown != self._shown[-1]:
                self._seqs.append(record.seq)
                self._shown.append(shown)

    def _with_file(self, picture: ev.RecordedPicture | None) -> ev.RecordedPicture | None:
        if picture is None:
            return None
        path = self._found.get(picture.sha256)
        if path is None or (path and not Path(path).is_file()):
            path = self._found[picture.sha256] = self._look_for(picture.sha256)
        return picture.model_copy(update={"path": path})

    def _look_for(self, sha256: str) -> str:
        """Return the file that holds this content, "" where there is none any more."""
        if not _HASH.fullmatch(sha256):  # a journal may come from anywhere, and this becomes a name
            return ""
        for path in (folder / f"{sha256}{kind}" for folder in self._folders for kind in KINDS):
            try:
                if sha256_of(read_bytes(path, MAX_BYTES)) == sha256:
                    return str(path)
            except Unreadable:
                continue
        return ""


def _apply(
    event: Event, known: dict[str, ev.RecordedPicture], staged: str | None, live: ev.RecordedPicture | None
) -> tuple[str | None, ev.RecordedPicture | None]:
    match event:
        case ev.CandidateAdded(request_id=key, sha256=sha256, caption=caption):
            known[key] = ev.RecordedPicture(sha256=sha256, caption=caption)
        case ev.CaptionEdited(request_id=key, text=text) if key in known:
            known[key] = known[key].model_copy(update={"caption": text})
        case ev.CandidateDropped(request_id=key):
            known.pop(key, None)
            staged = None if staged == key else staged
        case ev.NextStaged(request_id=key):
            staged = key
        case ev.TakenLive(sha256=sha256, caption=caption):
            live = ev.RecordedPicture(sha256=sha256, caption=caption)
    return staged, live
