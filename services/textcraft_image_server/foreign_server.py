"""The service towards any core of the ecosystem: PULL requests, PUSH results, no identity, no beats, no progress."""

import asyncio
import logging
from pathlib import Path
from typing import Final

from textcraft_bus import schemas_base as base
from textcraft_bus.base_service import BaseService
from textcraft_bus.config import ConfigError
from textcraft_bus.disk.uris import plain_uri
from textcraft_bus.foreign.worker import ForeignWorker
from textcraft_bus.health import Health
from textcraft_bus.project import current_project
from textcraft_image_server.backends import Order, Painted
from textcraft_image_server.config import ImageServerConfig
from textcraft_image_server.easel import Easel, Job
from textcraft_image_server.results import Result

log = logging.getLogger(__name__)

ANSWER_SECONDS: Final = 24.0
"""Foreign cores give up after 25 s, and a failure in time is worth more than a picture too late."""


class ForeignImageServerService(BaseService):
    """A worker for a foreign core: a repeated request is a new job, and each answer has a file of its own."""

    config: ImageServerConfig

    def __init__(self, config: ImageServerConfig, folder: Path) -> None:
        super().__init__(config)
        self.easel = Easel(config, folder, self, own_files=True, answer_seconds=ANSWER_SECONDS)
        self._worker: ForeignWorker | None = None

    async def start(self) -> None:
        """Connect to the core's two ports. Raises ConfigError."""
        loop = asyncio.get_running_loop()
        worker = ForeignWorker(
            self._on_request,
            loop,
            requests=self.config.requests,
            results=self.config.results,
            schemas=current_project().schemas,
        )
        try:
            await worker.start()
        except ValueError as error:
            raise ConfigError(str(error)) from error
        self._worker = worker
        await super().start()

    async def stop(self) -> None:
        """Abandon the jobs, with an Alert for each."""
        await self.easel.close()
        if self._worker is not None:
            await self._worker.stop()
        await super().stop()

    def health(self) -> Health:
        """How much there is to do."""
        return Health(details={"queue": self.easel.load.length})

    def progress(self, job: Job, fraction: float) -> None:
        """Foreign cores hear no progress."""

    def done(self, job: Job, order: Order, result: Result, painted: Painted, backend: str) -> None:
        """Answer with an absolute file address, not percent-encoded; the project's own fields are echoed."""
        known = base.RenderRequest.model_fields
        own_fields = {name: value for name, value in job.request.model_dump(mode="json").items() if name not in known}
        answer = {
            **own_fields,
            "type": base.MessageType.IMAGE_READY,
            "request_id": job.request.request_id,
            "uri": plain_uri(result.path),
            "prompt": order.prompt,
        }
        log.info("job %s painted by %s: %s, cost %.4f", answer["request_id"], backend, answer["uri"], painted.cost)
        self._answer(base.ImageReady.model_validate(answer))

    def failed(self, job: Job, reason: str, *, retryable: bool, cost: float = 0.0) -> None:
        """A failure is a log line and an Alert."""
        kind = "retryable" if retryable else "for good"
        log.error("job %s failed (%s), cost %.4f: %s", job.request.request_id, kind, cost, reason)
        self._answer(base.Alert(request_id=job.request.request_id, severity="error", message=reason))

    def _on_request(self, request: base.RenderRequest) -> None:
        if not self.easel.put(request):
            self.failed(Job(request, 1, 0.0), "its queue is full", retryable=True)

    def _answer(self, message: base.MessageBase) -> None:
        """Raises BadFrame for an answer that cannot be written, which so becomes an Alert."""
        if self._worker is not None:
            self._worker.answer(message)
