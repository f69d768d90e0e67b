"""M14: everything of a show is stopped for a minute, as a machine that sleeps does it, and goes on as it was.

One sleep alone, the short form, is of ten seconds: longer than every lease and silence as well.
"""

import asyncio
import contextlib
import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Sequence

from pythonosc.udp_client import SimpleUDPClient

from tests.faults.case import Case, Figure, Run, at_least, none_of
from tests.support.ports import free_udp_port
from tests.support.programs import ours, programs
from tests.support.supervised import Supervised
from tests.support.waiting import until
from textcraft_bus.processes import running_services

ASLEEP_SECONDS, ONCE_SECONDS = 60.0, 10.0
BACK_SECONDS = 30.0


async def suspend(run: Run) -> Sequence[Figure]:
    """Stop console, parent, wall and image server together while pictures are painted, `run.count` times."""
    port, back = free_udp_port(), 0
    with programs(run.folder) as started:
        played = Supervised(started, "--mode", "show", "--osc.on", "--osc.port", str(port))
        await asyncio.to_thread(played.stands)
        await until(lambda: played.ready(1), 60, "the console")
        await until(lambda: _count(played, "ServiceSeen") >= 2, 60, "wall and image server")
        SimpleUDPClient("127.0.0.1", port).send_message("/textcraft/run", 1)
        await until(lambda: _count(played, "ImageArrived"), 60, "a picture")
        before = _pids(played)
        for turn in range(run.count):
            confirmed = _count(played, "WallConfirmed")
            await _stop_all(ASLEEP_SECONDS if run.count > 1 else ONCE_SECONDS)
            with contextlib.suppress(AssertionError):
                await until(lambda turn=turn: _count(played, "MachineAwoke") > turn, BACK_SECONDS, "the word of it")
                await until(lambda old=confirmed: _count(played, "WallConfirmed") > old, BACK_SECONDS, "the wall")
                pictures = _count(played, "ImageArrived")
                await until(lambda old=pictures: _count(played, "ImageArrived") > old, BACK_SECONDS, "a picture")
                back += 1
        changed = _changed(before, _pids(played))
        doubles, painted = _doubles(played), _count(played, "ImageArrived")
        os.kill(played.program.pid, signal.SIGTERM)
        await asyncio.to_thread(played.program.wait, 40)
        played.end_walls()
    return [
        none_of("sleeps after which it was not back", run.count - back, run.count),
        Figure("processes that are not the same", changed or "none", "none", not changed),
        Figure("pictures painted twice or ended twice", str(doubles), "0", doubles == 0),
        at_least("pictures", painted, 2),
    ]


async def _stop_all(seconds: float) -> None:
    """The parent first, so that nobody sees another one stand still; woken in the other order."""
    stopped = [process.pid for process in sorted(ours(), key=lambda process: process.pid)]
    for pid in stopped:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        for pid in reversed(stopped):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def _pids(played: Supervised) -> dict[str, int]:
    own = {record.peer: record.pid for record in running_services(played.id)}
    return {**own, "console": played.console or 0, "parent": played.program.pid}


def _changed(before: dict[str, int], after: dict[str, int]) -> str:
    names = sorted(name for name in before | after if before.get(name) != after.get(name))
    return ", ".join(f"{name} {before.get(name)} → {after.get(name)}" for name in names)


def _rows(played: Supervised, *names: str) -> list[tuple[str, str]]:
    marks = ",".join("?" * len(names))
    with contextlib.closing(sqlite3.connect(played.show.journal)) as journal:
        query = f"SELECT name, json_extract(body, '$.request_id') FROM events WHERE name IN ({marks})"  # noqa: S608 - our own names
        return journal.execute(query, names).fetchall()


def _count(played: Supervised, name: str) -> int:
    return len(_rows(played, name))


def _doubles(played: Supervised) -> int:
    """How often a picture was begun, or ended, once more."""
    begun = Counter(request for _, request in _rows(played, "RenderAccepted"))
    ended = Counter(request for _, request in _rows(played, "ImageArrived", "RenderFailed"))
    return sum(count - 1 for counts in (begun, ended) for count in counts.values())


CASE = Case("M14", "everything stopped for a minute", suspend, short=1, long=10, seconds=200, needs_screen=True)
