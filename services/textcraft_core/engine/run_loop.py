"""RUN: cycle after cycle until a limit, a pause or too many failures; knows nothing of what a cycle does."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

from textcraft_bus.records import dataclass
from textcraft_core.commands import Run
from textcraft_core.engine.decisions import Action
from textcraft_core.engine.desk import Desk
from textcraft_core.engine.run_limits import Pace, RunLimits
from textcraft_core.errors import JournalError
from textcraft_core.events import EngineState, RunEnded, RunStarted, Warned


@dataclass(frozen=True, slots=True)
class Turn:
    """How one cycle went: `action` is None when it planned nothing or failed."""

    ok: bool
    action: Action | None = None
    notes: str = ""


class Engine(Protocol):
    """What RUN needs of the engine it runs."""

    async def run_cycle(self) -> Turn:
        """Run one cycle; when one runs already, wait for it first."""
        ...

    def enter(self, state: EngineState, reason: str = "", seconds: float | None = None) -> None:
        """Say what the engine is doing, and for how long where that is known."""
        ...

    def rest(self, state: EngineState | None = None) -> None:
        """Do nothing from now on; `state` says how, when it is not what was said before."""
        ...


class RunLoop:
    """One RUN at a time; `end` may be called from anywhere and ends a rest at once."""

    def __init__(self, desk: Desk, engine: Engine, may_call: Callable[[], bool]) -> None:
        self._desk = desk
        self._engine = engine
        self._may_call = may_call
        self._limits = RunLimits(Run(), 0.0, 0.0)
        self._task: asyncio.Task[None] | None = None
        self._over = ""
        self._wake = asyncio.Event()

    @property
    def on(self) -> bool:
        """Whether RUN is on."""
        return self._task is not None

    def start(self, run: Run) -> None:
        """Begin, or go on with new limits."""
        self._limits = RunLimits(run, self._desk.clock.monotonic(), self._desk.book.cost)
        self._over = ""
        if self._task is None:
            self._task = self._desk.tasks.start(self._run(), name="run")
        self.wake()

    def end(self, reason: str) -> None:
        """Start no further cycle; the running one is not touched."""
        if self.on and not self._over:
            self._over = reason
        self.wake()

    def wake(self) -> None:
        """Look again at what is waited for."""
        self._wake.set()

    async def settle(self) -> None:
        """Wait until RUN is off."""
        while self._task is not None:
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        try:
            await self._desk.stream.commit(RunStarted(**self._limits.run.model_dump()))
            await self._turns(Pace(self._desk.options))
        except JournalError as fault:
            self.end(str(fault))
        finally:
            try:
                await self._tell_end(RunEnded(reason=self._over or "an internal fault"))
            finally:
                self._task = None
                self._engine.rest()

    async def _tell_end(self, ended: RunEnded) -> None:
        """RUN is off, whatever the disk says: else it could not be switched on again when there is room."""
        try:
            await self._desk.stream.commit(ended)
        except JournalError as fault:
            self._desk.stream.announce(ended)
            text = f"RUN ended ({ended.reason}), and a crash would forget it: {fault}"
            self._desk.stream.emit(Warned(text=text, source="run", fault=True))

    async def _turns(self, pace: Pace) -> None:
        clock = self._desk.clock
        while not self._is_over():
            if not await self._until(self._may_call, "PAUSE AI is on"):
                return
            began = clock.monotonic()
            turn = await self._engine.run_cycle()
            self._limits.cycles += 1
            self._judge(turn, pace)
            if not self._is_over():
                await self._rest(pace.rest(clock.monotonic() - began, self._desk.standing.cycle_seconds))

    def _judge(self, turn: Turn, pace: Pace) -> None:
        pace.note(ok=turn.ok, waited=turn.action is Action.WAIT)
        if turn.action is Action.STOP:
            self.end(": ".join(filter(None, ("the architect stopped", turn.notes))))
        if pace.exhausted:
            self._engine.rest(EngineState.PAUSED)
            self.end(f"{pace.fails} cycles failed in a row")

    def _is_over(self) -> bool:
        if not self._over:
            book = self._desk.book
            self._over = self._limits.reached(self._desk.clock.monotonic(), book.cost, book.survey.locked_ids) or ""
        return self._over != ""

    async def _rest(self, seconds: float) -> None:
        """Wait between two cycles; what ends RUN ends this at once."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        self._engine.enter(EngineState.WAITING, f"next cycle in {seconds:.0f} s", seconds)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._until(lambda: False, "")

    async def _until(self, condition: Callable[[], bool], reason: str) -> bool:
        """Wait for a condition, and return whether it came before RUN was over."""
        while not self._over:
            if condition():
                return True
            if reason:
                self._engine.enter(EngineState.WAITING, reason)
            self._wake.clear()
            await self._wake.wait()
        return False
