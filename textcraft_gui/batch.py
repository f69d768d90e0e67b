"""A run without an operator: so many cycles with AUTO on, every picture on the walls, screenshots, then the end.

It fails, with one clear line, when anything on the way failed or did not come in time.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.events import Event
from textcraft_core.stage.stage import Stage

SECONDS_TO_OPEN = 30.0
SECONDS_FOR_A_CYCLE = 60.0
SECONDS_FOR_PICTURES = 60.0
SECONDS_TO_PAINT = 0.5
"""The console shows what it heard within this."""


class BatchFailed(Exception):
    """The run did not do what it should; the text is for one line."""


class Batch:
    """Watches the events of one run and ends when all it asked for is on the walls."""

    def __init__(self, stage: Stage, cycles: int, grab: Callable[[Path], None], shots: Path | None) -> None:
        self._stage = stage
        self._cycles = cycles
        self._grab = grab
        self._shots = shots
        self._asked: set[str] = set()
        self._live: dict[str, str] = {}
        """Request id → hash of what every wall confirmed."""
        self._settled: set[str] = set()
        self._walls: set[str] = set()
        self._finished = 0
        self._run_ended = False
        self._failure = ""
        self._changed = asyncio.Event()
        self._number = 0
        self._over = False

    async def play(self) -> None:
        """Run to the end. Raises BatchFailed."""
        self._make_folder()
        forget = self._stage.subscribe(self._on_event)
        try:
            await self._until(lambda: bool(self._walls), SECONDS_TO_OPEN, "no wall opened")
            await self._stage.handle(cmd.Auto(on=True))
            await self._stage.handle(cmd.Run(cycles=self._cycles))
            patience = SECONDS_FOR_A_CYCLE * self._cycles
            await self._until(lambda: self._run_ended, patience, "the cycles did not end")
            await self._stage.engine.settle()
            await self._until(self._all_live, SECONDS_FOR_PICTURES, "not every picture reached the walls")
            await asyncio.sleep(0.5)  # the walls write their own screenshots after they settled
            self._shoot()
            self._raise_failure()
        finally:
            self._over = True
            forget()
        if self._finished < self._cycles:
            raise BatchFailed(f"only {self._finished} of {self._cycles} cycles ended well")

    def _all_live(self) -> bool:
        return bool(self._asked) and self._asked <= set(self._live) and set(self._live.values()) <= self._settled

    async def _until(self, condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    self._raise_failure()
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise BatchFailed(f"{otherwise} within {seconds:.0f} s") from None
        self._raise_failure()

    def _raise_failure(self) -> None:
        if self._failure:
            raise BatchFailed(self._failure)

    def _on_event(self, event: Event) -> None:
        self._failure = self._failure or failure_in(event)
        match event:
            case ev.ServiceSeen(role="wall", service=service):
                self._walls.add(service)
            case ev.RenderRequested(request_id=request_id):
                self._asked.add(request_id)
            case ev.LiveConfirmed(request_id=request_id, sha256=sha256):
                self._live[request_id] = sha256
            case ev.WallConfirmed(phase="settled", sha256=str(sha256)):
                self._settled.add(sha256)
                self._shoot()
            case ev.NextStaged(request_id=str()):
                asyncio.get_running_loop().call_later(SECONDS_TO_PAINT, self._shoot)
            case ev.CycleFinished():
                self._finished += 1
            case ev.RunEnded():
                self._run_ended = True
        self._changed.set()

    def _make_folder(self) -> None:
        if self._shots is not None:
            try:
                self._shots.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise BatchFailed(f"no screenshots can go to {self._shots}: {error.strerror}") from error

    def _shoot(self) -> None:
        if self._shots is None or self._over:
            return
        self._number += 1
        try:
            self._grab(self._shots / f"console-{self._number:03}.png")
        except OSError as error:
            self._failure = self._failure or f"a screenshot failed: {error}"
            self._changed.set()


def failure_in(event: Event) -> str:
    """Return what went wrong according to an event, or nothing."""
    match event:
        case ev.CycleFailed(cycle=cycle, reason=reason):
            return f"cycle {cycle} failed: {reason}"
        case ev.RenderFailed(reason=reason):
            return f"a picture failed: {reason}"
        case ev.GateDecided(passed=False, reason=reason):
            return f"a picture did not pass the gate: {reason}"
        case ev.WallRefused(wall=wall, reason=reason):
            return f"the wall {wall} refused a picture: {reason}"
        case ev.WallSilent(wall=wall):
            return f"the wall {wall} did not acknowledge a picture"
        case ev.ServiceLost(service=service):
            return f"{service} fell silent"
        case ev.ServiceEnded(service=service, code=code):
            return f"{service} ended by itself with code {code}"
        case ev.StuckDetected(reason=reason):
            return f"the engine is stuck: {reason}"
        case ev.Warned(fault=True, text=text):
            return text
    return ""
