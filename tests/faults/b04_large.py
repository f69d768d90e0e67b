"""B4: an answer of 300 MB in every part an answer has: it is cut off, and memory does not grow with it."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import psutil

from tests.fakes import llm_server as llm
from tests.fakes.live_brain import Bench, live
from tests.fakes.llm_server import LlmServer, Script
from tests.faults.case import Case, Figure, Run, at_least, at_most, none_of
from textcraft_core.ai_services.client import BrainError

MB: Final = 1_000_000
SIZE: Final = 300 * MB
BAR_MIB: Final = 32.0
EVERY_S: Final = 0.005
PIECE: Final = b"x" * 65_536
HEAD: Final = b"HTTP/1.1 %s\r\ncontent-type: %s\r\nconnection: close\r\n"


def _flood(head: bytes, piece: bytes) -> Script:
    async def script(_heard: llm.Heard, line: llm.Line) -> None:
        await line.send(head)
        while line.sent < SIZE and not line.gone.is_set():
            await line.send(piece)

    return script


def _call(arguments: str) -> bytes:
    return llm.delta(tool_calls=[{"index": 0, "id": "c", "function": {"name": "write_file", "arguments": arguments}}])


EVENTS: Final = HEAD % (b"200 OK", b"text/event-stream") + b"\r\n"
CHUNKED: Final = EVENTS.replace(b"\r\n\r\n", b"\r\ntransfer-encoding: chunked\r\n\r\n")
KINDS: Final = {
    "one line": _flood(EVENTS + b"data: ", PIECE),
    "words": _flood(EVENTS, llm.delta(content="word " * 1000)),
    "the arguments of a tool": _flood(EVENTS, _call("word " * 1000)),
    "empty chunks": _flood(EVENTS, llm.event({"choices": []}) * 500),
    "line ends": _flood(EVENTS, b"data: \n" * 9000),
    "comments": _flood(EVENTS, b": " + PIECE + b"\n\n"),
    "a document": _flood(HEAD % (b"200 OK", b"application/json") + b"\r\n{", b'"a":[' * 10_000),
    "an error's text": _flood(HEAD % (b"500 No", b"text/plain") + b"\r\n", PIECE),
    "the head": _flood(HEAD % (b"200 OK", b"text/plain"), b"x-more: " + PIECE + b"\r\n"),
    "one chunk": _flood(CHUNKED + b"11e1a300\r\n", PIECE),
}


async def inject(run: Run) -> Sequence[Figure]:
    """Ask `run.count` times and keep the most memory that was used meanwhile."""
    worst, worst_name, whole, most = 0.0, "none", 0, 0
    async with LlmServer() as server, live(server, run.folder, max_retries=0, timeout=10.0) as bench:
        await _warm(server, bench)
        for number in range(run.count):
            name = list(KINDS)[number % len(KINDS)]
            server.say(KINDS[name])
            with Peak() as peak:
                whole += await _ask(bench)
            worst, worst_name = max((worst, worst_name), (peak.mib, name))
            most = max(most, server.lines[-1].sent)
    return [
        at_most(f"memory more than before, most for {worst_name}", worst, BAR_MIB, "MiB"),
        none_of("taken for an answer", whole, run.count),
        at_most("read of it, with what lay in buffers", most / MB, 40.0, "MB"),
        at_least("kinds tried", min(run.count, len(KINDS)), len(KINDS)),
    ]


async def _warm(server: LlmServer, bench: Bench) -> None:
    """What a first call and a first large answer take once is no growth."""
    server.say(llm.says("warm"), llm.says("word " * 100_000))
    for _ in range(2):
        await bench.ask()


async def _ask(bench: Bench) -> bool:
    bench.text.clear()
    with suppress(BrainError):
        await bench.ask()
        return True
    return False


class Peak:
    """The most memory this process held, beyond what it held at the beginning, MiB; looked at by a thread."""

    def __init__(self) -> None:
        self.mib = 0.0
        self._process = psutil.Process()
        self._over = threading.Event()
        self._before = 0
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Peak":
        self._before = self._process.memory_info().rss
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(EVERY_S):
            self.mib = max(self.mib, (self._process.memory_info().rss - self._before) / (1 << 20))


CASE = Case("B4", "answers of 300 MB", inject, short=len(KINDS), long=5 * len(KINDS), seconds=60.0)
