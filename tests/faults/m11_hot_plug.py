"""M11: the wall's screen is unplugged and plugged in again; the picture is back on it, and nowhere else meanwhile."""

import statistics
import time
from collections.abc import Sequence

from tests.faults.bare_start import bare_start
from tests.faults.case import Case, Figure, Run, at_most
from tests.faults.wall_rig import seconds_since
from tests.support.monitors import BEAMER, CONSOLE, Monitors, monitors
from tests.support.programs import programs
from tests.support.screen import capture
from tests.support.waiting import until
from tests.textcraft_display.rig import RED
from tests.textcraft_display.test_wall import Core
from textcraft_bus.channel import facts

BACK_SECONDS = 1.0
"""A machine that does other things as well may take so long as it takes a bare window to open there."""


async def inject(run: Run) -> Sequence[Figure]:
    """Real monitors of a virtual X screen, the real wall, pixels seen from outside."""
    with monitors(CONSOLE, BEAMER) as screens, programs(run.folder) as started:
        core = Core(run.folder)
        await core.start()
        address = f"tcp://127.0.0.1:{core.port}"
        started.start("textcraft-display", "--core", address, "--show", "test", "--wall", "brick",
                      "--console-screen", CONSOLE)  # fmt: skip
        try:
            await core.seen()
            await core.show(1, RED)
            turns = [(*await _cycle(core, screens), await bare_start()) for _ in range(run.count)]
        finally:
            await core.hub.stop()
    off, back, bare = zip(*turns, strict=True)
    usual = statistics.median(bare)
    return [
        at_most("longest time until it was on no other screen", max(off), max(BACK_SECONDS, *bare), "s"),
        at_most(
            f"median time until the picture is back (a bare window: {usual:.2f} s)",
            statistics.median(back),
            max(BACK_SECONDS, usual),
            "s",
        ),
    ]


async def _cycle(core: Core, screens: Monitors) -> tuple[float, float]:
    """Unplug and plug in; returns the seconds until the picture was nowhere, and until it was back.

    A window manager puts the window of a screen that goes onto another one: there it may not stay.
    """
    began = time.monotonic()
    screens.unplug(BEAMER)
    await until(lambda: core.of(facts.WallIsAt)[-1].place.away, 20, "the loss")
    await until(lambda: not _is_on(screens, CONSOLE), 20, "the picture to leave the console's screen")
    off = seconds_since(began)
    screens.plug(BEAMER)
    began = time.monotonic()
    left, _, right, bottom = screens.box(BEAMER)
    await until(lambda: capture().getpixel(((left + right) // 2 + 40, bottom // 4)) == RED, 20, "the picture")
    back = seconds_since(began)
    await until(lambda: not core.of(facts.WallIsAt)[-1].place.away, 20, "the wall's word that it is back")
    return off, back


def _is_on(screens: Monitors, name: str) -> bool:
    return RED in {colour for _, colour in capture(screens.box(name)).getcolors(1 << 20)}


CASE = Case("M11", "screens unplugged and back", inject, short=4, long=20, seconds=90, needs_screen=True)
