"""Every language has room: the docks of a small window need no more width than there is, page by page."""

import pytest
from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtWidgets import QStackedWidget

from tests.support import house
from tests.support import show_script as script
from tests.support.layout import settle
from textcraft_bus.disk.assets import resources
from textcraft_gui.keys.router import Lamp
from textcraft_gui.words.translation import speak

LANGUAGES = sorted(path.stem for path in resources("i18n").glob("*.json"))


@pytest.fixture(params=["en", *LANGUAGES])
def window(request, open_console, stage, qapp):
    made = speak(request.param)
    window = open_console(QSize(1280, 720))
    stage.emit(*script.services(), script.matrix(), *house.two_walls())
    window.feed.flush()
    yield window
    if made is not None:
        QCoreApplication.removeTranslator(made)


def test_the_key_lamp_has_room_for_each_of_its_words(window):
    for lamp in Lamp:
        window.stops.show_keys(lamp)
        assert window.stops.keys.sizeHint().width() <= window.stops.keys.width()


def test_the_docks_stand_beside_each_other(window):
    docks = (window.left, window.centre, window.right)
    for dock in docks:
        for index in range(len(dock.strip.buttons)):
            dock.strip.choose(index)
            settle(window)
            boxes = [each.geometry() for each in docks]
            assert boxes[0].right() < boxes[1].left(), _needs(docks)
            assert boxes[1].right() < boxes[2].left(), _needs(docks)
            assert boxes[2].right() < window.width(), _needs(docks)


def _needs(docks):
    """What each page needs, for whoever shortens a word."""
    needs = {}
    for dock in docks:
        stack = dock.findChild(QStackedWidget)
        pages = [stack.widget(index) for index in range(stack.count())]
        needs |= {type(page).__name__: page.minimumSizeHint().width() for page in pages}
    return needs
