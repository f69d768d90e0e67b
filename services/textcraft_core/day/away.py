"""What happened while nobody was here, summed up from the journal once somebody is back; knows no Qt."""

import asyncio
from datetime import datetime
from typing import Final

from textcraft_bus.clock import Clock
from textcraft_bus.tasks import Tasks
from textcraft_core import events as ev
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream

MOST_FAULTS: Final = 20
"""Lines that are told one by one; the rest stand in the timeline."""


class AwayDesk:
    """Tells one summary each time an operator takes over from the written answers."""

    def __init__(self, journal: Journal, stream: EventStream, clock: Clock, tasks: Tasks) -> None:
        self._journal = journal
        self._stream = stream
        self._clock = clock
        self._tasks = tasks
        self._left_at: float | None = None
        """Monotonic: when somebody left, if that was in this life of the program."""
        stream.subscribe(self._on_event)

    def _on_event(self, event: ev.Event) -> None:
        if not isinstance(event, ev.AttendanceChanged):
            return
        if not event.attended:
            self._left_at = self._clock.monotonic()
            return
        away = None if self._left_at is None else self._clock.monotonic() - self._left_at
        self._left_at = None
        self._tasks.start(self._tell(away), name="sum up what happened meanwhile")

    async def _tell(self, away: float | None) -> None:
        told = await asyncio.to_thread(sum_up, self._journal, self._clock.now(), away)
        if told is not None:
            self._stream.emit(told)


def sum_up(journal: Journal, now: datetime, away: float | None = None) -> ev.AwaySummed | None:
    """Return what happened since the show was left alone last; None when it never was. Blocking. Raises JournalError.

    `away` is for how many seconds, where that was measured; else dates must do. A crash in between does not begin
    anew: what counts is when somebody left.
    """
    left = [
        record
        for record in journal.select(("AttendanceChanged",))
        if isinstance(record.event, ev.AttendanceChanged) and not record.event.attended
    ]
    if not left:
        return None
    from textcraft_core.day.report import gather  # noqa: PLC0415 - off the start path

    began = left[-1].at
    report = gather(journal, "", began, now, lambda _path: "", first=left[-1].seq)
    return ev.AwaySummed(
        seconds=max(0.0, (now - began).total_seconds()) if away is None else away,
        takes=len(report.takes),
        cycles=report.cycles,
        failed=report.failed,
        visitors=report.visitors,
        spend=report.spent,
        faults=len(report.faults),
        fault_lines=tuple(f"{line.at.isoformat()} {line.text}" for line in report.faults[-MOST_FAULTS:]),
    )
