"""Puts the day of a show in play together: its checks, what the house can do, and where reports go; decides nothing."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from textcraft_bus.channel.messages import Layer, Mode
from textcraft_bus.clock import Clock
from textcraft_bus.disk.files import write_durably
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.day import acts, looks
from textcraft_core.day.course import DayRecord
from textcraft_core.day.desk import DayDesk, Parts
from textcraft_core.day.preflight import Preflight
from textcraft_core.day.settings import DayConfig
from textcraft_core.errors import CommandRefused
from textcraft_core.orchestrator import Orchestrator
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.show.folder import ShowFolder
from textcraft_core.spend import Ledger
from textcraft_core.stage.pictures.picture_desk import PictureDesk
from textcraft_core.stage.walls.house_cards import HouseCards
from textcraft_core.stage.walls.playout import Playout

MIN_PACE_SECONDS = 5.0
"""A cycle is taken to last at least so long when its price until closing is worked out."""
LAST_CYCLES = 50


class Housed(Protocol):
    """The stage, as far as its day knows it."""

    show: ShowFolder
    clock: Clock
    journal: Journal
    stream: EventStream
    account: Ledger
    engine: Orchestrator
    playout: Playout
    pictures: PictureDesk
    house_cards: HouseCards
    day: DayDesk
    pace_seconds: float

    @property
    def mode(self) -> Mode:
        """The mode the show is played in."""
        ...

    @property
    def title(self) -> str:
        """The title of the show."""
        ...

    async def handle(self, command: cmd.Command) -> None:
        """Carry out a command. Raises CommandRefused."""
        ...

    def present_services(self) -> list[str]:
        """Who is there, by routing id."""
        ...

    def wanted_services(self) -> list[str]:
        """Who is to be there."""
        ...

    def manuscript(self, path: str) -> str:
        """Return the text of a chapter, by its path relative to the show. Raises SecurityError, Unreadable."""
        ...


class StageHouse:
    """What a day asks of a stage."""

    def __init__(self, stage: Housed) -> None:
        self._stage = stage

    async def handle(self, command: cmd.Command) -> None:
        """Carry out a command, as an operator's."""
        await self._stage.handle(command)

    async def cycle_ended(self, seconds: float) -> bool:
        """Wait until no cycle runs; False when one still does after so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._stage.engine.cycle_ended()
        except TimeoutError:
            return False
        return True

    async def show_end_card(self, words: str) -> str:
        """Put up the end card that was chosen, else these words."""
        return await self._stage.house_cards.show_end(words)

    async def show_closed(self, on: bool) -> None:
        """The safe look is the closed card from now on, or itself again."""
        await self._stage.house_cards.close_house(on)

    def waits_beneath(self) -> bool:
        """Whether NEXT may go up and something of an earlier day is still the program, mostly its end card."""
        state = self._stage.playout.state
        waiting = state.candidates.get(state.next_id) if state.next_id is not None else None
        return state.program is not None and waiting is not None and waiting.approved and not waiting.failed

    def may_open(self) -> str:
        """A day is opened in SHOW, or rehearsed."""
        return "Switch to SHOW, or to REHEARSE, to open a day." if self._stage.mode is Mode.EDIT else ""


class StageFacts:
    """What the checks look at."""

    def __init__(self, stage: Housed, config: DayConfig) -> None:
        self._stage = stage
        self._config = config

    def layers(self) -> Mapping[str, Layer | None]:
        """The topmost layer each present wall said it painted."""
        return {wall.name: wall.layer for wall in self._stage.playout.walls.values() if wall.present}

    def is_safe(self) -> bool:
        """Whether SAFE LOOK is on."""
        return ev.StopName.SAFE_LOOK in self._stage.playout.state.stops

    def last_at(self) -> datetime | None:
        """When the last event was stored before this program began."""
        records = self._stage.journal.last(1)
        return records[-1].at if records else None

    def cycle_usd(self) -> float | None:
        """What the last cycles cost on the average, USD; 0 when nothing was ever paid, None before the first cycle."""
        records = self._stage.journal.select(["CycleFinished", "SpendAdded"])
        cycles = [record for record in records if isinstance(record.event, ev.CycleFinished)][-LAST_CYCLES:]
        paid = [record for record in records if isinstance(record.event, ev.SpendAdded)]
        if not cycles:
            return 0.0 if self._stage.engine.is_free else None
        spent = sum(r.event.usd for r in paid if isinstance(r.event, ev.SpendAdded) and r.seq >= cycles[0].seq)
        return spent / len(cycles)

    def cycles_left(self) -> float | None:
        """How many cycles fit until closing; None when it closes by hand."""
        closes_at = self._stage.day.record.closes_at
        if closes_at is None:
            return None
        seconds = (closes_at - self._stage.clock.now()).total_seconds()
        return max(0.0, seconds / max(MIN_PACE_SECONDS, self._stage.pace_seconds))


def make_day(stage: Housed, config: DayConfig, record: DayRecord) -> DayDesk:
    """Return the desk of a stage's day. Raises HoursError."""
    preflight = Preflight(stage.stream)
    _add_looks(preflight, stage, StageFacts(stage, config), config)
    zone = ZoneInfo(config.zone)

    async def write_report(began: datetime, visitors: bool) -> ev.ReportWritten:
        return await asyncio.to_thread(_write_report, stage, began, zone, visitors)

    parts = Parts(StageHouse(stage), stage.stream, stage.clock, preflight, write_report)
    return DayDesk(parts, config, record)


