"""B1: the total deadline of a call holds, however the server drips: a time-out of silence begins anew at each byte.

What a bare timer of the same loop is late, on a machine that does other things, is taken off.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tests.fakes import llm_server as llm
from tests.fakes.live_brain import Bench, live
from tests.fakes.llm_server import LlmServer, Script
from tests.faults.case import Case, Figure, Run, none_of
from textcraft_core.ai_services.client import BrainError, BrainFault

DEADLINE_S: Final = 6.0
SHARE: Final = 0.05
PAUSE_S: Final = 0.02


def _bytes(first: bytes, piece: bytes) -> Script:
    """Send raw bytes, one piece after the other, for ever."""

    async def script(_heard: llm.Heard, line: llm.Line) -> None:
        await line.send(first)
        while not line.gone.is_set():
            await line.send(piece)
            await asyncio.sleep(PAUSE_S)

    return script


HEAD: Final = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
KINDS: Final = {
    "words": llm.drip(PAUSE_S, "w"),
    "comments": _bytes(HEAD, b": still here\n\n"),
    "a line without an end": _bytes(HEAD + b"data: ", b"x"),
    "empty chunks": _bytes(HEAD, llm.event({"choices": []})),
    "an error's text": _bytes(HEAD.replace(b"200 OK", b"500 No"), b"e"),
    "a document": _bytes(HEAD.replace(b"text/event-stream", b"application/json") + b"[", b" "),
    "interim answers": _bytes(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "words, after a refusal": llm.drip(PAUSE_S, "w"),
}


@dataclass(frozen=True, slots=True)
class End:
    """How one call ended, after how long, and how late a bare timer was meanwhile."""

    name: str
    seconds: float
    by: str
    late_s: float


async def inject(run: Run) -> Sequence[Figure]:
    """Ask `run.count` times, each kind of drip at the same time."""
    ends: list[End] = []
    async with LlmServer() as server, live(server, run.folder, timeout=1.0, deadline=DEADLINE_S) as bench:
        server.always = _answer(set())
        await bench.brain.prepare()
        names = list(KINDS)
        for start in range(0, run.count, len(names)):
            ends += await asyncio.gather(*(_ask(bench, f"{start} {name}") for name in names))
    furthest = max(ends, key=_distance)
    worst = _distance(furthest)
    late = max(end.late_s for end in ends) / DEADLINE_S
    other = [f"{end.name}: {end.by}" for end in ends if end.by is not BrainFault.TIMEOUT]
    what = f"furthest from the deadline of {DEADLINE_S:g} s (a bare timer was {late:.2%} late): {furthest.name}"
    return [
        Figure(what, f"{worst:.2%}", f"≤ {SHARE:.0%}", worst <= SHARE),
        none_of("ended otherwise than by the deadline", other, len(ends)),
    ]


def _distance(end: End) -> float:
    """How far from the deadline it ended, as a share of it; what a bare timer was late is the machine's."""
    return abs(end.seconds - end.late_s - DEADLINE_S) / DEADLINE_S


def _answer(refused: set[str]) -> Script:
    async def script(heard: llm.Heard, line: llm.Line) -> None:
        said = str(heard.body["messages"][-1]["content"])
        name = said.partition(" ")[2]
        if name.endswith("refusal") and said not in refused:
            refused.add(said)
            await llm.status(503)(heard, line)
        else:
            await KINDS[name](heard, line)

    return script


async def _ask(bench: Bench, name: str) -> End:
    clock = asyncio.get_running_loop().time
    began, by = clock(), "an answer"
    bare = asyncio.get_running_loop().create_task(_bare(began))
    try:
        await bench.ask(messages=[{"role": "user", "content": name}])
    except BrainError as fault:
        by = fault.kind
    return End(name, clock() - began, by, await bare)


async def _bare(began: float) -> float:
    """Return how late this loop's own timer is at the deadline, seconds."""
    await asyncio.sleep(DEADLINE_S)
    return asyncio.get_running_loop().time() - began - DEADLINE_S


CASE = Case("B1", "streams that only drip", inject, short=8, long=160, seconds=40.0)
