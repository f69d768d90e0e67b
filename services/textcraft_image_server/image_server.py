"""The service: a link to our core in front of the easel."""

import argparse
import asyncio
import logging
import os
import platform
import time
from collections import OrderedDict
from pathlib import Path
from typing import Final

import psutil

from textcraft_bus.base_service import BaseService
from textcraft_bus.channel import facts
from textcraft_bus.channel import messages as wire
from textcraft_bus.channel.blobs import BLOB_ERRORS, load_blob
from textcraft_bus.channel.fetches import BY_VALUE
from textcraft_bus.channel.link import Link, needs_value
from textcraft_bus.cli import version
from textcraft_bus.clock import SystemClock
from textcraft_bus.config import ConfigError
from textcraft_bus.disk.folders import data_folder
from textcraft_bus.health import PATIENCE_S, Health, HealthStatus
from textcraft_bus.name_claims import Yielding, take_name
from textcraft_bus.processes import NameLock
from textcraft_image_server.backends import Order, Painted, known_backends, prices
from textcraft_image_server.config import ImageServerConfig
from textcraft_image_server.easel import Easel, Job
from textcraft_image_server.foreign_server import ForeignImageServerService
from textcraft_image_server.results import Result

log = logging.getLogger(__name__)

MOST_USD: Final = 1000.0
"""The wire bounds what one picture may be said to cost."""
MAX_ENDED: Final = 64
"""Jobs whose answer is given once more when the core, not having heard it, sends them again."""


