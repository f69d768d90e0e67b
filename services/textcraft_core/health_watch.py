"""Looks how every process of this machine says it is, says so, and tells people who are elsewhere.

One piece for whoever holds a show, console or headless core; knows neither window nor walls.
"""

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import psutil

from textcraft_bus.disk.folders import log_folder
from textcraft_bus.health import OLD_SECONDS, STOPPED, Health, HealthStatus, Seen, read_health
from textcraft_bus.notices import Notice, Notifier, log_notice
from textcraft_bus.redaction import Redactor
from textcraft_core import events as ev
from textcraft_core.config import TextCraftCoreConfig

if TYPE_CHECKING:
    from textcraft_bus.webhook import Webhook

EVERY_SECONDS: Final = 5.0


def services_of(seen: list[Seen], own_pid: int, runs: Callable[[int], bool]) -> dict[str, Health]:
    """Return how the others are: what was stopped, or is gone, is nobody's illness; who lives and is silent hangs."""
    found: dict[str, Health] = {}
    for one in seen:
        gone = one.health.message == STOPPED or one.pid == own_pid or (one.pid and not runs(one.pid))
        if gone or (not one.pid and one.age > OLD_SECONDS):
            continue
        hangs = one.age > OLD_SECONDS
        found[one.name] = Health(HealthStatus.ERROR, f"said nothing for {one.age:.0f} s") if hangs else one.health
    return found


class Ages:
    """How long each file has said the same, by a clock that never jumps; only the first look believes its date."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, float]] = {}

    def aged(self, seen: list[Seen], now: float) -> list[Seen]:
        """Return what was seen at `now`, monotonic seconds, with its true age."""
        before, self._known = self._known, {}
        for one in seen:
            written, since = before.get(one.name, (None, now - max(0.0, one.age)))
            is_news = written not in {None, one.written}
            self._known[one.name] = (one.written, now if is_news else since)
        return [replace(one, age=now - self._known[one.name][1]) for one in seen]


class HealthWatch:
    """One for each program that holds a show."""

    def __init__(
        self, name: str, own: Callable[[], Health], config: TextCraftCoreConfig, show: str, redactor: Redactor,
        tell: Callable[[ev.Event], None],
    ) -> None:  # fmt: skip
        """`own()` is how the program of this name is. A webhook that is no address is told of, and never used."""
        self._name = name
        self._own = own
        self._folder = config.health_dir or log_folder() / "health"
        self._tell = tell
        self._told: dict[str, str] = {}
        self._ages = Ages()
        self._webhook = _webhook(config, redactor, tell) if config.notify.webhook else None
        self._notifier = Notifier(
            self._notify, show=show, cooldown=config.notify.cooldown_s, least=HealthStatus(config.notify.least)
        )

    async def watch_forever(self) -> None:
        """Look again and again; at the end what waits is sent."""
        try:
            while True:
                await self.look()
                await asyncio.sleep(EVERY_SECONDS)
        finally:
            if self._webhook is not None:
                await asyncio.shield(asyncio.to_thread(self._webhook.close, 1.0))

    async def look(self) -> None:
        """Look once."""
        read = await asyncio.to_thread(read_health, self._folder)
        seen = self._ages.aged(read, time.monotonic())
        services = {self._name: self._own(), **services_of(seen, os.getpid(), psutil.pid_exists)}
        self._notifier.look(services, time.monotonic())
        said = {name: _said(health) for name, health in services.items() if name != self._name}
        if said != self._told:
            self._told = said
            self._tell(ev.HealthSeen(services=said))

    def _notify(self, notice: Notice) -> None:
        log_notice(notice)
        if self._webhook is not None:
            self._webhook.send(notice)


def _said(health: Health) -> str:
    return f"{health.status.value}: {health.message}" if health.message else health.status.value


def _webhook(config: TextCraftCoreConfig, redactor: Redactor, tell: Callable[[ev.Event], None]) -> "Webhook | None":
    from textcraft_bus.webhook import Webhook  # noqa: PLC0415 - few consoles are given one

    redactor.add(config.notify.webhook)
    try:
        return Webhook(config.notify.webhook, redactor.clean)
    except ValueError as error:
        tell(ev.Warned(text=f"[notify] {error}", source="notices"))
        return None
