"""The rest of the window is made in idle moments: in order, one at a time, never while the loop or a hand is busy."""

import time
from itertools import pairwise

import pytest

from textcraft_gui.furnishing import HANDS_OFF_SECONDS, Furnisher
from textcraft_gui.late import Late


class Room:
    def __init__(self):
        self.made = []
        self.untouched = 60.0
        self.parts = [Late(lambda number=number: self._make(number)) for number in range(3)]
        self.furnisher = Furnisher(lambda: self.parts, lambda: self.untouched)

    def _make(self, number):
        self.made.append((number, time.perf_counter()))
        return number

    @property
    def numbers(self):
        return [number for number, _at in self.made]


@pytest.fixture
def room(qapp):
    made = Room()
    yield made
    made.furnisher.stop()


def test_all_is_made_in_order_and_then_it_says_so(room, qtbot):
    with qtbot.waitSignal(room.furnisher.finished):
        room.furnisher.begin()
    assert room.numbers == [0, 1, 2]
    times = [at for _number, at in room.made]
    assert all(later > earlier for earlier, later in pairwise(times))


def test_what_somebody_asked_for_meanwhile_is_not_made_again(room, qtbot):
    room.parts[1]()
    with qtbot.waitSignal(room.furnisher.finished):
        room.furnisher.begin()
    assert room.numbers == [1, 0, 2]


def test_it_waits_for_hands_to_rest(room, qtbot, monkeypatch):
    monkeypatch.setattr("textcraft_gui.furnishing.BUSY_PAUSE_MS", 10)
    looks = []
    room.furnisher._untouched = lambda: looks.append(1) or room.untouched
    room.untouched = HANDS_OFF_SECONDS / 2
    room.furnisher.begin()
    qtbot.waitUntil(lambda: len(looks) >= 3)
    assert room.made == []
    room.untouched = HANDS_OFF_SECONDS * 2
    qtbot.waitUntil(lambda: len(room.made) == 3)


def test_it_waits_for_a_busy_loop(room, qtbot, monkeypatch):
    monkeypatch.setattr("textcraft_gui.furnishing.LATE_MS", -1)  # every turn is late
    monkeypatch.setattr("textcraft_gui.furnishing.BUSY_PAUSE_MS", 10)
    looks = []
    room.furnisher._parts = lambda: looks.append(1) or room.parts
    room.furnisher.begin()
    qtbot.waitUntil(lambda: len(looks) >= 3)
    assert room.made == []


def test_parts_of_a_part_are_made_too(room, qtbot):
    inner = Late(lambda: room._make("inner"))
    room.furnisher._parts = lambda: [*room.parts, *([inner] if room.parts[2].made is not None else [])]
    with qtbot.waitSignal(room.furnisher.finished):
        room.furnisher.begin()
    assert room.numbers == [0, 1, 2, "inner"]
