"""The one health model of all processes, and the file a monitor of the ecosystem reads; knows no service.

`<health_dir>/<type>.json` is written at each change and at least every 30 s: a monitor takes a file that is old for a
service that hangs, so the time in it is the time of the look.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from textcraft_bus import counts
from textcraft_bus.disk.files import read_json, write_json
from textcraft_bus.errors import BusError
from textcraft_bus.records import dataclass

log = logging.getLogger(__name__)

HEALTH_SECONDS: Final = 30.0
LOOK_SECONDS: Final = 2.0
OLD_SECONDS: Final = 90.0
"""A file older than this is of a service that hangs, if its process runs at all."""
PATIENCE_S: Final = 10.0
"""So long a service may look for its core before it is ill: each start and each restart of a console takes some."""
MAX_FILE_BYTES: Final = 1 << 20
MAX_FILES: Final = 100
STOPPED: Final = "stopped"
_MOST_PID: Final = 2**31
"""No system has larger ones, and none can be asked for one."""


class HealthStatus(StrEnum):
    """How a service is, in the monitor's words."""

    HEALTHY = "healthy"
    WARNING = "warning"
    ERROR = "error"
    FATAL = "fatal"
    UNKNOWN = "unknown"


_GRAVITY: Final = (
    HealthStatus.UNKNOWN,
    HealthStatus.HEALTHY,
    HealthStatus.WARNING,
    HealthStatus.ERROR,
    HealthStatus.FATAL,
)
"""From the lightest: of several, the gravest is the whole's; what is not known is graver than nothing alone."""


def gravest(statuses: Iterable[HealthStatus]) -> HealthStatus:
    """Return the status of a whole by those of its parts, as the monitor works it out."""
    return max(statuses, key=_GRAVITY.index, default=HealthStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing that was looked at."""

    name: str
    status: HealthStatus
    message: str = ""

    def as_json(self, when: str) -> dict[str, Any]:
        """Return it as the monitor reads it."""
        return {
            "name": self.name,
            "status": self.status.value,
            "message": self.message,
            "timestamp": when,
            "metadata": {},
        }


@dataclass(frozen=True, slots=True)
class Health:
    """One look at a service; `details` are plain JSON, `checks` what the whole is made of, where it is told."""

    status: HealthStatus = HealthStatus.HEALTHY
    message: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    checks: Sequence[HealthCheck] = ()

    @classmethod
    def of(cls, *checks: HealthCheck) -> "Health":
        """Return a whole by its parts; its message is that of the gravest."""
        status = gravest(check.status for check in checks)
        said = next((check.message for check in checks if check.status is status), "")
        return cls(status, "" if status is HealthStatus.HEALTHY else said, checks=checks)


class HealthFile:
    """One service's file; a folder that cannot be written is told once and ends nothing."""

    def __init__(self, folder: Path, name: str, service: str, *, counting: bool = False) -> None:
        """`counting`: each look also tells what the process holds, and is written at once."""
        self.path = folder / f"{name}.json"
        self._counting = counting
        self._service = service
        self._is_failing = False
        self._began = time.monotonic()
        self._errors = 0

    async def keep(self, look: Callable[[], Health], seconds: float = HEALTH_SECONDS) -> None:
        """Write what `look()` says, at each change and every so many seconds, until cancelled; then that it stopped."""
        told, due = None, 0.0
        try:
            while True:
                health = self._counted(look()) if self._counting else look()
                if health != told or time.monotonic() >= due:
                    told, due = health, time.monotonic() + seconds
                    await asyncio.to_thread(self.write, health)
                await asyncio.sleep(min(LOOK_SECONDS, seconds))
        finally:
            self.write(Health(HealthStatus.UNKNOWN, STOPPED))

    @staticmethod
    def _counted(health: Health) -> Health:
        return replace(health, details={**health.details, "counts": counts.count()})

    def write(self, health: Health) -> None:
        """Write one look, as a whole or not at all. Blocking."""
        self._errors += health.status in {HealthStatus.ERROR, HealthStatus.FATAL}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_json(self.path, self._content(health))
        except (BusError, OSError) as error:
            if not self._is_failing:
                log.warning("no health file: %s", error)
            self._is_failing = True
        else:
            self._is_failing = False

    def _content(self, health: Health) -> dict[str, Any]:
        """The monitor's own keys first, in its order; then what we add to them."""
        now = datetime.now().isoformat()  # naive and local: what the monitor compares it with
        checks = health.checks or (HealthCheck("service", health.status, health.message),)
        return {
            "service_name": self._service,
            "overall_status": health.status.value,
            "checks": [check.as_json(now) for check in checks],
            "last_updated": now,
            "uptime": round(time.monotonic() - self._began, 1),
            "restart_count": 0,
            "error_count": self._errors,
            "last_check": now,
            "service": self._service,
            "message": health.message,
            "details": dict(health.details),
            "pid": os.getpid(),
        }


@dataclass(frozen=True, slots=True)
class Seen:
    """What a service's file says: the name of the file, how old it is in seconds, and when it says that it was written.

    Its dates are local and naive, as the monitor wants them: they jump with the clock and twice a year.
    """

    name: str
    health: Health
    age: float
    pid: int = 0
    written: str = ""


def read_health(folder: Path) -> list[Seen]:
    """Return what every file of a folder says, ours and others'; one that cannot be read is left out. Blocking."""
    now = datetime.now()
    read = (_read(path, now) for path in sorted(folder.glob("*.json"))[:MAX_FILES])
    return [seen for seen in read if seen is not None]


def _read(path: Path, now: datetime) -> Seen | None:
    try:
        data = read_json(path, MAX_FILE_BYTES)
        status = HealthStatus(str(data["overall_status"]).lower())
        written = str(data["last_check"])
        age = (now - datetime.fromisoformat(written).replace(tzinfo=None)).total_seconds()
        pid = data.get("pid")
        message = str(data.get("message") or "")[:400]
        known = isinstance(pid, int) and not isinstance(pid, bool) and 0 < pid < _MOST_PID
        return Seen(path.stem, Health(status, message), age, pid if known else 0, written)
    except (BusError, KeyError, TypeError, ValueError, AttributeError):
        return None