def _add_looks(preflight: Preflight, stage: Housed, seen: StageFacts, config: DayConfig) -> None:
    preflight.add("power", looks.battery())
    preflight.add("disk", looks.disk(stage.show.root))
    preflight.add("clock", looks.clock(stage.clock, seen.last_at, config.zone))
    preflight.add("services", looks.services(stage.present_services, stage.wanted_services))
    preflight.add("money", looks.spend(seen.cycle_usd, seen.cycles_left, lambda: stage.account.left))
    preflight.add("walls", acts.walls_obey(stage.handle, seen.layers, stage.stream, seen.is_safe))
    preflight.add("picture", acts.picture_comes(stage.handle, stage.pictures.ask, stage.stream, stage.title))


async def printed_report(stage: Housed, config: DayConfig, *, visitors: bool) -> tuple[str, str, Path]:
    """Return the report of the last day as a page to print, its title, and where it belongs. Raises CommandRefused.

    `visitors`: their words are in it.
    """
    began = stage.day.record.began
    if began is None:
        raise CommandRefused("No day has begun yet: there is nothing to report.")
    zone = ZoneInfo(config.zone)

    def make() -> tuple[str, str, Path]:
        from textcraft_core.day.report import gather  # noqa: PLC0415 - off the start path
        from textcraft_core.day.report_page import to_print  # noqa: PLC0415 - as above

        report = gather(stage.journal, stage.title, began, stage.clock.now(), stage.manuscript, visitors=visitors)
        return to_print(report, zone), report.title, _report_path(stage, began, zone).with_suffix(".pdf")

    return await asyncio.to_thread(make)


def _report_path(stage: Housed, began: datetime, zone: ZoneInfo) -> Path:
    path = stage.show.root / "reports" / f"{began.astimezone(zone):%Y-%m-%d-%H%M}.html"
    path.parent.mkdir(exist_ok=True)
    return path


def _write_report(stage: Housed, began: datetime, zone: ZoneInfo, visitors: bool) -> ev.ReportWritten:
    """Write the report of everything since a moment; blocking. Raises JournalError, WriteFailed."""
    from textcraft_core.day.report import gather  # noqa: PLC0415 - off the start path
    from textcraft_core.day.report_page import to_html  # noqa: PLC0415 - as above

    report = gather(stage.journal, stage.title, began, stage.clock.now(), stage.manuscript, visitors=visitors)
    path = _report_path(stage, began, zone)
    write_durably(path, to_html(report, zone).encode())
    return ev.ReportWritten(path=str(path), takes=len(report.takes), spend=report.spent)
