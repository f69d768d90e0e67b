"""How long ago something was, by a journal's own rows: dates get set, rows follow one another; knows not their meaning.

Between two rows that follow one another their dates tell what passed, with three exceptions. A date that goes back, or
that was seen to be set, tells nothing: no time passed. And a leap of more than a day that nobody watched, because the
program did not run, may be a long pause or a wrong date: it counts as one day until a further day went by without the
date being set back.
"""

from collections.abc import Sequence
from typing import Final

from textcraft_bus.records import dataclass
from textcraft_core.events import ClockSet
from textcraft_core.record.journal_reader import JournalReader

DAY: Final = 86_400.0
_OPEN: Final = 1 << 62
"""A number no row has yet: the last stretch goes on."""
BACK_SECONDS: Final = 60.0
"""A date that goes back by less is corrected, not set: as time servers do all day."""
TOLD_WITHIN_SECONDS: Final = 300.0
"""So soon after a leap the word that the clock was set is a row of its own."""


@dataclass(frozen=True, slots=True)
class Leap:
    """Two rows that follow one another, `seq` the later one, with their dates (s); `is_set`: the clock was seen set."""

    seq: int
    before: float
    after: float
    is_set: bool = False

    @property
    def seconds(self) -> float:
        """By how much the date leapt, below 0 when back."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows without a leap among them: the first one's number, the dates of the first and the last (s).

    `pause` is what passed, s, since the stretch before it.
    """

    seq: int
    first: float
    last: float
    pause: float


@dataclass(frozen=True, slots=True)
class Horizon:
    """Everything below `seq` is older than was asked; from there to `end`, what has a date (s) before `at`."""

    seq: int
    end: int
    at: float


def horizon(journal: JournalReader, now: float, keep: float, since: int = 0) -> Horizon:
    """Return where a journal's rows are `keep` seconds old; `now` is the date, s. Blocking. Raises JournalError.

    Rows before `since` are not looked at: from its date on back, dates are believed.
    """
    leaps = journal.leaps(DAY, BACK_SECONDS, since)
    sets = [(row.seq, row.at.timestamp(), row.event) for row in journal.select(["ClockSet"])]
    told = [(seq, at, event.seconds) for seq, at, event in sets if isinstance(event, ClockSet)]
    known = [Leap(seq, before, after, _was_set(seq, before, after, told)) for seq, before, after in leaps]
    first, last = journal.ends(since)
    if first is None or last is None:
        return Horizon(0, 0, now - keep)
    if now - last[1] > DAY or last[1] - now > BACK_SECONDS:  # nothing was stored since
        known.append(Leap(last[0] + 1, last[1], now))
    return horizon_in(stretches(first, known, now), keep)


def _was_set(seq: int, before: float, after: float, told: Sequence[tuple[int, float, float]]) -> bool:
    """Whether a row soon after says that the clock was set by about so much."""
    return any(
        number >= seq and abs(at - after) < TOLD_WITHIN_SECONDS and abs(seconds - (after - before)) < DAY
        for number, at, seconds in told
    )


def stretches(first: tuple[int, float], leaps: Sequence[Leap], now: float) -> list[Stretch]:
    """Return a journal's rows as stretches, the last one up to `now`; `first` is its first row's number and date."""
    begins = [first, *((leap.seq, leap.after) for leap in leaps)]
    ends = [*(leap.before for leap in leaps), now]
    found: list[Stretch] = []
    lived, is_set_back = 0.0, False
    for number in range(len(leaps), -1, -1):
        seq, began = begins[number]
        lived += max(0.0, ends[number] - began)
        passed = _passed(leaps, number - 1) if number else 0.0
        pause = passed if lived >= DAY and not is_set_back else min(passed, DAY)
        is_set_back |= number > 0 and leaps[number - 1].seconds < -DAY and not passed
        found.append(Stretch(seq, began, max(began, ends[number]), pause))
        lived += pause
    return found[::-1]


def _passed(leaps: Sequence[Leap], at: int) -> float:
    """Return what passed at one of these leaps if its dates are believed, seconds.

    A machine with an empty battery begins years back and is set right soon: what passed then lies between the date
    before the first of these two leaps and the date after the second, and counts at the first.
    """
    leap, before, after = leaps[at], leaps[at - 1] if at else None, leaps[at + 1] if at + 1 < len(leaps) else None
    if leap.seconds < 0:
        return _away(leap, after) if after is not None and _is_way_back(leap, after) else 0.0
    if leap.is_set or (before is not None and _is_way_back(before, leap)):
        return 0.0
    return leap.seconds


def _is_way_back(leap: Leap, following: Leap) -> bool:
    """Whether the date went back at the first of two leaps and was right again after the second."""
    return leap.seconds < 0 < following.seconds and following.after >= leap.before


def _away(leap: Leap, following: Leap) -> float:
    lived_between = max(0.0, following.before - leap.after)
    return max(0.0, following.after - leap.before - lived_between)


def horizon_in(found: Sequence[Stretch], keep: float) -> Horizon:
    """Return where the rows of these stretches are so many seconds old."""
    lived, end = 0.0, _OPEN
    for stretch in reversed(found):
        length = stretch.last - stretch.first
        if lived + length >= keep:
            return Horizon(stretch.seq, end, stretch.last - (keep - lived))
        lived += length
        if lived + stretch.pause >= keep:
            return Horizon(stretch.seq, stretch.seq, stretch.first - (keep - lived))
        lived, end = lived + stretch.pause, stretch.seq
    return Horizon(found[0].seq, found[0].seq, found[0].first - (keep - lived))
