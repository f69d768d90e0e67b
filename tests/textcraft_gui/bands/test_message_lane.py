"""The lane offers the hand that a fault wants: what ended too often is started again by a button."""

import pytest
from PySide6.QtCore import QSize, Qt

from tests.support.layout import inspect_window
from textcraft_core import commands as cmd
from textcraft_core import events as ev

PAINTER = "image_server.painter"
REASON = f"{PAINTER} ended 3 times in five minutes and is not started again: its log says why"


def park(window, stage):
    stage.emit(
        ev.ServiceEnded(service=PAINTER, code=1),
        ev.ServiceParked(service=PAINTER, reason=REASON),
        ev.Warned(text=REASON, source=PAINTER, fault=True),
    )
    window.feed.flush()


@pytest.mark.parametrize("size", [QSize(1280, 720), QSize(1920, 1080)])
def test_what_was_parked_is_started_again_by_a_button_that_is_there_only_then(qtbot, open_console, stage, size):
    window = open_console(size)
    lane = window.lane
    assert not lane.start_again.isVisible()
    park(window, stage)
    assert lane.start_again.isVisible()
    assert REASON.partition(":")[0] in lane.text.text()
    assert inspect_window(window) == []
    qtbot.mouseClick(lane.start_again, Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.StartParked()]
    stage.emit(ev.ServiceStarted(service=PAINTER, pid=77))
    window.feed.flush()
    assert not lane.start_again.isVisible()
