"""The heart of the console and who listens to it: a datagram a second on loopback, which waits for no disk."""

import contextlib
import os
import secrets
import select
import socket
from collections.abc import MutableMapping
from typing import Final

VARIABLE: Final = "TEXTCRAFT_SUPERVISOR"
"""`PORT:TOKEN` of the listener, given to the console in its environment."""
BEAT_SECONDS: Final = 1.0
MAX_BYTES: Final = 64
MOST_AT_ONCE: Final = 100
_LOOPBACK: Final = "127.0.0.1"


class Heart:
    """The console's side. Without a supervisor it beats for nobody."""

    def __init__(self, address: str = "") -> None:
        self._next = 0.0
        self._socket: socket.socket | None = None
        port, _, token = address.partition(":")
        self._token = token.encode()
        if port.isdecimal() and 0 < int(port) < 65536:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._socket.setblocking(False)
            self._socket.connect((_LOOPBACK, int(port)))

    @classmethod
    def from_environment(cls, environ: MutableMapping[str, str] = os.environ) -> "Heart":
        """Take the address out of the environment: no process of ours inherits it."""
        return cls(environ.pop(VARIABLE, ""))

    @property
    def is_heard(self) -> bool:
        """Whether a supervisor was named."""
        return self._socket is not None

    def tick(self, now: float) -> None:
        """The main loop goes on; monotonic seconds. Beats once a second, about 10 µs, and never waits."""
        if self._socket is None or now < self._next:
            return
        self._next = now + BEAT_SECONDS
        with contextlib.suppress(OSError):  # a supervisor that was killed hears nothing, and a full queue has enough
            self._socket.send(self._token)

    def close(self) -> None:
        """Beat no more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class Listener:
    """The supervisor's side: only what carries its own token counts."""

    def __init__(self) -> None:
        """Raises OSError where there is no loopback."""
        self._token = secrets.token_hex(12)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((_LOOPBACK, 0))

    @property
    def address(self) -> str:
        """What a console is given."""
        return f"{self._socket.getsockname()[1]}:{self._token}"

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; whether a beat came. A signal ends the wait early."""
        readable, _, _ = select.select([self._socket], [], [], seconds)
        return bool(readable) and self._take()

    def begin_anew(self) -> None:
        """The next console has another token: what the last one sent is not its beat."""
        self._token = secrets.token_hex(12)
        self._take()

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()

    def _take(self) -> bool:
        beat = False
        for _ in range(MOST_AT_ONCE):
            try:
                said = self._socket.recv(MAX_BYTES)
            except OSError:  # nothing left; on Windows also one that was longer
                break
            beat |= secrets.compare_digest(said, self._token.encode())
        return beat
