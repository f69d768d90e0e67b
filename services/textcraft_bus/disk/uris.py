"""File addresses as they travel on the wire, escaped or not; opens nothing."""

from pathlib import Path
from urllib.parse import unquote

FILE = "file://"


def path_of(uri: str) -> Path | None:
    """The absolute path a `file://` address or a plain path names; None for anything else, e.g. http or a data URL.

    Foreign services write addresses unescaped: a `%20` is taken literally when such a file exists.
    """
    bare = uri.removeprefix(FILE)
    if "\0" in bare or (bare == uri and "://" in uri):
        return None
    found = next((path for path in (_local(bare), _local(unquote(bare))) if _exists(path)), _local(unquote(bare)))
    return found if found.is_absolute() else None


def plain_uri(path: Path) -> str:
    """The unescaped address foreign services read."""
    return FILE + path.absolute().as_posix()


def _local(text: str) -> Path:
    is_drive = len(text) > 2 and text[0] == "/" and text[2] == ":"
    return Path(text[1:] if is_drive else text)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
