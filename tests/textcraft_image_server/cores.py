"""Cores for tests of the real process: ours, and one of somebody else's that speaks raw frames."""

import asyncio
from pathlib import Path
from typing import Any

import zmq

from tests.interop.raw import RawPeer
from tests.support.waiting import until
from textcraft_bus.channel import facts
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import Mode, PeerName, RenderRequest, RequestId
from textcraft_bus.clock import SystemClock

PAINTER = PeerName("image_server.painter")


class Core:
    """The hub, and all facts it told."""

    def __init__(self, folder: Path) -> None:
        self.facts: list[facts.Fact] = []
        self.images = folder / "images"
        self.port = 0
        self.hub = Hub(
            self.facts.append,
            asyncio.get_running_loop(),
            SystemClock(),
            show_id="test",
            mode=Mode.REHEARSE,
            nonce_folder=folder,
        )

    def arguments(self, *more: str) -> list[str]:
        return ["--core", f"tcp://127.0.0.1:{self.port}", "--show", "test", "--images", str(self.images), *more]

    def of(self, kind: type[Any]) -> list[Any]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def about(self, request: RenderRequest) -> list[str]:
        """The names of the facts that were told of one job, in order."""
        return [type(fact).__name__ for fact in self.facts if getattr(fact, "request_id", "") == request.request_id]

    async def seen(self) -> None:
        await until(lambda: any(fact.peer == PAINTER for fact in self.of(facts.PeerSeen)), what="the hello")

    def ask(self, **fields: Any) -> RenderRequest:
        request = RenderRequest(**{"prompt": "a harbour at dusk", "width": 96, "height": 64, **fields})
        self.hub.request(request)
        return request

    def cancel(self, request: RenderRequest) -> None:
        self.hub.cancel(RequestId(request.request_id))

    async def ended(self, request: RenderRequest) -> facts.RenderDone | facts.RenderGaveUp:
        def ends() -> list[Any]:
            kinds = [*self.of(facts.RenderDone), *self.of(facts.RenderGaveUp)]
            return [fact for fact in kinds if fact.request_id == request.request_id]

        await until(ends, what=f"the end of {request.request_id}")
        assert len(ends()) == 1
        return ends()[0]


class ForeignCore:
    """Binds PUSH and PULL on free ports, as a core of the ecosystem does on 5564 and 5565."""

    def __init__(self) -> None:
        self.requests, self.results = RawPeer(zmq.PUSH), RawPeer(zmq.PULL)
        self._ports = self.requests.bind(), self.results.bind()

    def arguments(self, images: Path, *more: str) -> list[str]:
        requests, results = (f"tcp://127.0.0.1:{port}" for port in self._ports)
        return ["--foreign", "--requests", requests, "--results", results, "--images", str(images), *more]

    async def connected(self) -> None:
        await until(lambda: self.requests.socket.poll(0, zmq.POLLOUT), what="a worker")

    async def answers(self, count: int) -> list[list[bytes]]:
        await until(lambda: len(self.results.read()) >= count, what=f"{count} answers")
        return self.results.frames

    def close(self) -> None:
        self.requests.close()
        self.results.close()
