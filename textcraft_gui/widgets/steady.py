"""Fields that a wheel does not turn: whoever scrolls a page past them sets nothing, and gives them no keyboard.

What a slider, a number or a choice stands at goes to the walls at once, and a page is scrolled with the mouse wherever
it happens to be. They are set by hand, by keys or by typing; the wheel goes on to the page around them.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QSlider, QSpinBox, QWidget


class _Unturned:
    """Leaves the wheel to the page."""

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  Qt's name
        """The page scrolls."""
        event.ignore()


class SteadySlider(_Unturned, QSlider):
    """Lies; goes from left to right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


class SteadyBox(_Unturned, QComboBox):
    """One of several; its open list is a window of its own and scrolls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


class SteadyNumber(_Unturned, QSpinBox):
    """A whole number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


class SteadyFigure(_Unturned, QDoubleSpinBox):
    """A number with a fraction."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
