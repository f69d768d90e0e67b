"""How the texts and tiles of a foreign core lie on a wall, from their messages alone; knows no Qt and no window.

What a field says is honoured, or the default is taken and a sentence says so. Positions as in the field: a name, or
pixels from the lower left; two numbers of which none exceeds 1 are shares of the wall.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from textcraft_bus.schemas_base import DisplayMedia, DisplayText, TextStyle

MAX_TEXT_CHARS: Final = 4000
MAX_SECONDS: Final = 86_400.0
MAX_FADE: Final = 60.0
TEXT_FADE: Final = 0.3
MEDIA_FADE: Final = 1.0
LEAST_FONT, MOST_FONT = 6.0, 1000.0
SAFE: Final = 0.04
"""Share of the shorter side that stays free beside what is placed by a name."""
ALIGNS: Final = ("left", "center", "right")
_ACROSS: Final = {"left": 0.0, "center": 0.5, "right": 1.0}
_DOWN: Final = {"top": 0.0, "center": 0.5, "bottom": 1.0, "baseline": 2.0}
NAMES: Final = {"center"} | {
    f"{down}_{across}"
    for down in ("top", "center", "bottom")
    for across in _ACROSS
    if (down, across) != ("center", "center")
}
_HEX: Final = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_NAMED: Final = {
    "white": "#FFFFFFFF", "black": "#FF000000", "red": "#FFFF0000", "green": "#FF008000", "blue": "#FF0000FF",
    "yellow": "#FFFFFF00", "orange": "#FFFFA500", "cyan": "#FF00FFFF", "magenta": "#FFFF00FF", "gray": "#FF808080",
    "grey": "#FF808080", "pink": "#FFFFC0CB", "purple": "#FF800080", "gold": "#FFFFD700",
}  # fmt: skip


@dataclass(frozen=True)
class TextLook:
    """A text as it lies on the wall; sizes in pixels of the wall, seconds, colours `#AARRGGBB`."""

    id: str
    text: str
    size: float
    color: str
    x: float
    y: float
    """Shares of the wall, from its upper left."""
    anchor_x: float
    anchor_y: float
    """Which point of the text lies there: 0 left or top, 1 right or bottom; 2 down is the baseline."""
    align: str
    max_width: float
    plate: bool
    marquee: bool = False
    fade_in: float = TEXT_FADE
    fade_out: float = TEXT_FADE
    seconds: float = 0.0
    """0 is until it is removed."""

    def as_dict(self) -> dict[str, Any]:
        """As QML reads it."""
        return asdict(self)


@dataclass(frozen=True)
class TileLook:
    """Where a positioned picture lies: pixels of the wall from its upper left; a size of 0 is the picture's own."""

    x: float
    y: float
    width: float
    height: float
    anchor_x: float
    anchor_y: float


_SPEAKERS: Final = {
    "agent": {"size": 28.0, "color": "#FFFFFFFF", "position": "bottom_center", "plate": True},
    "system": {"size": 24.0, "color": "#FFC8C8C8", "position": "top_right", "plate": False},
    "debug": {"size": 16.0, "color": "#FFFFFF00", "position": "top_center", "plate": False},
    "title": {"size": 72.0, "color": "#FFFFFFFF", "position": "center", "plate": False},
    "marquee": {"size": 36.0, "color": "#FFFFFFFF", "position": "bottom_center", "plate": True},
}
"""As the field's displays set them, for a wall of 1080 lines."""


def look_of(message: DisplayText, wall: tuple[int, int]) -> tuple[TextLook, list[str]]:
    """How a text is to lie on a wall of `wall` pixels, and a sentence for each field that could not be honoured.

    Raises ValueError when nothing can be shown.
    """
    if not message.content.strip():
        raise ValueError("the text is empty")
    if len(message.content) > MAX_TEXT_CHARS:
        raise ValueError(f"the text has {len(message.content)} characters: more than {MAX_TEXT_CHARS}")
    said: list[str] = []
    speaker = message.speaker or "system"
    if speaker not in _SPEAKERS:
        said.append(f"speaker {speaker[:40]!r} is unknown: set as system")
    base = _SPEAKERS.get(speaker, _SPEAKERS["system"])
    fade_in, fade_out = _fades(message.fade_duration, said)
    look = TextLook(
        id=message.text_id,
        text=message.content,
        size=base["size"] * wall[1] / 1080,  # type: ignore[operator]  # a table of mixed values
        color=str(base["color"]),
        **_placed(str(base["position"]), wall),
        max_width=0.9 * wall[0],
        plate=bool(base["plate"]),
        marquee=speaker == "marquee",
        fade_in=fade_in,
        fade_out=fade_out,
        seconds=_seconds(message.duration, 0.0, MAX_SECONDS, "duration", said),
    )
    return (_styled(look, message.style, wall, said) if message.style else look), said


def _styled(look: TextLook, style: TextStyle, wall: tuple[int, int], said: list[str]) -> TextLook:
    if style.font_size is not None:
        look = replace(look, size=_clamped(style.font_size, LEAST_FONT, MOST_FONT, "font_size", said))
    if style.color is not None:
        look = replace(look, color=_colour(style.color, look.color, said))
    if style.position is not None:
        look = replace(look, **_position(style.position, wall, look, said))
    if style.anchor is not None:
        look = replace(look, **_anchor(style.anchor, look, said))
    if style.align is not None:
        if style.align in ALIGNS:
            look = replace(look, align=style.align)
        else:
            said.append(f"align {style.align[:40]!r} is unknown: left, center or right")
    if style.max_width is not None:
        width = style.max_width * wall[0] if style.max_width <= 1 else style.max_width
        look = replace(look, max_width=_clamped(width, 16.0, float(wall[0]), "max_width", said))
    background = (style.model_extra or {}).get("background")
    return replace(look, plate=background) if isinstance(background, bool) else look


