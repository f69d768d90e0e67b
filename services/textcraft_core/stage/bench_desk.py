"""Carries the settings of the bench into a rehearsal that is being played; knows no window and no mode."""

from collections.abc import Callable

from textcraft_bus.records import dataclass
from textcraft_core.bench import BenchSettings
from textcraft_core.brains.bench import BenchBrain
from textcraft_core.brains.faults import FaultProfile
from textcraft_core.orchestrator import Orchestrator
from textcraft_core.stage.fault_desk import FaultDesk
from textcraft_core.stage.walls.playout import Playout
from textcraft_core.stage.walls.wall_desk import WallDesk


@dataclass(frozen=True, slots=True)
class OwnPace:
    """What a rehearsal is played by when no evening is: seconds."""

    cycle_seconds: float
    auto_seconds: float


class BenchDesk:
    """One for each stage of a rehearsal."""

    def __init__(
        self, engine: Orchestrator, playout: Playout, walls: WallDesk, faults: FaultDesk, own: OwnPace, watermark: str
    ) -> None:
        self._engine = engine
        self._playout = playout
        self._walls = walls
        self._faults = faults
        self._own = own
        self._watermark = watermark

    def listen(self, subscribe: Callable[[Callable[..., None]], Callable[[], None]]) -> None:
        """Let the brain hear where cycles begin; call it once."""
        if isinstance(brain := self._engine.desk.brain, BenchBrain):
            subscribe(brain.on_event)

    @property
    def busy(self) -> bool:
        """Whether a cycle runs, which is played to its end as it began."""
        return self._engine.in_cycle

    async def apply(self, settings: BenchSettings, profile: FaultProfile | None) -> None:
        """Watermark and AUTO at once; brain, faults and pace with the next cycle, at once where none runs."""
        if isinstance(brain := self._engine.desk.brain, BenchBrain):
            brain.change(settings, profile, busy=self.busy)
        self._faults.change(profile)
        self._engine.desk.standing.cycle_seconds = settings.cycle_seconds(self._own.cycle_seconds)
        self._playout.auto_seconds = settings.auto_seconds(self._own.auto_seconds)
        self._playout.watermark = self._watermark if settings.watermark else ""
        await self._walls.change(lambda _now: [])
