"""The life of a service: start, run until told to stop, stop; knows nothing of what the service does."""

import asyncio
import logging
import signal
from collections.abc import Coroutine
from enum import StrEnum
from typing import Any

from textcraft_bus.config import BaseServiceConfig
from textcraft_bus.health import Health
from textcraft_bus.tasks import Tasks

log = logging.getLogger(__name__)


class ServiceState(StrEnum):
    """Where a service is in its life; its own application state is another matter."""

    NEW = "new"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"


class BaseService:
    """Base of every service. A subclass opens what it needs in `start` and calls `super().start()` last."""

    def __init__(self, config: BaseServiceConfig) -> None:
        self.config = config
        config.use_log_level()
        self.state = ServiceState.NEW
        self._tasks = Tasks()
        self._waiting: list[Coroutine[Any, Any, None]] = []
        self._stop_wanted = asyncio.Event()

    @property
    def running(self) -> bool:
        """Whether the service was started and nobody asked it to stop."""
        return self.state is ServiceState.RUNNING and not self._stop_wanted.is_set()

    def add_task(self, coro: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine for the service's life; one added before the start begins with it."""
        if self.state is ServiceState.NEW:
            self._waiting.append(coro)
        else:
            self._tasks.start(coro, name=getattr(coro, "__qualname__", "service task"))

    def health(self) -> Health:
        """How the service is, for its health file; a subclass that knows better says more."""
        return Health()

    async def start(self) -> None:
        """Begin the service's tasks; a subclass calls this last."""
        self.state = ServiceState.RUNNING
        self.add_task(self.config.health_file().keep(self.health))
        waiting, self._waiting = self._waiting, []
        for coro in waiting:
            self.add_task(coro)
        log.info("%s started", self.config.service_name)

    async def run(self) -> None:
        """Wait until the service is asked to stop (`request_stop`, SIGINT, SIGTERM), then stop it."""
        self._listen_to_signals()
        await self._stop_wanted.wait()
        await self.stop()

    def request_stop(self) -> None:
        """Ask `run` to end; may be said any number of times."""
        self._stop_wanted.set()

    async def stop(self) -> None:
        """End all tasks; a subclass closes what is its own first and calls this last."""
        if self.state in (ServiceState.STOPPING, ServiceState.STOPPED):
            return
        self.state = ServiceState.STOPPING
        self._stop_wanted.set()
        for coro in self._waiting:
            coro.close()
        await self._tasks.stop()
        self.state = ServiceState.STOPPED
        log.info("%s stopped", self.config.service_name)

    async def _sleep_if_running(self, seconds: float) -> None:
        """Sleep, but no longer than the service runs."""
        if self.running:
            try:
                async with asyncio.timeout(seconds):
                    await self._stop_wanted.wait()
            except TimeoutError:
                return

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                loop.add_signal_handler(number, self.request_stop)
            except (NotImplementedError, RuntimeError):  # Windows (not run), or a loop outside the main thread
                log.debug("signal %s is not listened to here", number)
