"""What an operator calls a picture: its chapter, when it was asked for, the first words of its prompt; never an id."""

from collections.abc import Iterable
from typing import Final

from textcraft_core.events import CardAdded, RenderRequested
from textcraft_core.record.journal import Record
from textcraft_gui.state.show_state import chapter_id
from textcraft_gui.words.i18n import tr
from textcraft_gui.words.wording import chapter_name, quoted

NAMING: Final = ("RenderRequested", "CardAdded")
"""The events that tell what a picture is."""
MOST: Final = 5000
"""Names of more pictures are not kept: the oldest are read again where they are wanted."""
_CHARS: Final = 28
_PREFLIGHT: Final = "preflight-"


class PictureNames:
    """Hears records of the journal in any order."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def hear(self, records: Iterable[Record]) -> None:
        """Remember the pictures these records tell of."""
        for record in records:
            event = record.event
            if isinstance(event, RenderRequested | CardAdded):
                self._names[event.request_id] = f"{_where(event)}, {_time(record)}, {quoted(_said(event), _CHARS)}"
        while len(self._names) > MOST:
            del self._names[next(iter(self._names))]

    def unknown(self, records: Iterable[Record]) -> bool:
        """Whether any of these records speaks of a picture nobody told of yet."""
        ids = {str(getattr(record.event, "request_id", None) or "") for record in records}
        return any(each and each not in self._names and not each.startswith(_PREFLIGHT) for each in ids)

    def of(self, request_id: str) -> str:
        """Return what a picture is called."""
        if request_id.startswith(_PREFLIGHT):
            return tr("the picture of the pre-flight")
        return self._names.get(request_id) or tr("an older picture")

    def in_record(self, record: Record, request_id: str) -> str:
        """The same for one row: the row that tells its prompt needs no words of it."""
        if isinstance(record.event, RenderRequested):
            return f"{_where(record.event)}, {_time(record)}"
        return self.of(request_id)


def _where(event: RenderRequested | CardAdded) -> str:
    if isinstance(event, CardAdded):
        return tr("card")
    return chapter_name(chapter_id(event.target)) if event.target else tr("no chapter")


def _said(event: RenderRequested | CardAdded) -> str:
    said = event.source.rpartition("/")[2] if isinstance(event, CardAdded) else event.prompt
    return " ".join(said.split())


def _time(record: Record) -> str:
    return f"{record.at.astimezone():%H:%M}"
