"""A show's own message types: loads them when they are trusted, asks when they are not; knows no sockets."""

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from textcraft_bus.errors import BusError
from textcraft_bus.project import Project, load_project, project_in_play, use_project
from textcraft_bus.schemas_base import BASE_SCHEMAS, MessageBase
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.record.stream import EventStream

log = logging.getLogger(__name__)


class SchemaPort(Protocol):
    """What the desk asks of the bus."""

    def use_schemas(self, schemas: Mapping[str, type[MessageBase]]) -> None:
        """Read messages with these classes from now on."""


class ProjectDesk:
    """One show's own code; what is wrong with it is told and never keeps the show from playing."""

    def __init__(self, root: Path, bus: SchemaPort, stream: EventStream) -> None:
        self._root = root
        self._bus = bus
        self._stream = stream

    async def open(self) -> None:
        """Use the show's own messages, or tell why not."""
        in_play = project_in_play()
        if in_play is not None and in_play.folder == self._root:
            self._tell(in_play)
            return
        try:
            self._use(await asyncio.to_thread(load_project, self._root))
        except BusError as error:
            log.error("the show's own code does not run: %s", error)
            self._refuse(str(error), may_be_trusted=False)

    async def trust(self, _command: cmd.TrustProject) -> None:
        """Let the code run as it is now. Raises CommandRefused when it is broken."""
        try:
            self._use(await asyncio.to_thread(load_project, self._root, trust=True))
        except BusError as error:
            raise CommandRefused(str(error)) from error

    def _use(self, project: Project) -> None:
        use_project(project)
        self._tell(project)

    def _tell(self, project: Project) -> None:
        self._bus.use_schemas(project.schemas)
        if project.refused:
            self._refuse(project.refused, may_be_trusted=True)
        elif project.names:
            own = tuple(sorted(set(project.schemas) - set(BASE_SCHEMAS)))
            self._stream.emit(ev.ProjectCodeTrusted(path=str(self._root), types=own))

    def _refuse(self, reason: str, *, may_be_trusted: bool) -> None:
        refused = ev.ProjectCodeRefused(path=str(self._root), reason=reason, may_be_trusted=may_be_trusted)
        self._stream.emit(refused)
