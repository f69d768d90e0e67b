"""What sensors say of the room, and what that may do: pause, run, or be told to the Architect; off unless bound."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from textcraft_bus.schemas_base import AudiencePresent, MessageBase, PresenceStatus
from textcraft_bus.tasks import Tasks
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.audience.settings import Binding, SensorsConfig
from textcraft_core.record.stream import EventStream


class EnginePort(Protocol):
    """The engine, as far as a sensor reaches it."""

    @property
    def running(self) -> bool:
        """Whether RUN is on."""
        ...

    async def handle(self, command: cmd.Command) -> None:
        """Do a command."""
        ...

    def sense(self, room: dict[str, int | bool]) -> None:
        """Tell the next plan what is known of the room."""
        ...


class SensorDesk:
    """Keeps what is known of the room and acts on it as it is bound; `may_run` says whether a stop stands against it.

    A room counts as empty only after it was so for a while; somebody who comes counts at once.
    """

    def __init__(
        self, config: SensorsConfig, engine: EnginePort, stream: EventStream, may_run: Callable[[], bool]
    ) -> None:
        self._config = config
        self._engine = engine
        self._stream = stream
        self._may_run = may_run
        self._room = ev.RoomSensed()
        self._empty: bool | None = None
        self._paused_by_us = False
        self._emptying: asyncio.Task[None] | None = None
        self._tasks = Tasks()

    async def close(self) -> None:
        """Act no more."""
        await self._tasks.stop()

    async def on_heard(self, message: MessageBase) -> None:
        """Take in what a sensor says, if it is bound to anything."""
        match message:
            case PresenceStatus():
                await self._note(self._config.presence, _present(message), message.person_count)
            case AudiencePresent(person_count=int(people)):
                await self._note(self._config.audience_present, people > 0, people)

    async def _note(self, binding: Binding, present: bool | None, people: int | None) -> None:
        if binding == "off":
            return
        room = ev.RoomSensed(present=present, people=people)
        if room != self._room:
            self._room = room
            self._stream.emit(room)
        if binding == "context":
            told = {"present": present, "people": people}
            self._engine.sense({key: value for key, value in told.items() if value is not None})
        elif present is not None:
            await self._act(binding, present)

    async def _act(self, binding: Binding, present: bool) -> None:
        if not present:
            if self._empty is not True and self._emptying is None:
                self._emptying = self._tasks.start(self._wait_empty(), name="the room is empty")
            return
        if self._emptying is not None:
            self._emptying.cancel()
            self._emptying = None
        was_empty, self._empty = self._empty, False
        if was_empty is not False:
            await self._on_somebody(binding)

    async def _wait_empty(self) -> None:
        await asyncio.sleep(self._config.empty_seconds)
        self._emptying, self._empty = None, True
        if self._engine.running:
            self._paused_by_us = True
            self._tell("nobody is in the room: RUN is off until somebody comes")
            await self._engine.handle(cmd.Pause())

    async def _on_somebody(self, binding: Binding) -> None:
        wanted = binding == "run" or self._paused_by_us
        self._paused_by_us = False
        if wanted and not self._engine.running and self._may_run():
            self._tell("somebody is in the room: RUN is on")
            await self._engine.handle(cmd.Run())

    def _tell(self, text: str) -> None:
        self._stream.emit(ev.SensorActed(text=text))


def _present(status: PresenceStatus) -> bool | None:
    if status.person_count is not None:
        return status.person_count > 0
    if status.present is not None:
        return status.present
    return None if status.idle is None else not status.idle
