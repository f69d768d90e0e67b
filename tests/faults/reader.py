"""A process that reads one socket, for a case to stop: `python -m tests.faults.reader KIND ENDPOINT NAME FILE`.

KIND is SUB or DEALER (connecting), or PULL or ROUTER (binding). A ROUTER is a core, which greets whoever speaks; a
DEALER is a wall that keeps to the wire: it says hello each second until a snapshot answers, says it again when that is
wanted, beats each second, and opens a new socket after five silent ones.
The last number it read, from a frame with `#N`, goes to FILE.
"""

import json
import re
import sys
import time
from pathlib import Path
from typing import Any, Final

import zmq

SNAPSHOT: Final = json.dumps({"type": "CoreSnapshot", "show": "faults"}).encode()
LAST: Final = re.compile(rb"#(\d+)")
POLL_MS: Final = 250
BEAT_S: Final = 1.0
SILENCE_S: Final = 5.0


class Reader:
    """One socket, and the last number that came by it."""

    def __init__(self, kind: str, endpoint: str, name: str, file: Path) -> None:
        self.kind, self.endpoint, self.name, self.file = kind, endpoint, name, file
        self.context = zmq.Context()
        self.socket = self._open()
        self._tell("-1")

    def read(self) -> None:
        """Read until killed."""
        while True:
            if self.socket.poll(POLL_MS):
                self._hear(self.socket.recv_multipart())
            self.pass_time()

    def pass_time(self) -> None:
        """Do what is due."""

    def hear(self, frames: list[bytes]) -> None:
        """Take what holds no number."""

    def _hear(self, frames: list[bytes]) -> None:
        found = LAST.findall(b" ".join(frames))
        if found:
            self._tell(found[-1].decode())
        self.hear(frames)

    def _tell(self, number: str) -> None:
        """Whole at once: who reads it in between would read nothing."""
        aside = self.file.with_suffix(".new")
        aside.write_text(number)
        aside.replace(self.file)

    def _open(self) -> "zmq.Socket[bytes]":
        socket = self.context.socket(getattr(zmq, self.kind))
        socket.linger = 0
        if self.kind == "SUB":
            socket.subscribe(b"")
        if self.kind == "DEALER":
            socket.routing_id = self.name.encode()
        (socket.bind if self.kind in {"PULL", "ROUTER"} else socket.connect)(self.endpoint)
        return socket


class Core(Reader):
    """Answers each hello and each beat with a snapshot."""

    def hear(self, frames: list[bytes]) -> None:
        """Greet."""
        if not LAST.search(frames[-1]):
            self.socket.send_multipart([frames[0], SNAPSHOT], zmq.DONTWAIT)


class Wall(Reader):
    """Keeps to the wire as our walls do, in a few lines of its own."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.is_met = False
        self.heard_at = time.monotonic()
        self.spoke_at = 0.0

    def hear(self, frames: list[bytes]) -> None:
        """Note what concerns the connection itself."""
        self.heard_at = time.monotonic()
        kind = json.loads(frames[0])["type"]
        if kind == "CoreSnapshot":
            self.is_met = True
        elif kind == "HelloWanted":
            self._say_hello()

    def pass_time(self) -> None:
        """Beat, or say hello; begin anew where nobody is heard."""
        now = time.monotonic()
        if now - self.heard_at >= SILENCE_S:
            self.socket.close()
            self.socket, self.is_met, self.heard_at = self._open(), False, now
        if now - self.spoke_at >= BEAT_S:
            self.spoke_at = now
            self._say({"type": "Heartbeat"}) if self.is_met else self._say_hello()

    def _say_hello(self) -> None:
        self._say({"type": "ServiceHello", "role": "wall", "name": self.name.split(".")[1], "show": "faults"})

    def _say(self, message: dict[str, str]) -> None:
        self.socket.send(json.dumps(message).encode(), zmq.DONTWAIT)


KINDS: Final = {"ROUTER": Core, "DEALER": Wall}

if __name__ == "__main__":
    KINDS.get(sys.argv[1], Reader)(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4])).read()
