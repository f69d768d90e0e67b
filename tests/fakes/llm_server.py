"""A real server on loopback that speaks, or breaks, the OpenAI protocol as a script says."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

USAGE = {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150}


@dataclass
class Heard:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Line:
    """One connection a script may write to; `gone` is set once the client has closed it."""

    writer: asyncio.StreamWriter
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    sent: int = 0

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        self.sent += len(data)
        await self.writer.drain()

    async def head(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        await self.send(f"HTTP/1.1 {status} Script\r\ncontent-type: {kind}\r\nconnection: close\r\n{more}\r\n".encode())


Script = Callable[[Heard, Line], Awaitable[None]]


class LlmServer:
    """Answers each request by the next script, then by `always`."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.lines: list[Line] = []
        self.scripts: deque[Script] = deque()
        self.always: Script | None = None
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    def say(self, *scripts: Script) -> "LlmServer":
        self.scripts.extend(scripts)
        return self

    async def __aenter__(self) -> "LlmServer":
        self._server = await asyncio.start_server(self._on_connection, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _on_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            heard = await _request(reader)
            self.heard.append(heard)
            await self._answer(heard, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    async def _answer(self, heard: Heard, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = Line(writer)
        self.lines.append(line)
        script = self.scripts.popleft() if self.scripts else self.always
        assert script is not None, "the script is over"
        watch = asyncio.get_running_loop().create_task(_watch(reader, line))
        try:
            await script(heard, line)
        finally:
            watch.cancel()


async def _watch(reader: asyncio.StreamReader, line: Line) -> None:
    with suppress(ConnectionError):
        while await reader.read(1024):
            continue
    line.gone.set()


async def _request(reader: asyncio.StreamReader) -> Heard:
    first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Heard(method, path, headers, json.loads(body or b"{}"))


# What a server may say


def event(data: object) -> bytes:
    text = data if isinstance(data, str) else json.dumps(data)
    return f"data: {text}\n\n".encode()


def delta(finish: str | None = None, **parts: Any) -> bytes:
    return event({"choices": [{"index": 0, "delta": parts, "finish_reason": finish}]})


def counted(usage: object = None) -> bytes:
    return event({"choices": [], "usage": USAGE if usage is None else usage})


DONE = event("[DONE]")


def text_chunks(*texts: str, finish: str = "stop", usage: object = None) -> list[bytes]:
    """Return a whole streamed answer that says these pieces."""
    return [*(delta(content=text) for text in texts), delta(finish), counted(usage), DONE]


def tool_chunks(*calls: tuple[str, str], finish: str = "tool_calls", step: int = 7) -> list[bytes]:
    """Return a whole streamed answer that calls tools by (name, arguments as JSON text), in small pieces."""
    chunks = []
    for index, (name, arguments) in enumerate(calls):
        head = {"index": index, "id": f"call_{index}", "type": "function"}
        chunks.append(delta(tool_calls=[{**head, "function": {"name": name, "arguments": ""}}]))
        chunks += [
            delta(tool_calls=[{"index": index, "function": {"arguments": arguments[at : at + step]}}])
            for at in range(0, len(arguments), step)
        ]
    return [*chunks, delta(finish), counted(), DONE]


# Scripts


def stream(chunks: Iterable[bytes]) -> Script:
    """Send chunks at once."""

    async def script(_heard: Heard, line: Line) -> None:
        await line.head()
        for chunk in chunks:
            await line.send(chunk)

    return script


def says(*texts: str, **more: Any) -> Script:
    return stream(text_chunks(*texts, **more))


def cut(data: bytes) -> Script:
    """Promise more than is sent, then close."""

    async def script(_heard: Heard, line: Line) -> None:
        await line.head(content_length=str(len(data) + 1000))
        await line.send(data)

    return script


def drip(seconds: float, word: str = "drip ") -> Script:
    """Send one small chunk every `seconds`, for ever."""

    async def script(_heard: Heard, line: Line) -> None:
        await line.head()
        while not line.gone.is_set():
            await line.send(delta(content=word))
            await asyncio.sleep(seconds)

    return script


def silent(first: bytes = b"") -> Script:
    """Say nothing after the head, or after `first`, until the client goes."""

    async def script(_heard: Heard, line: Line) -> None:
        await line.head()
        await line.send(first)
        await line.gone.wait()

    return script


def status(code: int, body: object = None, **headers: str) -> Script:
    """Answer with an error."""
    said = {"error": {"message": f"script says {code}", "code": None}} if body is None else body

    async def script(_heard: Heard, line: Line) -> None:
        text = said if isinstance(said, str) else json.dumps(said)
        kind = "text/html" if text.startswith("<") else "application/json"
        await line.head(code, kind, **headers)
        await line.send(text.encode())

    return script


def document(text: str | bytes, kind: str) -> Script:
    """Answer 200 with something that is no stream."""

    async def script(_heard: Heard, line: Line) -> None:
        await line.head(200, kind)
        await line.send(text if isinstance(text, bytes) else text.encode())

    return script


def flood(total: int, piece: bytes, head: bytes = b"") -> Script:
    """Send `total` bytes of `piece` over and over."""

    async def script(_heard: Heard, line: Line) -> None:
        await line.head()
        await line.send(head)
        while line.sent < total and not line.gone.is_set():
            await line.send(piece)

    return script


def hang_up() -> Script:
    """Close the connection without a word."""

    async def script(_heard: Heard, _line: Line) -> None:
        return

    return script
