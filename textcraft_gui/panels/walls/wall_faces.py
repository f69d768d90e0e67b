"""What the cards and lines of WALLS + LOOK say, as pure readings of the state."""

from textcraft_bus.channel.messages import Layer
from textcraft_gui.state.show_state import Moment, ShowState, Wall
from textcraft_gui.state.walls import is_lost, standing
from textcraft_gui.theme import Colour
from textcraft_gui.widgets.wall_card import CardFace
from textcraft_gui.words.i18n import tr
from textcraft_gui.words.wording import quoted


def card_face(state: ShowState, wall: Wall, now: Moment) -> CardFace:
    """A wall as its card shows it."""
    sign, word, hint = standing(state, wall, now)
    loud = sign.colour is not Colour.OK
    return CardFace(wall.label, sign, word, hint if loud else _line(wall), wall.thumb, is_lost(state, wall), loud)


def _line(wall: Wall) -> str:
    parts = [tr("follows TAKE") if wall.follow else tr("pinned to its own picture")]
    if wall.layer is not None and wall.layer is not Layer.PROGRAM:
        parts.append(tr("shows {layer}", layer=wall.layer.replace("_", " ")))
    if wall.kept:
        parts.append(tr("kept since SHOW"))
    return " · ".join(parts)


def shows_words(state: ShowState, wall: Wall) -> str:
    """What stands behind `shows`: the words of its picture, and why it shows it."""
    if wall.layer is None:
        return tr("not said yet")
    if wall.layer is not Layer.PROGRAM:
        return tr("{layer}, the picture lies beneath", layer=wall.layer.replace("_", " "))
    if not wall.follow:
        return tr("its own picture, whatever is taken")
    live = state.live
    if live is not None and wall.sha256 == live.sha256:
        return tr("LIVE, {caption}", caption=quoted(live.caption)) if live.caption else tr("LIVE")
    return tr("another picture than LIVE")
