"""D7: a second console, or a second core, on one show: it changes nothing there and names who holds it."""

import asyncio
import os
import signal
import time
from pathlib import Path

import psutil

from tests.faults.case import Case, Figure, Run, none_of
from tests.support.footprint import changed, footprint
from tests.support.programs import Program, Programs, ours, programs
from tests.support.waiting import wait_until
from textcraft_core.show.folder import ShowFolder, new_show
from textcraft_core.show.holder import holder_of

SETTLES_S = 0.5
LOOKS_S = 2.5
"""So long the second reads along: it looks every second."""
HOLDERS = (
    ("textcraft", "--mode", "edit", "--ports", "free"),
    ("textcraft-core", "--run", "1000000", "--brain", "rehearsal"),
    ("textcraft", "--mode", "rehearse", "--ports", "free"),
)


class Rounds:
    """What went wrong in which round."""

    def __init__(self) -> None:
        self.touched: list[str] = []
        self.unnamed: list[str] = []
        self.reaching: list[str] = []


async def inject(run: Run) -> list[Figure]:
    """Open a show twice, `run.count` times: the first is stopped meanwhile, so all that changes is the second's."""
    before = os.environ.get("QT_QPA_PLATFORM")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        rounds = await asyncio.to_thread(_rounds, run)
    finally:
        if before is None:
            del os.environ["QT_QPA_PLATFORM"]
        else:
            os.environ["QT_QPA_PLATFORM"] = before
    return [
        none_of("shows the second changed", rounds.touched, run.count),
        none_of("seconds that did not name the holder", rounds.unnamed, 2 * run.count),
        none_of("seconds that bound a port or started a program", rounds.reaching, run.count),
    ]


def _rounds(run: Run) -> Rounds:
    rounds = Rounds()
    for number in range(run.count):
        folder = run.folder / f"round{number}"
        folder.mkdir()
        show = new_show(folder / "show")
        with programs(folder) as started:
            first = _first(started, show, HOLDERS[number % len(HOLDERS)])
            _stop(first)
            _second(started, show, first, rounds, number)
            first.process.send_signal(signal.SIGCONT)
    return rounds


def _first(started: Programs, show: ShowFolder, line: tuple[str, ...]) -> Program:
    first = started.start(line[0], "--project", str(show.root), *line[1:])
    wait_until(lambda: holder_of(show) is not None and _plays(show), 60, f"{line[0]} to hold the show")
    return first


def _stop(first: Program) -> None:
    """Stop it, and wait until nothing of it moves: neither what the system does for it, nor what it was starting."""
    first.process.send_signal(signal.SIGSTOP)
    wait_until(lambda: _is_still(first.pid), 30, "every thread of the first to be stopped")
    seen = [_pids()]

    def nothing_new() -> bool:
        time.sleep(SETTLES_S)
        seen.append(_pids())
        return seen[-1] == seen[-2]

    wait_until(nothing_new, 30, "the programs of the first to have started")


def _is_still(pid: int) -> bool:
    states = [stat.read_text().rpartition(") ")[2][:1] for stat in Path(f"/proc/{pid}/task").glob("*/stat")]
    return set(states) == {"T"}


def _pids() -> set[int]:
    return {process.pid for process in ours()}


def _plays(show: ShowFolder) -> bool:
    journals = [show.journal, *show.rehearsals.glob("*/journal.sqlite")]
    return any(path.exists() and path.with_name(f"{path.name}-wal").exists() for path in journals)


def _second(started: Programs, show: ShowFolder, first: Program, rounds: Rounds, number: int) -> None:
    before, there = footprint(show.root), _pids()
    second = started.start("textcraft", "--project", str(show.root), "--log-level", "INFO")
    wait_until(lambda: "the console can be used" in second.output, 60, "the second console")
    time.sleep(LOOKS_S)
    if f"process {first.pid}" not in second.output:
        rounds.unnamed.append(f"round {number}: {second.output[-200:]}")
    ports, started_by_it = _listens(second.pid), _pids() - there - {second.pid}
    if ports or started_by_it:
        rounds.reaching.append(f"round {number}: ports {ports}, programs {[_line(pid) for pid in started_by_it]}")
    second.process.send_signal(signal.SIGTERM)
    if second.wait(30) != 0:
        rounds.unnamed.append(f"round {number}: it ended with {second.process.returncode}")
    core = started.start("textcraft-core", "--project", str(show.root), "--run", "1")
    if core.wait(30) != 3 or f"process {first.pid}" not in core.output:
        rounds.unnamed.append(f"round {number}: {core.output[-200:]}")
    if names := changed(before, footprint(show.root)):
        rounds.touched.append(f"round {number}: {', '.join(names[:4])}")


def _listens(pid: int) -> list[str]:
    """Where a process can be spoken to."""
    found = psutil.Process(pid).net_connections(kind="inet")
    return [str(each.laddr) for each in found if each.status == psutil.CONN_LISTEN or each.type == 2]


def _line(pid: int) -> str:
    try:
        return f"{pid} {' '.join(psutil.Process(pid).cmdline())[:80]}"
    except psutil.Error as error:
        return f"{pid} ({error})"


CASE = Case("D7", "a second console reads along", inject, short=2, long=20, seconds=150.0)
