"""D2, D4: a save is killed at, or refused by, each of its system calls in turn (strace): the old or the new content."""

import asyncio
import re
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from tests.faults.case import Case, Figure, Run, none_of
from tests.faults.savers import NOTHING, SAVES, new_show, verdict
from textcraft_core.show.folder import ShowFolder

CALLS = "fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,fchmod,pwrite64,writev,write"
"""What saves are made of; before its first save the program makes hardly any."""
ERRORS = ("ENOSPC", "EIO", "EDQUOT", "EROFS", "EFBIG", "EMFILE")
FAULTY_SAVES = 4
"""A fault falls into the opening of the show or into one of these saves; one more follows, and must succeed."""
_CALL = re.compile(r"^(\d+) +(\w+)\(", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Told:
    """What one traced program told before its end."""

    kind: str
    show: ShowFolder
    lines: list[str]

    @property
    def acknowledged(self) -> int:
        """The last number it saved."""
        return max((int(line.split()[1]) for line in self.lines if line.startswith("saved")), default=NOTHING)

    def wrong(self) -> str:
        """Say what is wrong with what lies there."""
        return verdict(self.show, self.kind, self.acknowledged)


async def inject_kills(run: Run) -> list[Figure]:
    """Kill at one call after the other, of all kinds of saves in turn."""
    bad, tried = [], 0
    async for told in _each_call(run, lambda: "signal=KILL"):
        tried += 1
        wrong = told.wrong() or ("it was not killed" if "done" in told.lines else "")
        bad += [f"{told.kind}: {wrong}"] if wrong else []
    return [none_of("saves lost, broken or left half", bad, tried)]


async def inject_errors(run: Run) -> list[Figure]:
    """Refuse one call after the other, with another reason each time: what is saved next is there."""
    reasons, bad, tried, refused = cycle(ERRORS), [], 0, 0
    async for told in _each_call(run, lambda: f"error={next(reasons)}"):
        tried += 1
        refused += any(line.startswith("refused") for line in told.lines)
        wrong = told.wrong() or ("" if told.acknowledged == FAULTY_SAVES else f"not resumed: {told.lines[-2:]}")
        bad += [f"{told.kind}: {wrong}"] if wrong else []
    return [
        none_of("saves broken, or not resumed", bad, tried),
        Figure("refusals that were told", f"{refused} of {tried}", "> 0", refused > 0),
    ]


async def _each_call(run: Run, fault: Callable[[], str]) -> AsyncIterator[Told]:
    """Yield what was told with one fault, for so many calls spread evenly over all calls of all kinds."""
    every = [(kind, *call) for kind in SAVES for call in await _calls_of(run.folder, kind)]
    step = max(1.0, len(every) / run.count)
    for turn in range(min(run.count, len(every))):
        kind, name, number = every[int(turn * step)]
        show = new_show(run.folder / f"{kind}-{name}-{number}")
        lines = await _save_under(show.root, kind, f"inject={name}:{fault()}:when={number}")
        yield Told(kind, show, lines)


async def _calls_of(folder: Path, kind: str) -> list[tuple[str, int]]:
    """Return the calls of an undisturbed program, as name and number: strace counts by thread and by name."""
    trace = folder / f"{kind}.trace"
    lines = await _save_under(new_show(folder / kind).root, kind, f"trace={CALLS}", trace, saves=FAULTY_SAVES)
    if "done" not in lines:
        raise RuntimeError(f"strace cannot be used here: {lines}")
    made = Counter(_CALL.findall(trace.read_text()))
    most = {name: max(count for (_, other), count in made.items() if other == name) for _, name in made}
    return [(name, number) for name, count in most.items() for number in range(1, count + 1)]


async def _save_under(
    folder: Path, kind: str, expression: str, trace: Path = Path("/dev/null"), *, saves: int = FAULTY_SAVES + 1
) -> list[str]:
    """Run the savers under strace and return what they told."""
    ours, theirs = socket.socketpair()
    program = [sys.executable, "-m", "tests.faults.savers", str(folder), kind, str(saves)]
    # Without --seccomp-bpf, with which no signal is injected.
    watch = ["strace", "-f", "-qq", "-o", str(trace), "-e", f"trace={CALLS}", "-e", expression]
    traced = await asyncio.create_subprocess_exec(*watch, *program, stdout=theirs, stderr=asyncio.subprocess.DEVNULL)
    theirs.close()
    reader, writer = await asyncio.open_connection(sock=ours)
    try:
        said = await reader.read()
    finally:
        writer.close()
        await traced.wait()
    return said.decode().splitlines()


CASES = (
    Case("D2", "a save killed at each system call", inject_kills, short=30, long=400, seconds=120),
    Case("D4", "a save refused by each system call", inject_errors, short=60, long=400, seconds=180),
)
