"""OSC addresses whose verb needs something said: which picture, which wall, which file, how far; pure, without Qt.

Only the shape is looked at here, and bounded. Whether there is such a picture or wall, `deeds` asks the state.
"""

import math
from collections.abc import Callable
from typing import Final

from textcraft_bus.channel.messages import MAX_CAPTION_CHARS, TransitionKind
from textcraft_bus.records import dataclass
from textcraft_gui.verbs.verb import Verb

Value = int | float | str | bool
Read = Callable[[object], Value]
MOST_PLACES: Final = 12
"""Candidates and walls may be called by their place, 1 to this."""
MAX_ID: Final = 100
MAX_CARD: Final = 600
MAX_PATH: Final = 400
MOST_REVISIONS: Final = 2**31 - 1


class BadArgument(Exception):
    """An argument that cannot be meant, and why."""


@dataclass(frozen=True)
class Chosen:
    """A verb and what was said with it; `down` is True or False where it must be held."""

    name: str
    verb: Verb
    values: tuple[Value, ...]
    down: bool | None = None


@dataclass(frozen=True)
class _Address:
    """What one address takes: `reads` in order, of which the last `optional` may be left out."""

    verb: Verb
    reads: tuple[Read, ...]
    optional: int = 0
    held: bool = False


def switch(value: object) -> bool:
    """Read on or off: a number, above 0 is on. Raises BadArgument."""
    if isinstance(value, bool | int | float):
        return value > 0
    raise BadArgument("an argument that is no number")


def _place_or(value: object) -> int | str:
    if isinstance(value, str):
        return _text(MAX_ID)(value)
    return _whole(1, MOST_PLACES)(value)


def _whole(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        number = _figure(least, most)(value)
        if number != int(number):
            raise BadArgument("a number that is not whole")
        return int(number)

    return read


def _figure(least: float, most: float) -> Callable[[object], float]:
    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise BadArgument("an argument that is no number")
        if not least <= value <= most:
            raise BadArgument(f"a number that is not {least:g} to {most:g}")
        return value

    return read


def _text(most: int) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > most:
            raise BadArgument("an argument that is no text, or too long")
        return value.strip()

    return read


def _kind(value: object) -> str:
    if value not in set(TransitionKind):
        raise BadArgument(f"a transition that is none of {', '.join(TransitionKind)}")
    return str(value)


_PATH: Final = _text(MAX_PATH)
CHOICES: Final[dict[str, _Address]] = {
    "approve": _Address(Verb.APPROVE, (_place_or,)),
    "reject": _Address(Verb.REJECT, (_place_or,)),
    "stage": _Address(Verb.STAGE, (_place_or,)),
    "take_picture": _Address(Verb.TAKE, (_place_or,)),
    "pin": _Address(Verb.PIN, (_place_or, switch)),
    "again": _Address(Verb.AGAIN, (_place_or,)),
    "caption": _Address(Verb.CAPTION, (_place_or, _text(MAX_CAPTION_CHARS))),
    "overrule": _Address(Verb.OVERRULE, (_place_or, switch), held=True),
    "cancel_picture": _Address(Verb.CANCEL_RENDER, (_text(MAX_ID),)),
    "card": _Address(Verb.CARD, (_text(MAX_CARD),)),
    "undo_file": _Address(Verb.UNDO_FILE, (_PATH,)),
    "redo_file": _Address(Verb.REDO_FILE, (_PATH,)),
    "restore_file": _Address(Verb.RESTORE_FILE, (_PATH, _whole(0, MOST_REVISIONS))),
    "lock_chapter": _Address(Verb.LOCK_CHAPTER, (_text(MAX_ID), switch)),
    "follow_wall": _Address(Verb.FOLLOW_WALL, (_place_or,)),
    "pin_wall": _Address(Verb.FOLLOW_WALL, (_place_or, _place_or), optional=1),
    "black_wall": _Address(Verb.BLACK_WALL, (_place_or, switch)),
    "identify": _Address(Verb.IDENTIFY, (_place_or,), optional=1),
    "test_card": _Address(Verb.TEST_CARD, (_place_or, switch)),
    "send_again": _Address(Verb.SEND_AGAIN, (_place_or,)),
    "release_wall": _Address(Verb.RELEASE_WALL, (_place_or,)),
    "transition": _Address(Verb.TRANSITION, (_kind, _figure(0.0, 5.0))),
}
LIMITS: Final[dict[str, Read]] = {
    "cycles": _whole(1, 9999),
    "minutes": _figure(0.01, 24 * 60.0),
    "spend": _figure(0.01, 10_000.0),
    "chapter": _text(MAX_ID),
}
"""What may stand before a value of `run_until`."""
RUN_UNTIL: Final = "run_until"
NAMES: Final = (*CHOICES, RUN_UNTIL)


def choose(name: str, values: list[object]) -> Chosen:
    """Return what an address of NAMES asks for with these arguments. Raises BadArgument."""
    if name == RUN_UNTIL:
        return Chosen(name, Verb.RUN_LIMITS, _limits(values))
    address = CHOICES[name]
    most = len(address.reads)
    if not most - address.optional <= len(values) <= most:
        raise BadArgument(f"{name} needs {most} argument{'s' if most > 1 else ''}")
    said = tuple(read(value) for read, value in zip(address.reads, values, strict=False))
    return Chosen(name, address.verb, said[:-1], bool(said[-1])) if address.held else Chosen(name, address.verb, said)


def _limits(values: list[object]) -> tuple[Value, ...]:
    """Pairs of a name and a value, each name once."""
    names = values[::2]
    if not values or len(values) % 2 or len(set(map(str, names))) < len(names):
        raise BadArgument(f"{RUN_UNTIL} needs pairs of a name and a value")
    said: list[Value] = []
    for name, value in zip(names, values[1::2], strict=True):
        if not isinstance(name, str) or name not in LIMITS:
            raise BadArgument(f"a limit that is none of {', '.join(LIMITS)}")
        said += (name, LIMITS[name](value))
    return tuple(said)
