"""Files of our own at trusted paths: durable writes, bounded reads, broken ones set aside; knows not what they mean."""

import errno
import os
import stat
from pathlib import Path
from typing import Any

import orjson

from textcraft_bus.clock import Clock
from textcraft_bus.disk.durable import (
    Content,
    Folder,
    advice,
    failures_as_write_failed,
    pieces_of,
    read_all,
    replace_file,
)
from textcraft_bus.errors import FileMissing, Unreadable, WriteFailed

MAX_READ = 64 << 20
MAX_WRITE = 256 << 20
_READ_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


def write_durably(
    path: Path, data: Content, *, backup: bool = False, mode: int | None = None, max_bytes: int = MAX_WRITE
) -> None:
    """Replace the content of `path` so that it survives kill and power cut: after this returns, `data` is on the disk.

    The folder must exist. A link is followed and stays a link. An existing file keeps its permissions; `mode`
    (such as 0o600 for keys) sets them. With `backup` the old content is kept as `<name>.bak`, so pass it only when
    the old content is known to be good. Raises WriteFailed.
    """
    size = sum(map(len, pieces_of(data)))
    if size > max_bytes:
        raise WriteFailed(path, 0, f"{size} bytes are more than the {max_bytes} allowed")
    with failures_as_write_failed(path):
        target = path.resolve() if path.is_symlink() else path
        with Folder.at(target.parent) as folder:
            if backup:
                _back_up(folder, target.name, max_bytes)
            replace_file(folder, target.name, data, mode=mode)


def write_json(path: Path, obj: Any, *, backup: bool = False, mode: int | None = None) -> None:
    """Write plain JSON data durably: UTF-8, two spaces, keys in their order, a newline at the end.

    NaN and infinities become null, for JSON has none. Raises WriteFailed, also for what JSON cannot hold.
    """
    try:
        data = orjson.dumps(obj, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError as exc:
        raise WriteFailed(path, 0, f"it holds something JSON cannot: {exc}") from exc
    write_durably(path, data, backup=backup, mode=mode)


def read_bytes(path: Path, max_bytes: int = MAX_READ) -> bytes:
    """Read a whole regular file without ever waiting for it (a FIFO is refused). Raises Unreadable, FileMissing."""
    try:
        fd = os.open(path, _READ_FLAGS)
    except FileNotFoundError as exc:
        raise FileMissing(path) from exc
    except OSError as exc:
        raise Unreadable(path, advice(exc)) from exc
    try:
        return _read_regular(fd, path, max_bytes)
    except OSError as exc:
        raise Unreadable(path, advice(exc)) from exc
    finally:
        os.close(fd)


def read_text_lenient(path: Path, max_bytes: int = MAX_READ) -> str:
    """Read UTF-8 text, with or without a byte order mark; line ends stay as they are.

    Raises Unreadable for anything else (NUL bytes are what a power cut leaves in place of text), FileMissing.
    """
    return _decode(path, read_bytes(path, max_bytes))


def read_json(path: Path, max_bytes: int = MAX_READ) -> Any:
    """Read JSON that others may have written: a byte order mark is accepted, of repeated keys the last one counts.

    NaN, half characters and nesting beyond what can be written back (254 levels) are refused.
    Raises Unreadable, FileMissing.
    """
    data = read_bytes(path, max_bytes).removeprefix(b"\xef\xbb\xbf")
    try:
        obj = orjson.loads(data)
        if data.count(b"[") + data.count(b"{") >= 250:
            orjson.dumps(obj)
    except orjson.JSONDecodeError as exc:
        raise Unreadable(path, f"not valid JSON ({exc})") from exc
    except orjson.JSONEncodeError as exc:
        raise Unreadable(path, "nested too deeply") from exc
    return obj


def set_aside(path: Path, clock: Clock) -> Path:
    """Rename a broken file to `<name>.bad-<UTC time>` next to it, never over another one; return the new path.

    Raises WriteFailed.
    """
    stamp = clock.now().strftime("%Y%m%dT%H%M%SZ")
    with failures_as_write_failed(path), Folder.at(path.parent) as folder:
        taken = set(folder.names())
        name, number = f"{path.name}.bad-{stamp}", 1
        while name in taken:
            number += 1
            name = f"{path.name}.bad-{stamp}-{number}"
        folder.rename(path.name, name)
        folder.sync()
    return path.with_name(name)


def _read_regular(fd: int, path: Path, max_bytes: int) -> bytes:
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        raise Unreadable(path, "it is not a regular file")
    data = read_all(fd, max_bytes)
    if data is None:
        raise Unreadable(path, f"it is larger than {max_bytes} bytes")
    return data


def _decode(path: Path, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise Unreadable(path, f"not UTF-8 (at byte {exc.start})") from exc
    if "\0" in text:
        raise Unreadable(path, "it holds NUL bytes")
    return text


def _back_up(folder: Folder, name: str, max_bytes: int) -> None:
    seen = folder.look(name)
    if seen is None or not stat.S_ISREG(seen.st_mode):
        return
    fd = folder.open_to_read(name)
    try:
        old = read_all(fd, max_bytes)
    finally:
        os.close(fd)
    if old is None:
        raise OSError(errno.EFBIG, "too large to back up", name)
    replace_file(folder, f"{name}.bak", old, mode=stat.S_IMODE(seen.st_mode) & 0o777)
