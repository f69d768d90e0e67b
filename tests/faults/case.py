"""What a fault case is and what it found; injects nothing itself.

A new case: a module `m07_….py` or `d01_….py` in this folder with a `CASE` (or a tuple `CASES`), found by its name.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: what was seen beside what is allowed."""

    what: str
    seen: str
    bar: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a case: how many faults to inject, and a folder that goes afterwards.

    TEXTCRAFT_HOME lies in that folder, so processes of ours that the case starts are told apart from everybody's.
    """

    count: int
    folder: Path


Inject = Callable[[Run], Awaitable[Sequence[Figure]]]


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the blueprint's tables. `short` and `long` are how many faults each form injects.

    `seconds` is the most the short form may take on a machine of its own; a case that takes far longer fails.
    """

    name: str
    what: str
    inject: Inject
    short: int
    long: int
    seconds: float = 60.0
    needs_screen: bool = False


NAMED = 4
"""So many of what went wrong are named."""
NAME_WIDTH = 200


def none_of(what: str, bad: int | Sequence[object], of: int) -> Figure:
    """Return a figure that holds when nothing of so many went wrong, and something was tried.

    What went wrong is better told one by one than as a number: the first of it are named.
    """
    number, names = (bad, ()) if isinstance(bad, int) else (len(bad), bad)
    return Figure(what, f"{number} of {of:,}{_named(names)}", "0", number == 0 and of > 0)


def _named(names: Sequence[object]) -> str:
    told = "; ".join(str(name)[:NAME_WIDTH] for name in names[:NAMED])
    return f": {told}{' …' if len(names) > NAMED else ''}" if told else ""


def at_most(what: str, value: float, bar: float, unit: str) -> Figure:
    """Return a figure that holds when a value is within its bar."""
    return Figure(what, f"{value:,.2f} {unit}", f"≤ {bar:,.2f} {unit}", value <= bar)


def at_least(what: str, value: float, bar: float, unit: str = "") -> Figure:
    """Return a figure that holds when a value reaches its bar."""
    return Figure(what, f"{value:,.2f} {unit}".strip(), f"≥ {bar:,.2f} {unit}".strip(), value >= bar)


def is_so(what: str, seen: bool, otherwise: object = "") -> Figure:
    """Return a figure for what is so or not, and what it is `otherwise`."""
    return Figure(what, "yes" if seen else f"no{_named([otherwise] if otherwise else [])}", "yes", seen)
