"""The pictures asked for while the story goes on: each its own task, never in a cycle's way; knows no painter."""

import asyncio
import hashlib
from typing import Any, Final
from uuid import uuid4

from textcraft_core.ai_services import service
from textcraft_core.engine.desk import Desk
from textcraft_core.events import Phase, PhaseEntered, RenderFailed, RenderRequested

ROLE: Final = "illustrator"
MOST_AT_ONCE: Final = 4
"""More passages than this waiting for a slow Illustrator are not illustrated, and it is said."""


class Illustrations:
    """Runs the Illustrator beside the cycles."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._running: set[asyncio.Task[None]] = set()

    @property
    def wanted(self) -> bool:
        """Whether this show illustrates at all."""
        return self._desk.options.illustrate and ROLE in self._desk.bible.personas()

    def start(self, cycle: int, task: dict[str, Any], context: dict[str, Any]) -> None:
        """Begin to illustrate the passage in `context`."""
        target = str(task["target_file"])
        self._desk.stream.emit(PhaseEntered(cycle=cycle, phase=Phase.ILLUSTRATE, role=ROLE, target=target))
        if len(self._running) >= MOST_AT_ONCE:
            self._fail(f"{target}: not illustrated, {MOST_AT_ONCE} passages are waiting for the illustrator already")
            return
        running = self._desk.tasks.start(self._illustrate(cycle, task, context), name=f"illustration {cycle}")
        self._running.add(running)
        running.add_done_callback(self._running.discard)

    async def settle(self) -> None:
        """Wait until nothing is being illustrated."""
        while self._running:
            await asyncio.wait(tuple(self._running))

    async def stop(self) -> None:
        """End what is being illustrated now."""
        for task in tuple(self._running):
            task.cancel()
        await self.settle()

    async def _illustrate(self, cycle: int, task: dict[str, Any], context: dict[str, Any]) -> None:
        runtime = self._desk.runtime(cycle, self._desk.stream.emit)
        try:
            report = await service(ROLE)(task, context, runtime=runtime)
        except asyncio.CancelledError:
            self._fail("the illustrator was stopped")
            raise
        except Exception as fault:
            self._fail(f"the illustrator failed: {fault or type(fault).__name__}")
            raise
        if "picture" not in report:
            self._fail(f"the illustrator failed: {report['message']}")
            return
        self.request(cycle, str(task["target_file"]), report["picture"])

    def request(self, cycle: int, target: str, picture: dict[str, str]) -> None:
        """Ask for one picture."""
        options = self._desk.options
        self._desk.stream.emit(
            RenderRequested(
                **picture,
                request_id=str(uuid4()),
                seed=picture_seed(options.seed, cycle, target),
                width=options.picture_width,
                height=options.picture_height,
                cycle=cycle,
                target=target,
            )
        )

    def _fail(self, reason: str) -> None:
        self._desk.stream.emit(RenderFailed(request_id=str(uuid4()), reason=reason))


def picture_seed(seed: int, cycle: int, target: str) -> int:
    """Return a picture's seed, 31 bits: the same for the same show, cycle and target."""
    digest = hashlib.sha256(f"{seed}|{cycle}|{target}".encode()).digest()
    return int.from_bytes(digest[:4]) & 0x7FFFFFFF
