"""Puts what reached a recorded engine from outside into a replayed one: lines, files, locks, money; blocking, shortly.

Each is given as its effect, wherever it once came from: an operator, a visitor, a program, another editor.
"""

from textcraft_core import events as ev
from textcraft_core.engine.book import with_cost, with_entry
from textcraft_core.engine.decisions import parse_decision
from textcraft_core.engine.desk import Desk
from textcraft_core.engine.situation import Orders
from textcraft_core.engine.verdicts import lock, unlock
from textcraft_core.record.changes import Change
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.replay.recording import RecordedInput, Recording
from textcraft_core.show.writer import Turn


def order(desk: Desk, orders: ev.OrdersTaken | None) -> None:
    """Let the next plan find what was ordered for it, and nothing else."""
    standing = desk.standing
    standing.orders, standing.assigned, standing.room = None, None, {}
    if orders is None:
        return
    standing.room = dict(orders.room)
    if orders.instruction or orders.target:
        standing.orders = Orders(orders.instruction, orders.target, orders.source, orders.wanted)
    if orders.assigned is not None:
        standing.assigned = parse_decision(orders.assigned)


def give(given: RecordedInput, desk: Desk, stream: EventStream, journal: Journal, recording: Recording) -> None:
    """Give one input. Raises JournalError, BusError."""
    if given.change is not None:
        _write(given.change, desk, stream, recording)
    if given.event is not None:
        _effect(given.event, desk)
        # It may be one that is committed before its effect; here its effect has been recorded long ago.
        journal.write(given.event)
        stream.announce(given.event)


def _write(change: Change, desk: Desk, stream: EventStream, recording: Recording) -> None:
    content = None if change.after is None else recording.journal.content(change.after)
    relative = change.path.removeprefix("data/")
    stream.emit(desk.writer.turn(relative, lambda _old: Turn(content), change.by))


def _effect(event: ev.Event, desk: Desk) -> None:
    """Change the matrix as the event says; the queue hears the event itself."""
    match event:
        case ev.ChapterLocked(chapter_id=name, locked=True):
            desk.book.change(lock(name))
        case ev.ChapterLocked(chapter_id=name):
            desk.book.change(unlock(name, desk.bible.conf().constraints.chapter_target_word_count))
        case ev.NotesForgotten(chapter_id=name):
            desk.book.change(with_entry(name, notes=()))
        case ev.SpendAdded(usd=usd):
            desk.book.change(with_cost(usd))
