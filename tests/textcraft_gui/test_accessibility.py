"""The whole window for those who cannot see it, or not well: names, descriptions, sizes, and words that stay words."""

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTextEdit,
    QWidget,
)

from tests.support import show_script as script
from textcraft_core import events as ev
from textcraft_gui.state.feed import Feed
from textcraft_gui.theme import Colour
from textcraft_gui.widgets import signs
from textcraft_qt.labels import PlainLabel, plain_tooltip

LEAST_PX = 11
CONTROLS = (
    QAbstractButton,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QAbstractItemView,
    QComboBox,
    QAbstractSpinBox,
    QAbstractSlider,
)
CANARY = '<img src="file:{path}"><b>bold</b> &amp;'


@pytest.fixture
def window(open_console, stage, tmp_path):
    made = open_console(QSize(1280, 720))
    stage.emit(*script.services(), script.matrix())
    for number, path in enumerate(script.pictures(tmp_path)):
        stage.emit(*script.candidate(number, path, approved=number != 4, passed=number != 3))
    made.feed.flush()
    return made


def _of_qt(widget: QWidget) -> bool:
    """Parts Qt makes of a control, which is named as a whole."""
    if isinstance(widget, QScrollBar | QHeaderView) or widget.objectName().startswith("qt_"):
        return True
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QComboBox | QAbstractSpinBox | QLineEdit | QAbstractItemView):
            return True
        parent = parent.parentWidget()
    return False


def _controls(window: QWidget) -> list[QWidget]:
    found = window.findChildren(QWidget)
    return [
        w for w in found if not _of_qt(w) and (isinstance(w, CONTROLS) or w.focusPolicy() & Qt.FocusPolicy.TabFocus)
    ]


def _told(widget: QWidget) -> str:
    holders = [type(widget).__name__]
    parent = widget.parentWidget()
    while parent is not None:
        holders.append(type(parent).__name__)
        parent = parent.parentWidget()
    return f"{widget.accessibleName()!r} {' in '.join(holders[:4])}"


def test_every_control_has_a_name(window):
    controls = _controls(window)
    assert len(controls) > 150
    bare = (QAbstractScrollArea,)  # one that only scrolls a form is passed through
    assert [_told(w) for w in controls if not w.accessibleName() and type(w) not in bare] == []


def test_every_control_says_what_it_does(window):
    assert [_told(w) for w in _controls(window) if not (w.accessibleDescription() or w.toolTip())] == []


def test_nothing_is_written_smaller_than_can_be_read(window):
    small = {_told(w) for w in window.findChildren(QWidget) if QFontInfo(w.font()).pixelSize() < LEAST_PX}
    assert small == set()


def test_every_label_and_page_shows_plain_text(window):
    labels = window.findChildren(PlainLabel)
    assert labels
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)
    rich = [page for page in window.findChildren(QTextEdit) if page.acceptRichText() and not page.isReadOnly()]
    assert rich == []


@pytest.mark.parametrize("table", ["FRESHNESS", "SEVERITY", "CHAPTER", "LINE"])
def test_a_state_is_never_told_by_colour_alone(table):
    """Two signs of one shape have one colour: whoever sees no colour loses nothing but the word tells more."""
    shapes: dict[object, set[Colour]] = {}
    for sign in getattr(signs, table).values():
        shapes.setdefault(sign.shape, set()).add(sign.colour)
    assert {shape: colours for shape, colours in shapes.items() if len(colours) > 1} == {}


def test_words_of_models_visitors_and_files_are_shown_as_they_are(window, stage, tmp_path):
    """A picture named in them is never opened, a tag never obeyed."""
    words = CANARY.format(path=tmp_path / "canary.png")
    stage.emit(ev.Warned(text=words, source="test", fault=True), ev.CaptionEdited(request_id="picture-0", text=words))
    stage.emit(ev.NextStaged(request_id="picture-0"), ev.InputQueued(input_id="9", text=words, source="visitor"))
    window.feed.flush()
    assert isinstance(window.feed, Feed)
    assert window.lane.text.text() == words
    window.overlays.toggle_history(window.feed.state)
    assert words in window.overlays.history.text.toPlainText()
    window.manuscript.page.show_text(words)
    assert window.manuscript.page.toPlainText() == words
    obeyed = [w for w in window.findChildren(QWidget) if "<img" in w.toolTip() or "<b>" in w.toolTip()]
    assert obeyed == []


def test_a_tooltip_shows_tags_and_obeys_none():
    assert "<img" not in plain_tooltip(CANARY.format(path="x"))
    assert "&lt;img" in plain_tooltip(CANARY.format(path="x"))
