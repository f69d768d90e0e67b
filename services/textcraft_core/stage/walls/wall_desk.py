"""The hand on the walls: turns changes of the playout into records, restore.json and scenes, in this order.

Knows no Qt and no story. Whatever an operator sees happen on a wall was committed before it was sent.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from textcraft_bus.channel import facts
from textcraft_bus.channel.messages import Mode, PeerName, Role, ServiceHello, WallCommand, WallPlace, WallScene
from textcraft_bus.clock import Clock
from textcraft_bus.errors import BusError
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused, JournalError
from textcraft_core.events import Durability, Event, StopName
from textcraft_core.record.stream import EventStream
from textcraft_core.stage.walls.playout import Playout, same_scene
from textcraft_core.stage.walls.playout_state import Candidate
from textcraft_core.stage.walls.pulse import Pulses

TICK_SECONDS = 0.2
SLEPT_SECONDS = 10.0
"""More than this between two ticks: this process stood still, perhaps with all others."""

WALL_COMMANDS: Final = (
    cmd.Take,
    cmd.Back,
    cmd.Auto,
    cmd.DelayAuto,
    cmd.Hold,
    cmd.SafeLook,
    cmd.Black,
    cmd.PauseAI,
    cmd.Panic,
    cmd.Restore,
    cmd.Identify,
    cmd.TestCard,
    cmd.SendAgain,
    cmd.FollowWall,
    cmd.SetWallMap,
    cmd.SetTransition,
    cmd.SetSafeLook,
    cmd.SetCaptions,
    cmd.NameWall,
    cmd.AssignScreen,
    cmd.ReleaseWall,
)


class WallPort(Protocol):
    """What the desk asks of the bus."""

    def set_scene(self, wall: str, scene: WallScene) -> None:
        """Keep and send the scene of a wall."""

    def command(self, wall: str, command: WallCommand) -> None:
        """Send a command to a wall."""


class WallDesk:
    """Applies picture and wall commands, one at a time."""

    def __init__(
        self,
        playout: Playout,
        bus: WallPort,
        stream: EventStream,
        clock: Clock,
        save: Callable[[], Awaitable[None]],
        scene: int,
    ) -> None:
        self.playout = playout
        self.scene = scene
        self._bus = bus
        self._stream = stream
        self._clock = clock
        self._save = save
        self.places: dict[str, ev.WallPlaced] = {}
        """Where each wall said it is."""
        self._sent: dict[str, WallScene] = {}
        self._pulses = Pulses()
        self._counted: ev.LiveCounted | None = None
        self._lock = asyncio.Lock()

    async def handle(self, command: cmd.Command, *, running: bool) -> None:
        """Apply one command. Raises CommandRefused with a sentence for the operator."""
        if isinstance(command, cmd.Identify | cmd.TestCard | cmd.SendAgain):
            self._tell_walls(command)
            if isinstance(command, cmd.SendAgain):
                async with self._lock:
                    await self._settle(self.playout.house.wake(command.wall))
            return
        async with self._lock:
            await self._settle(self._apply(command, running=running))

    def _apply(self, command: cmd.Command, *, running: bool) -> list[Event]:
        playout, now = self.playout, self._clock.monotonic()
        match command:
            case cmd.Take():
                return playout.take(now)
            case cmd.Back():
                return playout.back(now)
            case cmd.Auto(on=on):
                return playout.set_auto(on)
            case cmd.DelayAuto(seconds=seconds):
                return playout.delay_auto(seconds)
            case cmd.Panic(seconds=seconds):
                return playout.panic(seconds, running=running)
            case cmd.Restore():
                return playout.restore()
            case _:
                return self._apply_stop(command) or self._apply_house(command)

    def _apply_stop(self, command: cmd.Command) -> list[Event]:
        playout = self.playout
        match command:
            case cmd.Hold(on=on):
                return playout.set_stop(StopName.HOLD, on)
            case cmd.SafeLook(on=on):
                return playout.set_stop(StopName.SAFE_LOOK, on)
            case cmd.Black(on=on, walls=walls, seconds=seconds):
                return playout.set_stop(StopName.BLACK, on, walls=walls, seconds=seconds)
            case cmd.PauseAI(on=on):
                return playout.set_stop(StopName.PAUSE_AI, on)
        return []

    async def change(self, change: Callable[[float], list[Event]]) -> None:
        """Apply a change of what waits or is on the walls; `change` gets the time. Raises what it raises."""
        async with self._lock:
            await self._settle(change(self._clock.monotonic()))

    def _apply_house(self, command: cmd.Command) -> list[Event]:
        playout, house = self.playout, self.playout.house
        match command:
            case cmd.FollowWall(wall=wall, follow=follow, request_id=request_id):
                return playout.follow_wall(wall, follow, request_id, self._clock.monotonic())
            case cmd.SetWallMap(wall=wall, map=wall_map):
                return house.set_map(wall, wall_map)
            case cmd.SetTransition(kind=kind, seconds=seconds):
                return house.set_transition(kind, seconds)
            case cmd.SetSafeLook(request_id=request_id):
                return playout.set_safe_look(request_id)
            case cmd.SetCaptions(on=on, style=style):
                return house.set_captions(on, style)
            case cmd.NameWall(wall=wall, title=title):
                return house.name(wall, title)
            case cmd.AssignScreen(wall=wall, screen=screen):
                return house.assign_screen(wall, screen)
            case cmd.ReleaseWall(wall=wall):
                return house.release(wall, playout.state.mode)
        return []

    async def add(self, candidate: Candidate) -> None:
        """A picture came through the gate."""
        async with self._lock:
            await self._settle(self.playout.add(candidate))

    async def record(self, event: Event) -> None:
        """Record what concerns the walls, and keep restore.json, which holds the state it tells of."""
        async with self._lock:
            await self._settle([event])

    async def change_mode(self, mode: Mode) -> None:
        """Note the mode; it never changes what a wall shows."""
        async with self._lock:
            before = set(self.playout.state.house.of_the_show)
            self.playout.change_mode(mode)
            kept = sorted(self.playout.state.house.of_the_show - before)
            await self._settle([ev.ModeChanged(mode=mode), *(ev.WallKept(wall=wall) for wall in kept)])
            for placed in self.places.values():
                self._warn_of_place(placed)

    async def on_fact(self, fact: facts.Fact) -> None:
        """Take in what a wall said, or that it fell silent."""
        if isinstance(fact, facts.WallThumbnail):
            self._stream.emit(ev.WallThumbnail(wall=wall_name(fact.peer), data=fact.thumb.data))
            return
        if isinstance(fact, facts.WallKeyPressed):
            fields = fact.key.model_dump(include={"key", "modifiers", "text", "pressed", "unseen"})
            self._stream.emit(ev.WallKey(wall=wall_name(fact.peer), **fields))
            return
        if isinstance(fact, facts.PeerBeat):
            if fact.peer.startswith(f"{Role.WALL}."):
                now, beat = self._clock.monotonic(), fact.beat
                self._pulses.beat(wall_name(fact.peer), beat.frames_painted, hidden=beat.hidden, now=now)
            return
        if isinstance(fact, facts.WallIsAt):
            self._note_place(wall_name(fact.peer), fact.place)
            return
        async with self._lock:
            match fact:
                case facts.PeerSeen(hello=ServiceHello(role=Role.WALL) as hello):
                    now = self._clock.monotonic()
                    too_often = self._pulses.seen(hello.name, hello.pid, now)
                    self.playout.wall_present(hello.name, hello.shown, hello.layer, now)
                    await self._settle(self.playout.house.rest(hello.name) if too_often else [])
                case facts.PeerLost(peer=peer, silent_s=silent) if peer.startswith(f"{Role.WALL}."):
                    self._sent.pop(wall_name(peer), None)
                    self._pulses.lost(wall_name(peer), self._clock.monotonic() - silent)
                    await self._settle(self.playout.wall_lost(wall_name(peer)))
                case facts.WallShown(peer=peer, shown=shown):
                    await self._settle(self.playout.wall_shown(wall_name(peer), shown))
                case facts.WallRefused(peer=peer, refused=refused):
                    reason = ev.WallRefused(wall=wall_name(peer), sha256=refused.sha256, reason=refused.reason)
                    await self._settle([reason])

    def _note_place(self, wall: str, place: WallPlace) -> None:
        """Where a wall is; its machine's screens that no wall was given are free."""
        taken = [s.screen for name, s in self.playout.state.house.walls.items() if name != wall and s.screen]
        taken += [told.screen for name, told in self.places.items() if name != wall and told.screen]
        free = tuple(s for s in place.screens if s not in taken and s != place.console)
        placed = ev.WallPlaced(
            wall=wall,
            screen=place.screen,
            windowed=place.windowed,
            away=place.away,
            unsure=place.unsure,
            awake=place.awake,
            keyboard=place.keyboard,
            present=tuple(place.screens),
            free=free,
        )
        before = self.places.get(wall)
        if placed == before:
            return
        self.places[wall] = placed
        self._stream.emit(placed)
        if before is None or placed != before.model_copy(update={"keyboard": placed.keyboard}):
            self._warn_of_place(placed)

    def _warn_of_place(self, placed: ev.WallPlaced) -> None:
        """In SHOW: one screen only means that the system mirrors; a machine that may sleep will."""
        if self.playout.state.mode is not Mode.SHOW:
            return
        wall, title = placed.wall, self.playout.house.title_of(placed.wall)
        if len(placed.present) == 1:
            text = f"The machine of {title} has one screen only: its system mirrors, or does not see the projector."
            self._stream.emit(ev.Warned(text=f"{text} Extend the desktop in its display settings.", source=wall))
        if placed.awake is False:
            self._stream.emit(
                ev.Warned(text=f"The machine of {title} may fall asleep: switch that off there.", source=wall)
            )

    async def tick_forever(self) -> None:
        """Count AUTO down and name walls that do not acknowledge."""
        before = self._clock.monotonic()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = self._clock.monotonic()
            if now - before > SLEPT_SECONDS:
                self._pulses.slept(now - before)
            try:
                await self.tick(now, now - before)
            except Exception as fault:  # noqa: BLE001 - a boundary: a full disk must not end AUTO for good
                self._stream.emit(ev.Warned(text=f"AUTO could not go on: {fault}", source="walls", fault=True))
            before = now

    async def tick(self, now: float, seconds: float) -> None:
        """Let `seconds` pass."""
        async with self._lock:
            events = [*self.playout.silent_walls(now), *self._stalls(now)]
            if self.playout.advance(seconds):
                events += self.playout.take(now, by="auto")
            if events:
                await self._settle(events)

    def _stalls(self, now: float) -> list[Event]:
        """Walls that paint nothing are started again; the third time in half an hour they show the safe look."""
        events: list[Event] = []
        for stall in self._pulses.stalled(now):
            events.append(ev.WallStalled(wall=stall.wall, seconds=stall.seconds))
            if stall.often:
                events += self.playout.house.rest(stall.wall)
        return events

    async def _settle(self, events: list[Event]) -> None:
        """Store the events, keep restore.json, tell what happened, then send what changed: in this order.

        So a lamp that says HOLD is never ahead of what a crash leaves behind. What comes before the first event that
        waits for the disk is told at once.
        """
        held: list[Event] = []
        for event in events:
            if held or event.durability is Durability.BEFORE:
                await self._store(event)
                held.append(event)
            else:
                self._stream.emit(event)
        changed = self._changed_scenes()
        if changed or any(event.durability is not Durability.NONE for event in events):
            await self._keep()
        for event in held:
            self._stream.announce(event)
        counted = self.playout.live_count()
        if counted is not None and counted != self._counted:
            self._counted = counted
            self._stream.emit(counted)
        for wall, scene in changed:
            self._bus.set_scene(wall, scene)

    async def _store(self, event: Event) -> None:
        """Journal an event; a stop must reach the walls even when nothing can be written."""
        try:
            await self._stream.store(event)
        except JournalError as error:
            self._warn(error)

    async def _keep(self) -> None:
        try:
            await self._save()
        except BusError as error:
            self._warn(error)

    def _warn(self, error: Exception) -> None:
        text = f"{error}. The walls obey, but a crash now would forget it."
        self._stream.announce(ev.Warned(text=text, source="disk", fault=True))

    def _changed_scenes(self) -> list[tuple[str, WallScene]]:
        changed = []
        for wall in [wall.name for wall in self.playout.walls.values() if wall.present]:
            scene = self.playout.scene_for(wall, self.scene + 1)
            if wall not in self._sent or not same_scene(self._sent[wall], scene):
                self.scene += 1
                self._sent[wall] = scene
                changed.append((wall, scene))
        return changed

    def _tell_walls(self, command: cmd.Identify | cmd.TestCard | cmd.SendAgain) -> None:
        present = [wall.name for wall in self.playout.walls.values() if wall.present]
        wanted = [wall for wall in present if command.wall in (None, wall)]
        if not wanted:
            raise CommandRefused("No such wall is there.")
        if isinstance(command, cmd.Identify) or (isinstance(command, cmd.TestCard) and command.on):
            wanted = self._released(wanted)
        for wall in wanted:
            self._tell_wall(wall, command)

    def _released(self, walls: list[str]) -> list[str]:
        """Those of the walls that something else than the show may come to. Raises CommandRefused when none may."""
        house, mode = self.playout.house, self.playout.state.mode
        free = [wall for wall in walls if not house.belongs_to_show(wall, mode)]
        if not free:
            names = ", ".join(house.title_of(wall) for wall in walls)
            step = "In SHOW it stays so." if mode is Mode.SHOW else "Release it first."
            raise CommandRefused(f"{names} shows the show. {step}")
        return free

    def _tell_wall(self, wall: str, command: cmd.Identify | cmd.TestCard | cmd.SendAgain) -> None:
        if isinstance(command, cmd.SendAgain):
            self.scene += 1
            self._sent[wall] = self.playout.scene_for(wall, self.scene)
            self._bus.set_scene(wall, self._sent[wall])
        elif isinstance(command, cmd.Identify):
            self._bus.command(wall, WallCommand(command="identify"))
        else:
            self._bus.command(wall, WallCommand(command="test_card" if command.on else "clear", seconds=3600))


def wall_name(peer: PeerName) -> str:
    """Return the name in a wall's routing id."""
    return peer.partition(".")[2]
