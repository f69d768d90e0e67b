"""Readings of the state about walls: how each stands, its aspect, which is looked at; pure, knows no widget."""

from typing import Final

from textcraft_bus.channel.messages import ScreenInfo
from textcraft_core.events import StopName
from textcraft_gui.state.show_state import Freshness, Moment, Service, ShowState, Wall, freshness
from textcraft_gui.theme import Colour
from textcraft_gui.widgets import signs
from textcraft_gui.widgets.picture_view import ASPECT
from textcraft_gui.widgets.signs import Sign
from textcraft_gui.widgets.wall_thumb import size_of
from textcraft_gui.words.i18n import tr
from textcraft_gui.words.wording import age

BACK_SECONDS: Final = 10.0
"""So long a wall that came back says so."""


def service_of(state: ShowState, wall: str) -> Service:
    """The process behind a wall."""
    return state.services.get(f"wall.{wall}") or state.services.get(wall) or Service(wall)


def is_lost(state: ShowState, wall: Wall) -> bool:
    """Whether a wall fell silent, or its screen is gone."""
    return service_of(state, wall.name).lost or bool(wall.place and wall.place.away)


def has_keyboard(state: ShowState, wall: Wall) -> bool:
    """Whether a wall that is there has the keyboard of its machine: keys pressed there reach the console."""
    return wall.place is not None and wall.place.keyboard and not is_lost(state, wall)


def is_black(state: ShowState, wall: str) -> bool:
    """Whether BLACK is on for a wall."""
    return state.has(StopName.BLACK) and (not state.black_walls or wall in state.black_walls)


def silent(state: ShowState) -> list[Wall]:
    """The walls that follow and did not confirm what was put up in time."""
    return [wall for wall in state.walls.values() if wall.silent and wall.follow]


def standing(state: ShowState, wall: Wall, now: Moment) -> tuple[Sign, str, str]:
    """How a wall stands: sign, one word or its age, and a sentence."""
    service = service_of(state, wall.name)
    fresh = freshness(service.seen_at, now, lost=service.lost)
    if fresh is Freshness.LOST:
        return signs.WARN, tr("LOST"), tr("It is silent. It keeps its last picture and returns by itself.")
    if wall.place is not None and wall.place.unsure:
        return signs.WARN, tr("screen?"), tr("Its screen cannot be told from another: choose it under WALLS + LOOK.")
    if wall.place is not None and wall.place.away:
        return signs.WARN, tr("LOST"), tr("Its screen is gone. It keeps its picture and returns with it.")
    if wall.refused:
        return signs.WARN, tr("refused"), wall.refused
    if wall.silent:
        return signs.WARN, tr("silent"), tr("It has not confirmed the last picture.")
    if service.back_at is not None and now.mono - service.back_at <= BACK_SECONDS:
        return Sign(signs.OK.shape, Colour.NEXT), tr("BACK"), tr("It was lost and is there again.")
    if service.seen_at is None:
        return signs.UNKNOWN, tr("unknown"), tr("It has not said anything yet.")
    return signs.FRESHNESS[fresh], age(now.mono - service.seen_at), shows(state, wall)


def shows(state: ShowState, wall: Wall) -> str:
    """What a wall shows, in one sentence."""
    if wall.layer is None:
        return tr("It has not said yet what it shows.")
    if wall.layer != "program":
        return tr("It shows {layer}.", layer=wall.layer.replace("_", " "))
    if not wall.follow:
        return tr("It is pinned to a picture of its own.")
    same = state.live is not None and wall.sha256 == state.live.sha256
    return tr("It shows the LIVE picture.") if same else tr("It shows another picture than LIVE.")


def aspect_of(wall: Wall | None) -> float:
    """Width over height of a wall, by its thumbnail or its screen; 16:9 while nothing is known."""
    if wall is None:
        return ASPECT
    width, height = size_of(wall.thumb) if wall.thumb else (0, 0)
    if not height and wall.place is not None and wall.place.screen is not None and not wall.place.windowed:
        width, height = wall.place.screen.width, wall.place.screen.height
    return width / height if width and height else ASPECT


def looked_at(state: ShowState, chosen: str) -> Wall | None:
    """The wall whose crop NEXT shows: the chosen one, else the first that follows."""
    if chosen in state.walls:
        return state.walls[chosen]
    following = (wall for wall in state.walls.values() if wall.follow)
    return next(following, next(iter(state.walls.values()), None))


def screen_name(screen: ScreenInfo) -> str:
    """What people call a screen: model and connector, with its size."""
    name = " ".join(part for part in (screen.manufacturer, screen.model) if part) or screen.connector or tr("screen")
    more = f" · {screen.connector}" if screen.connector and screen.connector != name else ""
    return f"{name}{more} · {screen.width}×{screen.height}"
