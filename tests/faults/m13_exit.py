"""M13: a program ends in time whatever its peers do: gone, stopped, or not reading."""

import asyncio
import time

from tests.faults.case import Case, Figure, Run, at_most
from tests.faults.flood import Sender
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.link import Link
from textcraft_bus.channel.messages import Heartbeat, Mode, Role, ServiceHello, WallScene
from textcraft_bus.clock import SystemClock

BAR_S = 2.0


async def inject(run: Run) -> list[Figure]:
    """End a hub with a dead and a deaf peer, and a link without a core, `run.count` times."""
    hubs, links = [], []
    for number in range(run.count):
        hubs.append(await _end_hub(run, number))
        links.append(await _end_link(run, number))
    return [
        at_most("longest end of a core with dead peers", max(hubs), BAR_S, "s"),
        at_most("longest end of a service without a core", max(links), BAR_S, "s"),
    ]


async def _end_hub(run: Run, number: int) -> float:
    loop, clock, heard = asyncio.get_running_loop(), SystemClock(), asyncio.Event()
    hub = Hub(lambda _fact: heard.set(), loop, clock, show_id="faults", mode=Mode.REHEARSE, nonce_folder=run.folder)
    port = await hub.start()
    dead, deaf = (Sender(f"tcp://127.0.0.1:{port}", f"wall.{kind}{number}") for kind in ("dead", "deaf"))
    for sender in (dead, deaf):
        sender.say(type="ServiceHello", role="wall", name=sender.socket.routing_id.decode()[5:], show="faults")
    await asyncio.wait_for(heard.wait(), 10)
    dead.close()
    for scene in range(200):
        hub.set_scene(f"deaf{number}", WallScene(scene=scene, watermark="x" * 4000))
        hub.set_scene(f"dead{number}", WallScene(scene=scene, watermark="x" * 4000))
    began = time.perf_counter()
    await hub.stop()
    took = time.perf_counter() - began
    deaf.close()
    return took


async def _end_link(run: Run, number: int) -> float:
    link = Link(
        "tcp://127.0.0.1:9", hello=lambda: ServiceHello(role=Role.WALL, name=f"w{number}"), beat=Heartbeat,
        deliver=lambda _fact: None, loop=asyncio.get_running_loop(), clock=SystemClock(),
    )  # fmt: skip
    link.start()
    await asyncio.sleep(0)
    began = time.perf_counter()
    await link.stop()
    return time.perf_counter() - began


CASE = Case("M13", "ends with dead peers", inject, short=20, long=100)
