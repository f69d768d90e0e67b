"""What a start finds of an engine that did not end: the task in hand and the lines of its plan; runs nothing."""

import contextlib
from typing import Any, Final

from textcraft_bus.disk.files import read_bytes
from textcraft_bus.errors import FileMissing, Unreadable
from textcraft_bus.records import dataclass
from textcraft_core.engine.cycle import fingerprint
from textcraft_core.engine.decisions import DecisionPayload, parse_decision
from textcraft_core.engine.desk import Desk
from textcraft_core.engine.input_queue import HANDLED
from textcraft_core.engine.planning import Plan, locate
from textcraft_core.errors import DecisionError
from textcraft_core.events import CycleFailed, CycleFinished, CycleStopped, TaskDispatched
from textcraft_core.record.journal import Journal
from textcraft_core.show.matrix import ActiveTask, Entry

SCANNED: Final = "scan"
USED: Final = (TaskDispatched, CycleFinished, CycleFailed, CycleStopped)


@dataclass(frozen=True, slots=True)
class Recovery:
    """What is left to do: `plan` None means the task was done, or cannot be done again, as `told` says."""

    plan: Plan | None
    told: str
    cycle: int | None


def replay_input(desk: Desk) -> None:
    """Fill the queue from the journal; blocking."""
    if desk.journal is not None:
        for record in desk.journal.select(HANDLED):
            desk.queue.apply(record.event)


def keep_matrix(desk: Desk) -> None:
    """Keep the matrix as this engine finds it, so that a replay can begin where it began; blocking."""
    if desk.journal is not None:
        with contextlib.suppress(FileMissing, Unreadable):  # a matrix nobody can read is told by the scan
            desk.journal.keep_outside(desk.show.relative(desk.show.matrix), read_bytes(desk.show.matrix))


def last_cycle(journal: Journal) -> int:
    """Return the number of the last cycle that did something; blocking.

    One that was killed before it dispatched a task did nothing: its number is given again, so that a rehearsal writes
    the same words whether it was interrupted or not.
    """
    number = journal.last_cycle()
    for record in journal.last():
        if isinstance(record.event, USED) and record.event.cycle == number:
            return number
    return max(0, number - 1)


async def recover(desk: Desk, task: ActiveTask, changed: dict[str, Entry]) -> Recovery:
    """Return what to do about a task that was in hand: nothing when its target has changed since it was dispatched.

    `changed` are the entries the first scan found changed; they decide for a task that does not say what its target
    was like before.
    """
    cycle = _extra(task, "cycle")
    cycle = cycle if isinstance(cycle, int) and cycle > 0 else None
    if task.action.strip().lower() == SCANNED:
        return Recovery(None, "", cycle)
    try:
        plan = _plan(desk, task)
    except DecisionError as refusal:
        return Recovery(None, f"a task was in hand and cannot be taken up again: {refusal}", cycle)
    if await _is_done(desk, task, plan, changed):
        return Recovery(None, f"{plan.target} was written before the last stop: it is not written twice", cycle)
    return Recovery(plan, f"{plan.role} takes {plan.target} up again", cycle)


def _plan(desk: Desk, task: ActiveTask) -> Plan:
    decision = _decision(task)
    place = locate(decision.target_file, desk.book.matrix, desk.following(), desk.book.protected)
    return Plan(
        decision.action_type,
        decision.assigned_agent,
        place.target,
        place.chapter_id,
        decision.context_notes,
        decision.characters,
        "recovered",
        place.new,
    )


def _decision(task: ActiveTask) -> DecisionPayload:
    characters = _extra(task, "characters")
    decision = parse_decision(
        {
            "action_type": task.action,
            "target_file": task.target,
            "assigned_agent": task.assigned_to,
            "context_notes": str(_extra(task, "instructions") or ""),
            "characters": characters if isinstance(characters, list) else [],
        }
    )
    if not decision.dispatches:
        raise DecisionError(f"{task.action} is nothing to take up")
    return decision


async def _is_done(desk: Desk, task: ActiveTask, plan: Plan, changed: dict[str, Entry]) -> bool:
    before = _extra(task, "before_sha256")
    if not isinstance(before, str):
        return plan.chapter_id in changed
    return fingerprint(await desk.read(plan.target)) != before


def _extra(task: ActiveTask, key: str) -> Any:
    return (task.model_extra or {}).get(key)
