"""From a wanted picture to a candidate: asks the image servers, takes results through the gate; knows no Qt.

A request ends exactly once, as a candidate or as RenderFailed; what failed the gate is kept on disk and told.
"""

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from textcraft_bus import facts
from textcraft_bus.clock import Clock
from textcraft_bus.errors import BusError
from textcraft_bus.files import write_durably
from textcraft_bus.messages import ImageReady, Picture, RenderRequest, RequestId
from textcraft_bus.tasks import Tasks
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.record.stream import EventStream
from textcraft_core.stage.gate import GateReport, inspect, local_path
from textcraft_core.stage.playout import Candidate
from textcraft_core.stage.wall_desk import WallDesk

log = logging.getLogger(__name__)


class RenderPort(Protocol):
    """What the desk asks of the bus."""

    def request(self, request: RenderRequest) -> None:
        """Give a job to an idle worker."""

    def cancel(self, request_id: RequestId) -> None:
        """Cancel a job."""


@dataclass(frozen=True, slots=True)
class _Open:
    event: ev.RenderRequested
    asked_at: float


class PictureDesk:
    """Keeps what was asked for until it ended."""

    def __init__(
        self, images: Path, bus: RenderPort, walls: WallDesk, stream: EventStream, clock: Clock, *, by_hand: bool
    ) -> None:
        self._images = images
        self._bus = bus
        self._walls = walls
        self._stream = stream
        self._clock = clock
        self._by_hand = by_hand
        self._open: dict[str, _Open] = {}
        self._tasks = Tasks()

    @property
    def open_renders(self) -> list[ev.RenderRequested]:
        """What was asked for and has not ended."""
        return [item.event for item in self._open.values()]

    def ask(self, event: ev.RenderRequested) -> None:
        """Ask for a picture; after a restart the same request is asked for again under its id."""
        self._open[event.request_id] = _Open(event, self._clock.monotonic())
        self._bus.request(
            RenderRequest(
                request_id=event.request_id,
                prompt=event.prompt,
                negative_prompt=event.negative_prompt or None,
                width=event.width,
                height=event.height,
                seed=event.seed,
            )
        )

    def cancel(self, request_id: str) -> None:
        """Cancel one job by its id."""
        if request_id not in self._open:
            raise CommandRefused("This picture is not being painted.")
        self._bus.cancel(RequestId(request_id))

    def on_fact(self, fact: facts.Fact) -> None:
        """Take in what became of a job."""
        match fact:
            case facts.RenderStarted(request_id, worker, attempt):
                self._stream.emit(ev.RenderAccepted(request_id=request_id, worker=worker, attempt=attempt))
            case facts.RenderProgressed(request_id, fraction):
                self._stream.emit(ev.RenderProgressed(request_id=request_id, fraction=fraction))
            case facts.RenderRetried(request_id, reason, _):
                log.warning("picture %s goes to another image server: %s", request_id, reason)
            case facts.RenderGaveUp(request_id, reason, _) if self._open.pop(request_id, None):
                self._stream.emit(ev.RenderFailed(request_id=request_id, reason=reason))
            case facts.RenderDone(request_id, ready) if request_id in self._open:
                self._tasks.start(self._receive(self._open.pop(request_id), ready), name=f"gate {request_id}")

    async def close(self) -> None:
        """End what still goes through the gate."""
        await self._tasks.stop()

    async def _receive(self, item: _Open, ready: ImageReady) -> None:
        try:
            path = local_path(ready.uri)
            report = await asyncio.to_thread(inspect, path, ready.sha256, item.event.caption)
            path = await asyncio.to_thread(self._keep, path, report)
        except (BusError, OSError) as error:
            self._stream.emit(ev.RenderFailed(request_id=ready.request_id, reason=str(error)))
            return
        self._tell(item, ready, path, report)
        if report.passed and report.info is not None:
            await self._walls.add(self._candidate(item, ready, path))

    def _keep(self, path: Path, report: GateReport) -> Path:
        """Return where the picture lies among the show's; copied there when it came from elsewhere."""
        if report.info is None or path.parent.resolve() == self._images.resolve():
            return path
        own = self._images / f"{report.sha256}.{report.info.ext}"
        write_durably(own, report.data)
        return own

    def _tell(self, item: _Open, ready: ImageReady, path: Path, report: GateReport) -> None:
        self._stream.emit(
            ev.ImageArrived(
                request_id=ready.request_id,
                path=str(path),
                sha256=ready.sha256,
                width=report.info.width if report.info else 0,
                height=report.info.height if report.info else 0,
                worker=ready.worker,
                backend=ready.backend,
                seconds=self._clock.monotonic() - item.asked_at,
                cost=ready.cost,
            )
        )
        decided = ev.GateDecided(
            request_id=ready.request_id, passed=report.passed, checks=report.checks, reason=report.reason
        )
        self._stream.emit(decided)

    def _candidate(self, item: _Open, ready: ImageReady, path: Path) -> Candidate:
        picture = Picture(
            sha256=ready.sha256,
            uri=str(path),
            mime=ready.mime,
            width=ready.width,
            height=ready.height,
            request_id=ready.request_id,
        )
        return Candidate(RequestId(ready.request_id), picture, item.event.caption, approved=not self._by_hand)
