"""B1: the total deadline of a call holds, however the server drips: a time-out of silence begins anew at each byte."""

import asyncio
from collections.abc import Sequence
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


async def inject(run: Run) -> Sequence[Figure]:
    """Ask `run.count` times, each kind of drip at the same time."""
    ends: list[tuple[str, float, object]] = []
    async with LlmServer() as server, live(server, run.folder, timeout=1.0, deadline=DEADLINE_S) as bench:
        server.always = _answer(set())
        await bench.brain.prepare()
        names = list(KINDS)
        for start in range(0, run.count, len(names)):
            ends += await asyncio.gather(*(_ask(bench, f"{start} {name}") for name in names))
    off = [abs(seconds / DEADLINE_S - 1) for _, seconds, _ in ends]
    other = [f"{name}: {fault}" for name, _, fault in ends if fault is not BrainFault.TIMEOUT]
    worst = max(off)
    return [
        Figure(f"furthest from the deadline of {DEADLINE_S:g} s", f"{worst:.2%}", f"≤ {SHARE:.0%}", worst <= SHARE),
        none_of(f"ended otherwise than by the deadline{other[0] if other else ''}", len(other), len(ends)),
    ]


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


async def _ask(bench: Bench, name: str) -> tuple[str, float, object]:
    clock = asyncio.get_running_loop().time
    began = clock()
    try:
        await bench.ask(messages=[{"role": "user", "content": name}])
    except BrainError as fault:
        return name, clock() - began, fault.kind
    return name, clock() - began, "an answer"


CASE = Case("B1", "streams that only drip", inject, short=8, long=160, seconds=40.0)
