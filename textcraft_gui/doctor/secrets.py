"""Every secret of a show that this machine can read, so that it can be taken out of what is shown or passed on."""

import os
import re
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

from textcraft_bus.disk.folders import config_folder
from textcraft_core.ai_services.settings import key_in_keyring

_NAMES: Final = re.compile(r"key|token|secret|password|passwd|credential|webhook|auth", re.IGNORECASE)
_MAX_KEY_BYTES: Final = 10_000
LONG: Final = 12
"""A value of .env as long as this is taken for a secret whatever its name."""


def secrets_of(root: Path) -> list[str]:
    """Return all values of the show's .env, keys of the environment, the keyring and of this machine; blocking."""
    found = [*_of_files(root), *(value for name, value in os.environ.items() if _NAMES.search(name))]
    return [*filter(_may_be_secret, found), key_in_keyring(), *_of_machine()]


def _of_files(root: Path) -> list[str]:
    found: list[str] = []
    for path in root.glob(".env*"):
        try:
            values = dotenv_values(path, interpolate=False)
        except (OSError, UnicodeDecodeError):
            continue
        found += [value for name, value in values.items() if value and (_NAMES.search(name) or len(value) >= LONG)]
    return found


def _may_be_secret(value: str) -> bool:
    """An address or a path is none: it says where something is."""
    return not value.startswith(("/", "http://", "https://", "unix:")) or "@" in value


def _of_machine() -> list[str]:
    """The secret keys between machines."""
    found = []
    for path in (config_folder() / "keys").rglob("*"):
        if path.is_file() and path.stat().st_size < _MAX_KEY_BYTES:
            found += re.findall(r"[^\s\"'=:]{40}", path.read_text("utf-8", "replace"))
    return found
