"""M6: three image servers, one 20 × slower, killed, hung and cut as they paint: each job ends exactly once, in time."""

import asyncio
import contextlib
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from tests.faults.case import Case, Figure, Run, at_most, none_of
from tests.faults.proxy import Proxy
from tests.support.waiting import until
from textcraft_bus.channel.facts import Fact, PeerSeen, RenderDone, RenderGaveUp
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import Mode, RenderRequest
from textcraft_bus.clock import SystemClock

SLOWER: Final = 20
OUTSTANDING: Final = 24
HANG_S, CUT_S = 5.0, 4.0
MANY: Final = 1000
"""From so many jobs on they are short, for 10,000 of the usual ones would take ten minutes of the fast one alone."""
SECONDS, SECONDS_OF_MANY = 0.2, 0.02
ALONE_JOBS, ALONE_JOBS_OF_MANY = 12, 200
WEIGHTS, WEIGHTS_OF_MANY = (1, 1, 1), (8, 1, 1)
"""How often a worker is killed, hung and cut. A killed one is back in a second; 200 times five seconds of three workers
would be more than all the work there is, and no scheduler could make up for it."""
BAR: Final = 1.2
ROOT: Final = Path(__file__).resolve().parents[2]


class Worker:
    """One image server behind a proxy of its own."""

    def __init__(self, name: str, core: int, folder: Path, seconds: float) -> None:
        self._name, self._folder, self._seconds = name, folder, seconds
        self.proxy = Proxy(core)
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start the process, and the proxy the first time."""
        port = self.proxy.port or await self.proxy.open()
        arguments = [self._name, str(port), str(self._folder), str(self._seconds)]
        self._process = subprocess.Popen([sys.executable, "-m", "tests.faults.worker", *arguments], cwd=ROOT)  # noqa: ASYNC220 - returns at once

    async def kill(self) -> None:
        """kill -9, and a new one of the name."""
        self._end()
        await self.start()

    async def hang(self) -> None:
        """SIGSTOP for a while."""
        process = self._process
        if process is not None:
            process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(HANG_S)
            process.send_signal(signal.SIGCONT)

    async def cut(self) -> None:
        """Cut the connection for a while."""
        self.proxy.cut()
        await asyncio.sleep(CUT_S)
        self.proxy.heal()

    async def close(self) -> None:
        """End."""
        self._end()
        await self.proxy.close()

    def _end(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            self._process.wait()


class Desk:
    """Asks for pictures, so many at a time, and counts how often each job ended."""

    def __init__(self, folder: Path) -> None:
        self.ends: Counter[str] = Counter()
        self.painted: set[str] = set()
        self.seen: set[str] = set()
        loop = asyncio.get_running_loop()
        self.hub = Hub(self._on_fact, loop, SystemClock(), show_id="faults", mode=Mode.REHEARSE, nonce_folder=folder)

    def _on_fact(self, fact: Fact) -> None:
        match fact:
            case PeerSeen(peer=peer):
                self.seen.add(peer)
            case RenderDone(request_id=request_id):
                self.ends[request_id] += 1
                self.painted.add(request_id)
            case RenderGaveUp(request_id=request_id):
                self.ends[request_id] += 1

    async def ask_all(self, name: str, count: int, seconds: float) -> float:
        """Ask for all and wait for their ends; returns the seconds it took."""
        loop = asyncio.get_running_loop()
        began, before = loop.time(), len(self.ends)
        for number in range(count):
            await until(lambda n=number: n - (len(self.ends) - before) < OUTSTANDING, seconds, what="an end")
            self.hub.request(RenderRequest(request_id=f"{name}{number}", prompt="p", width=64, height=64, seed=number))
        await until(lambda: len(self.ends) - before == count, seconds, what="the last ends")
        return loop.time() - began


async def inject(run: Run) -> list[Figure]:
    """Ask for `run.count` pictures and inject a fault for each 20 of them, for each 50 of many."""
    many = run.count > MANY
    seconds, faults = (SECONDS_OF_MANY, run.count // 50) if many else (SECONDS, run.count // 20)
    alone_jobs = ALONE_JOBS_OF_MANY if many else ALONE_JOBS
    desk = Desk(run.folder)
    port = await desk.hub.start()
    paces = {"fast": 1, "other": 1, "slow": SLOWER}
    workers = [Worker(name, port, run.folder, seconds * pace) for name, pace in paces.items()]
    try:
        await workers[0].start()
        await until(lambda: desk.seen, 30.0, what="the fast worker")
        before = await desk.ask_all("before", alone_jobs, 60.0)
        for worker in workers[1:]:
            await worker.start()
        await until(lambda: len(desk.seen) == len(workers), 30.0, what="all workers")
        total = await _under_fire(desk, workers, run.count, faults, WEIGHTS_OF_MANY if many else WEIGHTS)
        await asyncio.gather(*(worker.close() for worker in workers[1:]))
        await desk.ask_all("back", 1, 60.0)
        after = await desk.ask_all("after", alone_jobs, 60.0)
        # Before and after, for a machine that is shared is as quick as its other users let it be.
        alone = (before + after) / (2 * alone_jobs) * run.count
        asked = [f"job{number}" for number in range(run.count)]
        return [
            Figure("faults injected", str(faults), "10 in 200, 200 in 10,000", faults >= 10 or run.count < 200),
            none_of(
                "jobs that did not end exactly once",
                [f"{job}: {desk.ends[job]} ×" for job in asked if desk.ends[job] != 1],
                run.count,
            ),
            at_most("ended without a picture", sum(job not in desk.painted for job in asked), run.count * 0.02, "jobs"),
            at_most(f"time, of the {alone:.0f} s of the fast one alone", total / alone, BAR, "×"),
        ]
    finally:
        await asyncio.gather(*(worker.close() for worker in workers))
        await desk.hub.stop()


async def _under_fire(
    desk: Desk, workers: list[Worker], count: int, faults: int, weights: tuple[int, int, int]
) -> float:
    chance = random.Random(6)
    done_before = len(desk.ends)
    asking = asyncio.ensure_future(desk.ask_all("job", count, 600.0))  # noqa: TID251 - held here to its end
    running = []
    for number in range(faults):
        due = done_before + count * number // faults
        await until(lambda d=due: len(desk.ends) >= d or asking.done(), 600.0, what="the next fault's turn")
        victim = workers[number % len(workers)]
        kind = chance.choices((victim.kill, victim.hang, victim.cut), weights)[0]
        running.append(asyncio.ensure_future(kind()))  # noqa: TID251 - gathered below
    total = await asking
    await asyncio.gather(*running)
    return total


CASE = Case("M6", "image servers killed, hung and cut", inject, short=200, long=10_000, seconds=150.0)
