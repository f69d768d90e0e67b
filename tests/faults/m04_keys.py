"""M4: peers of another address without keys, with wrong ones, or that trust another core: refused, each counted."""

import asyncio
import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import zmq

from tests.faults.case import Case, Figure, Run, at_least, is_so, none_of
from tests.support.waiting import until
from textcraft_bus.channel.facts import Fact, PeerSeen
from textcraft_bus.channel.hub import FarDoor, Hub
from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import SystemClock
from textcraft_bus.keys import KeyPair

FAR = "127.0.0.2"
Dress = Callable[["zmq.Socket[bytes]", str, KeyPair], None]


def a_pair() -> KeyPair:
    """Make a pair of keys."""
    public, secret = zmq.curve_keypair()
    return KeyPair(public.decode(), secret.decode())


async def inject(run: Run) -> list[Figure]:
    """Let `run.count` peers knock, in three kinds, then one that may enter."""
    facts: list[Fact] = []
    core, friend = a_pair(), a_pair()
    hub = Hub(
        facts.append, asyncio.get_running_loop(), SystemClock(), show_id="faults", mode=Mode.REHEARSE,
        nonce_folder=run.folder, far=FarDoor((FAR,), core, {friend.public: "friend"}),
    )  # fmt: skip
    port = await hub.start()
    context = zmq.Context()
    context.max_sockets = run.count + 100
    strangers: list[zmq.Socket[bytes]] = []
    try:
        strangers += [
            _knock(context, port, f"wall.stranger{number}", KINDS[number % len(KINDS)], core.public, a_pair())
            for number in range(run.count)
        ]
        counted = await _refused(hub, run.count)
        entered = sum(isinstance(fact, PeerSeen) for fact in facts)
        strangers.append(_knock(context, port, "wall.friend", _with_key, core.public, friend))
        await until(lambda: any(isinstance(fact, PeerSeen) for fact in facts), 20.0, what="the friend's hello")
        return [
            none_of("strangers that were heard", entered, run.count),
            at_least("refused and counted", counted, run.count),
            is_so("who has the right key enters", any(isinstance(fact, PeerSeen) for fact in facts)),
            is_so("no secret in what is told", not _shows(facts, core, run.folder)),
        ]
    finally:
        for stranger in strangers:
            stranger.close()
        context.destroy(linger=0)
        await hub.stop()


def _shows(facts: list[Fact], core: KeyPair, folder: Path) -> bool:
    texts = [repr(facts), *(str(path) for path in folder.rglob("*")), *os.environ.values()]
    return any(core.secret in text for text in texts)


async def _refused(hub: Hub, wanted: int) -> int:
    """Wait until so many were refused; a refused peer knocks again, so there may be more."""
    loop = asyncio.get_running_loop()
    end = loop.time() + 30
    while True:
        counts = await hub.counts()
        found = sum(count for reason, count in counts.items() if "key" in reason)
        if found >= wanted or loop.time() > end:
            return found
        await asyncio.sleep(0.05)


def _knock(
    context: "zmq.Context[zmq.Socket[bytes]]", port: int, name: str, dress: Dress, core: str, own: KeyPair
) -> "zmq.Socket[bytes]":
    """Connect and say hello; the socket is to be kept, for one that nobody holds is closed."""
    peer = context.socket(zmq.DEALER)
    peer.linger = 0
    peer.reconnect_ivl = -1
    peer.routing_id = name.encode()
    dress(peer, core, own)
    peer.connect(f"tcp://{FAR}:{port}")
    hello = {"type": "ServiceHello", "role": "wall", "name": name.split(".")[1], "show": "faults"}
    with contextlib.suppress(zmq.Again):  # one that was refused already has nobody to send to, and would wait for ever
        peer.send(json.dumps(hello).encode(), zmq.DONTWAIT)
    return peer


def _bare(_peer: "zmq.Socket[bytes]", _core: str, _own: KeyPair) -> None:
    """No keys at all."""


def _with_key(peer: "zmq.Socket[bytes]", core: str, own: KeyPair) -> None:
    peer.curve_publickey, peer.curve_secretkey, peer.curve_serverkey = (
        own.public.encode(), own.secret.encode(), core.encode(),
    )  # fmt: skip


def _other_core(peer: "zmq.Socket[bytes]", _core: str, own: KeyPair) -> None:
    _with_key(peer, a_pair().public, own)


KINDS = (_bare, _with_key, _other_core)

CASE = Case("M4", "peers off loopback without the right key", inject, short=60, long=3_000)
