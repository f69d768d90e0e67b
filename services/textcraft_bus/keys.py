"""The key pairs of machines that speak with each other: made, kept with mode 0600, read; knows no sockets.

```
<machine's config folder>/keys/
  machine.key           this machine's own pair (secret: 0600)
  allowed/<name>.key    public keys of machines whose walls and image servers may connect to a core here
  core.key              public key of the core this machine's walls and image servers connect to
```
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Final

import zmq

from textcraft_bus.config import ConfigError
from textcraft_bus.disk.files import read_json, write_durably
from textcraft_bus.disk.folders import config_folder
from textcraft_bus.errors import FileMissing, Unreadable
from textcraft_bus.records import dataclass

MAX_KEY_FILE: Final = 4096
KEY_CHARS: Final = 40
_KEY: Final = re.compile(r"[0-9A-Za-z.\-:+=^!/*?&<>()\[\]{}@%$#]{40}")
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")


class KeyMissing(ConfigError):
    """A connection between machines was asked for, and a key for it is not there."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Both halves as 40 printable characters; the secret one never shows."""

    public: str
    secret: str = field(repr=False)


def keys_folder() -> Path:
    """Return the folder of keys, made with mode 0700 when it is not there."""
    folder = config_folder() / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "allowed").mkdir(mode=0o700, exist_ok=True)
    return folder


def own_keys(folder: Path) -> KeyPair:
    """Return this machine's pair, made at the first call. Blocking. Raises ConfigError for a file that is no pair."""
    path = folder / "machine.key"
    try:
        data = _read(path)
    except FileMissing:
        public, secret = zmq.curve_keypair()
        while public.startswith(b"-"):  # it is typed after --allow and --core, where it would pass for a flag
            public, secret = zmq.curve_keypair()
        pair = KeyPair(public.decode(), secret.decode())
        _write(path, {"public": pair.public, "secret": pair.secret})
        return pair
    _refuse_if_readable(path)
    pair = KeyPair(valid_key(data.get("public")), valid_key(data.get("secret")))
    if zmq.curve_public(pair.secret.encode()).decode() != pair.public:
        raise ConfigError(f"{path.name} holds two keys that do not belong together: take it away and make new ones")
    return pair


def allow(folder: Path, name: str, public: str) -> None:
    """Let a machine connect to cores here from their next start on. Raises ConfigError, WriteFailed."""
    _write(folder / "allowed" / f"{_valid_name(name)}.key", {"public": valid_key(public)})


def forbid(folder: Path, name: str) -> bool:
    """Take a machine's leave away; False when it had none."""
    path = folder / "allowed" / f"{_valid_name(name)}.key"
    there = path.exists()
    path.unlink(missing_ok=True)
    return there


def allowed(folder: Path) -> dict[str, str]:
    """Return public key → name of the machines that may connect. Raises ConfigError for a file that is no key."""
    files = sorted((folder / "allowed").glob("*.key"))
    return {valid_key(_read(path).get("public")): path.stem for path in files}


def set_core(folder: Path, public: str) -> None:
    """Keep the public key of the core this machine's services connect to. Raises ConfigError, WriteFailed."""
    _write(folder / "core.key", {"public": valid_key(public)})


def core_key(folder: Path) -> str:
    """Return that key. Raises KeyMissing with what to do."""
    try:
        return valid_key(_read(folder / "core.key").get("public"))
    except FileMissing:
        hint = "run `textcraft-core keys` on the core's machine and `textcraft-core keys --core KEY` here"
        raise KeyMissing(f"a core on another machine needs its public key: {hint}") from None


def valid_key(text: object) -> str:
    """Return a key as it came. Raises ConfigError for anything else; the text is never shown, it may be a secret."""
    if not isinstance(text, str) or not _KEY.fullmatch(text):
        raise ConfigError(f"a key has {KEY_CHARS} characters of the kind `textcraft-core keys` shows")
    return text


def _valid_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{name[:60]!r} is no name for a machine: letters, digits, - and _")
    return name


def _read(path: Path) -> Mapping[str, object]:
    try:
        data = read_json(path, MAX_KEY_FILE)
    except FileMissing:
        raise
    except Unreadable:
        raise ConfigError(f"{path.name} cannot be read as a key") from None
    if not isinstance(data, dict):
        raise ConfigError(f"{path.name} is no key")
    return data


def _write(path: Path, data: Mapping[str, str]) -> None:
    write_durably(path, json.dumps(data, indent=2).encode() + b"\n", mode=0o600)


def _refuse_if_readable(path: Path) -> None:
    """A secret that others can read is none. Not run on Windows, whose folders are the user's own."""
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise ConfigError(f"{path} can be read by others: chmod 600 it, or take it away and make new keys")