class ImageServerService(BaseService):
    """An image server of one of our cores; ends by itself when its core is gone for long."""

    config: ImageServerConfig

    def __init__(self, config: ImageServerConfig) -> None:
        super().__init__(config)
        self.easel = Easel(config, images_folder(config), self)
        self._process = psutil.Process()
        self._hello = _hello(config)
        self._ended: OrderedDict[tuple[str, int], wire.Envelope] = OrderedDict()
        self._made: OrderedDict[str, wire.Picture] = OrderedDict()
        """The newest pictures, by hash: what a core on another machine may ask for."""
        self._by_value = False
        self._core_gone_at: float | None = time.monotonic()
        self._link: Link | None = None
        self._name = NameLock(self._peer)

    async def start(self) -> None:
        """Take the name, connect to the core and begin to work. Raises NameTaken, ConfigError."""
        await take_name(self._name, self.config.core, self.config.show)
        try:
            self._link = self._make_link()
        except ValueError as error:
            self._name.release()
            raise ConfigError(f"core: {error}") from error
        self._link.start()
        self.add_task(self._watch_core())
        self.add_task(self._yield_name())
        await super().start()

    async def stop(self) -> None:
        """Say goodbye, then abandon the jobs.

        In this order: a core that heard of a failure would give the job's last attempt to this server again. With the
        goodbye it gives the jobs elsewhere at once.
        """
        if self._link is not None:
            await self._link.stop()
        await self.easel.close()
        if self._link is not None:
            self._name.release()
        await super().stop()

    def health(self) -> Health:
        """Without a core there is nothing to paint for."""
        gone = self._core_gone_at
        lost = gone is not None and time.monotonic() - gone > PATIENCE_S
        status = HealthStatus.WARNING if lost else HealthStatus.HEALTHY
        return Health(status, "no core is there" if lost else "", {"queue": self.easel.load.length})

    def progress(self, job: Job, fraction: float) -> None:
        """Tell how far a job is."""
        self._send(wire.RenderProgress(request_id=job.request.request_id, attempt=job.attempt, fraction=fraction))

    def done(self, job: Job, order: Order, result: Result, painted: Painted, backend: str) -> None:
        """Tell where the picture is."""
        self._made[result.sha256] = wire.Picture(
            sha256=result.sha256,
            uri=result.path.as_uri(),
            mime=result.info.mime,
            width=result.info.width,
            height=result.info.height,
        )
        if len(self._made) > MAX_ENDED:
            self._made.popitem(last=False)
        ready = wire.ImageReady(
            request_id=job.request.request_id,
            attempt=job.attempt,
            uri=f"{BY_VALUE}{result.sha256}" if self._by_value else result.path.as_uri(),
            prompt=order.prompt,
            sha256=result.sha256,
            mime=result.info.mime,
            width=result.info.width,
            height=result.info.height,
            worker=self.config.service_name,
            seed=order.seed,
            backend=backend,
            cost=min(painted.cost, MOST_USD),
            cost_estimated=painted.cost_estimated,
        )
        self._end(job, ready)

    def failed(self, job: Job, reason: str, *, retryable: bool, cost: float = 0.0) -> None:
        """Tell why there is no picture, and what the try cost all the same."""
        log.warning("job %s: %s", job.request.request_id, reason)
        self._end(job, _failure(job.request.request_id, job.attempt, reason, retryable=retryable, cost=cost))

    @property
    def _peer(self) -> str:
        return f"{wire.Role.IMAGE_SERVER}.{self.config.service_name}"

    def _make_link(self) -> Link:
        loop = asyncio.get_running_loop()
        return Link(
            self.config.core,
            hello=lambda: self._hello,
            beat=self._beat,
            deliver=self._on_fact,
            loop=loop,
            clock=SystemClock(),
        )

    def _on_fact(self, fact: facts.LinkFact) -> None:
        match fact:
            case facts.CoreSeen(snapshot=snapshot):
                self._core_gone_at = None
                self._by_value = needs_value(self.config.core, snapshot)
            case facts.CoreLost():
                self._core_gone_at = time.monotonic()
            case facts.Arrived(message=wire.RenderRequest() as request):
                self._accept(request)
            case facts.Arrived(message=wire.CancelRender(request_id=request_id, attempt=attempt)):
                self.easel.cancel(request_id, attempt)
            case facts.Arrived(message=wire.NeedBlob(sha256=sha256)) if sha256 in self._made:
                self.add_task(self._send_picture(self._made[sha256]))
            case facts.Arrived(message=wire.Quit()):
                self.request_stop()
            case facts.FramesDropped(count, reason):
                log.warning("%d frames dropped: %s", count, reason)

    async def _send_picture(self, picture: wire.Picture) -> None:
        try:
            self._send(await asyncio.to_thread(load_blob, picture))
        except BLOB_ERRORS as error:
            log.error("picture %s is not sent: %s", picture.sha256, error)

    def _accept(self, request: wire.RenderRequest) -> None:
        told = self._ended.get((request.request_id, request.attempt))
        if told is not None:
            self._send(told)
        elif self.easel.put(request, request.attempt):
            self._send(wire.RenderAccepted(request_id=request.request_id, attempt=request.attempt))
        else:  # not remembered: sent again, it may find room
            log.warning("job %s: refused, the queue is full", request.request_id)
            self._send(_failure(request.request_id, request.attempt, "its queue is full", retryable=True))

    def _end(self, job: Job, answer: wire.Envelope) -> None:
        self._ended[job.key] = answer
        if len(self._ended) > MAX_ENDED:
            self._ended.popitem(last=False)
        self._send(answer)

    async def _watch_core(self) -> None:
        while self.running:
            await self._sleep_if_running(min(1.0, self.config.lonely_seconds / 4))
            gone = self._core_gone_at
            if gone is not None and time.monotonic() - gone > self.config.lonely_seconds:
                log.info("no core for %.0f s: ending", self.config.lonely_seconds)
                self.request_stop()

    async def _yield_name(self) -> None:
        """A newer server of this name, of a core that lives, takes the place of one whose core is gone."""
        await Yielding(self._name, lambda: self._core_gone_at).until_asked()
        self.request_stop()

    def _send(self, message: wire.Envelope) -> None:
        if self._link is not None:
            self._link.send(message)

    def _beat(self) -> wire.Heartbeat:
        """Called on the bus thread: reads only what is replaced as a whole."""
        load = self.easel.load
        return wire.Heartbeat(
            state="painting" if load.length else "idle",
            queue=load.length,
            rss=self._process.memory_info().rss,
            oldest_job_age=load.oldest_age,
        )


def _failure(request_id: str, attempt: int, reason: str, *, retryable: bool, cost: float = 0.0) -> wire.RenderFailed:
    return wire.RenderFailed(
        request_id=request_id, attempt=attempt, reason=reason, retryable=retryable, cost=min(cost, MOST_USD)
    )


def _hello(config: ImageServerConfig) -> wire.ServiceHello:
    return wire.ServiceHello(
        role=wire.Role.IMAGE_SERVER,
        name=config.service_name,
        version=version(),
        host=platform.node(),
        pid=os.getpid(),
        show=config.show,
        capabilities=known_backends(),
        generator=config.generator,
        prices=prices(config),
    )


def images_folder(config: ImageServerConfig) -> Path:
    """Return where pictures go: as told, else into the machine's own folder."""
    return config.images or data_folder() / "images"


async def run_image_server(config_path: str | None = None, args: argparse.Namespace | None = None) -> None:
    """Run the service until it is told to stop. Raises ConfigError, NameTaken."""
    config = ImageServerConfig.from_overrides(config_file=config_path, args=args)
    if config.generator not in known_backends():
        raise ConfigError(f"generator: {config.generator[:60]!r} is none of {', '.join(known_backends())}")
    folder = images_folder(config)
    service = ForeignImageServerService(config, folder) if config.foreign else ImageServerService(config)
    await service.start()
    await service.run()
