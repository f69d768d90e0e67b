"""Plays a recording in a copy of its show: forward at any speed, to any place, until the end or the first difference.

The console and the command line drive it; what it plays is told as the events of an engine, and `ReplayMoved`.
Knows no window and no picture.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from textcraft_bus.clock import Clock
from textcraft_bus.tasks import Tasks
from textcraft_core import events as ev
from textcraft_core.events import Event
from textcraft_core.options import EngineOptions
from textcraft_core.orchestrator import Orchestrator
from textcraft_core.record.differences import unified
from textcraft_core.record.history import decoded
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.replay.brain import Divergence, ReplayBrain
from textcraft_core.replay.inputs import give, order
from textcraft_core.replay.places import bring_to, changed_between, differences
from textcraft_core.replay.recording import Outcome, RecordedCycle, RecordedInput, Recording, mark_of
from textcraft_core.show.folder import ShowFolder

MakeEngine = Callable[[ShowFolder, ReplayBrain, EventStream, Journal, Clock, EngineOptions], Orchestrator]
MOST_GAP_SECONDS: Final = 3600.0


class Player:
    """One replay, on one event loop. `open` it first, `close` it last; calls follow one another."""

    def __init__(
        self, recording: Recording, copy: ShowFolder, clock: Clock, make_engine: MakeEngine, *, speed: float = 0.0
    ) -> None:
        self.recording = recording
        self.copy = copy
        self.divergence: ev.ReplayDiverged | None = None
        """Why the replay cannot go on from where it stands; None while it can."""
        self._clock = clock
        self._make_engine = make_engine
        self._brain = ReplayBrain(recording, self._on_diverged)
        self._brain.speed = speed
        self._listeners: dict[object, Callable[[Event], None]] = {}
        self._place = 0
        self._playing = False
        self._mark = -1
        self._written: set[str] = set()
        self._cycle: RecordedCycle | None = None
        self._engine: Orchestrator | None = None
        self._stream: EventStream | None = None
        self._journal: Journal | None = None
        self._tasks = Tasks()
        self._guard = asyncio.Lock()
        self._wake = asyncio.Event()
        self._cut = False
        """The running cycle is broken off, to stand at another place: what it did is not compared."""

    # Where it stands

    @property
    def position(self) -> int:
        """How many cycles are done."""
        return self._place

    @property
    def length(self) -> int:
        """How many cycles were recorded."""
        return len(self.recording.cycles)

    @property
    def playing(self) -> bool:
        """Whether cycles follow one another now."""
        return self._playing

    @property
    def speed(self) -> float:
        """1 is as it was, 10 ten times as fast, 0 as fast as it goes."""
        return self._brain.speed

    @speed.setter
    def speed(self, value: float) -> None:
        self._brain.speed = max(0.0, value)
        self._wake.set()
        self._tell_place()

    @property
    def engine(self) -> Orchestrator | None:
        """The engine that is being replayed; None while it is exchanged."""
        return self._engine

    @property
    def journal(self) -> Journal | None:
        """The journal of the copy, up to where the replay stands; None while it is exchanged."""
        return self._journal

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` with each event of the replay from now on, over every seek; the result ends that."""
        key = object()
        self._listeners[key] = listener
        return lambda: self._listeners.pop(key, None) and None

    # What it does

    async def open(self) -> None:
        """Stand before the first cycle. Raises JournalError, BusError."""
        await self.seek(0)

    async def play(self, until: int | None = None) -> bool:
        """Play to a place (the end), or until `pause`; return whether all of it was as recorded."""
        async with self._guard:
            last = self.length if until is None else min(until, self.length)
            self._playing = True
            self._tell_place()
            try:
                while self._playing and self._place < last and self.divergence is None:
                    await self._play_next()
            finally:
                self._playing = False
                self._tell_place()
        return self.divergence is None

    def pause(self) -> None:
        """Let the cycle end that runs, and play no further."""
        self._playing = False
        self._wake.set()

    async def seek(self, place: int) -> None:
        """Stand at a place as the recording did: files, matrix, queue. Raises JournalError, BusError.

        A cycle that is being played is broken off.
        """
        self.pause()
        await self._break_off()
        async with self._guard:
            await self._stand_at(max(0, min(place, self.length)))

    async def differences(self) -> dict[str, str]:
        """Return path → unified diff of the manuscripts that are not as recorded at this place."""
        found = await asyncio.to_thread(differences, self._place, self.recording, self.copy)
        return {
            path: unified(decoded(before or b""), decoded(now or b""), names=("recorded", "now")) or "other bytes"
            for path, (before, now) in found.items()
        }

    async def close(self) -> None:
        """End the engine and close both journals; the copy stays."""
        self.pause()
        await self._break_off()
        async with self._guard:
            await self._end_engine()
            await self._tasks.stop()
            await asyncio.to_thread(self.recording.journal.close)

    # One cycle

    async def _play_next(self) -> None:
        cycle = self.recording.cycles[self._place]
        if self._engine is None or (self._place and cycle is cycle.session.cycles[0]):
            await self._stand_at(self._place)
        await self._wait_gap(cycle)
        if self._playing:
            await self._play_cycle(cycle)
            self._place += self.divergence is None and not self._cut
        self._tell_place()

    async def _wait_gap(self, cycle: RecordedCycle) -> None:
        """Wait as long as nothing happened then; another speed counts from there on, a pause ends it."""
        if self._place == 0:
            return
        gap = (cycle.began - self.recording.cycles[self._place - 1].ended).total_seconds()
        left = min(gap, MOST_GAP_SECONDS)
        while left > 0 and self._playing and (speed := self.speed) > 0:
            self._wake.clear()
            began = self._clock.monotonic()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left / speed):
                    await self._wake.wait()
                left -= (self._clock.monotonic() - began) * speed
                continue
            return

    async def _break_off(self) -> None:
        if self._guard.locked() and self._engine is not None:
            self._cut = True
            await self._engine.stop(pictures=True)

    async def _play_cycle(self, cycle: RecordedCycle) -> None:
        engine = self._running_engine()
        self._cycle, self._mark, self._written = cycle, -1, set()
        self._brain.begin(cycle)
        order(engine.desk, cycle.orders)
        await engine.step()
        if self.divergence is None and not self._cut and cycle.outcome is not Outcome.CUT:
            await self._verify(cycle)

    async def _verify(self, cycle: RecordedCycle) -> None:
        if self._mark != len(cycle.marks) - 1:
            self._diverge(cycle, f"the cycle ended before its {cycle.marks[self._mark + 1]}")
            return
        found = await asyncio.to_thread(self._differences_of, self._place)
        for path, (before, now) in list(found.items())[:1]:
            diff = unified(decoded(before or b""), decoded(now or b""), names=("recorded", "now"))
            self._diverge(cycle, f"{path} is not as recorded", diff)

    def _differences_of(self, place: int) -> dict[str, tuple[bytes | None, bytes | None]]:
        """Look at what this cycle touched, here or in the recording; at the end, at everything."""
        touched = changed_between(place, self.recording) | self._written
        only = None if place + 1 == self.length else touched
        return differences(place + 1, self.recording, self.copy, only)

    # The engine

    async def _stand_at(self, place: int) -> None:
        await self._end_engine()
        self._cut = False
        await asyncio.to_thread(bring_to, place, self.recording, self.copy)
        self._place, self._cycle, self.divergence = place, None, None
        session = self.recording.session_at(place)
        self._journal = await asyncio.to_thread(Journal, self.copy.journal, self._clock)
        self._stream = EventStream(self._journal)
        self._stream.subscribe(self._on_event)
        options = session.options.model_copy(update={"cycle_seconds": 0.0})
        self._engine = self._make_engine(self.copy, self._brain, self._stream, self._journal, self._clock, options)
        await self._engine.start()
        if place < self.length and self.recording.cycles[place] is session.cycles[0]:
            self._give(session.inputs)
        self._tell(ev.ReplayStood(position=place))
        self._tell_place()

    async def _end_engine(self) -> None:
        if self._engine is not None:
            await self._engine.stop(pictures=True)
            await self._engine.close()
        if self._journal is not None:
            await asyncio.to_thread(self._journal.close)
        self._engine = self._stream = self._journal = None

    def _running_engine(self) -> Orchestrator:
        if self._engine is None:
            raise RuntimeError("open the replay first")
        return self._engine

    # Listening

    def _on_event(self, event: Event) -> None:
        for listener in tuple(self._listeners.values()):
            listener(event)
        if isinstance(event, ev.FileWritten | ev.FileRemoved):
            self._written.add(event.path)
        cycle, mark = self._cycle, mark_of(event)
        if cycle is None or not mark or self._cut or self.divergence is not None:
            return
        at = self._mark + 1
        if at >= len(cycle.marks):
            if cycle.outcome is not Outcome.CUT:
                self._diverge(cycle, f"{mark} came after the end of the recorded cycle")
        elif cycle.marks[at] != mark:
            self._diverge(cycle, f"{mark} came where {cycle.marks[at]} was recorded")
        else:
            self._pass(cycle, at)

    def _pass(self, cycle: RecordedCycle, mark: int) -> None:
        """Give what was recorded after this mark, and stop where the recorded cycle was stopped."""
        self._mark = mark
        self._give([each for each in cycle.inputs if each.mark == mark])
        last = len(cycle.marks) - (2 if cycle.outcome is Outcome.STOPPED else 1)
        if cycle.outcome in (Outcome.STOPPED, Outcome.CUT) and mark == last:
            self._stop_soon()

    def _give(self, inputs: list[RecordedInput]) -> None:
        engine, stream, journal = self._running_engine(), self._stream, self._journal
        if stream is None or journal is None:
            return
        for each in inputs:
            give(each, engine.desk, stream, journal, self.recording)

    def _stop_soon(self) -> None:
        self._tasks.start(self._running_engine().stop(pictures=True), name="stop the replayed cycle")

    # Telling

    def _on_diverged(self, found: Divergence) -> None:
        self._tell_divergence(
            ev.ReplayDiverged(
                cycle=found.cycle, role=found.role, attempt=found.attempt, reason=found.reason, diff=found.diff
            )
        )

    def _diverge(self, cycle: RecordedCycle, reason: str, diff: str = "") -> None:
        self._tell_divergence(ev.ReplayDiverged(cycle=cycle.number, role="", attempt=0, reason=reason, diff=diff))

    def _tell_divergence(self, event: ev.ReplayDiverged) -> None:
        if self.divergence is not None or self._stream is None:
            return
        self.divergence = event
        self._stream.emit(event)
        self._stop_soon()

    def _tell_place(self) -> None:
        self._tell(self.place_told)

    @property
    def place_told(self) -> ev.ReplayMoved:
        """Where it stands, as an event."""
        return ev.ReplayMoved(position=self._place, length=self.length, playing=self._playing, speed=self.speed)

    def _tell(self, event: Event) -> None:
        for listener in tuple(self._listeners.values()):
            listener(event)
