"""Tells people who are elsewhere that a service is ill or well again: a log line, and a webhook where one was given.

Off by default but for the log. Never waits: what is sent goes from a thread of its own, bounded in time and number. The
address may hold a token, so it is a secret; what is sent goes through the redactor.
"""

import json
import logging
import queue
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from textcraft_bus.health import Health, HealthStatus
from textcraft_bus.records import dataclass

log = logging.getLogger(__name__)

COOLDOWN_SECONDS: Final = 300.0
SEND_SECONDS: Final = 5.0
MOST_WAITING: Final = 20
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


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_told: object, **_more: object) -> None:
        """Another address than the one that was given gets nothing."""


class Webhook:
    """Posts notices as JSON (`text` for chat services, and the fields) to one address, one after the other."""

    def __init__(self, url: str, clean: Callable[[str], str], *, seconds: float = SEND_SECONDS) -> None:
        """Raises ValueError for an address that is none."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("a webhook begins with http:// or https:// and names a host")
        self._url = url
        self._host = parts.hostname
        self._clean = clean
        self._seconds = seconds
        self._waiting: queue.Queue[Notice | None] = queue.Queue(MOST_WAITING)
        self._opener = urllib.request.build_opener(_NoRedirects)
        self._thread = threading.Thread(target=self._send_all, name="webhook", daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        return f"Webhook(host={self._host!r})"

    def send(self, notice: Notice) -> None:
        """Send it soon; returns at once. When too many wait, it is dropped and said so."""
        try:
            self._waiting.put_nowait(notice)
        except queue.Full:
            log.warning("the webhook does not keep up: a notice was dropped")

    def close(self, seconds: float = SEND_SECONDS) -> None:
        """Send what waits, within so many seconds, and end."""
        try:
            self._waiting.put_nowait(None)
        except queue.Full:
            return
        self._thread.join(seconds)

    def _send_all(self) -> None:
        while (notice := self._waiting.get()) is not None:
            try:
                self._post(notice)
            except (OSError, ValueError, urllib.error.URLError) as error:
                # The error's own words may hold the address.
                log.warning("the webhook at %s could not be told: %s", self._host, type(error).__name__)

    def _post(self, notice: Notice) -> None:
        fields = {
            "service": notice.service,
            "status": notice.status.value,
            "message": notice.message,
            "show": notice.show,
        }
        body = self._clean(json.dumps({"text": notice.text, **fields}, ensure_ascii=False)).encode()
        request = urllib.request.Request(  # noqa: S310 - its scheme was checked
            self._url, body, {"Content-Type": "application/json"}, method="POST"
        )
        with self._opener.open(request, timeout=self._seconds) as answer:
            answer.read(1024)
