"""Ways out of a sandbox, and what must not happen on them: nasty paths, folders and files that turn into links.

Knows no pytest: tests and fault cases try the same.
"""

import contextlib
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from textcraft_bus.disk import durable
from textcraft_bus.disk.sandbox import Sandbox
from textcraft_bus.errors import BusError, SecurityError

CANARY = b"canary: nobody may read or change this"
CHAPTER = "manuscripts/ch01.md"
FRAGMENTS = [
    *["..", ".", "", "...", "/", "\\", "//", "a", "manuscripts", "ch01.md", "link", "up", "twin.md", "new.md", "pipe"],
    *["\u2024\u2024", "\uff0e\uff0e", "\u2215", "\uff0f", "\u2044", "\u200d", "\ufeff", "\u202e", ".\u0338", "\ud800"],
    *["C:", "c:\\", "\\\\?\\", "\\\\server\\share", "file://", "~", "~root", "$HOME", "%2e%2e", "%00", "..%2f", "\0"],
    *["CON", "nul.md", "COM1", "LPT\u00b9", "a.", "a ", "x:y", ".. ", " ..", "etc", "passwd", "secret.txt", ".env"],
    *["..;", "....", "data2", "show", "data", "MATRIX~1", "e\u0301", "\n", "\x1b", "x" * 255, "proc", "self", "root"],
]
JOINTS = ["/", "/", "/", "/", "/", "\\", "", "/../", "\\..\\", "\u2215", "//"]
LEADS = ["", "", "", "", "/", "\\", "../", "./", "link/", "up/", "C:/", "manuscripts/../../"]


def make_place(folder: Path) -> Path:
    """Make a sandbox's root between things worth stealing; return it."""
    root = folder / "show" / "data"
    (root / "manuscripts").mkdir(parents=True)
    (root / CHAPTER).write_bytes(b"chapter one")
    for outside in (folder / "secret.txt", folder / "show" / ".env", folder / "show" / "data2"):
        outside.write_bytes(CANARY)
    return root


def canaries(root: Path) -> dict[str, bytes]:
    """Return every file around a root, with its content."""
    top = root.parent.parent
    return {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if _is_outside(path, root)}


def _is_outside(path: Path, root: Path) -> bool:
    return path.is_file() and root not in path.parents


def real_path(fd: int) -> Path:
    """Return what a descriptor really is open on."""
    if sys.platform == "darwin":
        import fcntl

        return Path(os.fsdecode(fcntl.fcntl(fd, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0")))
    return Path(f"/proc/self/fd/{fd}").readlink()


@contextlib.contextmanager
def opened() -> Iterator[list[Path]]:
    """Yield the real path of everything this thread opens within, whatever name was used for it."""
    real, found, mine = os.open, list[Path](), threading.get_ident()

    def spy(*args: Any, **kwargs: Any) -> int:
        fd = real(*args, **kwargs)
        if threading.get_ident() == mine:  # other threads of the process open what they like
            found.append(real_path(fd))
        return fd

    with patch.object(durable.os, "open", spy):
        yield found


def strangers(found: list[Path], root: Path) -> list[Path]:
    """Return what was opened and is neither the root nor in it."""
    # A test's own writer replaces files under way: their old bytes have no name any more.
    names = {Path(str(path).removesuffix(" (deleted)")) for path in found}
    return [path for path in names if path != root and root not in path.parents]


def nasty_path(random: Random) -> str:
    """Glue one to five fragments together; now and then one any character may be part of."""
    parts = [random.choice(FRAGMENTS) for _ in range(random.randint(1, 5))]
    if random.random() < 0.3:
        parts.append("".join(chr(random.choice((random.randrange(128), random.randrange(0x11000)))) for _ in range(4)))
    return random.choice(LEADS) + "".join(part + random.choice(JOINTS) for part in parts[:-1]) + parts[-1]


@dataclass
class Attack:
    """Tries every path to read, write and list; `read` is what it got."""

    sandbox: Sandbox
    read: list[bytes] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)

    @classmethod
    def on(cls, root: Path) -> "Attack":
        """Lay out links, a hard link and a pipe, and attack."""
        (root / "link").symlink_to("..")
        (root / "up").symlink_to("/")
        (root / "twin.md").hardlink_to(root.parent / ".env")
        os.mkfifo(root / "pipe")
        return cls(Sandbox(root))

    def go(self, random: Random, count: int) -> None:
        """Try so many."""
        for path in [nasty_path(random) for _ in range(count)]:
            self.tried.append(path)
            with contextlib.suppress(BusError):
                self.sandbox.write(path, b"stolen")
            with contextlib.suppress(BusError):
                self.read.append(self.sandbox.read(path))
            with contextlib.suppress(BusError):
                self.sandbox.list(path)


Flip = Callable[[Path, Path], None]
"""Turns a part of the way to the chapter into a link to what lies outside, and back, once."""


def flip_folder(root: Path, outside: Path) -> None:
    """The folder becomes a link."""
    (root / "manuscripts").rename(root / "parked")
    # The writer may make the missing folder at any moment.
    with contextlib.suppress(OSError):
        (root / "manuscripts").symlink_to(outside.parent)
        (root / "manuscripts").unlink()
    while (root / "parked").exists():
        shutil.rmtree(root / "manuscripts", ignore_errors=True)
        with contextlib.suppress(OSError):
            (root / "parked").rename(root / "manuscripts")


def flip_file(root: Path, outside: Path) -> None:
    """The file becomes a link."""
    target, link, parked = root / CHAPTER, root / "l", root / "p"
    link.unlink(missing_ok=True)
    link.symlink_to(outside)
    parked.write_bytes(b"chapter one")
    link.replace(target)
    parked.replace(target)


def make_outside(root: Path) -> Path:
    """Make a folder beside a root that holds just a chapter of its own; return that chapter."""
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "ch01.md").write_bytes(CANARY)
    return outside / "ch01.md"


def race(root: Path, outside: Path, flip: Flip, count: int) -> tuple[list[Any], int]:
    """Read and write the chapter while a part of its path flips; return the outcomes, and the flips.

    At least so many times, and on until a link was met, the chapter was read, and the way has turned a tenth as often:
    threads that take equal turns may keep missing each other, and one of them may get hardly any.
    """
    sandbox, done = Sandbox(root), threading.Event()
    outcomes: list[Any] = []
    flips: list[int] = []
    met: set[str] = set()

    def go() -> None:
        while not done.is_set():
            flip(root, outside)
            flips.append(1)

    thread = threading.Thread(target=go)
    thread.start()
    try:
        while len(outcomes) < count or (len(outcomes) < 100 * count and (len(met) < 2 or len(flips) < count / 10)):
            try:
                outcomes.append(sandbox.read(CHAPTER) if len(outcomes) % 4 else sandbox.write(CHAPTER, b"chapter one"))
                met.update(["read"] if outcomes[-1] else [])
            except BusError as exc:
                outcomes.append(type(exc))
                met.update(["a link"] if isinstance(exc, SecurityError) else [])
    finally:
        done.set()
        thread.join()
    return outcomes, len(flips)
