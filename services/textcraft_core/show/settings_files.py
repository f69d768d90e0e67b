"""Changes single settings of a show's TOML files and its .env, and leaves every other line as a person wrote it.

Knows no setting by name.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import tomlkit
from tomlkit.exceptions import TOMLKitError

from textcraft_bus.disk.files import read_bytes, write_durably
from textcraft_core.errors import ShowError

MOST: Final = 1 << 20
_PRIVATE: Final = 0o600
_BEYOND_QUOTES: Final = frozenset("'\"\\`$#")
"""What one reader of .env takes differently from another."""


def change_settings(path: Path, changes: Mapping[str, Any]) -> None:
    """Set settings of one file, durably; keys are dotted (`llm.model`), None takes one out. Blocking.

    A file that is not there is made. Raises ShowError for one that is no TOML, BusError when it cannot be written.
    """
    text = _text_of(path)
    changed = changed_text(text, changes, path.name)
    if changed != text:
        write_durably(path, changed.encode())


def check_settings(path: Path, changes: Mapping[str, Any]) -> None:
    """Find out whether `change_settings` can do that, and write nothing. Blocking. Raises ShowError, BusError."""
    changed_text(_text_of(path), changes, path.name)


def changed_text(text: str, changes: Mapping[str, Any], name: str = "the file") -> str:
    """Return a TOML text with some settings changed, its comments kept. Raises ShowError."""
    try:
        document = tomlkit.parse(text)
        for key, value in changes.items():
            *tables, last = key.split(".")
            _set(_table(document, tables, make=value is not None), last, value)
        return tomlkit.dumps(document)
    except (TOMLKitError, TypeError, AttributeError) as fault:
        raise ShowError(f"{name} is no TOML that can be changed", f"mend it by hand ({fault})") from None


def keep_secret(path: Path, name: str, value: str) -> None:
    """Put a secret into a .env that only its owner reads, in place of an older one of that name. Blocking.

    Raises ShowError for a value that not every reader of such files takes alike, and BusError.
    """
    if not value.isascii() or not value.isprintable() or " " in value or _BEYOND_QUOTES & set(value):
        raise ShowError(f"{name} holds a character no key has", "copy it again, without blanks and quotation marks")
    lines = _text_of(path).splitlines(keepends=True)
    others = "".join(line for line in lines if not re.match(rf"\s*(export\s+)?{name}\s*=", line))
    end = "\n" if others and not others.endswith("\n") else ""
    write_durably(path, f"{others}{end}{name}={value}\n".encode(), mode=_PRIVATE)


def _text_of(path: Path) -> str:
    if not path.exists():
        return ""
    try:
        return read_bytes(path, MOST).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ShowError(f"{path.name} is not UTF-8", "mend it by hand") from None


def _table(document: Any, names: list[str], *, make: bool) -> Any:
    table = document
    for name in names:
        if name not in table:
            if not make:
                return None
            table[name] = tomlkit.table()
        table = table[name]
    return table


def _set(table: Any, name: str, value: Any) -> None:
    if value is not None:
        table[name] = value
    elif table is not None and name in table:
        del table[name]
