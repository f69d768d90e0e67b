"""Says on each screen which one it is, for some seconds; these windows take no focus and no key, and are no walls."""

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, QTimer
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from textcraft_gui.widgets.words import label
from textcraft_gui.words.i18n import tr

SECONDS: Final = 5.0
SMALL: Final = QSize(420, 210)
"""On the console's own screen it must hide neither the state nor a stop."""


class ScreenSign(QWidget):
    """One screen's number and name, large."""

    def __init__(self, number: int, name: str, note: str) -> None:
        flags = Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.Tool
        super().__init__(None, flags | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("sign")
        self.setAccessibleName(tr("screen {number}", number=number))
        column = QVBoxLayout(self)
        column.addStretch(1)
        for text, look in ((str(number), "sign-number"), (name, "sign-name"), (note, "sign-name")):
            made = label(text, look)
            made.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(made)
        column.addStretch(1)


class Identify:
    """One round at a time; a new one ends the one before."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self.signs: list[ScreenSign] = []
        self._timer = QTimer(parent, singleShot=True, interval=round(SECONDS * 1000))
        self._timer.timeout.connect(self.end)

    def show(self, screens: list[tuple[QScreen, str]], own: QScreen | None) -> None:
        """Show a sign on each screen, with its name; a small one on the console's `own`."""
        self.end()
        for number, (screen, name) in enumerate(screens, start=1):
            mine = screen is own
            sign = ScreenSign(number, name, tr("this console") if mine else "")
            sign.setStyleSheet(self._parent.window().styleSheet())
            sign.setGeometry(_corner(screen.availableGeometry()) if mine else screen.geometry())
            sign.show()
            self.signs.append(sign)
        self._timer.start()

    def end(self) -> None:
        """Take them away."""
        self._timer.stop()
        signs, self.signs = self.signs, []
        for sign in signs:
            sign.close()


def _corner(area: QRect) -> QRect:
    return QRect(area.right() + 1 - SMALL.width() - 24, area.bottom() + 1 - SMALL.height() - 80, *SMALL.toTuple())
