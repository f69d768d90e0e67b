"""Raw peers that send from a thread of their own, as many frames as a socket takes; knows nothing of the cases."""

import asyncio
import json
import random
from collections.abc import Iterable
from typing import Any

import zmq

SEND_MS = 20_000


class Sender:
    """One DEALER or PUB socket with a routing id of choice; sends block when its queue is full."""

    def __init__(self, endpoint: str, name: str = "", *, kind: int = zmq.DEALER, bind: bool = False) -> None:
        self._context = zmq.Context()
        self.socket = self._context.socket(kind)
        self.socket.linger = 2000
        self.socket.sndtimeo = SEND_MS
        if name:
            self.socket.routing_id = name.encode()
        (self.socket.bind if bind else self.socket.connect)(endpoint)

    def say(self, **fields: Any) -> None:
        """Send one message."""
        self.socket.send(json.dumps(fields).encode())

    async def flood(self, frames: Iterable[list[bytes]]) -> int:
        """Send all of them from a thread and return how many."""
        return await asyncio.to_thread(lambda: sum(self._send(frame) for frame in frames))

    def read(self) -> int:
        """Throw away what came and return how much that was."""
        count = 0
        while self.socket.poll(0):
            self.socket.recv_multipart()
            count += 1
        return count

    def close(self) -> None:
        """Close."""
        self._context.destroy(linger=0)

    def _send(self, frames: list[bytes]) -> int:
        self.socket.send_multipart(frames)
        if self.socket.type == zmq.DEALER:
            self.read()
        return 1


def mutants(valid: list[dict[str, Any]], count: int, seed: int) -> Iterable[list[bytes]]:
    """Yield `count` frames, each a valid message spoilt in some way, a few of them several frames long."""
    chance = random.Random(seed)
    for _ in range(count):
        message = dict(chance.choice(valid))
        spoil = chance.choice(_SPOILERS)
        frame = spoil(message, chance)
        yield [frame] if chance.random() < 0.97 else [frame, b"", frame]


def _dumped(message: dict[str, Any]) -> bytes:
    return json.dumps(message, allow_nan=True).encode("utf-8", "surrogatepass")


def _odd(chance: random.Random) -> Any:
    return chance.choice(
        (None, True, -1, 1 << 70, 1e308, float("nan"), "", "x" * 5000, "\ud800", [], {}, [[[[]]]], {"a": {"b": []}})
    )


def _wrong_field(message: dict[str, Any], chance: random.Random) -> bytes:
    message[chance.choice(list(message))] = _odd(chance)
    return _dumped(message)


def _no_field(message: dict[str, Any], chance: random.Random) -> bytes:
    del message[chance.choice(list(message))]
    return _dumped(message)


def _cut(message: dict[str, Any], chance: random.Random) -> bytes:
    frame = _dumped(message)
    return frame[: chance.randrange(len(frame))]


def _flip(message: dict[str, Any], chance: random.Random) -> bytes:
    frame = bytearray(_dumped(message))
    for _ in range(chance.randrange(1, 9)):
        frame[chance.randrange(len(frame))] = chance.randrange(256)
    return bytes(frame)


def _noise(_message: dict[str, Any], chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(200))


def _deep(_message: dict[str, Any], chance: random.Random) -> bytes:
    depth = chance.randrange(500, 20_000)
    return b"[" * depth + b"]" * depth


_SPOILERS = (_wrong_field, _wrong_field, _no_field, _cut, _flip, _noise, _deep)
