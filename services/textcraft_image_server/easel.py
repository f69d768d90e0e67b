"""The bounded queue of jobs and the one that is being painted; knows no sockets.

Every job that was accepted ends in exactly one call of `done`, `failed` or, when it was cancelled, in neither.
"""

import asyncio
import logging
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from textcraft_bus.errors import BusError
from textcraft_bus.schemas_base import RenderRequest
from textcraft_bus.tasks import Tasks
from textcraft_image_server.backends import Backend, BackendError, Order, create_backend
from textcraft_image_server.config import ImageServerConfig
from textcraft_image_server.results import Result, keep

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One request and when it came, on the monotonic clock."""

    request: RenderRequest
    attempt: int
    came_at: float


class Answers(Protocol):
    """Where the ends of jobs are told."""

    def progress(self, job: Job, fraction: float) -> None:
        """Tell how far a job is."""

    def done(self, job: Job, order: Order, result: Result, backend: str, cost: float) -> None:
        """Tell that a picture is there."""

    def failed(self, job: Job, reason: str, *, retryable: bool) -> None:
        """Tell that there will be none."""


class Easel:
    """Paints one job after the other."""

    def __init__(self, config: ImageServerConfig, folder: Path, answers: Answers, *, own_files: bool = False) -> None:
        self._config = config
        self._folder = folder
        self._answers = answers
        self._own_files = own_files
        self._waiting: list[Job] = []
        self._painting: Job | None = None
        self._work: asyncio.Task[None] | None = None
        self._tasks = Tasks()
        self._backends: dict[str, Backend] = {}

    @property
    def length(self) -> int:
        """Jobs waiting or being painted."""
        return len(self._waiting) + (self._painting is not None)

    @property
    def oldest_age(self) -> float:
        """Age of the oldest job, seconds; 0 when there is none."""
        jobs = [*self._waiting, *([self._painting] if self._painting else [])]
        return time.monotonic() - min(job.came_at for job in jobs) if jobs else 0.0

    def put(self, request: RenderRequest, attempt: int = 1) -> bool:
        """Take a job in, once for each attempt however often it is sent; False when the queue is full."""
        if self._has(request.request_id, attempt):
            return True
        if request.clear_queue:
            self._waiting.clear()
        if len(self._waiting) >= self._config.queue:
            return False
        self._waiting.append(Job(request, attempt, time.monotonic()))
        self._begin()
        return True

    def cancel(self, request_id: str) -> None:
        """Forget a job; what is being painted is abandoned."""
        self._waiting = [job for job in self._waiting if job.request.request_id != request_id]
        if self._painting is not None and self._painting.request.request_id == request_id and self._work:
            self._work.cancel()

    async def close(self) -> None:
        """Abandon everything."""
        self._waiting.clear()
        await self._tasks.stop()

    def _has(self, request_id: str, attempt: int) -> bool:
        jobs = [*self._waiting, *([self._painting] if self._painting else [])]
        same = (request_id, attempt)
        return not self._own_files and any((job.request.request_id, job.attempt) == same for job in jobs)

    def _begin(self) -> None:
        if self._painting is None and self._waiting:
            self._painting = self._waiting.pop(0)
            self._work = self._tasks.start(
                self._paint(self._painting), name=f"paint {self._painting.request.request_id}"
            )
            self._work.add_done_callback(self._next)

    def _next(self, _task: "asyncio.Task[None]") -> None:
        self._painting = None
        try:
            self._begin()
        except BusError:  # closing: nothing is begun any more
            self._waiting.clear()

    async def _paint(self, job: Job) -> None:
        name = job.request.generator or self._config.generator
        order = order_of(job.request)
        try:
            backend = self._backends.setdefault(name, create_backend(name, self._config))
            painted = await backend.paint(order, lambda fraction: self._answers.progress(job, fraction))
            file_name = uuid4().hex if self._own_files else None
            result = await asyncio.to_thread(keep, self._folder, order, painted, name, file_name)
        except BackendError as error:
            self._answers.failed(job, str(error), retryable=error.retryable)
        except (BusError, OSError, MemoryError) as error:
            log.exception("job %s failed", job.request.request_id)
            self._answers.failed(job, str(error) or type(error).__name__, retryable=True)
        else:
            self._answers.done(job, order, result, name, painted.cost)


def order_of(request: RenderRequest) -> Order:
    """Return what a request orders; without a seed one is drawn from its id, so that each request differs."""
    drawn = int.from_bytes(sha256(request.request_id.encode()).digest()[:4], "big")
    seed = request.seed if request.seed is not None else drawn
    return Order(request.prompt, request.negative_prompt or "", seed, request.width, request.height)
