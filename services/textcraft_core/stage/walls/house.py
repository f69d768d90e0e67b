"""What each wall is apart from the show's one program: pinned or not, its map, its name, its screen; pure.

Every method changes the state and returns the events that tell of it. Knows no sockets, no stops and no candidates.
"""

from collections.abc import Iterable
from dataclasses import field
from typing import Literal

from textcraft_bus.channel.messages import (
    CaptionStyle,
    Mode,
    Picture,
    RequestId,
    ScreenInfo,
    Transition,
    TransitionKind,
    WallMap,
)
from textcraft_bus.records import dataclass
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.events import Event

LEAST_TRANSITION = 0.2
"""Seconds; what is quicker is a cut."""


@dataclass(frozen=True, slots=True)
class Program:
    """What was last put onto the walls that follow, or onto one that is pinned."""

    request_id: RequestId
    picture: Picture
    caption: str


Which = Literal["closed", "end"]
"""The closed card or the end card."""


@dataclass(frozen=True, slots=True)
class HouseCard:
    """A picture a house shows by itself; `text` are the words of one that was painted from them."""

    program: Program
    text: str = ""


@dataclass(slots=True)
class WallSettings:
    """What an operator chose for one wall."""

    follow: bool = True
    own: Program | None = None
    """What a pinned wall shows; None is nothing yet, so its safe look."""
    map: WallMap = field(default_factory=WallMap)
    title: str = ""
    screen: ScreenInfo | None = None
    """Where it is wanted; None leaves that to the wall and its machine."""


@dataclass(slots=True)
class HouseState:
    """Everything of it that must survive a crash."""

    walls: dict[str, WallSettings] = field(default_factory=dict)
    transition: Transition | None = None
    safe_look: Program | None = None
    """What the safe look is; None is each wall's own."""
    captions: bool = True
    caption_style: CaptionStyle = field(default_factory=CaptionStyle)
    cards: dict[str, HouseCard] = field(default_factory=dict)
    """The closed card and the end card, as far as they were chosen."""
    closed: bool = False
    """The day is over: the safe look is the closed card."""
    of_the_show: set[str] = field(default_factory=set)
    """Walls that still show what SHOW put there: no test card and no watermark until they are released."""
    resting: set[str] = field(default_factory=set)
    """Walls that stalled too often: they show the safe look until they are sent their scene again."""


