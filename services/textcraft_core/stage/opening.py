"""What brings an empty projection to the present: the newest past from the journal, then the engine as it is."""

from pathlib import Path
from typing import Final

from textcraft_core import events as ev
from textcraft_core.events import Event
from textcraft_core.orchestrator import Orchestrator
from textcraft_core.record.journal import Journal

JOURNAL_ROWS: Final = 1000
"""So many rows of the journal fill the panels at the start."""
_STATE_EVENTS: Final = (
    ev.ModeChanged,
    ev.AttendanceChanged,
    ev.DayChanged,
    ev.PreflightStarted,
    ev.PreflightChecked,
    ev.PreflightWaived,
    ev.PreflightEnded,
    ev.ReportWritten,
    ev.StopChanged,
    ev.AutoChanged,
    ev.CandidateAdded,
    ev.CandidateDropped,
    ev.CandidatePinned,
    ev.NextStaged,
    ev.TakenLive,
    ev.LiveConfirmed,
    ev.NetworkOpened,
    ev.ServiceSeen,
    ev.ServiceLost,
    ev.ServiceStarted,
    ev.ServiceAdopted,
    ev.ServiceEnded,
    ev.MatrixChanged,
    ev.EngineStateChanged,
    ev.RunStarted,
    ev.RunEnded,
    ev.WallsRestored,
    ev.WallFollows,
    ev.WallMapSet,
    ev.TransitionSet,
    ev.WallNamed,
    ev.ScreenAssigned,
    ev.WallKept,
    ev.WallReleased,
    ev.WallRested,
    ev.WallPlaced,
    ev.InputQueued,
    ev.InputEdited,
    ev.InputMoved,
    ev.InputWithdrawn,
    ev.InputUsed,
    ev.InputDone,
    ev.AudienceHeard,
    ev.StoryDecided,
)
"""Told anew from the present state, so the past ones are left out."""


def tells_a_state(event: Event) -> bool:
    """Whether an event is told anew from the present state, so that an old one of it would tell a lie."""
    return isinstance(event, _STATE_EVENTS)


def past_events(journal: Journal) -> list[Event]:
    """Return the newest events of the journal but those that tell a state. Raises JournalError.

    The newest report is told before them, however long ago it was: who comes in the morning looks for it.
    """
    records = journal.last(JOURNAL_ROWS)
    past = [record.event for record in records if not tells_a_state(record.event)]
    return [*_newest_report(journal), *past]


def _newest_report(journal: Journal) -> list[Event]:
    """The report that was written last, if it still lies there."""
    found = [record.event for record in journal.find(["ReportWritten"], count=1)]
    return [event for event in found if isinstance(event, ev.ReportWritten) and Path(event.path).is_file()]


def engine_events(engine: Orchestrator) -> list[Event]:
    """Return the events that tell the book, the queue and the engine as they are."""
    matrix = engine.matrix.model_dump(mode="json")
    return [
        ev.MatrixChanged(entries=matrix["content"], metrics=engine.metrics),
        *(ev.InputQueued(input_id=line.id, text=line.text, source=line.source) for line in engine.waiting_lines),
        *([ev.RunStarted()] if engine.running else []),
        ev.EngineStateChanged(state=engine.state),
    ]
