"""The foot of LOG: a bundle is asked for, watched, and ended."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_gui.verbs.facade import Refused
from textcraft_gui.verbs.verb import Verb


@pytest.fixture
def strip(window):
    window.centre.open(window.log)
    return window.log.foot


def press(widget):
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_it_asks_for_a_bundle_and_words_only_when_they_are_ticked(qtbot, strip, stage):
    press(strip.make)
    qtbot.waitUntil(lambda: stage.handled == [cmd.MakeBundle(words=False)])
    strip.words.setChecked(True)
    press(strip.make)
    qtbot.waitUntil(lambda: stage.handled[1:] == [cmd.MakeBundle(words=True)])


def test_its_progress_shows_and_it_can_be_ended(qtbot, strip, stage, window):
    assert strip.cancel.isHidden()
    assert isinstance(window.verbs.availability(Verb.CANCEL_BUNDLE), Refused)
    stage.emit(ev.BundleProgressed(doing="disk", fraction=0.42))
    qtbot.waitUntil(lambda: "42%" in strip.doing.text())
    assert strip.cancel.isVisible()
    assert not strip.make.isEnabled()
    assert not window.verbs.fire(Verb.SUPPORT_BUNDLE)
    press(strip.cancel)
    qtbot.waitUntil(lambda: stage.handled == [cmd.CancelBundle()])
    stage.emit(ev.BundleProgressed())
    stage.emit(ev.BundleMade(path="/somewhere/bundle.zip", size=12345))
    qtbot.waitUntil(lambda: strip.doing.text() == "/somewhere/bundle.zip")
    assert strip.make.isEnabled()
    assert any("bundle.zip" in line.text for line in window.feed.state.lane)
