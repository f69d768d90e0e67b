"""A peer that speaks raw frames over a plain socket, as a program of somebody else's would."""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import zmq

from tests.support.ports import HIGHEST, LOWEST


async def until(condition: Callable[[], Any], within: float = 20.0, pause: float = 0.005) -> Any:
    """Wait until the condition holds and return its value; fails after `within` seconds."""
    end = time.monotonic() + within
    while not (value := condition()):
        assert time.monotonic() < end, "the condition did not come true in time"
        await asyncio.sleep(pause)
    return value


class RawPeer:
    """One plain socket, for several threads; `of(type)` lists the messages of a type that came so far."""

    def __init__(self, kind: int = zmq.DEALER, *, name: bytes = b"", **options: int) -> None:
        self.context = zmq.Context()
        self.socket = self.context.socket(kind)
        self.socket.linger = 0
        for option, value in options.items():
            setattr(self.socket, option, value)
        if name:
            self.socket.routing_id = name
        self.frames: list[list[bytes]] = []
        self._lock = threading.Lock()

    def connect(self, port: int) -> "RawPeer":
        self.socket.connect(f"tcp://127.0.0.1:{port}")
        return self

    def bind(self) -> int:
        return self.socket.bind_to_random_port("tcp://127.0.0.1", LOWEST, HIGHEST)

    def send(self, *frames: bytes) -> None:
        with self._lock:
            self.socket.send_multipart(frames, zmq.DONTWAIT)

    def say(self, **fields: Any) -> None:
        self.send(json.dumps(fields).encode())

    def read(self) -> list[list[bytes]]:
        with self._lock:
            while self.socket.poll(0):
                self.frames.append(self.socket.recv_multipart())
        return self.frames

    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(frames[-1]) for frames in self.read()]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.messages() if message["type"] == kind]

    async def hello(self, **fields: Any) -> dict[str, Any]:
        """Say hello as the routing id says and wait for the snapshot."""
        role, name = self.socket.routing_id.decode().split(".", 1)
        before = len(self.of("CoreSnapshot"))
        self.say(type="ServiceHello", role=role, name=name, **fields)
        await until(lambda: len(self.of("CoreSnapshot")) > before)
        return self.of("CoreSnapshot")[-1]

    def close(self) -> None:
        self.context.destroy(linger=0)

    def __enter__(self) -> "RawPeer":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
