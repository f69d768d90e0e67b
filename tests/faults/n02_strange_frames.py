"""N2: at the door for other machines: wrong keys, sessions played again, frames doubled, swapped and spoilt on their
way, and programs that speak something else. All are dropped, each is counted, and what is right is heard once.

And at the one for this machine, where there are no keys: frames that come again are known by their numbers.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import zmq

from tests.faults.case import Case, Figure, Run, at_least, none_of
from tests.faults.m04_keys import FAR, KINDS, a_pair
from tests.faults.proxy import Proxy
from tests.support.waiting import until
from textcraft_bus.channel.facts import Fact, PeerSeen, WallKeyPressed
from textcraft_bus.channel.hub import FarDoor, Hub
from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import SystemClock
from textcraft_bus.keys import KeyPair

GREETING: Final = 64
REFUSED: Final = "refused"
SPOILS: Final = ("twice", "swapped", "spoilt", "cut short")
FOREIGN: Final = (
    b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 500,
    b"SSH-2.0-OpenSSH_9.0\r\n", b"\0" * 2000, b"\xff" * 200, b"\xff\0\0\0\0\0\0\0\x01\x7f\x03\0NULL" + b"\0" * 48,
    b'{"type": "ServiceHello", "role": "wall", "name": "friend"}\n', b"\xff\0\0\0\0\0\0\0\x01\x7f\x09\x09" + b"A" * 52,
)  # fmt: skip


class Recorder:
    """Looks at what passes, keeps what goes up, and spoils one frame if it is told to."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def look(self, up: bool, data: bytes) -> None:
        """Let everything through."""
        if up:
            self.sent.append(data)


class Door:
    """A core whose door for other machines is open to one friend."""

    def __init__(self, hub: Hub, port: int, core: KeyPair, friend: KeyPair, facts: list[Fact]) -> None:
        self.hub, self.port, self.core, self.friend, self.facts = hub, port, core, friend, facts
        self.context = zmq.Context()

    async def counted(self) -> int:
        """How many connections were refused so far."""
        counts = await self.hub.counts()
        return sum(count for reason, count in counts.items() if reason.startswith(("a machine", "a connection")))

    async def counts_up(self, before: int) -> bool:
        """Wait until one more was refused; False when that never comes."""
        with contextlib.suppress(AssertionError, TimeoutError):
            async with asyncio.timeout(10):
                while await self.counted() <= before:  # noqa: ASYNC110 - what is waited for tells nobody
                    await asyncio.sleep(0.02)
                return True
        return False

    def heard(self) -> list[int]:
        """The keys that walls pressed, as the core heard them."""
        return [fact.key.key for fact in self.facts if isinstance(fact, WallKeyPressed)]

    def peer(self, name: str, port: int) -> "zmq.Socket[bytes]":
        """Return the friend's socket, connected."""
        socket = self.context.socket(zmq.DEALER)
        socket.linger, socket.reconnect_ivl, socket.routing_id = 0, -1, f"wall.{name}".encode()
        KINDS[1](socket, self.core.public, self.friend)
        socket.connect(f"tcp://{FAR}:{port}")
        return socket


