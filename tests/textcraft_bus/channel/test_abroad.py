"""Who of the ecosystem is connected is told once a second, from real sockets, while its channels are open."""

import asyncio

import pytest
import zmq

from tests.interop.raw import RawPeer
from tests.support.waiting import until
from textcraft_bus.channel import hub as hubs
from textcraft_bus.channel.facts import AbroadBeat
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import SystemClock

FREE = {"events": 0, "image_requests": 0, "image_results": 0}


@pytest.fixture
async def told(tmp_path, monkeypatch):
    monkeypatch.setattr(hubs, "ABROAD_S", 0.05)
    facts = []
    loop = asyncio.get_running_loop()
    hub = Hub(facts.append, loop, SystemClock(), show_id="show", mode=Mode.SHOW, nonce_folder=tmp_path)
    await hub.start()
    yield hub, lambda: [fact for fact in facts if isinstance(fact, AbroadBeat)]
    await hub.stop()


async def test_painters_and_displays_come_and_go_and_closed_channels_are_told_once(told):
    hub, beats = told
    await asyncio.sleep(0.3)
    assert beats() == []
    await hub.open_fixed(FREE)
    ports = hub._extra.ports
    await until(lambda: beats() and beats()[-1] == AbroadBeat(True))
    worker, display = RawPeer(zmq.PULL), RawPeer(zmq.SUB)
    worker.socket.connect(f"tcp://127.0.0.1:{ports['image_requests']}")
    await until(lambda: beats()[-1].painters == 1, what="the painter")
    display.socket.connect(f"tcp://127.0.0.1:{ports['events']}")
    display.socket.subscribe(b"DisplayMedia ")
    await until(lambda: beats()[-1] == AbroadBeat(True, painters=1, displays=True), what="the display")
    worker.close()
    display.close()
    await until(lambda: beats()[-1] == AbroadBeat(True), what="their end")
    await hub.close_fixed()
    await until(lambda: not beats()[-1].is_open, what="the end of the channels")
    count = len(beats())
    await asyncio.sleep(0.3)
    assert len(beats()) == count
