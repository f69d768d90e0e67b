"""A recording played from the command line: one JSON line for each cycle, then how it went; knows no window."""

import asyncio
import sys
from collections.abc import Callable

import orjson

from textcraft_bus.cli import say
from textcraft_bus.clock import Clock
from textcraft_core.events import Event
from textcraft_core.replay.places import begin_replay
from textcraft_core.replay.player import MakeEngine, Player
from textcraft_core.show.folder import ShowFolder


async def replay_batch(
    show: ShowFolder,
    clock: Clock,
    make_engine: MakeEngine,
    on_event: Callable[[Event], None],
    *,
    cycles: int | None = None,
    speed: float = 0.0,
) -> bool:
    """Play a show's recording in a copy below its rehearsals and return whether it was as recorded.

    The difference, if there is one, goes to standard error. Raises ShowError, JournalError, BusError.
    """
    copy, recording = await asyncio.to_thread(begin_replay, show, clock)
    player = Player(recording, copy, clock, make_engine, speed=speed)
    player.subscribe(on_event)
    try:
        await player.open()
        await player.play(cycles)
    finally:
        await player.close()
    _tell(player)
    return player.divergence is None


def _tell(player: Player) -> None:
    found = player.divergence
    line = {
        "replay": "as recorded" if found is None else found.reason,
        "cycles": player.position,
        "of": player.length,
        "copy": str(player.copy.root),
    }
    say(orjson.dumps(line).decode())
    if found is not None:
        where = f"cycle {found.cycle}" + (f", {found.role}, call {found.attempt}" if found.role else "")
        sys.stderr.write(f"{where}: {found.reason}\n{found.diff}\n")
