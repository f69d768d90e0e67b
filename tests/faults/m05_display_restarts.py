"""M5: a display that is ended and started again comes back with the picture of that moment, also a newer one."""

from collections.abc import Sequence

from tests.faults.case import Case, Figure, Run, none_of
from tests.faults.wall_rig import WallRig, wall_rig
from textcraft_bus.channel.messages import PeerName


async def inject(run: Run) -> Sequence[Figure]:
    """End the wall in turns by asking and by force, change the picture meanwhile, and look at the screen."""
    missed = []
    async with wall_rig(run.folder) as rig:
        for turn in range(run.count):
            if lacks := await _restart(rig, turn):
                missed.append(f"restart {turn}: {lacks}")
    return [none_of("restarts after which the current picture was missing", missed, run.count)]


async def _restart(rig: WallRig, turn: int) -> str:
    """Restart the wall; returns what it shows instead of the picture of that moment."""
    shade = 20 + turn * 7 % 230
    assert rig.wall is not None
    if turn % 2:
        rig.wall.kill()
    else:
        assert rig._hub is not None
        rig._hub.quit(PeerName("wall.brick"))
        rig.wall.wait()
    rig.forget()
    number = rig.show(shade)
    rig.open_wall()
    await rig.painted(number)
    return await rig.lacks(shade)


CASE = Case("M5", "display restarts", inject, short=6, long=200, seconds=90, needs_screen=True)
