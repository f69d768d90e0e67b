"""Sends notices to one address of the web; a module of its own, for the library that speaks to it is slow to come.

Never waits: what is sent goes from a thread of its own, bounded in time and number. The address may hold a token, so it
is a secret; what is sent goes through the redactor.
"""

import json
import logging
import queue
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from textcraft_bus.notices import Notice

log = logging.getLogger(__name__)

SEND_SECONDS: Final = 5.0
MOST_WAITING: Final = 20


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
