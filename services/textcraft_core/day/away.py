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
        stream.subscribe(self._on_event)

    def _on_event(self, event: ev.Event) -> None:
        if isinstance(event, ev.AttendanceChanged) and event.attended:
            self._tasks.start(self._tell(), name="sum up what happened meanwhile")

    async def _tell(self) -> None:
        told = await asyncio.to_thread(sum_up, self._journal, self._clock.now())
        if told is not None:
            self._stream.emit(told)


def sum_up(journal: Journal, now: datetime) -> ev.AwaySummed | None:
    """Return what happened since the show was left alone last; None when it never was. Blocking. Raises JournalError.

    A crash in between does not begin anew: what counts is when somebody left.
    """
    left = [
        record.at
        for record in journal.select(("AttendanceChanged",))
        if isinstance(record.event, ev.AttendanceChanged) and not record.event.attended
    ]
    if not left:
        return None
    from textcraft_core.day.report import gather  # noqa: PLC0415 - off the start path

    report = gather(journal, "", left[-1], now, lambda _path: "")
    return ev.AwaySummed(
        seconds=max(0.0, (now - left[-1]).total_seconds()),
        takes=len(report.takes),
        cycles=report.cycles,
        failed=report.failed,
        visitors=report.visitors,
        spend=report.spent,
        faults=len(report.faults),
        fault_lines=tuple(f"{line.at.isoformat()} {line.text}" for line in report.faults[-MOST_FAULTS:]),
    )
