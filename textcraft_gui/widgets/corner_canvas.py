"""The wall with its picture and four handles to drag, or to move by arrow keys; knows geometry, no wall."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from textcraft_bus.channel.messages import WallMap
from textcraft_gui.theme import Colour, ui
from textcraft_gui.widgets.laying import SQUARE, Corner, Corners, are_good, corners_of, paint_laid, wall_box
from textcraft_gui.widgets.picture_view import ASPECT
from textcraft_gui.widgets.words import describe
from textcraft_gui.words.i18n import later, tr

NAMES: Final = (later("top left"), later("top right"), later("bottom right"), later("bottom left"))
REACH_PX: Final = 16.0
"""How near a press must be to take a handle."""
STEP: Final = 0.001
"""A thousandth of the wall: about two pixels of a projector."""
FAST: Final = 10
MARGIN: Final = 26.0
"""Room around the wall, for corners that lie outside it."""
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class CornerCanvas(QWidget):
    """`moved` carries the four corners whenever they changed to some a wall would take."""

    moved = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.aspect = ASPECT
        self.pixmap: QPixmap | None = None
        self.chosen = 0
        self._map = WallMap()
        self._held: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("corners of the wall"))
        describe(self, tr("Drag a corner, or choose it with 1–4 and move it with the arrow keys; Shift moves faster"))
        self.setMinimumSize(200, 110)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)

    @property
    def corners(self) -> Corners:
        """Where the corners are, as fractions of the wall."""
        return corners_of(self._map)

    def show_map(self, wall_map: WallMap) -> None:
        """Show a map; its corners are the ones that are moved."""
        if wall_map != self._map:
            self._map = wall_map
            self.update()

    def wall(self) -> QRectF:
        """The wall's box in this widget."""
        return wall_box(QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN), self.aspect)

    def place(self, corner: int) -> QPointF:
        """Where a corner lies in this widget."""
        box, (x, y) = self.wall(), self.corners[corner]
        return QPointF(box.left() + x * box.width(), box.top() + y * box.height())

    def move_corner(self, corner: int, to: Corner) -> bool:
        """Move one corner; False when no wall would take the result."""
        moved = list(self.corners)
        moved[corner] = (round(to[0], 4), round(to[1], 4))
        if not are_good(moved):
            return False
        corners: Corners = (moved[0], moved[1], moved[2], moved[3])
        self._map = self._map.model_copy(update={"corners": None if corners == SQUARE else corners})
        self.update()
        self.moved.emit(self._map.corners)
        return True

    def _nearest(self, at: QPointF) -> int | None:
        far = [(self.place(number) - at).manhattanLength() for number in range(4)]
        nearest = min(range(4), key=far.__getitem__)
        return nearest if far[nearest] <= 2 * REACH_PX else None

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """A wall that can be worked on."""
        return QSize(420, 260)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Take the nearest handle."""
        nearest = self._nearest(event.position())
        if event.button() is Qt.MouseButton.LeftButton and nearest is not None:
            self.chosen = nearest
            self._held = event.position() - self.place(nearest)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """The handle goes with the mouse."""
        if self._held is None:
            over = self._nearest(event.position()) is not None
            self.setCursor(Qt.CursorShape.SizeAllCursor if over else Qt.CursorShape.ArrowCursor)
            return
        box, at = self.wall(), event.position() - self._held
        self.move_corner(self.chosen, ((at.x() - box.left()) / box.width(), (at.y() - box.top()) / box.height()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Let it go."""
        self._held = None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """1–4 choose a corner, arrows move it."""
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is not None:
            by = STEP * (FAST if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            x, y = self.corners[self.chosen]
            self.move_corner(self.chosen, (x + step[0] * by, y + step[1] * by))
        elif event.text() in {"1", "2", "3", "4"}:
            self.chosen = int(event.text()) - 1
            self.update()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  Qt's name
        """The chosen corner shows that the keys go to it."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  Qt's name
        """Or no longer."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Draw the wall, its picture as the map lays it, the outline and the handles."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = self.wall()
            painter.fillRect(box, Qt.GlobalColor.black)
            if self.pixmap is not None:
                paint_laid(painter, self.pixmap, box, self._map)
            painter.setPen(QPen(Colour.DIM.q, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box)
            points = [self.place(number) for number in range(4)]
            painter.setPen(QPen(Colour.INFO.q, 1.5))
            painter.drawPolygon(QPolygonF(points))
            for number, point in enumerate(points):
                self._paint_handle(painter, number, point)

    def _paint_handle(self, painter: QPainter, number: int, point: QPointF) -> None:
        chosen = number == self.chosen
        colour = Colour.INFO.q if self.isEnabled() else Colour.DIM.q
        painter.setPen(QPen(colour, 2))
        painter.setBrush(colour if chosen else QColor(Colour.BG.value))
        radius = 10.0 if chosen and self.hasFocus() else 8.0
        painter.drawEllipse(point, radius, radius)
        painter.setFont(ui(11, bold=True))
        painter.setPen(Colour.BG.q if chosen else Colour.TEXT.q)
        box = QRectF(point.x() - 8, point.y() - 8, 16, 16)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(number + 1))
