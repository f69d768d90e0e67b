"""The badge of LIVE as a button: which wall the frames of band B look at; takes no focus."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu

from textcraft_gui.state.show_state import ShowState
from textcraft_gui.theme import Colour, ui
from textcraft_gui.widgets import shapes
from textcraft_gui.widgets.picture_view import PictureView
from textcraft_gui.widgets.words import describe
from textcraft_gui.words.i18n import tr

HEIGHT = 24
_PLATE = QColor(10, 12, 14, 205)


class LiveBadge(QAbstractButton):
    """Lies where the frame's badge would; `chosen` carries the wall, empty for all."""

    chosen = Signal(str)

    def __init__(self, view: PictureView) -> None:
        super().__init__(view)
        self._view = view
        self._several = False
        view.paints_badge = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("which wall is looked at"))
        self.move(12, 12)
        self.clicked.connect(self._open)
        self._walls: list[tuple[str, str]] = []

    def show_state(self, state: ShowState) -> None:
        """Show the frame's badge; with several walls it opens a menu."""
        self._walls = [(wall.name, wall.label if wall.follow else tr("{wall} · pinned", wall=wall.label))
                       for wall in state.walls.values()]  # fmt: skip
        self._several = len(self._walls) > 1
        self.setText(self._view.picture.badge + (" ▾" if self._several else ""))
        self.setEnabled(self._several)
        hint = tr("Choose the wall to look at: LIVE shows its picture, NEXT how it will crop the next one")
        describe(self, hint if self._several else tr("What the walls confirmed"))
        self.setVisible(bool(self._view.picture.badge))
        self.resize(self.sizeHint())
        self.update()

    def _open(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, words in (("", tr("all walls")), *self._walls):
            action = menu.addAction(words.replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, name=name: self.chosen.emit(name))
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Its words, with their sign, within the frame."""
        width = QFontMetricsF(ui(12, bold=True)).horizontalAdvance(self.text())
        sign = 38 if self._view.picture.sign else 20
        return QSize(min(round(width) + sign, max(60, self._view.width() - 24)), HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Draw plate, sign and words."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            picture = self._view.picture
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(Colour.RAISED.q if self._several and self.underMouse() else _PLATE)
            painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
            left = 10.0
            if picture.sign:
                shapes.draw(painter, picture.sign.shape, QRectF(left, HEIGHT / 2 - 5.5, 11, 11), picture.colour.q)
                left += 18
            font = ui(12, bold=True)
            painter.setFont(font)
            painter.setPen(picture.colour.q)
            room = self.width() - left - 6
            text = QFontMetricsF(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
            middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
            painter.drawText(QRectF(left, 0, room + 4, HEIGHT), middle, text)
