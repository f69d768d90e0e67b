"""What a show has to do with programs of others: its own message types, and the displays that only listen."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from textcraft_bus.channel.messages import WallScene
from textcraft_bus.disk.folders import cache_folder
from textcraft_bus.schemas_base import MessageBase
from textcraft_core import commands as cmd
from textcraft_core.record.stream import EventStream
from textcraft_core.stage.foreign.displays import DisplayOptions, ForeignDisplays, PublishPort
from textcraft_core.stage.foreign.pictures import DisplayPictures
from textcraft_core.stage.foreign.project_desk import ProjectDesk, SchemaPort
from textcraft_core.stage.foreign.words import Alerts, as_story

COMMANDS = (cmd.TrustProject,)


class AbroadPort(PublishPort, SchemaPort, Protocol):
    """What is asked of the bus."""


class Abroad:
    """One show's side towards the ecosystem."""

    def __init__(
        self,
        root: Path,
        bus: AbroadPort,
        stream: EventStream,
        scene: Callable[[str, int], WallScene],
        options: DisplayOptions,
        now: Callable[[], float],
    ) -> None:
        pictures = DisplayPictures(cache_folder("displays"), options.size, options.safe_look)
        self._displays = ForeignDisplays(scene, bus, stream, pictures, options.by)
        self._project = ProjectDesk(root, bus, stream)
        self._alerts = Alerts(stream.emit, now)
        self.handle = self._project.trust
        """Carries out COMMANDS."""

    async def open(self) -> None:
        """Publish the scene, and read messages as the show's own code says, when it may run."""
        self._displays.open()
        await self._project.open()

    def heard(self, message: MessageBase) -> MessageBase:
        """Show what is an alert, and return the message as the show's ears read it."""
        self._alerts.on_heard(message)
        return as_story(message)

    async def close(self) -> None:
        """Publish nothing more."""
        await self._displays.close()
