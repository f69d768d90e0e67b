"""A wheel that goes over the fields of a page scrolls the page: it sets nothing and takes no keyboard."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider, QAbstractSpinBox, QApplication, QComboBox, QScrollBar

from tests.support import show_script as script
from textcraft_bus.channel.messages import Mode
from textcraft_core import events as ev

FIELDS = (QAbstractSlider, QAbstractSpinBox, QComboBox)


def _wheel(here, there, notches):
    return QWheelEvent(
        QPointF(here), QPointF(there), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip


def _turn(widget, notches):
    """As the system gives it: to the native window, at the place of the widget."""
    window = widget.window()
    place = QPointF(widget.mapTo(window, widget.rect().center()))
    QTest.wheelEvent(window.windowHandle(), place, QPoint(0, 120 * notches))
    QApplication.processEvents()


def _fields(window):
    return [f for kind in FIELDS for f in window.findChildren(kind) if not isinstance(f, QScrollBar)]


def _stands_at(field):
    return field.currentIndex() if isinstance(field, QComboBox) else field.value()


def test_scrolling_the_page_of_the_walls_over_its_slider_changes_no_wall(window, stage, tell):
    tell(ev.ShowOpened(path="show", title="Show", mode=Mode.EDIT), *script.services(), script.matrix())
    window.right.open(window.rooms.walls)
    slider = window.rooms.walls.seconds.slider
    window.rooms.walls.ensureWidgetVisible(slider)
    QApplication.processEvents()
    before, handled, scrolled = slider.value(), list(stage.handled), window.rooms.walls.verticalScrollBar().value()
    _turn(slider, 1)
    assert (slider.value(), stage.handled) == (before, handled)
    assert window.rooms.walls.verticalScrollBar().value() < scrolled


def test_no_field_of_the_console_is_set_by_a_wheel(window):
    fields = _fields(window)
    assert len(fields) > 10
    for field in fields:
        before, events = _stands_at(field), [_wheel(QPoint(3, 3), QPoint(3, 3), notches) for notches in (1, -1, -1)]
        for event in events:
            field.wheelEvent(event)
            assert (_stands_at(field), event.isAccepted()) == (before, False), field.accessibleName()
        assert field.focusPolicy() is Qt.FocusPolicy.StrongFocus, field.accessibleName()
