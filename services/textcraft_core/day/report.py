"""What a day was: what went up, what stopped it, what failed, what it cost and what was written; from the journal.

Visitors are counted; their words stay out, unless they are asked for.
"""

import contextlib
import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from textcraft_bus.errors import BusError
from textcraft_bus.records import dataclass
from textcraft_core import events as ev
from textcraft_core.errors import JournalError
from textcraft_core.record.journal import Journal, Record

KINDS: Final = (
    "TakenLive", "StopChanged", "AutoChanged", "Marked", "Warned", "CycleFinished", "CycleFailed", "CycleStopped",
    "RenderFailed", "ServiceLost", "ServiceEnded", "WallSilent", "WallRefused", "SpendAdded", "FileWritten",
    "DayChanged", "PreflightChecked", "PreflightWaived", "StuckDetected", "CapReached", "ImageArrived", "AudienceHeard",
    "ModeChanged", "VerbUsed",
)  # fmt: skip
COMMITTED_WITHIN: Final = timedelta(seconds=5)
_FAULTS: Final = (
    ev.CycleFailed,
    ev.RenderFailed,
    ev.ServiceLost,
    ev.ServiceEnded,
    ev.WallSilent,
    ev.WallRefused,
    ev.StuckDetected,
    ev.CapReached,
)


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened, when, in one line."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Take:
    """A picture that went up."""

    at: datetime
    caption: str
    by: str
    path: Path | None


@dataclass(slots=True)
class Report:
    """What a report tells; times are UTC."""

    title: str
    began: datetime
    ended: datetime
    takes: list[Take] = field(default_factory=list)
    stops: list[Line] = field(default_factory=list)
    faults: list[Line] = field(default_factory=list)
    marks: list[Line] = field(default_factory=list)
    preflight: list[Line] = field(default_factory=list)
    spend: dict[str, float] = field(default_factory=dict)
    cycles: int = 0
    failed: int = 0
    visitors: int = 0
    said: list[Line] | None = None
    """What visitors said; None where it was not asked for."""
    written: dict[str, str] = field(default_factory=dict)
    """Path of each chapter that was written → what was added to it."""

    @property
    def spent(self) -> float:
        """USD in all."""
        return sum(self.spend.values())


def gather(
    journal: Journal,
    title: str,
    began: datetime,
    ended: datetime,
    text_of: Callable[[str], str],
    *,
    visitors: bool = False,
    first: int | None = None,
) -> Report:
    """Read a report from the journal. Blocking. Raises JournalError.

    `text_of(path)` returns the present text of a file of the show; what cannot be read is left out. `visitors` brings
    their words in, except those that were forgotten. `first` is the number of the first event, where it is known.
    """
    report = Report(title, began, ended, said=[] if visitors else None)
    pictures: dict[str, Path] = {}
    records = journal.select(KINDS, after=(_first_of(journal, began) if first is None else first) - 1)
    for record in records:
        if isinstance(record.event, ev.ImageArrived):
            pictures[record.event.sha256] = Path(record.event.path)
        _note(report, record, pictures)
    report.written = _written(journal, records, text_of)
    return report


def _first_of(journal: Journal, began: datetime) -> int:
    """Return the number of the event that began this day: dates of others tell nothing once a clock has jumped."""
    for record in reversed(journal.select(["DayChanged"])):
        is_beginning = isinstance(record.event, ev.DayChanged) and record.event.state is ev.DayState.OPENING
        if is_beginning and abs(record.at - began) <= COMMITTED_WITHIN:
            return record.seq
    return journal.seq_at(began)


def _note(report: Report, record: Record, pictures: Mapping[str, Path]) -> None:
    at, event = record.at, record.event
    match event:
        case ev.TakenLive(caption=caption, by=by, sha256=sha256):
            report.takes.append(Take(at, caption, by, pictures.get(sha256)))
        case ev.StopChanged(stop=stop, on=on, by=by):
            report.stops.append(Line(at, f"{stop.value.replace('_', ' ').upper()} {'on' if on else 'off'}, by {by}"))
        case ev.Marked(note=note):
            report.marks.append(Line(at, note or "marked"))
        case ev.SpendAdded(source=source, usd=usd):
            report.spend[source] = report.spend.get(source, 0.0) + usd
        case ev.CycleFinished():
            report.cycles += 1
        case ev.AudienceHeard(text=text, speaker=speaker):
            report.visitors += 1
            if report.said is not None:
                report.said.append(Line(at, f"{speaker}: {text}" if speaker else text))
        case _:
            _note_trouble(report, at, event)


def _note_trouble(report: Report, at: datetime, event: ev.Event) -> None:
    match event:
        case ev.PreflightChecked(check=name, state=state, found=found):
            report.preflight.append(Line(at, f"{name}: {state.value}, {found}"))
        case ev.PreflightWaived(check=name, by=by):
            report.preflight.append(Line(at, f"{name}: opened in spite of it, by {by}"))
        case ev.Warned(text=text, fault=True):
            report.faults.append(Line(at, text))
        case _ if isinstance(event, _FAULTS):
            report.failed += isinstance(event, ev.CycleFailed)
            told = ", ".join(f"{name} {value}" for name, value in event if value not in ("", None, ()))
            report.faults.append(Line(at, f"{type(event).__name__}: {told}"))


def _written(journal: Journal, records: Iterable[Record], text_of: Callable[[str], str]) -> dict[str, str]:
    """Return what was added to each chapter since its content before the first change."""
    first: dict[str, int | None] = {}
    for record in records:
        event = record.event
        if isinstance(event, ev.FileWritten) and event.path.endswith(".md"):
            first.setdefault(event.path, event.revision)
    found = {}
    for path, revision in first.items():
        try:
            before = _content(journal, revision)
            found[path] = _added(before, text_of(path))
        except (BusError, OSError):
            continue  # it was removed, or cannot be read: its events stand in the timeline
    return {path: text for path, text in found.items() if text.strip()}


def _content(journal: Journal, revision: int | None) -> str:
    """Return the content a revision kept; "" when there was no file then."""
    if revision is None:
        return ""
    with contextlib.suppress(JournalError):
        return journal.revision_content(revision).decode("utf-8", "replace")
    return ""


def _added(before: str, after: str) -> str:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return "\n".join(line[2:] for line in lines if line.startswith("+ "))
