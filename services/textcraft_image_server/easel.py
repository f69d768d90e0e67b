"""The bounded queue of jobs and the one that is being painted; knows no sockets.

Every job that was accepted ends in exactly one call of `done` or `failed`; cancelled or cleared ones in neither.
"""

import asyncio
import logging
import math
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol
from uuid import uuid4

from textcraft_bus.errors import BusError, PictureRefused
from textcraft_bus.schemas_base import RenderRequest
from textcraft_bus.tasks import Tasks
from textcraft_image_server.backends import Backend, BackendError, Order, Painted, create_backend
from textcraft_image_server.config import ImageServerConfig
from textcraft_image_server.results import Result, keep

log = logging.getLogger(__name__)

ANSWER_SECONDS: Final = 110.0
"""A job is answered within this time of its coming, before our core gives it up after 120 s."""
CLOSING: Final = "the image server is closing"
MAX_REASON: Final = 600


@dataclass(frozen=True, slots=True)
class Job:
    """One request and when it came, on the monotonic clock."""

    request: RenderRequest
    attempt: int
    came_at: float

    @property
    def key(self) -> tuple[str, int]:
        """What makes it the same job when it is sent again."""
        return self.request.request_id, self.attempt


@dataclass(frozen=True, slots=True)
class Load:
    """How much there is to do; replaced as a whole, so that another thread may look at it at any time."""

    length: int = 0
    """Jobs waiting or being painted."""
    oldest_came_at: float | None = None

    @property
    def oldest_age(self) -> float:
        """Age of the oldest job, seconds; 0 when there is none."""
        return 0.0 if self.oldest_came_at is None else time.monotonic() - self.oldest_came_at


class Answers(Protocol):
    """Where the ends of jobs are told."""

    def progress(self, job: Job, fraction: float) -> None:
        """Tell how far a job is."""

    def done(self, job: Job, order: Order, result: Result, painted: Painted, backend: str) -> None:
        """Tell that a picture is there."""

    def failed(self, job: Job, reason: str, *, retryable: bool, cost: float = 0.0) -> None:
        """Tell that there will be none, and what the try cost all the same, USD."""


class Easel:
    """Paints one job after the other, each within `answer_seconds` of its coming."""

    def __init__(
        self,
        config: ImageServerConfig,
        folder: Path,
        answers: Answers,
        *,
        own_files: bool = False,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._config = config
        self._folder = folder
        self._answers = answers
        self._own_files = own_files
        self._answer_seconds = answer_seconds
        self._waiting: list[Job] = []
        self._painting: Job | None = None
        self._work: asyncio.Task[None] | None = None
        self._is_abandoned = False
        self._is_closed = False
        self._tasks = Tasks()
        self._backends: dict[str, Backend] = {}
        self.load = Load()

    def put(self, request: RenderRequest, attempt: int = 1) -> bool:
        """Take a job in, once for each attempt however often it is sent; False when the queue is full or closed."""
        job = Job(request, attempt, time.monotonic())
        if not self._own_files and any(job.key == other.key for other in self._open_jobs()):
            return True
        if request.clear_queue:
            self._waiting.clear()
        if self._is_closed or len(self._waiting) >= self._config.queue:
            return False
        self._waiting.append(job)
        self._begin()
        return True

    def cancel(self, request_id: str, attempt: int | None = None) -> None:
        """Forget a job's attempts up to this one, or all; what is being painted is abandoned."""

        def is_meant(job: Job) -> bool:
            return job.request.request_id == request_id and (attempt is None or job.attempt <= attempt)

        self._waiting = [job for job in self._waiting if not is_meant(job)]
        if self._work is not None and self._painting is not None and is_meant(self._painting):
            self._is_abandoned = True
            self._work.cancel()
        self._publish()

    async def close(self) -> None:
        """Abandon everything: each job that is still open fails and may be tried elsewhere. May be called again."""
        self._is_closed = True
        waiting, self._waiting = self._waiting, []
        await self._tasks.stop()
        for job in waiting:
            self._answers.failed(job, CLOSING, retryable=True)
        while self._backends:
            _, backend = self._backends.popitem()
            await backend.close()
        self._publish()

    def _open_jobs(self) -> list[Job]:
        is_painting = self._painting is not None and not self._is_abandoned
        return [*([self._painting] if is_painting and self._painting else []), *self._waiting]

    def _publish(self) -> None:
        jobs = [*([self._painting] if self._painting else []), *self._waiting]
        self.load = Load(len(jobs), min((job.came_at for job in jobs), default=None))

    def _begin(self) -> None:
        if self._painting is None and self._waiting and not self._is_closed:
            self._painting, self._is_abandoned = self._waiting.pop(0), False
            name = f"paint {self._painting.request.request_id}"
            self._work = self._tasks.start(self._work_on(self._painting), name=name)
            self._work.add_done_callback(self._next)
        self._publish()

    def _next(self, _task: "asyncio.Task[None]") -> None:
        self._painting = self._work = None
        self._begin()

    async def _work_on(self, job: Job) -> None:
        """Paint and tell how it ended: whatever a backend does, the core must not wait in vain."""
        left = self._answer_seconds - (time.monotonic() - job.came_at)
        limit = asyncio.timeout(left)
        try:
            async with limit:
                await self._paint(job)
        except asyncio.CancelledError:
            if not self._is_abandoned:
                self._answers.failed(job, CLOSING, retryable=True)
            raise
        except (BackendError, PictureRefused) as error:
            self._fail(job, error, retryable=getattr(error, "retryable", True))
        except Exception as error:  # the boundary: a backend brings code of others
            is_late = limit.expired()
            if not is_late and not isinstance(error, BusError | OSError):
                log.exception("job %s failed", job.request.request_id)
            late = f"no picture within {self._answer_seconds:g} s"
            self._fail(job, BackendError(late) if is_late else error, retryable=True)

    async def _paint(self, job: Job) -> None:
        name = job.request.generator or self._config.generator
        order = order_of(job.request)
        backend = await self._backend(name)
        painted = await backend.paint(order, lambda fraction: self._progress(job, fraction))
        file_name = uuid4().hex if self._own_files else None
        result = await asyncio.to_thread(keep, self._folder, order, painted, name, file_name)
        self._answers.done(job, order, result, painted, name)

    async def _backend(self, name: str) -> Backend:
        if name not in self._backends:
            self._backends[name] = await asyncio.to_thread(create_backend, name, self._config)
        return self._backends[name]

    def _progress(self, job: Job, fraction: float) -> None:
        if job is self._painting and not self._is_abandoned and math.isfinite(fraction):
            self._answers.progress(job, min(1.0, max(0.0, fraction)))

    def _fail(self, job: Job, error: BaseException, *, retryable: bool) -> None:
        reason = str(error)[:MAX_REASON].encode("utf-8", "replace").decode() or type(error).__name__
        self._answers.failed(job, reason, retryable=retryable, cost=getattr(error, "cost", 0.0))


def order_of(request: RenderRequest) -> Order:
    """Return what a request orders; without a seed one is drawn from its id, so that each request differs."""
    drawn = int.from_bytes(sha256(request.request_id.encode()).digest()[:4], "big")
    seed = request.seed if request.seed is not None else drawn
    return Order(request.prompt, request.negative_prompt or "", seed, request.width, request.height)
