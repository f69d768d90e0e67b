"""The whole window, looked at as it is painted: nothing is clipped, nothing overlaps, everything can be read."""

import pytest
from PySide6.QtCore import QSize

from tests.support import show_script as script
from tests.support.layout import inspect_window
from textcraft_bus.messages import Layer
from textcraft_core import events as ev
from textcraft_core.events import Phase, StopName
from textcraft_gui.window import LEAST

SIZES = [LEAST, QSize(1280, 720), QSize(1920, 1080)]
LONG = "A line of plain words, longer than any place in this window has room for, which must be cut off " * 2


def _play(stage, folder):
    paths = script.pictures(folder)
    stage.emit(*script.services(), script.matrix())
    for number, path in enumerate(paths):
        stage.emit(*script.candidate(number, path, approved=number != 4, passed=number != 3))
    stage.emit(script.taken(1), *script.confirmed(1), ev.NextStaged(request_id="picture-0"), ev.AutoChanged(on=True))
    stage.emit(ev.CaptionEdited(request_id="picture-0", text=LONG[:140]), ev.AutoScheduled(seconds=38))
    stage.emit(*(ev.InputQueued(input_id=str(n), text=LONG, source="operator") for n in range(6)))
    stage.emit(ev.RunStarted(), *script.cycle_until(47, Phase.EXECUTE), *script.streamed(47), *script.beats())
    stage.emit(ev.WallSilent(wall="a wall with a very long name in the second courtyard", seconds=4))
    stage.emit(ev.SpendAdded(source="brain", usd=1, total=11234.56), ev.Warned(text=LONG, source="test", fault=True))


@pytest.mark.parametrize("size", SIZES, ids=["least", "1280x720", "1920x1080"])
def test_a_busy_evening_fits(qtbot, open_console, stage, tmp_path, size):
    window = open_console(size)
    _play(stage, tmp_path)
    window.feed.flush()
    for page in range(3):
        window.centre.strip.choose(page)
        qtbot.wait(30)
        assert inspect_window(window) == []


@pytest.mark.parametrize("size", SIZES, ids=["least", "1280x720", "1920x1080"])
def test_an_empty_show_fits(qtbot, open_console, size):
    window = open_console(size)
    qtbot.wait(30)
    assert inspect_window(window) == []


def test_a_panic_fits(qtbot, open_console, stage, tmp_path):
    window = open_console()
    _play(stage, tmp_path)
    stage.emit(*(ev.StopChanged(stop=stop, on=True) for stop in StopName), ev.AutoChanged(on=False))
    stage.emit(ev.WallConfirmed(wall="brick", layer=Layer.SAFE_LOOK, sha256=None, phase="first_frame", scene=9))
    window.feed.flush()
    assert inspect_window(window) == []


def test_the_overlays_fit_and_leave_the_bands_in_sight(qtbot, open_console, stage, tmp_path):
    window = open_console()
    _play(stage, tmp_path)
    window.overlays.toggle_keys()
    qtbot.wait(30)
    assert inspect_window(window) == []
    docks = window.overlays.keys.geometry()
    assert docks.top() >= window.stops.geometry().bottom()
    assert docks.bottom() <= window.lane.geometry().top()


def test_the_inspector_sees_what_is_wrong(qtbot, fonts):
    from PySide6.QtWidgets import QHBoxLayout, QWidget

    from textcraft_gui.widgets.words import label

    window = QWidget()
    row = QHBoxLayout(window)
    cut, faint, one, other = label("far too long a text"), label("faint"), label("one"), label("other")
    faint.setStyleSheet("color: #2A2C30; background: #16181B;")
    for widget in (cut, faint, one, other):
        row.addWidget(widget)
    qtbot.addWidget(window)
    window.show()
    cut.setFixedWidth(30)
    qtbot.wait(30)
    other.setGeometry(one.geometry())
    told = "\n".join(inspect_window(window))
    assert "far too long" in told
    assert "faint" in told
    assert "contrast" in told
    assert "overlap" in told