def tile_of(message: DisplayMedia, wall: tuple[int, int], said: list[str]) -> TileLook | None:
    """Where a picture with a position or size lies; None covers the wall."""
    if message.position is None and message.size is None:
        return None
    width, height = message.size or (0, 0)
    if min(width, height) < 0 or max(width, height) > 4 * max(wall):
        said.append(f"size {width} × {height} is none for this wall: the picture's own is taken")
        width = height = 0
    if message.position is None or (isinstance(message.position, str) and message.position not in NAMES):
        if message.position is not None:
            said.append(f"position {str(message.position)[:40]!r} is unknown: center")
        return TileLook(wall[0] / 2, wall[1] / 2, width, height, 0.5, 0.5)
    if isinstance(message.position, str):
        down, across = _of_name(message.position)
        return TileLook(across * wall[0], down * wall[1], width, height, across, down)
    x, y = _point(message.position, wall)
    return TileLook(x * wall[0], y * wall[1], width, height, 0.0, 1.0)


def fades_of(message: DisplayMedia, said: list[str]) -> tuple[float, float]:
    """How long a picture comes and goes, seconds."""
    return (
        _seconds(message.fade_in, MEDIA_FADE, MAX_FADE, "fade_in", said),
        _seconds(message.fade_out, MEDIA_FADE, MAX_FADE, "fade_out", said),
    )


def duration_of(message: DisplayMedia, said: list[str]) -> float:
    """How long a picture stays, seconds; 0 is until the next."""
    return _seconds(message.duration, 0.0, MAX_SECONDS, "duration", said)


def _fades(value: float | tuple[float, float] | None, said: list[str]) -> tuple[float, float]:
    first, last = value if isinstance(value, tuple) else (value, value)
    return (
        _seconds(first, TEXT_FADE, MAX_FADE, "fade_duration", said),
        _seconds(last, TEXT_FADE, MAX_FADE, "fade_duration", said),
    )


def _seconds(value: float | None, default: float, most: float, field: str, said: list[str]) -> float:
    return default if value is None else _clamped(value, 0.0, most, field, said)


def _clamped(value: float, least: float, most: float, field: str, said: list[str]) -> float:
    if math.isnan(value) or not least <= value <= most:
        said.append(f"{field} {value:g} is not between {least:g} and {most:g}")
        return least if math.isnan(value) else min(max(value, least), most)
    return value


def _colour(value: Sequence[float] | str, default: str, said: list[str]) -> str:
    """`#RRGGBB`, `#RRGGBBAA`, a name, or three or four numbers of 0–255 → `#AARRGGBB`."""
    if isinstance(value, str):
        if _HEX.fullmatch(value):
            return f"#{value[7:] or 'FF'}{value[1:7]}".upper()
        if value.lower() in _NAMED:
            return _NAMED[value.lower()]
    elif len(value) in (3, 4) and all(0 <= part <= 255 for part in value):
        red, green, blue, alpha = (round(part) for part in (*value, 255)[:4])
        return f"#{alpha:02X}{red:02X}{green:02X}{blue:02X}"
    said.append("color is neither #RRGGBB, a name, nor three or four numbers of 0 to 255")
    return default


def _position(value: Sequence[float] | str, wall: tuple[int, int], look: TextLook, said: list[str]) -> dict[str, Any]:
    if isinstance(value, str):
        if value in NAMES:
            return _placed(value, wall)
        said.append(f"position {value[:40]!r} is unknown")
        return {"x": look.x, "y": look.y}
    if len(value) != 2 or not all(math.isfinite(part) for part in value):
        said.append("position is neither a name nor two numbers")
        return {"x": look.x, "y": look.y}
    x, y = _point((value[0], value[1]), wall)
    return {"x": x, "y": y}


def _point(value: tuple[float, float], wall: tuple[int, int]) -> tuple[float, float]:
    """From the lower left, pixels or shares → shares from the upper left."""
    shares = all(0 <= part <= 1 for part in value) and any(part % 1 for part in value)
    x, y = value if shares else (value[0] / wall[0], value[1] / wall[1])
    return x, 1 - y


def _anchor(value: str, look: TextLook, said: list[str]) -> dict[str, Any]:
    down, _, across = value.partition("_")
    if down in _DOWN and (across or "center") in _ACROSS and (across or down == "center"):
        return {"anchor_x": _ACROSS[across or "center"], "anchor_y": _DOWN[down]}
    said.append(f"anchor {value[:40]!r} is unknown")
    return {"anchor_x": look.anchor_x, "anchor_y": look.anchor_y}


def _of_name(name: str) -> tuple[float, float]:
    down, _, across = name.partition("_")
    return _DOWN[down], _ACROSS[across or "center"]


def _placed(name: str, wall: tuple[int, int]) -> dict[str, Any]:
    """A name puts a text into the safe area, anchored and aligned as its place suggests."""
    down, across = _of_name(name)
    free = SAFE * min(wall)
    share_x, share_y = free / wall[0], free / wall[1]
    return {
        "x": share_x + across * (1 - 2 * share_x),
        "y": share_y + down * (1 - 2 * share_y),
        "anchor_x": across,
        "anchor_y": down,
        "align": ALIGNS[round(across * 2)],
    }
