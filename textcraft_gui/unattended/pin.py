"""The PIN of this machine, asked before a show that was left alone is taken over; kept only as a salted hash.

It keeps a curious hand off, no more: who can write the machine's settings can take it away. Knows no widget.
"""

import hashlib
import hmac
import logging
import secrets
from pathlib import Path
from typing import Any, Final

from textcraft_bus.clock import Clock
from textcraft_bus.disk.files import read_json, write_json
from textcraft_bus.errors import BusError

log = logging.getLogger(__name__)

LEAST, MOST = 4, 12
"""Digits of a PIN."""
WRONG_TRIES: Final = 3
REST_SECONDS: Final = 30.0
_SALT_BYTES: Final = 16
_COST: Final = {"n": 1 << 14, "r": 8, "p": 1}
"""16 MiB and some 40 ms for each try."""


def is_pin(text: str) -> bool:
    """Whether a text can be a PIN: 4 to 12 digits."""
    return LEAST <= len(text) <= MOST and text.isascii() and text.isdigit()


class Pin:
    """The PIN, and how often it was wrong lately."""

    def __init__(self, clock: Clock, path: Path | None = None) -> None:
        """Begin without a PIN; `path` is where it is kept, None nowhere."""
        self._clock = clock
        self._path = path
        self._salt = b""
        self._hash = b""
        self._wrong = 0
        self._rest_until = -1e9

    def __repr__(self) -> str:
        return f"Pin(is_set={self.is_set})"

    @property
    def is_set(self) -> bool:
        """Whether it is asked for."""
        return bool(self._hash)

    @property
    def rest(self) -> float:
        """Seconds until the next try; 0 when there may be one."""
        return max(0.0, self._rest_until - self._clock.monotonic())

    def check(self, text: str) -> bool:
        """Whether this is the PIN; while it rests nothing is. Blocking: some 40 ms."""
        if self.rest:
            return False
        if self.is_set and hmac.compare_digest(_hashed(text, self._salt), self._hash):
            self._wrong = 0
            return True
        self._wrong += 1
        if self._wrong >= WRONG_TRIES:
            self._wrong = 0
            self._rest_until = self._clock.monotonic() + REST_SECONDS
        return False

    def choose(self, text: str) -> None:
        """Take a new PIN; "" takes it away. Raises ValueError for what is none. Blocking."""
        if text and not is_pin(text):
            raise ValueError("not a PIN")
        self._salt = secrets.token_bytes(_SALT_BYTES) if text else b""
        self._hash = _hashed(text, self._salt) if text else b""
        self._wrong, self._rest_until = 0, -1e9

    def load(self) -> None:
        """Take over what was kept. Blocking. A broken file sets no PIN: nobody is locked out by a disk."""
        if self._path is None:
            return
        try:
            kept = read_json(self._path, 4096)
        except BusError as error:
            log.info("no PIN on this machine: %s", error)
            return
        try:
            self._salt, self._hash = bytes.fromhex(kept["salt"]), bytes.fromhex(kept["scrypt"])
        except (KeyError, TypeError, ValueError):
            self._salt = self._hash = b""
            log.warning("%s cannot be read as a PIN: none is asked for", self._path)

    def save(self) -> None:
        """Keep it, for the owner alone. Blocking. Raises WriteFailed."""
        if self._path is None:
            return
        told: dict[str, Any] = {"salt": self._salt.hex(), "scrypt": self._hash.hex()} if self.is_set else {}
        write_json(self._path, told, mode=0o600)


def _hashed(text: str, salt: bytes) -> bytes:
    return hashlib.scrypt(text.encode(), salt=salt, **_COST)