class House:
    """The walls of a show, as they were set up."""

    def __init__(self, state: HouseState, transition: Transition) -> None:
        self.state = state
        self._transition = transition
        self.tried: Which | None = None
        """The card that shows while it is chosen; a crash forgets that."""

    @property
    def transition(self) -> Transition:
        """How the next picture goes over."""
        return self.state.transition or self._transition

    def settings(self, wall: str) -> WallSettings:
        """The settings of a wall; those of an unknown one are as at the beginning."""
        return self.state.walls.get(wall) or WallSettings()

    def meet(self, wall: str) -> None:
        """From now on this wall is known and may be set up."""
        self.state.walls.setdefault(wall, WallSettings())

    def follows(self, wall: str) -> bool:
        """Whether TAKE goes to this wall."""
        return self.settings(wall).follow

    def program_of(self, wall: str, program: Program | None) -> Program | None:
        """What a wall shows: `program`, the show's, or its own."""
        settings = self.settings(wall)
        return program if settings.follow else settings.own

    def belongs_to_show(self, wall: str, mode: Mode) -> bool:
        """Whether nothing but pictures of the show may come to this wall."""
        return mode is Mode.SHOW or wall in self.state.of_the_show

    def keep_for_show(self) -> None:
        """SHOW ends: every wall keeps what it shows until it is released."""
        self.state.of_the_show = set(self.state.walls)

    def pin(self, wall: str, own: Program | None) -> list[Event]:
        """Let a wall show its own picture whatever is taken."""
        settings = self._known(wall)
        if not settings.follow and settings.own == own:
            return []
        settings.follow, settings.own = False, own
        return [_follows(wall, settings)]

    def follow(self, wall: str) -> list[Event]:
        """Let a wall follow TAKE again."""
        settings = self._known(wall)
        if settings.follow:
            return []
        settings.follow, settings.own = True, None
        return [_follows(wall, settings)]

    def set_map(self, wall: str, wall_map: WallMap) -> list[Event]:
        """Change how pictures lie on a wall."""
        settings = self._known(wall)
        if settings.map == wall_map:
            return []
        settings.map = wall_map
        return [ev.WallMapSet(wall=wall, map=wall_map)]

    def set_transition(self, kind: TransitionKind, seconds: float) -> list[Event]:
        """Choose how the next picture goes over."""
        least = 0.0 if kind is TransitionKind.CUT else LEAST_TRANSITION
        wanted = Transition(kind=kind, seconds=0.0 if kind is TransitionKind.CUT else max(least, seconds))
        if wanted == self.transition:
            return []
        self.state.transition = wanted
        return [ev.TransitionSet(kind=wanted.kind, seconds=wanted.seconds)]

    def set_safe_look(self, chosen: Program | None) -> list[Event]:
        """Choose the picture of the safe look; None is each wall's own."""
        if self.state.safe_look == chosen:
            return []
        self.state.safe_look = chosen
        return [_safe_look(chosen)]

    def set_captions(self, on: bool, style: CaptionStyle) -> list[Event]:
        """Choose whether walls show captions, and how they are set."""
        if (self.state.captions, self.state.caption_style) == (on, style):
            return []
        self.state.captions, self.state.caption_style = on, style
        return [ev.CaptionsSet(on=on, style=style)]

    def set_card(self, which: Which, card: HouseCard | None) -> list[Event]:
        """Choose a card of the house; None is what is usual."""
        if self.state.cards.get(which) == card:
            return []
        self.state.cards.pop(which, None)
        if card is not None:
            self.state.cards[which] = card
        return [_card(which, card)]

    def card(self, which: Which) -> Program | None:
        """What was chosen for a card."""
        chosen = self.state.cards.get(which)
        return chosen.program if chosen is not None else None

    def try_card(self, which: Which | None) -> list[Event]:
        """Show a card on the walls that are free, or no longer."""
        if self.tried == which:
            return []
        self.tried = which
        return [ev.CardTried(which=which)]

    def set_closed(self, on: bool) -> list[Event]:
        """From now on the safe look is the closed card, or itself again."""
        if self.state.closed == on:
            return []
        self.state.closed = on
        return [ev.HouseClosed(on=on)]

    def safe_look(self) -> Program | None:
        """What the safe look shows now; None is each wall's own."""
        closed = self.card("closed") if self.state.closed else None
        return closed or self.state.safe_look

    def name(self, wall: str, title: str) -> list[Event]:
        """Call a wall what people call it; messages use that."""
        settings = self._known(wall)
        title = " ".join(title.split())
        if settings.title == title:
            return []
        settings.title = title
        return [ev.WallNamed(wall=wall, title=title)]

    def assign_screen(self, wall: str, screen: ScreenInfo | None) -> list[Event]:
        """Say on which screen a wall belongs. Raises CommandRefused when another wall has it."""
        settings = self._known(wall)
        holder = next((n for n, s in self.state.walls.items() if screen and n != wall and s.screen == screen), None)
        if holder is not None:
            raise CommandRefused(f"This screen belongs to {self.title_of(holder)}: give that one another first.")
        if settings.screen == screen:
            return []
        settings.screen = screen
        return [ev.ScreenAssigned(wall=wall, screen=screen)]

    def release(self, wall: str, mode: Mode) -> list[Event]:
        """Let test card and watermark come to a wall again. Raises CommandRefused in SHOW."""
        self._known(wall)
        if mode is Mode.SHOW:
            raise CommandRefused("In SHOW every wall belongs to the show: leave SHOW first.")
        if wall not in self.state.of_the_show:
            return []
        self.state.of_the_show.discard(wall)
        return [ev.WallReleased(wall=wall)]

    def rest(self, wall: str) -> list[Event]:
        """A wall stalls again and again: let it show the safe look."""
        if wall in self.state.resting:
            return []
        self.state.resting.add(wall)
        return [ev.WallRested(wall=wall, on=True)]

    def wake(self, wall: str) -> list[Event]:
        """Somebody looked after the wall: it shows what it should again."""
        if wall not in self.state.resting:
            return []
        self.state.resting.discard(wall)
        return [ev.WallRested(wall=wall, on=False)]

    def title_of(self, wall: str) -> str:
        """What messages call a wall."""
        return self.settings(wall).title or wall

    def opening_events(self) -> list[Event]:
        """The events that bring an empty projection to the present state."""
        return [
            ev.TransitionSet(kind=self.transition.kind, seconds=self.transition.seconds),
            _safe_look(self.state.safe_look),
            ev.CaptionsSet(on=self.state.captions, style=self.state.caption_style),
            *(_card(which, self.state.cards.get(which)) for which in ("closed", "end")),
            ev.HouseClosed(on=self.state.closed),
            ev.CardTried(which=self.tried),
            *(event for wall, settings in self.state.walls.items() for event in _opening(wall, settings)),
            *(ev.WallKept(wall=wall) for wall in sorted(self.state.of_the_show)),
            *(ev.WallRested(wall=wall, on=True) for wall in sorted(self.state.resting)),
        ]

    def _known(self, wall: str) -> WallSettings:
        if wall not in self.state.walls:
            raise CommandRefused(f"There is no wall {wall}.")
        return self.state.walls[wall]


def _safe_look(chosen: Program | None) -> Event:
    if chosen is None:
        return ev.SafeLookSet()
    return ev.SafeLookSet(
        request_id=chosen.request_id, sha256=chosen.picture.sha256, path=chosen.picture.uri, caption=chosen.caption
    )


def _card(which: Which, card: HouseCard | None) -> Event:
    if card is None:
        return ev.CardChosen(which=which)
    shown = card.program
    return ev.CardChosen(
        which=which,
        text=card.text,
        request_id=shown.request_id,
        sha256=shown.picture.sha256,
        path=shown.picture.uri,
        caption=shown.caption,
    )


def _opening(wall: str, settings: WallSettings) -> Iterable[Event]:
    yield _follows(wall, settings)
    yield ev.WallMapSet(wall=wall, map=settings.map)
    if settings.title:
        yield ev.WallNamed(wall=wall, title=settings.title)
    if settings.screen is not None:
        yield ev.ScreenAssigned(wall=wall, screen=settings.screen)


def _follows(wall: str, settings: WallSettings) -> Event:
    own = settings.own
    return ev.WallFollows(
        wall=wall,
        follow=settings.follow,
        request_id=own.request_id if own else None,
        sha256=own.picture.sha256 if own else None,
        caption=own.caption if own else "",
    )
