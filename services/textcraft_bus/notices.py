"""When people who are elsewhere are told that a service is ill or well again, and in which words; knows no address."""

import logging
from collections.abc import Callable, Mapping
from typing import Final

from textcraft_bus.health import Health, HealthStatus
from textcraft_bus.records import dataclass

log = logging.getLogger(__name__)

COOLDOWN_SECONDS: Final = 300.0
_BAD: Final = frozenset({HealthStatus.WARNING, HealthStatus.ERROR, HealthStatus.FATAL})
_LEVELS: Final = {
    HealthStatus.WARNING: logging.WARNING,
    HealthStatus.ERROR: logging.ERROR,
    HealthStatus.FATAL: logging.CRITICAL,
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One change worth telling."""

    service: str
    status: HealthStatus
    message: str
    show: str = ""

    @property
    def text(self) -> str:
        """One line for a person."""
        where = f"{self.show}: " if self.show else ""
        return f"{where}{self.service} is {self.status.value}{f': {self.message}' if self.message else ''}"


class Notifier:
    """Decides what is told: each change for the worse and each recovery, the same again only after the cooldown."""

    def __init__(
        self, tell: Callable[[Notice], None], *, show: str = "", cooldown: float = COOLDOWN_SECONDS,
        least: HealthStatus = HealthStatus.WARNING,
    ) -> None:  # fmt: skip
        self._tell = tell
        self._show = show
        self._cooldown = cooldown
        self._bad = _BAD - ({HealthStatus.WARNING} if least is not HealthStatus.WARNING else set())
        self._known: dict[str, HealthStatus] = {}
        self._told_at: dict[tuple[str, HealthStatus], float] = {}
        self._told_ill: set[str] = set()

    def look(self, services: Mapping[str, Health], now: float) -> None:
        """Take in how every service is now; monotonic seconds."""
        for name, health in services.items():
            before = self._known.get(name, HealthStatus.HEALTHY)
            self._known[name] = health.status
            if health.status in self._bad and health.status is not before:
                self._ill(name, health, now)
            elif health.status is HealthStatus.HEALTHY and name in self._told_ill:
                self._told_ill.discard(name)
                self._tell(Notice(name, health.status, "well again", self._show))

    def _ill(self, name: str, health: Health, now: float) -> None:
        told_at = self._told_at.get((name, health.status))
        if told_at is None or now - told_at >= self._cooldown:
            self._told_at[name, health.status] = now
            self._told_ill.add(name)
            self._tell(Notice(name, health.status, health.message, self._show))


def log_notice(notice: Notice) -> None:
    """Write a notice into the log."""
    log.log(_LEVELS.get(notice.status, logging.INFO), "%s", notice.text)
