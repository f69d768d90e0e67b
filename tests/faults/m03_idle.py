"""M3: connections that say nothing: what is to be saved is saved, and services get through."""

import asyncio
import socket
import time

from tests.faults.case import Case, Figure, Run, at_most, is_so
from tests.faults.m01_fuzz import still_hears
from tests.faults.show_rig import play
from textcraft_core import commands as cmd
from textcraft_core.stage.walls import restore


async def inject(run: Run) -> list[Figure]:
    """Open `run.count` connections, half of them dumb and half with a greeting, then save and connect."""
    async with play(run.folder) as show:
        idle = [await asyncio.to_thread(_connect, show.port, number) for number in range(run.count)]
        try:
            began = time.perf_counter()
            await show.stage.handle(cmd.AddCard(text="an interval"))
            await show.stage.handle(cmd.Hold(on=True))
            took = time.perf_counter() - began
            kept = await asyncio.to_thread(restore.load, show.show.restore, show.stage.clock)
            return [
                Figure("idle connections", str(len(idle)), str(run.count), len(idle) == run.count),
                is_so("the stop is on disk", "hold" in {stop.value for stop in kept.playout.stops}, kept.playout.stops),
                at_most("card painted, gated and saved", took, 5.0, "s"),
                is_so("a service gets through", await still_hears(show)),
            ]
        finally:
            for connection in idle:
                connection.close()


def _connect(port: int, number: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    if number % 2:
        connection.sendall(b"\xff" + b"\0" * 8 + b"\x7f")
    return connection


CASE = Case("M3", "idle connections", inject, short=500, long=500)
