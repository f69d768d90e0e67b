"""The hand that opens and closes the house: carries out what the day's course asks for, by commands like an operator's.

Every change is committed before its effect, so that a crash in the middle of a closing goes on closing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from textcraft_bus.clock import Clock
from textcraft_bus.errors import BusError
from textcraft_bus.records import dataclass
from textcraft_bus.tasks import Tasks
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.day.course import SCHEDULE, DayCourse, DayRecord, Due
from textcraft_core.day.preflight import Preflight
from textcraft_core.day.settings import DayConfig
from textcraft_core.errors import CommandRefused, EngineError
from textcraft_core.events import DayState
from textcraft_core.record.stream import EventStream

log = logging.getLogger(__name__)

OPERATOR: Final = "operator"
TICK_SECONDS: Final = 1.0
COMMANDS: Final = (
    cmd.OpenDay,
    cmd.CloseDay,
    cmd.ExtendDay,
    cmd.RunPreflight,
    cmd.WaiveCheck,
    cmd.WriteReport,
)


class House(Protocol):
    """What a day needs of the show in play."""

    async def handle(self, command: cmd.Command) -> None:
        """Carry out a command. Raises CommandRefused."""

    async def cycle_ended(self, seconds: float) -> bool:
        """Wait until no cycle runs; False when one still does after so long."""

    async def show_end_card(self, words: str) -> str:
        """Put up the end card that was chosen, else these words; "" when there is neither. Raises CommandRefused."""

    async def show_closed(self, on: bool) -> None:
        """The safe look is the closed card from now on, or itself again."""

    def waits_beneath(self) -> bool:
        """Whether a picture that may go up waits while something of an earlier day is still the program."""

    def may_open(self) -> str:
        """Return why a day cannot begin in this mode, "" when it can."""


WriteReport = Callable[[datetime, bool], Awaitable[ev.ReportWritten]]
"""Writes the report of everything since a moment; true: visitors' words are in it."""


@dataclass(frozen=True)
class Parts:
    """What a desk works with."""

    house: House
    stream: EventStream
    clock: Clock
    preflight: Preflight
    write_report: WriteReport


