"""The lines waiting for the next plan, as a reading of events; knows no files and asks nobody.

A line used in a plan leaves the queue when the task it caused has ended well; when its cycle failed, was stopped or
dispatched nothing, it comes back to its place, so no crash and no fault loses an operator's words.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, NewType

from textcraft_bus.records import dataclass
from textcraft_core.events import (
    CycleFailed,
    CycleFinished,
    CycleStarted,
    CycleStopped,
    Event,
    InputDone,
    InputEdited,
    InputMoved,
    InputQueued,
    InputUsed,
    InputWithdrawn,
    TaskDispatched,
)

InputId = NewType("InputId", str)
COMMANDING: Final = frozenset({"operator", "control"})
"""Whose lines are orders; everybody else's are material for the story."""


@dataclass(frozen=True, slots=True)
class QueuedLine:
    """One line; `used_in` is the cycle whose plan has it, None while it waits."""

    id: InputId
    text: str
    source: str
    used_in: int | None = None

    @property
    def commands(self) -> bool:
        """Whether the line is an order to the Architect, and not what a visitor or sensor said."""
        return self.source in COMMANDING


class InputQueue:
    """The queue in order; feed it every event, in order, through `apply`."""

    def __init__(self) -> None:
        self._lines: list[QueuedLine] = []
        self._dispatched: int | None = None

    @property
    def waiting(self) -> tuple[QueuedLine, ...]:
        """The lines no plan has used, in the order they will be used."""
        return tuple(line for line in self._lines if line.used_in is None)

    def used_in(self, cycle: int) -> tuple[QueuedLine, ...]:
        """Return the lines in the plan of a cycle that has not ended."""
        return tuple(line for line in self._lines if line.used_in == cycle)

    def next_lines(self, chars: int) -> tuple[QueuedLine, ...]:
        """Return the first waiting lines that fit `chars` characters together, at least one if any waits."""
        taken: list[QueuedLine] = []
        for line in self.waiting:
            chars -= len(line.text)
            if taken and chars < 0:
                break
            taken.append(line)
        return tuple(taken)

    def before(self, input_id: str, index: int) -> str:
        """Return the waiting line before which another one stands at a place among them; "" is the end."""
        others = [line.id for line in self.waiting if line.id != input_id]
        return next(iter(others[index : index + 1]), "")

    def apply(self, event: Event) -> None:
        """Take one event into account; events of other kinds change nothing."""
        handler = _HANDLERS.get(type(event))
        if handler is not None:
            handler(self, event)

    def return_unfinished(self, except_cycle: int | None) -> None:
        """After a restart: lines of plans that never ended wait again, save those of the task that is recovered."""
        self._dispatched = except_cycle
        for cycle in {line.used_in for line in self._lines} - {None, except_cycle}:
            self._release(cycle)

    def _on_queued(self, event: InputQueued) -> None:
        if self._at(event.input_id) is None:
            self._lines.append(QueuedLine(InputId(event.input_id), event.text, event.source))

    def _on_edited(self, event: InputEdited) -> None:
        if (at := self._at(event.input_id)) is not None:
            self._lines[at] = replace(self._lines[at], text=event.text)

    def _on_moved(self, event: InputMoved) -> None:
        if (at := self._at(event.input_id)) is None:
            return
        line = self._lines.pop(at)
        place = self._at(self.before(event.input_id, event.index) if event.before is None else event.before)
        self._lines.insert(len(self._lines) if place is None else place, line)

    def _on_gone(self, event: InputWithdrawn | InputDone) -> None:
        if (at := self._at(event.input_id)) is not None:
            del self._lines[at]

    def _on_used(self, event: InputUsed) -> None:
        if (at := self._at(event.input_id)) is not None:
            self._lines[at] = replace(self._lines[at], used_in=event.cycle)

    def _on_started(self, event: CycleStarted) -> None:
        """A number is given again when its cycle was killed before its task: that plan's lines are not this one's."""
        if event.cycle != self._dispatched:
            self._release(event.cycle)

    def _on_dispatched(self, event: TaskDispatched) -> None:
        self._dispatched = event.cycle

    def _on_ended(self, event: CycleFailed | CycleFinished | CycleStopped) -> None:
        self._release(event.cycle)

    def _release(self, cycle: int | None) -> None:
        self._lines = [replace(line, used_in=None) if line.used_in == cycle else line for line in self._lines]

    def _at(self, input_id: str) -> int | None:
        return next((at for at, line in enumerate(self._lines) if line.id == input_id), None)


_HANDLERS: Final[Mapping[type[Event], Callable[[InputQueue, Any], None]]] = {
    InputQueued: InputQueue._on_queued,
    InputEdited: InputQueue._on_edited,
    InputMoved: InputQueue._on_moved,
    InputWithdrawn: InputQueue._on_gone,
    InputDone: InputQueue._on_gone,
    InputUsed: InputQueue._on_used,
    CycleStarted: InputQueue._on_started,
    TaskDispatched: InputQueue._on_dispatched,
    CycleFailed: InputQueue._on_ended,
    CycleFinished: InputQueue._on_ended,
    CycleStopped: InputQueue._on_ended,
}

HANDLED: Final = tuple(kind.__name__ for kind in _HANDLERS)
"""The names of the events the queue is read from."""
