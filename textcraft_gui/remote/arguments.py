"""What an OSC argument may be: its name, its range or choices, and how one value is read; pure, without Qt and sockets.

Only the shape is looked at here, and bounded. Whether there is such a picture, wall or line, `finder` asks the state.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from textcraft_bus.records import dataclass

Value = int | float | str | bool
Read = Callable[[object], Value]
MOST_PLACES: Final = 12
"""Candidates, walls and other rows may be called by their place, 1 to this."""
MAX_ID: Final = 100
MAX_PATH: Final = 400
MAX_TEXT: Final = 1000
"""A line, a note: what fits one datagram with room for the rest."""


class BadArgument(Exception):
    """An argument that cannot be meant, and why."""


@dataclass(frozen=True)
class Argument:
    """One argument of an address. `said` tells its range or choices, `example` is one that can be meant."""

    name: str
    said: str
    read: Read
    example: Value
    optional: bool = False

    def maybe(self) -> "Argument":
        """The same, but it may be left out: only the last ones of an address may."""
        return replace(self, optional=True)


def read_switch(value: object) -> bool:
    """Read on or off: a number, above 0 is on. Raises BadArgument."""
    if isinstance(value, bool | int | float):
        return value > 0
    raise BadArgument("an argument that is no number")


def switch(name: str = "on") -> Argument:
    """On or off."""
    return Argument(name, "1 or 0", read_switch, 1)


def figure(name: str, least: float, most: float, example: float) -> Argument:
    """A number."""
    return Argument(name, f"{least:g} to {most:g}", _figure(least, most), example)


def whole(name: str, least: int, most: int, example: int = 1) -> Argument:
    """A whole number, also when a fader says it as 3.0."""
    return Argument(name, f"{least} to {most}, whole", _whole(least, most), example)


def text(name: str, most: int, example: str, *, empty: bool = False) -> Argument:
    """Words."""
    return Argument(name, f"a text of {most} letters at most", _text(most, empty=empty), example)


def one_of(name: str, *choices: str) -> Argument:
    """One of some words."""
    said = f"{', '.join(f'`{each}`' for each in choices[:-1])} or `{choices[-1]}`"
    return Argument(name, said, _choice(choices), choices[0])


def number_of(name: str, *choices: int) -> Argument:
    """One of some numbers."""
    said = f"{', '.join(map(str, choices[:-1]))} or {choices[-1]}"
    return Argument(name, said, _numbers(choices), choices[0])


def row(name: str, more: str = "its id", example: Value = 1) -> Argument:
    """A row of a list: by its place or by a name."""
    return Argument(name, f"its place, 1 to {MOST_PLACES}, or {more}", _place_or_name, example)


def text_or_figure(name: str, example: Value) -> Argument:
    """Words, or a number, whatever the place it goes to holds."""
    words, number = _text(MAX_TEXT, empty=False), _figure(-1e6, 1e6)
    said = f"a text of {MAX_TEXT} letters at most, or a number"
    return Argument(name, said, lambda value: words(value) if isinstance(value, str) else number(value), example)


def _figure(least: float, most: float) -> Callable[[object], float]:
    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise BadArgument("an argument that is no number")
        if not least <= value <= most:
            raise BadArgument(f"a number that is not {least:g} to {most:g}")
        return value

    return read


def _whole(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        number = _figure(least, most)(value)
        if number != int(number):
            raise BadArgument("a number that is not whole")
        return int(number)

    return read


def _numbers(choices: Sequence[int]) -> Callable[[object], int]:
    def read(value: object) -> int:
        number = _whole(min(choices), max(choices))(value)
        if number not in choices:
            raise BadArgument(f"a number that is none of {', '.join(map(str, choices))}")
        return number

    return read


def _text(most: int, *, empty: bool) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or len(value) > most or not (empty or value.strip()):
            raise BadArgument(f"an argument that is no text, or longer than {most}")
        return value.strip()

    return read


def _choice(choices: Sequence[str]) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise BadArgument(f"a word that is none of {', '.join(choices)}")
        return value

    return read


def _place_or_name(value: object) -> int | str:
    if isinstance(value, str):
        return _text(MAX_ID, empty=False)(value)
    return _whole(1, MOST_PLACES)(value)
