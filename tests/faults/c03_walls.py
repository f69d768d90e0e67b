"""C3W: hostile addresses told to a real wall, every file it opens or removes seen from outside (strace)."""

import os
import re
from pathlib import Path

from tests.faults.c03_hostile import OUTSIDE, hostile, picture
from tests.faults.case import Case, Figure, Run, at_least, is_so, none_of
from tests.support.foreign_core import ForeignCore
from tests.support.programs import programs
from tests.support.waiting import within
from textcraft_bus.processes import command

CALLS = "open,openat,openat2,creat,unlink,unlinkat,rename,renameat,renameat2,rmdir,truncate"
FIELDS = ("uri", "sequence_path", "video_path")
KINDS = {"uri": "image", "sequence_path": "image_sequence", "video_path": "video"}
_NAMED = re.compile(r'(\w+)\((?:[\w-]+, )?"((?:[^"\\]|\\.)*)"')


async def inject(run: Run) -> list[Figure]:
    """Tell a wall of so many addresses, each as picture, sequence and film."""
    core, trace = ForeignCore(run.folder), run.folder / "trace"
    named = [core.folder / OUTSIDE, core.folder / "secret.txt"]
    for path in named:
        path.write_bytes(picture())
    (core.images / "link.png").symlink_to(named[0])
    first, last = (core.images / name for name in ("first.png", "last.png"))
    for path in (first, last):
        path.write_bytes(picture())
    try:
        with programs(run.folder) as started:
            watch = ["strace", "-f", "-qq", "-o", str(trace), "-e", f"trace={CALLS}"]
            started.start_line([*watch, *command("textcraft-display"), *core.arguments()])
            await core.joined()
            await _shown(core, first, trace)
            begin = trace.stat().st_size
            uris = [(core.images / "link.png").as_uri(), *hostile(run.folder, run.count)]
            for number, uri in enumerate(uris):
                field = FIELDS[number % len(FIELDS)] if number >= len(FIELDS) else "uri"
                told = len(core.updates.read())
                core.media(KINDS[field], request_id=f"h{number}", **{field: uri})
                # The newest wins: one that is not dealt with yet would be forgotten for the next.
                await within(lambda told=told: len(core.updates.read()) > told, 10.0)
            await _shown(core, last, trace)
            alerts = len(core.alerts())
    finally:
        core.close()
    found = _calls(trace, begin)
    odd = [path for call, path in found if _is_named(path, run.folder)]
    removed = [path for call, path in found if "open" not in call and _is_ours(path, run.folder)]
    return [
        none_of("hostile addresses a wall opened", odd, len(uris)),
        none_of("files it removed or replaced", removed, len(uris)),
        at_least("refusals it told its core", alerts, len(uris) * 0.9),
        is_so("what was named is still there", all(path.read_bytes() for path in named)),
    ]


async def _shown(core: ForeignCore, own: Path, trace: Path) -> None:
    """A picture of its own is opened: whatever was told before has been dealt with, for one follows the other."""
    for _ in range(60):
        core.media(uri=own.as_uri(), fade_in=0)
        if await within(lambda: any(path == str(own) for _, path in _calls(trace, 0)), 0.5):
            return
    raise AssertionError("the wall opened not even its own picture")


def _calls(trace: Path, after: int) -> list[tuple[str, str]]:
    with trace.open("rb") as file:
        file.seek(after)
        return _NAMED.findall(file.read().decode(errors="replace"))


def _is_ours(path: str, folder: Path) -> bool:
    """Whether a file is one of the case's, and none the wall keeps for itself."""
    return path.startswith(str(folder)) and not path.startswith(os.environ["TEXTCRAFT_HOME"])


def _is_named(path: str, folder: Path) -> bool:
    odd = ("/etc/passwd", "/etc/shadow", "/dev/zero", "/dev/stdin", "/proc/self/environ", "/proc/self/mem", "id_rsa")
    return path.endswith(odd) or path in {str(folder / OUTSIDE), str(folder / "secret.txt")}


CASE = Case("C3W", "hostile addresses told to a wall", inject, short=50, long=5_000, seconds=120, needs_screen=True)
