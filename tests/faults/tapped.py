"""A cable one can look into: a proxy that reads the frames of our channel and cuts at a wanted message, before, in or
after it. Without keys, for what has keys cannot be read.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tests.faults.proxy import Proxy

GREETING: Final = 64
LONG, COMMAND = 0x02, 0x04
_TYPE: Final = re.compile(rb'"type":\s?"(\w+)"')


class Where(StrEnum):
    """Where the cable breaks."""

    BEFORE = "before"
    WITHIN = "within"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the protocol, up to the core or down from it, and where in it the cable breaks."""

    up: bool
    kind: str
    where: Where

    @property
    def name(self) -> str:
        """As it is told."""
        return f"{self.where.value} {self.kind} {'up' if self.up else 'down'}"


@dataclass
class _Stream:
    """The bytes of one direction of one connection, taken apart into frames."""

    data: bytearray = field(default_factory=bytearray)
    at: int = 0
    """Where, counted from the beginning, `data` begins."""
    read: int = 0
    """Everything before this was taken apart."""

    def feed(self, data: bytes) -> list[tuple[int, int, str]]:
        """Return (begin, end, message type) of each message frame that is whole now."""
        if data.startswith(b"\xff") and data[9:10] == b"\x7f":  # a greeting: a new connection
            self.data, self.at, self.read = bytearray(), 0, 0
        self.data += data
        found = []
        if self.read < GREETING:
            if self.at + len(self.data) < GREETING:
                return []
            self._skip(GREETING)
        while (frame := self._next()) is not None:
            found.append(frame)
        return [frame for frame in found if frame[2]]

    def _skip(self, to: int) -> None:
        del self.data[: to - self.at]
        self.at = self.read = to

    def _next(self) -> tuple[int, int, str] | None:
        if len(self.data) < 2:
            return None
        flags = self.data[0]
        head = 9 if flags & LONG else 2
        if len(self.data) < head:
            return None
        size = int.from_bytes(self.data[1:head])
        if len(self.data) < head + size:
            return None
        begin, body = self.at, bytes(self.data[head : head + size])
        self._skip(begin + head + size)
        kind = _TYPE.search(body)
        return begin, self.at, kind[1].decode() if kind and not flags & COMMAND else ""


class Tapped:
    """One service's cable to its core. `arm` it with a step; it cuts once there and waits to be healed."""

    def __init__(self, core: int) -> None:
        self.proxy = Proxy(core, self._look)
        self.cut_at: Step | None = None
        self._step: Step | None = None
        self._streams: dict[bool, _Stream] = {True: _Stream(), False: _Stream()}
        self._passed = {True: 0, False: 0}

    def arm(self, step: Step) -> None:
        """Cut at the next such message."""
        self._step, self.cut_at = step, None

    def _look(self, up: bool, data: bytes) -> int | None:
        stream = self._streams[up]
        before = stream.at + len(stream.data)
        frames = stream.feed(data)
        if stream.at + len(stream.data) < before + len(data):  # it began anew
            before = 0
        step = self._step
        if step is None or step.up is not up:
            return None
        for begin, end, kind in frames:
            if kind == step.kind:
                self._step, self.cut_at = None, step
                to = {Where.BEFORE: begin, Where.WITHIN: (begin + end) // 2, Where.AFTER: end}[step.where]
                return max(0, to - before)
        return None
