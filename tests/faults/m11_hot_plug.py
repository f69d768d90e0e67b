"""M11: the wall's screen is unplugged and plugged in again; the picture is back on it, and nowhere else meanwhile."""

import statistics
import time
from collections.abc import Sequence

from tests.faults.case import Case, Figure, Run, at_most, none_of
from tests.faults.wall_rig import seconds_since
from tests.support.monitors import BEAMER, CONSOLE, Monitors, monitors
from tests.support.programs import programs
from tests.support.screen import capture
from tests.support.waiting import until
from tests.textcraft_display.rig import RED
from tests.textcraft_display.test_wall import Core
from textcraft_bus.channel import facts

BACK_SECONDS = 1.0


async def inject(run: Run) -> Sequence[Figure]:
    """Real monitors of a virtual X screen, the real wall, pixels seen from outside."""
    times, wrong = [], 0
    with monitors(CONSOLE, BEAMER) as screens, programs(run.folder) as started:
        core = Core(run.folder)
        await core.start()
        address = f"tcp://127.0.0.1:{core.port}"
        started.start("textcraft-display", "--core", address, "--show", "test", "--wall", "brick",
                      "--console-screen", CONSOLE)  # fmt: skip
        try:
            await core.seen()
            await core.show(1, RED)
            for _ in range(run.count):
                took, strayed = await _cycle(core, screens)
                times.append(took)
                wrong += strayed
        finally:
            await core.hub.stop()
    return [
        none_of("times the picture was on the console's screen", wrong, run.count),
        at_most("median time until the picture is back", statistics.median(times), BACK_SECONDS, "s"),
    ]


async def _cycle(core: Core, screens: Monitors) -> tuple[float, bool]:
    screens.unplug(BEAMER)
    await until(lambda: core.of(facts.WallIsAt)[-1].place.away, 20, "the loss")
    strayed = RED in {colour for _, colour in capture(screens.box(CONSOLE)).getcolors(1 << 20)}
    screens.plug(BEAMER)
    began = time.monotonic()
    left, _, right, bottom = screens.box(BEAMER)
    await until(lambda: capture().getpixel(((left + right) // 2 + 40, bottom // 4)) == RED, 20, "the picture")
    return seconds_since(began), strayed


CASE = Case("M11", "screens unplugged and back", inject, short=4, long=20, seconds=90, needs_screen=True)
