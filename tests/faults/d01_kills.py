"""D1: a saving program is killed at random moments: what it acknowledged is there, whole, and no temp stays behind."""

import asyncio
import json
import os
import random
import select
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.case import Case, Figure, Run, none_of
from tests.faults.savers import NOTHING, SAVES, Desk, new_show, verdict

FIRST_SAVE_SECONDS = 30.0
LONGEST_LIFE_SECONDS = 0.03
"""A save takes a few milliseconds: kills fall before, within and after several."""


async def inject(run: Run) -> list[Figure]:
    """Kill so many writers; a program of one thread forks them, for forking this one would be asking for trouble."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.d01_kills", str(run.folder), str(run.count),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, _ = await worker.communicate()
    found = json.loads(told)
    bad = found["bad"]
    return [
        none_of("acknowledged saves lost, broken or left half", bad, run.count),
        Figure("saves acknowledged before the kills", f"{found['saved']:,}", "> kills", found["saved"] > run.count),
    ]


def main() -> None:
    """Kill writers and print what was found as JSON."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(count)
    shows = {kind: new_show(folder / kind) for kind in SAVES}
    newest = dict.fromkeys(SAVES, NOTHING)
    bad, saved = [], 0
    for turn in range(count):
        kind = list(SAVES)[turn % len(SAVES)]
        first = newest[kind] + 1
        newest[kind] = _kill_one(shows[kind].root, kind, first, chance.uniform(0, LONGEST_LIFE_SECONDS))
        saved += newest[kind] - first + 1
        wrong = verdict(shows[kind], kind, newest[kind])
        bad += [wrong] if wrong else []
    sys.stdout.write(json.dumps({"bad": bad, "saved": saved}))


def _kill_one(folder: Path, kind: str, first: int, seconds: float) -> int:
    """Let a child save from `first` on and kill it so long after its first save; return the last number it told."""
    with _child(folder, kind, first) as (child, pipe):
        ready, _, _ = select.select([pipe], [], [], FIRST_SAVE_SECONDS)
        if not ready:
            raise TimeoutError(f"nothing of kind {kind} was saved within {FIRST_SAVE_SECONDS} s")
        time.sleep(seconds)  # the moment of the kill is what is tried
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(os.dup(pipe)) as lines:
            whole = [line for line in lines if line.endswith("\n")]
    return int(whole[-1])


@contextmanager
def _child(folder: Path, kind: str, first: int) -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _save_until_killed(folder, kind, first, writing)
    os.close(writing)
    try:
        yield child, reading
    finally:
        os.close(reading)


def _save_until_killed(folder: Path, kind: str, first: int, pipe: int) -> None:
    try:
        desk, number = Desk(folder), first
        while True:
            SAVES[kind][0](desk, number)
            os.write(pipe, f"{number}\n".encode())
            number += 1
    finally:
        os._exit(1)


CASE = Case("D1", "a saving program killed at random", inject, short=120, long=10_000)

if __name__ == "__main__":
    main()
