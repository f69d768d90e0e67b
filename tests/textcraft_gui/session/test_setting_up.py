"""The assistant in a console: what waits for it goes on when it is put away, and not when the console ends."""

import pytest
from PySide6.QtWidgets import QWidget

from textcraft_bus.channel.messages import Mode
from textcraft_gui.session.setting_up import SettingUp
from textcraft_gui.verbs.verb import Verb


class Session:
    def __init__(self):
        self.went_on = 0

    async def go_on(self):
        self.went_on += 1


class Sheet(QWidget):
    """Says when it goes out of sight, as the assistant does."""

    def hideEvent(self, event):
        super().hideEvent(event)
        self.parentWidget().sheets.on_assistant_seen(False)


@pytest.fixture
def session(window):
    made = Session()
    SettingUp(made, lambda _farewell: None).join(window)
    window.sheets.on_assistant_seen(True)
    return made


@pytest.fixture
def sheet(window, session):
    made = Sheet(window)
    made.show()
    return made


def test_put_away_it_lets_go_on_what_waited(window, session, sheet):
    sheet.hide()
    assert session.went_on == 1 and not window.feed.state.setting_up


def test_a_console_that_is_closed_starts_nothing(window, session, sheet):
    window.shut()
    assert not sheet.isVisible() and not window.feed.state.setting_up
    assert session.went_on == 0


def test_a_supervised_console_opens_no_assistant_and_says_how(window):
    joined = SettingUp(Session(), lambda _farewell: None)
    joined.join(window)
    joined.refuse_while_supervised(window)
    window.feed.state.mode = Mode.EDIT
    assert window.verbs.fire(Verb.SET_UP)
    assert window.sheets.assistant is None
    assert "--supervise" in window.feed.state.lane[-1].text
