"""The service: a link to our core, or to any core of the ecosystem, in front of the easel."""

import argparse
import asyncio
import logging
import os
import platform
import time
from pathlib import Path

import psutil

from textcraft_bus import facts
from textcraft_bus import messages as wire
from textcraft_bus import schemas_base as base
from textcraft_bus.cli import version
from textcraft_bus.clock import SystemClock
from textcraft_bus.folders import data_folder
from textcraft_bus.foreign_worker import ForeignWorker
from textcraft_bus.link import Link
from textcraft_bus.processes import NameLock
from textcraft_bus.service import BaseService
from textcraft_image_server.backends import Order, known_backends
from textcraft_image_server.config import ImageServerConfig
from textcraft_image_server.easel import Easel, Job
from textcraft_image_server.results import Result

log = logging.getLogger(__name__)


class ImageServerService(BaseService):
    """An image server of one of our cores; ends by itself when its core is gone for long."""

    config: ImageServerConfig

    def __init__(self, config: ImageServerConfig) -> None:
        super().__init__(config)
        self.easel = Easel(config, _folder(config), self)
        self._rss = psutil.Process()
        self._core_gone_at: float | None = time.monotonic()
        self._link: Link | None = None
        self._name = NameLock(f"{wire.Role.IMAGE_SERVER}.{config.service_name}")

    async def start(self) -> None:
        """Take the name, connect to the core and begin to work. Raises NameTaken."""
        self._name.acquire(self.config.core, self.config.show)
        loop = asyncio.get_running_loop()
        self._link = Link(
            self.config.core, hello=self._hello, beat=self._beat, deliver=self._on_fact, loop=loop, clock=SystemClock()
        )
        self._link.start()
        self.add_task(self._watch_core())
        await super().start()

    async def stop(self) -> None:
        """Abandon the jobs and say nothing more."""
        await self.easel.close()
        if self._link is not None:
            await self._link.stop()
            self._name.release()
        await super().stop()

    def progress(self, job: Job, fraction: float) -> None:
        """Tell how far a job is."""
        self._send(wire.RenderProgress(request_id=job.request.request_id, attempt=job.attempt, fraction=fraction))

    def done(self, job: Job, order: Order, result: Result, backend: str, cost: float) -> None:
        """Tell where the picture is."""
        self._send(
            wire.ImageReady(
                request_id=job.request.request_id,
                attempt=job.attempt,
                uri=result.path.as_uri(),
                prompt=order.prompt,
                sha256=result.sha256,
                mime=result.info.mime,
                width=result.info.width,
                height=result.info.height,
                worker=self.config.service_name,
                seed=order.seed,
                backend=backend,
                cost=cost,
            )
        )

    def failed(self, job: Job, reason: str, *, retryable: bool) -> None:
        """Tell why there is no picture."""
        log.warning("job %s: %s", job.request.request_id, reason)
        self._send(
            wire.RenderFailed(
                request_id=job.request.request_id, attempt=job.attempt, reason=reason, retryable=retryable
            )
        )

    def _on_fact(self, fact: facts.LinkFact) -> None:
        match fact:
            case facts.CoreSeen():
                self._core_gone_at = None
            case facts.CoreLost():
                self._core_gone_at = time.monotonic()
            case facts.Arrived(message=wire.RenderRequest() as request):
                self._accept(request)
            case facts.Arrived(message=wire.CancelRender(request_id=request_id)):
                self.easel.cancel(request_id)
            case facts.Arrived(message=wire.Quit()):
                self.request_stop()
            case facts.FramesDropped(count, reason):
                log.warning("%d frames dropped: %s", count, reason)

    def _accept(self, request: wire.RenderRequest) -> None:
        if self.easel.put(request, request.attempt):
            self._send(wire.RenderAccepted(request_id=request.request_id, attempt=request.attempt))
        else:
            self.failed(Job(request, request.attempt, 0.0), "its queue is full", retryable=True)

    async def _watch_core(self) -> None:
        while self.running:
            await self._sleep_if_running(min(1.0, self.config.lonely_seconds / 4))
            gone = self._core_gone_at
            if gone is not None and time.monotonic() - gone > self.config.lonely_seconds:
                log.info("no core for %.0f s: ending", self.config.lonely_seconds)
                self.request_stop()

    def _send(self, message: wire.Envelope) -> None:
        if self._link is not None:
            self._link.send(message)

    def _hello(self) -> wire.ServiceHello:
        return wire.ServiceHello(
            role=wire.Role.IMAGE_SERVER,
            name=self.config.service_name,
            version=version(),
            host=platform.node(),
            pid=os.getpid(),
            show=self.config.show,
            capabilities=known_backends(),
        )

    def _beat(self) -> wire.Heartbeat:
        length = self.easel.length
        return wire.Heartbeat(
            state="painting" if length else "idle",
            queue=length,
            rss=self._rss.memory_info().rss,
            oldest_job_age=self.easel.oldest_age,
        )


class ForeignImageServerService(BaseService):
    """A procedural worker for any core of the ecosystem: PULL requests, PUSH results, no identity, no beats."""

    config: ImageServerConfig

    def __init__(self, config: ImageServerConfig) -> None:
        super().__init__(config)
        self.easel = Easel(config, _folder(config), self, own_files=True)
        self._worker: ForeignWorker | None = None

    async def start(self) -> None:
        """Connect to the core's two ports."""
        loop = asyncio.get_running_loop()
        self._worker = ForeignWorker(self._on_request, loop, requests=self.config.requests, results=self.config.results)
        await self._worker.start()
        await super().start()

    async def stop(self) -> None:
        """Abandon the jobs."""
        await self.easel.close()
        if self._worker is not None:
            await self._worker.stop()
        await super().stop()

    def progress(self, job: Job, fraction: float) -> None:
        """Foreign cores hear no progress."""

    def done(self, job: Job, order: Order, result: Result, backend: str, cost: float) -> None:
        """Answer with an absolute file address, not percent-encoded; the project's own fields are echoed."""
        own_fields = job.request.model_extra or {}
        answer = base.ImageReady(
            request_id=job.request.request_id, uri=f"file://{result.path}", prompt=order.prompt, **own_fields
        )
        log.info("job %s painted by %s at %s, cost %.4f", answer.request_id, backend, answer.uri, cost)
        self._answer(answer)

    def failed(self, job: Job, reason: str, *, retryable: bool) -> None:
        """A failure is a log line and an Alert."""
        log.error("job %s failed (%s): %s", job.request.request_id, "retryable" if retryable else "for good", reason)
        self._answer(base.Alert(request_id=job.request.request_id, severity="error", message=reason))

    def _on_request(self, request: base.RenderRequest) -> None:
        if not self.easel.put(request):
            self.failed(Job(request, 1, 0.0), "its queue is full", retryable=True)

    def _answer(self, message: base.MessageBase) -> None:
        if self._worker is not None:
            self._worker.answer(message)


def _folder(config: ImageServerConfig) -> Path:
    return config.images or data_folder() / "images"


async def run_image_server(config_path: str | None = None, args: argparse.Namespace | None = None) -> None:
    """Run the service until it is told to stop."""
    config = ImageServerConfig.from_overrides(config_file=config_path, args=args)
    service = ForeignImageServerService(config) if config.foreign else ImageServerService(config)
    await service.start()
    await service.run()