async def inject(run: Run) -> Sequence[Figure]:
    """Come `run.count` times, in turns by each way."""
    async with _door(run) as door:
        recorded, sent = await _record(door)
        replayed = [await _replay(door, recorded) for _ in range(run.count // 4)]
        foreign = [await _speak(door, FOREIGN[n % len(FOREIGN)]) for n in range(run.count // 4)]
        spoilt = [await _spoil(door, SPOILS[n % len(SPOILS)], n) for n in range(run.count // 4)]
        wrong = [await _knock(door, n) for n in range(run.count // 4)]
        again = [await _say_again(door, n) for n in range(run.count // 4)]
        heard, seen = door.heard(), [fact.peer for fact in door.facts if isinstance(fact, PeerSeen)]
    sent += [number for _, numbers in (*spoilt, *again) for number in numbers]
    twice = [number for number in set(heard) if heard.count(number) > 1]
    ways = {"replayed": replayed, "foreign": foreign, "spoilt": [ok for ok, _ in spoilt], "wrong keys": wrong}
    ways["said again without keys"] = [ok for ok, _ in again]
    return [
        *(
            none_of(f"{name}, and not counted", [f"number {n}" for n, ok in enumerate(oks) if not ok], len(oks))
            for name, oks in ways.items()
        ),
        none_of("messages heard twice", twice, len(sent)),
        none_of("messages heard that nobody sent", sorted(set(heard) - set(sent)), len(sent)),
        at_least("messages of the friend that were heard", len(heard), 3),
        none_of("let in, and no friend", [name for name in seen if not name.startswith("wall.friend")], len(seen)),
    ]


@asynccontextmanager
async def _door(run: Run) -> AsyncIterator[Door]:
    facts: list[Fact] = []
    core, friend = a_pair(), a_pair()
    hub = Hub(
        facts.append, asyncio.get_running_loop(), SystemClock(), show_id="faults", mode=Mode.REHEARSE,
        nonce_folder=run.folder, far=FarDoor((FAR,), core, {friend.public: "friend"}),
    )  # fmt: skip
    door = Door(hub, await hub.start(), core, friend, facts)
    try:
        yield door
    finally:
        door.context.destroy(linger=0)
        await hub.stop()


async def _record(door: Door) -> tuple[list[bytes], list[int]]:
    """Let a friend speak through a cable that is tapped; returns what was sent, as bytes and as keys."""
    recorder = Recorder()
    proxy = Proxy(door.port, recorder.look, host=FAR)
    peer = door.peer("friend", await proxy.open())
    await _present(door, peer, "friend")
    for key in (1, 2, 3):
        peer.send(_key(key))
    await until(lambda: door.heard() == [1, 2, 3], 20.0, what="the friend's keys")
    peer.close()
    await proxy.close()
    return recorder.sent, [1, 2, 3]


async def _say_again(door: Door, number: int) -> tuple[bool, list[int]]:
    """Send each frame twice, or all once more, where there are no keys; whether each was counted, and the keys sent."""
    name, keys = f"friend-here{number}", [500_000 + 10 * number + key for key in range(3)]
    peer = door.context.socket(zmq.DEALER)
    peer.linger, peer.routing_id = 0, f"wall.{name}".encode()
    peer.connect(f"tcp://127.0.0.1:{door.port}")
    frames = [_key(key, at + 2) for at, key in enumerate(keys)]
    before = (await door.hub.counts()).get(REFUSED, 0)
    try:
        await _present(door, peer, name)
        for frame in [frame for frame in frames for _ in range(2)] if number % 2 else frames * 2:
            peer.send(frame)
        await until(lambda: keys[-1] in door.heard(), 20.0, what="the keys")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10):
                while (await door.hub.counts()).get(REFUSED, 0) < before + len(keys):  # noqa: ASYNC110 - as above
                    await asyncio.sleep(0.02)
                return True, keys
        return False, keys
    finally:
        peer.close()


async def _present(door: Door, peer: "zmq.Socket[bytes]", name: str) -> None:
    hello = {"type": "ServiceHello", "role": "wall", "name": name, "show": "faults", "instance": name, "seq": 1}
    peer.send(json.dumps(hello).encode())
    await until(lambda: any(isinstance(f, PeerSeen) and f.peer == f"wall.{name}" for f in door.facts), 20.0, what=name)


def _key(key: int, number: int = 0) -> bytes:
    return json.dumps({"type": "WallKey", "key": key, "seq": number}).encode()


async def _replay(door: Door, recorded: list[bytes]) -> bool:
    """Say again, byte by byte, what a friend said; whether it was counted."""
    return await _say(door, recorded)


async def _speak(door: Door, words: bytes) -> bool:
    """Speak something else; whether it was counted."""
    return await _say(door, [words])


async def _say(door: Door, pieces: list[bytes]) -> bool:
    before = await door.counted()
    reader, writer = await asyncio.open_connection(FAR, door.port)
    for piece in pieces:
        with contextlib.suppress(OSError, TimeoutError):
            writer.write(piece)
            await writer.drain()
            async with asyncio.timeout(0.05):
                await reader.read(1 << 16)
    with contextlib.suppress(OSError):
        writer.write_eof()
    writer.close()
    return await door.counts_up(before)


async def _knock(door: Door, number: int) -> bool:
    """Come with no key, with another, or for another core; whether it was counted."""
    before = await door.counted()
    peer = door.context.socket(zmq.DEALER)
    peer.linger, peer.reconnect_ivl, peer.routing_id = 0, -1, f"wall.stranger{number}".encode()
    KINDS[number % len(KINDS)](peer, door.core.public, a_pair())
    peer.connect(f"tcp://{FAR}:{door.port}")
    counted = await door.counts_up(before)
    peer.close()
    return counted


async def _spoil(door: Door, how: str, number: int) -> tuple[bool, list[int]]:
    """Let a friend speak, and spoil a frame of his on its way; whether that was counted, and the keys he sent."""
    name, keys = f"friend{number}", [1000 + 10 * number + key for key in range(3)]
    spoiler = Spoiler(how)
    proxy = SpoilingProxy(door.port, spoiler, host=FAR)
    peer = door.peer(name, await proxy.open())
    before = await door.counted()
    try:
        await _present(door, peer, name)
        spoiler.is_on = True
        for key in keys:
            peer.send(_key(key))
        return await door.counts_up(before), keys
    finally:
        peer.close()
        await proxy.close()


class Spoiler:
    """Spoils what goes up, once it is on."""

    def __init__(self, how: str) -> None:
        self.is_on = False
        self._how = how
        self._held = b""

    def spoil(self, data: bytes) -> bytes:
        """Return what comes out."""
        match self._how:
            case "twice":
                return data + data
            case "spoilt":
                return data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]
            case "cut short":
                return data[: len(data) // 2] + data[len(data) // 2 + 3 :] + b"\0" * 64
        frames = frames_in(data)
        return b"".join(reversed(frames)) if len(frames) > 1 else data + data


class SpoilingProxy(Proxy):
    """A cable that changes what it carries."""

    def __init__(self, target: int, spoiler: Spoiler, *, host: str) -> None:
        super().__init__(target, host=host)
        self._spoiler = spoiler

    async def _pipe(self, up: bool, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            writer.write(self._spoiler.spoil(data) if up and self._spoiler.is_on else data)
            await writer.drain()
        raise ConnectionResetError


def frames_in(data: bytes) -> list[bytes]:
    """Take a piece of a connection apart into its frames, which begin it."""
    found: list[bytes] = []
    while data:
        head = 9 if data[0] & 2 else 2
        size = head + int.from_bytes(data[1:head])
        found.append(data[:size])
        data = data[size:]
    return found


CASE = Case("N2", "wrong keys, replayed and foreign frames", inject, short=64, long=2_000, seconds=60.0)
