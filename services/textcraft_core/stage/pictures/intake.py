"""From a picture file to a candidate: through the gate, into the show's own folder, told and added; knows no sockets.

Whatever a picture's origin, an image server, a file of the operator or a painted card, it comes in here.
"""

import asyncio
from collections.abc import Callable
from dataclasses import field, replace
from pathlib import Path

from textcraft_bus.channel.messages import Picture, RequestId
from textcraft_bus.disk.files import write_durably
from textcraft_bus.disk.folders import data_folder
from textcraft_bus.errors import BusError
from textcraft_bus.records import dataclass
from textcraft_core import events as ev
from textcraft_core.record.stream import EventStream
from textcraft_core.stage.pictures.gate import GateReport, inspect, within
from textcraft_core.stage.pictures.reserve import ReelOptions
from textcraft_core.stage.pictures.safety import GatePolicy, SideQueue, Unchecked
from textcraft_core.stage.pictures.words import Words
from textcraft_core.stage.walls.playout_state import Candidate
from textcraft_core.stage.walls.wall_desk import WallDesk

UNCHECKED = "unchecked"
"""Flag of a picture nobody could call safe or unsafe."""


@dataclass(frozen=True, slots=True)
class GateOptions:
    """What a show asks of its gate; `words` must not go up in captions and cards."""

    words: tuple[str, ...] = ()
    unchecked: Unchecked = "hand"
    """What becomes of a picture nobody could call safe while an operator is there."""
    safety_seconds: float = 15.0
    overrule_unsafe: bool = False
    moderation_url: str = ""
    """An OpenAI-compatible address; "" asks nobody."""
    moderation_model: str = ""
    folders: tuple[Path, ...] = ()
    """Where pictures of our image servers may lie, besides the show's own and the machine's."""
    reel: ReelOptions = field(default_factory=ReelOptions)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A picture file that came in, and what is said of it; nothing of it was verified yet."""

    request_id: str
    path: Path | Callable[[], Path]
    """Where it lies, or what finds it, in a worker; raises PictureRefused where it may not come from."""
    sha256: str
    caption: str
    worker: str = ""
    backend: str = ""
    seconds: float = 0.0
    """Since it was asked for."""
    cost: float = 0.0


class Intake:
    """The one way in."""

    def __init__(
        self,
        images: Path,
        walls: WallDesk,
        stream: EventStream,
        words: Words,
        policy: Callable[[bool], GatePolicy],
        safety: SideQueue | None = None,
        folders: tuple[Path, ...] = (),
    ) -> None:
        """`policy(attended)` is asked for each picture; without `safety` nobody is asked whether it is safe."""
        self._images = images
        self._walls = walls
        self._stream = stream
        self._words = words
        self._policy = policy
        self._safety = safety
        self._folders = (images, data_folder() / "images", *folders)
        self._attended = True
        stream.subscribe(self._on_event)

    def allowed(self, path: Path) -> Path:
        """Return where a path leads, when pictures may come from there; opens nothing. Raises PictureRefused."""
        return within(path, self._folders)

    async def take_in(self, arrival: Arrival) -> None:
        """Verify a picture, tell what the gate says, and add it to the candidates when it can be shown at all."""
        try:
            path, report = await asyncio.to_thread(self._look_and_keep, arrival)
        except (BusError, OSError) as error:
            self._stream.emit(ev.RenderFailed(request_id=arrival.request_id, reason=str(error)))
            return
        report = await self._judged(arrival, report)
        self._tell(arrival, path, report)
        if report.info is not None:
            await self._walls.add(self._candidate(arrival, path, report))

    async def close(self) -> None:
        """Let go of the safety check."""
        if self._safety is not None:
            await self._safety.close()

    def _on_event(self, event: ev.Event) -> None:
        if isinstance(event, ev.AttendanceChanged):
            self._attended = event.attended

    async def _judged(self, arrival: Arrival, report: GateReport) -> GateReport:
        """Add what the policy makes of a placeholder, and whether the picture is safe, where somebody can be asked."""
        policy = self._policy(self._attended)
        if "placeholder" in report.flags and policy.placeholder == "refuse":
            report = _with_check(report, "placeholder", "it is a placeholder, and nobody is there to decide")
        if self._safety is None or report.info is None:
            return report
        verdict = await self._safety.verdict(report.data, arrival.caption)
        if verdict.safe is None and policy.unchecked != "refuse":
            return replace(report, flags=(*report.flags, UNCHECKED))
        return _with_check(report, "safe", "" if verdict.safe else verdict.reason)

    def _look_and_keep(self, arrival: Arrival) -> tuple[Path, GateReport]:
        """All that waits for a disk, in one turn: each change of thread is a delay of its own. Blocking."""
        found = arrival.path if isinstance(arrival.path, Path) else arrival.path()
        report = inspect(found, arrival.sha256, arrival.caption, self._words)
        return self._keep(found, report), report

    def _keep(self, path: Path, report: GateReport) -> Path:
        """Return where the picture lies among the show's; copied there when it came from elsewhere."""
        if report.info is None or path.parent.resolve() == self._images.resolve():
            return path
        own = self._images / f"{report.sha256}.{report.info.ext}"
        write_durably(own, report.data)
        return own

    def _tell(self, arrival: Arrival, path: Path, report: GateReport) -> None:
        arrived = ev.ImageArrived(
            request_id=arrival.request_id,
            path=str(path),
            sha256=arrival.sha256,
            width=report.info.width if report.info else 0,
            height=report.info.height if report.info else 0,
            worker=arrival.worker,
            backend=arrival.backend,
            seconds=arrival.seconds,
            cost=arrival.cost,
        )
        self._stream.emit(arrived)
        decided = ev.GateDecided(
            request_id=arrival.request_id, passed=report.passed, checks=report.checks, reason=report.reason
        )
        self._stream.emit(decided)

    def _candidate(self, arrival: Arrival, path: Path, report: GateReport) -> Candidate:
        info = report.info
        if info is None:
            raise ValueError("a picture that does not decode is no candidate")
        picture = Picture(
            sha256=arrival.sha256,
            uri=str(path),
            mime=info.mime,
            width=info.width,
            height=info.height,
            request_id=arrival.request_id,
        )
        policy = self._policy(self._attended)
        flagged = "placeholder" in report.flags or (UNCHECKED in report.flags and policy.unchecked == "hand")
        waits = policy.by_hand or flagged or not report.passed
        return Candidate(
            RequestId(arrival.request_id),
            picture,
            arrival.caption,
            approved=not waits,
            failed=report.failed,
            flags=report.flags,
        )


def _with_check(report: GateReport, check: str, reason: str) -> GateReport:
    """Return the report with one more check, passed when there is no reason against."""
    return replace(report, checks={**report.checks, check: not reason}, reason=report.reason or reason)
