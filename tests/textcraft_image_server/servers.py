"""Local servers that backends are tried against: plain HTTP, an Images API, a ComfyUI; each can misbehave."""

import asyncio
import base64
import contextlib
import hashlib
import json
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.textcraft_image_server.pictures import picture

REASONS = {200: "OK", 307: "Temporary Redirect", 400: "Bad Request", 401: "Unauthorized", 429: "Too Many", 500: "Oops"}


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the client has gone."""

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status: int = 200, **headers: str | int) -> None:
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Odd')}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.send(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def answer(self, body: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> None:
        await self.head(status, content_type=kind, content_length=len(body), **headers)
        await self.send(body)

    async def until_left(self) -> None:
        """Say nothing until the client goes."""
        while await self.reader.read(4096):
            pass
        self.left.set()


Handler = Callable[[Request, Connection], Awaitable[None]]


class Web:
    """One HTTP server; what it answers is in `routes`, what it was asked in `requests`."""

    def __init__(self) -> None:
        self.routes: dict[str, Handler] = {}
        self.requests: list[Request] = []
        self.left = 0
        """Clients that went before they had the whole answer."""
        self.url = ""
        self._tasks: set[asyncio.Task[Any]] = set()

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator["Web"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        connection = Connection(reader, writer)
        try:
            request = await _read(reader)
            self.requests.append(request)
            route = self.routes.get(request.path) or next(
                (self.routes[path] for path in self.routes if path.endswith("/") and request.path.startswith(path)),
                None,
            )
            await (route(request, connection) if route else connection.answer(b"{}", 404))
        except (ConnectionError, asyncio.IncompleteReadError):
            connection.left.set()
        finally:
            self.left += connection.left.is_set()
            self._tasks.discard(task)
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.rstrip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    parts = urlsplit(target)
    return Request(method, parts.path, {key: value[0] for key, value in parse_qs(parts.query).items()}, headers, body)


class ImagesAPI(Web):
    """An Images API below `/v1`; `way` says how it behaves."""

    def __init__(self, way: str = "ok") -> None:
        super().__init__()
        self.way = way
        self.data = picture()
        self.routes["/v1/images/generations"] = self._generate
        self.routes["/elsewhere"] = self._elsewhere

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    async def _generate(self, request: Request, connection: Connection) -> None:
        way = getattr(self, f"_{self.way}")
        await way(request, connection)

    async def _elsewhere(self, _request: Request, connection: Connection) -> None:
        await self._ok(_request, connection)

    async def _ok(self, _request: Request, connection: Connection) -> None:
        await connection.answer(self.answer(b64_json=base64.b64encode(self.data).decode()))

    def answer(self, **first: str) -> bytes:
        return json.dumps({"created": 1, "data": [first]}).encode()

    async def _data_url(self, _request: Request, connection: Connection) -> None:
        await connection.answer(self.answer(url=f"data:image/png;base64,{base64.b64encode(self.data).decode()}"))

    async def _address(self, _request: Request, connection: Connection) -> None:
        await connection.answer(self.answer(url=f"{self.url}/elsewhere"))

    async def _silent(self, _request: Request, connection: Connection) -> None:
        await connection.until_left()

    async def _drip(self, _request: Request, connection: Connection) -> None:
        await connection.head(content_type="application/json")
        while not connection.writer.is_closing():
            await connection.send(b" ")
            await asyncio.sleep(0.02)

    async def _html(self, _request: Request, connection: Connection) -> None:
        await connection.answer(b"<html><body>hello</body></html>", kind="text/html")

    async def _list(self, _request: Request, connection: Connection) -> None:
        await connection.answer(b'[{"b64_json": "AAAA"}]')

    async def _empty(self, _request: Request, connection: Connection) -> None:
        await connection.answer(b'{"data": []}')

    async def _number(self, _request: Request, connection: Connection) -> None:
        await connection.answer(b'{"data": [{"b64_json": 7}]}')

    async def _deep(self, _request: Request, connection: Connection) -> None:
        await connection.answer(b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")

    async def _truncated(self, _request: Request, connection: Connection) -> None:
        await connection.answer(self.answer(b64_json=base64.b64encode(self.data).decode()[:-5]))

    async def _cut_picture(self, _request: Request, connection: Connection) -> None:
        await connection.answer(self.answer(b64_json=base64.b64encode(self.data[: len(self.data) // 2]).decode()))

    async def _wrong_kind(self, _request: Request, connection: Connection) -> None:
        await connection.answer(self.answer(b64_json=base64.b64encode(picture(kind="GIF")).decode()))

    async def _broken_off(self, _request: Request, connection: Connection) -> None:
        await connection.head(content_type="application/json", content_length=10_000)
        await connection.send(b'{"data": [')

    async def _redirect(self, _request: Request, connection: Connection) -> None:
        await connection.answer(b"", 307, location=f"{self.url}/elsewhere")

    async def _too_often(self, _request: Request, connection: Connection) -> None:
        await connection.answer(b'{"error": {"message": "slow down"}}', 429, retry_after="20")

    async def _fault(self, _request: Request, connection: Connection) -> None:
        await connection.answer(b"<h1>Internal error</h1>", 500, kind="text/html")

    async def _refused(self, request: Request, connection: Connection) -> None:
        said = {"error": {"message": f"wrong key {request.headers['authorization'].split()[-1]}"}}
        await connection.answer(json.dumps(said).encode(), 401)

    async def _policy(self, _request: Request, connection: Connection) -> None:
        await connection.answer(b'{"error": {"message": "not this prompt"}}', 400)

    async def _huge(self, _request: Request, connection: Connection) -> None:
        await connection.head(content_type="application/json", content_length=300 << 20)
        for _ in range(300):
            await connection.send(b" " * (1 << 20))

    async def _packed(self, _request: Request, connection: Connection) -> None:
        await connection.answer(b"\x1f\x8b" + b"x" * 50, content_encoding="gzip")


def frame(payload: bytes, code: int = 1) -> bytes:
    """One unmasked WebSocket message, as a server sends it."""
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", 0x80 | code, size) + payload
    if size < 1 << 16:
        return struct.pack("!BBH", 0x80 | code, 126, size) + payload
    return struct.pack("!BBQ", 0x80 | code, 127, size) + payload


class ComfyServer(Web):
    """As much of ComfyUI as one job needs; `script` are the messages of a job, `{id}` in them its id."""

    def __init__(self) -> None:
        super().__init__()
        self.data = picture()
        self.script: list[bytes | dict[str, Any]] = [*self.steps(4), self.executing(None)]
        self.ends_socket = False
        self.history: dict[str, Any] | None = None
        self.running: list[str] = []
        self.deleted: list[str] = []
        self.interrupted: list[str] = []
        self.prompts: list[dict[str, Any]] = []
        self.followed = asyncio.Event()
        """The whole script was sent."""
        self._submitted: dict[str, asyncio.Future[str]] = {}
        self.routes |= {
            "/ws": self._socket,
            "/prompt": self._prompt,
            "/queue": self._queue,
            "/interrupt": self._interrupt,
            "/history/": self._history,
            "/view": self._view,
        }

    @staticmethod
    def steps(count: int) -> list[dict[str, Any]]:
        return [
            {"type": "progress", "data": {"value": step, "max": count, "prompt_id": "{id}"}}
            for step in range(1, count + 1)
        ]

    @staticmethod
    def executing(node: str | None) -> dict[str, Any]:
        return {"type": "executing", "data": {"node": node, "prompt_id": "{id}"}}

    async def _socket(self, request: Request, connection: Connection) -> None:
        mark = request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(mark.encode()).digest()).decode()  # noqa: S324  what WebSocket asks for
        lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
        await connection.send("\r\n".join([*lines, f"Sec-WebSocket-Accept: {accept}", "", ""]).encode())
        await connection.send(frame(b'{"type": "status", "data": {"status": {}}}'))
        await connection.send(frame(b"\0\0\0\1preview", code=2))
        prompt_id = await self._waiting_for(request.query["clientId"])
        for message in self.script:
            text = message if isinstance(message, bytes) else json.dumps(message).encode()
            await connection.send(frame(text.replace(b"{id}", prompt_id.encode())))
        self.followed.set()
        if not self.ends_socket:
            await connection.reader.read(1)  # the client's goodbye

    def _waiting_for(self, client: str) -> asyncio.Future[str]:
        return self._submitted.setdefault(client, asyncio.get_running_loop().create_future())

    async def _prompt(self, request: Request, connection: Connection) -> None:
        asked = request.json()
        self.prompts.append(asked["prompt"])
        self.running.append(asked["prompt_id"])
        self._waiting_for(asked["client_id"]).set_result(asked["prompt_id"])
        await connection.answer(json.dumps({"prompt_id": asked["prompt_id"], "number": 1, "node_errors": {}}).encode())

    async def _queue(self, request: Request, connection: Connection) -> None:
        if request.method == "POST":
            self.deleted += request.json()["delete"]
            await connection.answer(b"")
        else:
            running = [[0, one, {}, {}, []] for one in self.running]
            await connection.answer(json.dumps({"queue_running": running, "queue_pending": []}).encode())

    async def _interrupt(self, request: Request, connection: Connection) -> None:
        self.interrupted.append(request.json()["prompt_id"])
        await connection.answer(b"")

    async def _history(self, request: Request, connection: Connection) -> None:
        saved = {"filename": "a b_00001_.png", "subfolder": "", "type": "output"}
        preview = {"filename": "x.png", "subfolder": "", "type": "temp"}
        entry = {"outputs": {"7": {"images": [preview]}, "9": {"images": [saved]}}}
        prompt_id = request.path.rpartition("/")[2]
        await connection.answer(json.dumps({prompt_id: self.history or entry}).encode())

    async def _view(self, _request: Request, connection: Connection) -> None:
        await connection.answer(self.data, kind="image/png")
