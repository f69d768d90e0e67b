"""Everything the show hears from the room, visitors and sensors, behind one door; knows no wall and no prompt."""

from collections.abc import Callable

from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import Clock
from textcraft_bus.schemas_base import MessageBase
from textcraft_core.audience.desk import AudienceDesk
from textcraft_core.audience.sensors import SensorDesk
from textcraft_core.audience.settings import AudienceConfig, SensorsConfig
from textcraft_core.events import Event
from textcraft_core.orchestrator import Orchestrator
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream


class Hearing:
    """The visitors' desk and the sensors' of one show; `may_run` says whether a stop stands against RUN."""

    def __init__(
        self,
        audience: AudienceConfig,
        sensors: SensorsConfig,
        engine: Orchestrator,
        stream: EventStream,
        journal: Journal,
        clock: Clock,
        mode: Callable[[], Mode],
        may_run: Callable[[], bool],
    ) -> None:
        self.visitors = AudienceDesk(audience, sensors, engine, stream, journal, clock, mode)
        self.sensors = SensorDesk(sensors, engine, stream, may_run)

    async def open(self) -> None:
        """Take up what waited; once the engine has started."""
        await self.visitors.open()

    async def close(self) -> None:
        """Hear nothing more."""
        await self.sensors.close()
        await self.visitors.close()

    async def on_heard(self, message: MessageBase) -> None:
        """Take in a message of the ecosystem."""
        await self.sensors.on_heard(message)
        await self.visitors.on_heard(message)

    def opening_events(self) -> list[Event]:
        """Return what brings an empty projection to the present."""
        return self.visitors.opening_events()
