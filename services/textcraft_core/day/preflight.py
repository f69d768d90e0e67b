"""The pre-flight: looks and acts one after the other, each with what it found and what to do; knows no check."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from textcraft_bus.records import dataclass
from textcraft_core.errors import CommandRefused
from textcraft_core.events import (
    CheckState,
    Event,
    PreflightChecked,
    PreflightEnded,
    PreflightStarted,
    PreflightWaived,
)
from textcraft_core.record.stream import EventStream

CHECK_SECONDS: Final = 60.0
"""A check that does not end within this is unknown, which is not ok."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look or an act found, in words for the operator, and what to do about it."""

    state: CheckState
    found: str
    advice: str = ""


Check = Callable[[], Awaitable[Finding]]


def ok(found: str) -> Finding:
    """All is well."""
    return Finding(CheckState.OK, found)


def warn(found: str, advice: str) -> Finding:
    """It can go wrong."""
    return Finding(CheckState.WARN, found, advice)


def fail(found: str, advice: str) -> Finding:
    """It will go wrong."""
    return Finding(CheckState.FAIL, found, advice)


def unknown(found: str, advice: str = "") -> Finding:
    """Nobody can tell here."""
    return Finding(CheckState.UNKNOWN, found, advice)


async def made(check: Check, seconds: float = CHECK_SECONDS) -> Finding:
    """Make one check; whatever becomes of it is a finding. One that does not end is unknown, as is one that breaks."""
    try:
        async with asyncio.timeout(seconds):
            return await check()
    except TimeoutError:
        return unknown(f"no answer within {seconds:.0f} s", "look at the log, then look again")
    except Exception as fault:  # noqa: BLE001 - the boundary: a check that breaks must not keep a house closed
        return unknown(f"the check itself failed: {fault or type(fault).__name__}", "see the log")


def aside(look: Callable[[], Finding]) -> Check:
    """Make a check of a look that blocks."""

    async def check() -> Finding:
        return await asyncio.to_thread(look)

    return check


class Preflight:
    """The checks of one machine and one show, in the order they were added."""

    def __init__(self, stream: EventStream, *, seconds: float = CHECK_SECONDS) -> None:
        self._stream = stream
        self._seconds = seconds
        self._checks: dict[str, Check] = {}
        self._found: dict[str, Finding] = {}
        self._waived: set[str] = set()
        self.running = False

    def add(self, name: str, check: Check, before: str = "") -> None:
        """Add a check, at the end or before another; one with this name already is replaced where it stands."""
        if name in self._checks or before not in self._checks:
            self._checks[name] = check
            return
        names = list(self._checks)
        place = names.index(before)
        ordered = [*names[:place], name, *names[place:]]
        self._checks = {each: check if each == name else self._checks[each] for each in ordered}

    @property
    def findings(self) -> dict[str, Finding]:
        """What the last run found."""
        return dict(self._found)

    @property
    def waived(self) -> frozenset[str]:
        """Which checks the operator opens in spite of."""
        return frozenset(self._waived)

    @property
    def ready(self) -> bool:
        """Whether every check was made and none fails that was not waived."""
        made = self._found.keys() >= self._checks.keys()
        failing = {name for name, finding in self._found.items() if finding.state is CheckState.FAIL}
        return made and not failing - self._waived

    def opening_events(self) -> list[Event]:
        """The events that tell an empty projection of the last run."""
        if not self._found:
            return []
        checked = (_checked(name, finding) for name, finding in self._found.items())
        waived = (PreflightWaived(check=name) for name in sorted(self._waived))
        ended = [] if self.running else [PreflightEnded(ready=self.ready)]
        return [PreflightStarted(checks=tuple(self._checks)), *checked, *waived, *ended]

    async def run(self) -> bool:
        """Make every check and return whether all is ready. Raises CommandRefused while one runs."""
        if self.running:
            raise CommandRefused("The pre-flight is running.")
        self.running = True
        self._found, self._waived = {}, set()
        self._stream.emit(PreflightStarted(checks=tuple(self._checks)))
        try:
            for name, check in list(self._checks.items()):
                self._note(name, await made(check, self._seconds))
        finally:
            self.running = False
        self._stream.emit(PreflightEnded(ready=self.ready))
        return self.ready

    async def waive(self, name: str) -> None:
        """Open in spite of one check."""
        finding = self._found.get(name)
        if finding is None or finding.state is CheckState.OK:
            raise CommandRefused(f"There is nothing to waive at {name}.")
        await self._stream.commit(PreflightWaived(check=name))
        self._waived.add(name)
        if not self.running:
            self._stream.emit(PreflightEnded(ready=self.ready))

    def _note(self, name: str, finding: Finding) -> None:
        self._found[name] = finding
        self._stream.emit(_checked(name, finding))


def _checked(name: str, finding: Finding) -> PreflightChecked:
    return PreflightChecked(check=name, state=finding.state, found=finding.found, advice=finding.advice)