class DayDesk:
    """One for a show in play. `open` it after the stage, `close` it before."""

    def __init__(self, parts: Parts, config: DayConfig, record: DayRecord) -> None:
        self._parts = parts
        self._config = config
        self._preroll = timedelta(minutes=config.preroll_minutes)
        self.course = DayCourse(config.opening_hours(), self._preroll, record)
        self._tasks = Tasks(on_error=self._on_task_error)
        self._step: asyncio.Task[object] | None = None
        self._unready_told = False

    @property
    def preflight(self) -> Preflight:
        """Its checks: others may be added."""
        return self._parts.preflight

    @property
    def record(self) -> DayRecord:
        """What must survive a crash."""
        return self.course.record

    async def open(self) -> None:
        """Take up what a crash cut off, and follow the schedule from here on."""
        if self.course.state is DayState.CLOSED and self._config.hours and not self._parts.house.may_open():
            await self._parts.house.show_closed(True)
        if self.course.state is DayState.OPENING:
            self._start(self._prepare())
        elif self.course.state is DayState.CLOSING:
            self._start(self._wind_up())
        self._tasks.start(self._tick_forever(), name="follow the day")

    async def close(self) -> None:
        """Follow the schedule no longer; the day itself stays as it is."""
        await self._tasks.stop()

    def opening_events(self) -> list[ev.Event]:
        """The events that tell an empty projection how the day stands."""
        return [self.course.told(self._now()), *self._parts.preflight.opening_events()]

    async def handle(self, command: cmd.Command) -> None:
        """Carry out one command. Raises CommandRefused with a sentence for the operator."""
        match command:
            case cmd.OpenDay():
                await self._begin(OPERATOR)
            case cmd.CloseDay():
                await self._begin_closing(OPERATOR)
            case cmd.ExtendDay(minutes=minutes):
                await self._extend(minutes)
            case cmd.RunPreflight():
                await self._look()
            case cmd.WaiveCheck(check=check):
                await self._parts.preflight.waive(check)
            case cmd.WriteReport(visitors=visitors):
                await self._report(visitors=visitors)

    async def tick(self) -> None:
        """Do what the clock asks for."""
        match self.course.due(self._now()):
            case Due.OPENING if not self._parts.house.may_open():
                await self._begin(SCHEDULE)
            case Due.OPEN if self._may_go_on():
                await self._go_on()
            case Due.CLOSING:
                await self._begin_closing(SCHEDULE)

    # Opening

    async def _begin(self, by: str) -> None:
        if refusal := self._parts.house.may_open():
            raise CommandRefused(refusal)
        await self._commit(self.course.begin(self._now(), by))
        self._unready_told = False
        self._start(self._prepare())

    async def _prepare(self) -> None:
        """Pre-roll: the safe look is up, then everything is looked at."""
        await self._parts.house.show_closed(False)
        await self._do(cmd.SafeLook(on=True))
        if not self._parts.preflight.running:
            await self._parts.preflight.run()

    async def _look(self) -> None:
        if self.course.state in {DayState.OPEN, DayState.CLOSING}:
            raise CommandRefused("The house is open: a pre-flight would black its walls.")
        self._start(self._parts.preflight.run())

    def _may_go_on(self) -> bool:
        """Whether an opening whose time has come may open: ready, or by schedule in spite of what failed."""
        preflight = self._parts.preflight
        if preflight.running or (self._step is not None and not self._step.done()):
            return False
        if preflight.ready:
            return True
        goes_on = self.record.by == SCHEDULE and self._config.unready == "open"
        if not self._unready_told:
            self._unready_told = True
            text = "It opens all the same, as the settings say." if goes_on else "Mend it, or waive what failed."
            self._warn(f"The pre-flight found what is not ready. {text}")
        return goes_on

    async def _go_on(self) -> None:
        await self._commit(self.course.open(self._now()))
        for command in (cmd.PauseAI(on=False), cmd.Run(), cmd.Auto(on=True)):
            await self._do(command)
        if self._parts.house.waits_beneath():
            await self._do(cmd.Take())  # or the first thing a house shows is the end card of the evening before
        await self._do(cmd.SafeLook(on=False))

    # Closing

    async def _begin_closing(self, by: str) -> None:
        await self._commit(self.course.close(self._now(), by))
        self._start(self._wind_up())

    async def _wind_up(self) -> None:
        """Let the last cycle end, pay nothing more, show the end card, then the closed look; write the report."""
        await self._do(cmd.Pause())
        if not await self._parts.house.cycle_ended(self._config.closing_minutes * 60):
            await self._do(cmd.Stop())
        await self._do(cmd.PauseAI(on=True))
        await self._do(cmd.Auto(on=False))
        await self._show_end_card()
        await self._parts.house.show_closed(True)
        await self._do(cmd.SafeLook(on=True))
        await self._commit(self.course.end(self._now()))
        await self._report()

    async def _show_end_card(self) -> None:
        try:
            request_id = await self._parts.house.show_end_card(self._config.end_card)
        except CommandRefused as refusal:
            self._warn(f"The end card is not on the walls: {refusal.reason}")
            return
        if request_id:
            self._parts.stream.emit(ev.EndCardShown(request_id=request_id))
            await asyncio.sleep(self._config.end_card_seconds)

    async def _extend(self, minutes: float) -> None:
        was_closing = self.course.state is DayState.CLOSING
        told = self.course.extend(self._now(), minutes)
        if was_closing and self._step is not None:
            self._step.cancel()
            await asyncio.wait({self._step})
        await self._commit(told)
        if was_closing:
            await self._go_on()

    async def _report(self, *, visitors: bool = False) -> None:
        began = self.record.began
        if began is None:
            raise CommandRefused("No day has begun yet: there is nothing to report.")
        try:
            self._parts.stream.emit(await self._parts.write_report(began, visitors))
        except (BusError, EngineError, OSError) as error:
            self._warn(f"The report could not be written: {error}", fault=True)

    # Parts

    async def _tick_forever(self) -> None:
        while True:
            try:
                await self.tick()
            except Exception as fault:  # the boundary: whatever fails, the house must still close in the evening
                log.exception("the day could not go on")
                self._warn(f"The day could not go on: {fault}", fault=True)
            await asyncio.sleep(TICK_SECONDS)

    def _start(self, work: Coroutine[Any, Any, object]) -> None:
        """Begin one step of the day; the one before it is over, or ends now."""
        before, self._step = self._step, self._tasks.start(work, name="a step of the day")
        if before is not None:
            before.cancel()

    def _on_task_error(self, name: str, error: BaseException) -> None:
        self._warn(f"{name} failed: {error}", fault=True)

    async def _do(self, command: cmd.Command) -> bool:
        """Carry out a command; one that is refused (HOLD, PANIC) is told and does not keep the day from going on."""
        try:
            await self._parts.house.handle(command)
        except CommandRefused as refusal:
            self._warn(f"{type(command).__name__} was not possible: {refusal.reason}")
            return False
        return True

    async def _commit(self, event: ev.Event) -> None:
        try:
            await self._parts.stream.commit(event)
        except EngineError as error:
            self._parts.stream.announce(event)
            self._warn(f"{error}. The day goes on, but a crash now would forget it.", fault=True)

    def _warn(self, text: str, *, fault: bool = False) -> None:
        self._parts.stream.emit(ev.Warned(text=text, source="day", fault=fault))

    def _now(self) -> datetime:
        return self._parts.clock.now()
