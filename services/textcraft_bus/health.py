"""The health file a monitor of the ecosystem reads: `<health_dir>/<type>.json`, every 30 s; knows no service.

A monitor takes a file that is old for a service that hangs, so the time in it is the time of the look.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from textcraft_bus.disk.files import write_json
from textcraft_bus.errors import BusError

log = logging.getLogger(__name__)

HEALTH_SECONDS: Final = 30.0


class HealthStatus(StrEnum):
    """How a service is, in the monitor's words."""

    HEALTHY = "healthy"
    WARNING = "warning"
    ERROR = "error"
    FATAL = "fatal"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Health:
    """One look at a service; `details` are plain JSON."""

    status: HealthStatus = HealthStatus.HEALTHY
    message: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


class HealthFile:
    """One service's file; a folder that cannot be written is told once and ends nothing."""

    def __init__(self, folder: Path, name: str, service: str) -> None:
        self.path = folder / f"{name}.json"
        self._service = service
        self._is_failing = False

    async def keep(self, look: Callable[[], Health], seconds: float = HEALTH_SECONDS) -> None:
        """Write what `look()` says every so many seconds, until cancelled; then that it is not known any more."""
        try:
            while True:
                await asyncio.to_thread(self.write, look())
                await asyncio.sleep(seconds)
        finally:
            self.write(Health(HealthStatus.UNKNOWN, "stopped"))

    def write(self, health: Health) -> None:
        """Write one look, as a whole or not at all. Blocking."""
        content = {
            "service": self._service,
            "overall_status": health.status.value,
            "last_check": datetime.now().isoformat(),  # naive and local: what the monitor compares it with
            "message": health.message,
            "details": dict(health.details),
        }
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_json(self.path, content)
        except (BusError, OSError) as error:
            if not self._is_failing:
                log.warning("no health file: %s", error)
            self._is_failing = True
        else:
            self._is_failing = False
