"""The venues of a session: the show's own, beside it that of a rehearsal's copy, and the walls SHOW left as they were.

A rehearsal's venue has another identity and other ports, so that nothing of it reaches a wall of the show. Exchanges no
stage and tells nobody anything.
"""

from textcraft_bus.channel.messages import Mode, PeerName, Role, peer_name
from textcraft_bus.clock import Clock
from textcraft_bus.constants import DEFAULT_PORTS
from textcraft_bus.tasks import Tasks
from textcraft_core import events as ev
from textcraft_core.show.folder import ShowFolder
from textcraft_core.stage.walls.restore import Restore
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.session import wanted
from textcraft_gui.session.session_plan import How, Plan
from textcraft_gui.session.venue import Venue
from textcraft_gui.session.window_names import PREVIEW, REHEARSAL


class Venues:
    """At most two, each with its walls and image servers."""

    def __init__(self, show: ShowFolder, config: ConsoleConfig, clock: Clock, tasks: Tasks, how: How) -> None:
        self._show = show
        self._config = config
        self._clock = clock
        self._tasks = tasks
        self._how = how
        self._own: Venue | None = None
        """The show's own; there while its walls are open."""
        self._rehearsal: Venue | None = None
        self._waits = how.waits
        self._waiting: Plan | None = None
        self.parked: tuple[str, ...] = ()
        """Walls that still show what SHOW left on them, by name."""

    def _all(self) -> list[Venue]:
        return [venue for venue in (self._rehearsal, self._own) if venue is not None]

    @property
    def walls_open(self) -> bool:
        """Whether a wall of this console may be looked at; the window of EDIT is none."""
        return any(_name(peer) != PREVIEW for venue in self._all() for peer in venue.walls)

    def tell_stalled(self, stalled: bool) -> None:
        """Say on every channel that this console stands still, or goes on; from any thread."""
        for venue in self._all():
            if venue.hub is not None:
                venue.hub.set_stalled(stalled)

    def wall_names(self) -> list[str]:
        """The walls that are to be there."""
        return [_name(peer) for venue in self._all() for peer in venue.walls]

    def wanted_services(self) -> list[str]:
        """The services that are to be there and to speak."""
        return [peer for venue in self._all() for peer in venue.speakers]

    def missing(self) -> list[str]:
        """The services that are to be there and do not speak."""
        return [peer for venue in self._all() for peer in venue.missing]

    def park_walls(self) -> None:
        """What SHOW's walls show now is left on them."""
        self.parked = tuple(_name(peer) for peer in self._own.walls) if self._own is not None else ()

    def forget_parked(self, wall: str) -> None:
        """This wall is nobody's any more but its stage's."""
        self.parked = tuple(name for name in self.parked if name != wall)

    # A mode is entered

    async def open_doors(self, mode: Mode, kept: Restore) -> list[ev.Event]:
        """Be found where others look for a core, if the mode wants that; returns what is to be told.

        Raises PortInUse, ConfigError.
        """
        if self._config.ports != "fixed" and not (self._config.ports == "mode" and mode is Mode.SHOW):
            return []
        if self._rehearsal is not None:
            await self._rehearsal.hide()
        venue = await self._own_venue(mode, kept)
        await venue.find(DEFAULT_PORTS, self._config.zmq)
        return await venue.open_doors(self._config.network, self._config.zmq)

    async def of(self, plan: Plan) -> Venue:
        """The venue a plan's stage plays on; it is opened when it is not there."""
        if plan.mode is not Mode.REHEARSE:
            return await self._own_venue(plan.mode, plan.kept)
        if self._rehearsal is not None:  # the same copy, played anew
            return self._rehearsal
        venue = Venue(plan.show, self._clock, self._tasks)
        await venue.open(plan.mode, plan.kept.port)
        self._rehearsal = venue
        if self._config.ports == "fixed" and self._own is not None:
            await self._own.hide()
            # Who listens there sees the rehearsal; walls of ours stay the show's.
            await venue.find({}, self._config.zmq)
        return venue

    async def _own_venue(self, mode: Mode, kept: Restore) -> Venue:
        if self._own is None:
            venue = Venue(self._show, self._clock, self._tasks)
            await venue.open(mode, kept.port)
            self._own = venue
        return self._own

    async def open_services(self, plan: Plan) -> None:
        """Start or adopt what a mode wants."""
        venue = self._rehearsal if plan.mode is Mode.REHEARSE else self._own
        if venue is None:
            return
        if self._waits and plan.mode is Mode.EDIT:
            self._waiting = plan
            return
        self._waits = False
        names = wanted.wall_names(plan.mode, self._config, self.parked)
        windowed = self._how.windowed or plan.mode is Mode.EDIT or bool(self.parked)
        walls = [
            wanted.wall(venue, name, number + len(self.parked), self._config, windowed=windowed)
            for number, name in enumerate(names)
        ]
        black = wanted.behind_walls(venue, windowed=windowed)
        await venue.keep([*wanted.image_servers(venue, self._config), *walls, *black], plan.mode)

    async def go_on(self) -> None:
        """Start what waited, if anything does."""
        waiting, self._waiting = self._waiting, None
        if self._waits and waiting is not None:
            self._waits = False
            await self.open_services(waiting)

    # A mode is left

    def detach(self) -> None:
        """The stage goes; everybody keeps what they have."""
        for venue in self._all():
            venue.detach()

    async def leave(self, *, was_show: bool, for_rehearsal: bool) -> None:
        """End what ends with a mode. A rehearsal that follows brings an image server of its own."""
        if self._rehearsal is not None:
            rehearsal, self._rehearsal = self._rehearsal, None
            await rehearsal.close()
        if self._own is not None:
            if was_show and self._config.ports == "mode":
                await self._own.hide()
            await self._own.end(self._going(self._own, for_rehearsal=for_rehearsal))

    def _going(self, own: Venue, *, for_rehearsal: bool) -> list[PeerName]:
        """What ends with the mode: walls that are not kept, the black behind them, and for a rehearsal the painters."""
        walls = [peer for peer in own.walls if _name(peer) not in self.parked]
        others = [peer for peer in own.kept if peer not in own.walls]
        painters = [peer for peer in others if peer not in own.seen_by_audience]
        black = [peer for peer in others if peer in own.seen_by_audience and not self.parked]
        return [*walls, *(painters if for_rehearsal else []), *(black if for_rehearsal else [])]

    async def close(self, *, leave_walls: bool) -> None:
        """End everything; the show's own walls may stay. Those of a rehearsal always end."""
        for venue in self._all():
            await venue.close(leave_walls=leave_walls and venue is self._own)

    # By hand

    async def start_parked(self) -> int:
        """Start again what ended too often, and return how many that were."""
        return sum([await venue.start_parked() for venue in self._all()])

    async def hand_over(self, name: str) -> bool:
        """Put the rehearsal's own wall in the place of one that SHOW left; False where there is none to hand over."""
        rehearsal, own = self._rehearsal, self._own
        if rehearsal is None or own is None or name not in self.parked:
            return False
        self.forget_parked(name)
        await own.end([peer_name(Role.WALL, name)])
        number = self._config.walls.index(name) if name in self._config.walls else 0
        own_wall = wanted.wall(rehearsal, name, number, self._config, windowed=self._how.windowed)
        await rehearsal.keep([own_wall], Mode.REHEARSE)
        await rehearsal.end([peer_name(Role.WALL, f"{name}{REHEARSAL}")])
        return True


def _name(peer: PeerName) -> str:
    return peer.partition(".")[2]
