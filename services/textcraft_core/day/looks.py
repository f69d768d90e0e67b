"""What a pre-flight looks at without touching a wall: this machine, its clock, the money and who is there; no Qt."""

import asyncio
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import psutil

from textcraft_bus.clock import Clock
from textcraft_core.day.preflight import Check, Finding, fail, ok, unknown, warn

GIBIBYTE: Final = 1 << 30
LEAST_GIB: Final = 1.0
GOOD_GIB: Final = 5.0
LEAST_CHARGE: Final = 30
BEGAN: Final = datetime(2024, 1, 1, tzinfo=UTC)
"""No show of this program was played before: a clock that says so is wrong."""


def battery() -> Check:
    """Whether the machine runs on mains, or for how long it lasts."""

    async def look() -> Finding:
        sensed = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
        if sensed is None:
            return ok("no battery: on mains")
        if sensed.power_plugged:
            return ok(f"on mains, charged to {sensed.percent:.0f} %")
        advice = "plug the machine in"
        found = f"on battery, {sensed.percent:.0f} %"
        return fail(found, advice) if sensed.percent < LEAST_CHARGE else warn(found, advice)

    return look


def disk(folder: Path) -> Check:
    """Whether there is room for an evening of pictures."""

    async def look() -> Finding:
        usage = await asyncio.to_thread(shutil.disk_usage, folder)
        free = usage.free / GIBIBYTE
        found = f"{free:.1f} GiB free"
        if free < LEAST_GIB:
            return fail(found, "free some space on the disk of the show")
        return ok(found) if free >= GOOD_GIB else warn(found, "an evening of pictures may take a few GiB")

    return look


def clock(now: Clock, last_at: Callable[[], datetime | None], zone: str) -> Check:
    """Whether the clock can be right: not before this program was made, not before the last event of the journal."""

    async def look() -> Finding:
        present = now.now()
        last = await asyncio.to_thread(last_at)
        if present < BEGAN or (last is not None and present < last):
            return fail(f"the clock says {present:%Y-%m-%d %H:%M}", "set the clock: the journal holds later events")
        return ok(_there(present, zone))

    return look


def _there(present: datetime, zone: str) -> str:
    """What the clock shows where the house stands."""
    try:
        return f"{present.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} in {zone}, as the hours are"
    except (KeyError, ValueError, OSError):
        return f"{present.astimezone():%Y-%m-%d %H:%M}; there is no time zone {zone!r}"


def services(present: Callable[[], Iterable[str]], wanted: Callable[[], Iterable[str]]) -> Check:
    """Whether every process this show needs is there; names as in the list of services."""

    async def look() -> Finding:
        here, missing = set(present()), [name for name in wanted() if name not in set(present())]
        if missing:
            return fail(f"{', '.join(missing)} not there", "wait for it, or start it; the LOG says why it ended")
        return ok(", ".join(sorted(here))) if here else unknown("nobody is there", "start the services")

    return look


def spend(
    cycle_usd: Callable[[], float | None], cycles: Callable[[], float | None], left: Callable[[], float]
) -> Check:
    """Whether the caps allow an opening: price of a cycle × cycles until closing, beside what is left, USD."""

    async def look() -> Finding:
        price = await asyncio.to_thread(cycle_usd)
        if price == 0:
            return ok("nothing is paid")
        if price is None:
            return unknown("no paid cycle yet, so its price is not known", "run one cycle to learn it")
        count, room = cycles(), left()
        if count is None:
            return ok(f"about ${price:.3f} a cycle, {_left(room)}; the day ends by hand")
        need = price * count
        found = f"about ${need:.2f} until closing ({count:.0f} cycles), {_left(room)}"
        return ok(found) if need <= room else warn(found, "raise the cap, or let cycles begin less often")

    return look


def _left(room: float) -> str:
    return "no cap is set" if room == float("inf") else f"${room:.2f} left under the caps"


def key(present: Callable[[], bool | None]) -> Check:
    """Whether the brain has what it needs to be asked; None: it needs nothing."""

    async def look() -> Finding:
        there = present()
        if there is None:
            return ok("the brain needs no key")
        return ok("the brain's key is there") if there else fail("no key for the brain", "put LLM_API_KEY into .env")

    return look
