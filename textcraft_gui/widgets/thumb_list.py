"""Thumbnails in rows, each with a badge: drawn from what a model tells, read elsewhere; knows no show."""

from typing import Any, Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from textcraft_bus.records import dataclass
from textcraft_gui.pictures.pictures import PictureStore
from textcraft_gui.theme import Colour, ui
from textcraft_gui.widgets import shapes
from textcraft_gui.widgets.picture_view import ASPECT, cover
from textcraft_gui.widgets.shapes import Shape
from textcraft_qt.labels import plain_tooltip

THUMB_ROLE: Final = Qt.ItemDataRole.UserRole + 7
_BADGES: Final[dict[str, tuple[Shape | None, Colour]]] = {
    "next": (Shape.PLAY_OUTLINE, Colour.NEXT),
    "live": (Shape.DOT, Colour.LIVE),
    "ok": (None, Colour.TEXT),
    "shown": (None, Colour.QUIET),
    "waits": (Shape.BARS, Colour.INFO),
    "failed": (Shape.TRIANGLE, Colour.WARN),
}
_GAP: Final = 8
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Thumb:
    """What one thumbnail shows: its file, the word and kind of its badge, whether it is pinned, its tooltip."""

    path: str
    word: str = ""
    kind: str = "ok"
    pinned: bool = False
    hint: str = ""


class ThumbDelegate(QStyledItemDelegate):
    """A thumbnail with its badge; a frame says which one is chosen."""

    def __init__(self, store: PictureStore, parent: QWidget) -> None:
        super().__init__(parent)
        self._store = store
        self.size = QSize(100, 56)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one picture."""
        box: QRect = option.rect
        inner = QRectF(box).adjusted(0, 0, -_GAP, -_GAP).adjusted(1, 1, -1, -1)
        thumb: Thumb = index.data(THUMB_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_picture(painter, inner, thumb.path)
        self._paint_frame(painter, inner, thumb.kind, chosen=bool(option.state & QStyle.StateFlag.State_Selected))
        self._paint_badge(painter, inner, thumb)
        if thumb.pinned:
            _paint_pin(painter, inner)
        painter.restore()

    def _paint_picture(self, painter: QPainter, box: QRectF, file: str) -> None:
        path = QPainterPath()
        path.addRoundedRect(box, 4, 4)
        painter.fillPath(path, Colour.RAISED.q)
        wanted = QSize(round(box.width()), round(box.height())) * painter.device().devicePixelRatioF()
        pixmap = self._store.get(file, wanted)
        if pixmap is None:
            if self._store.is_unreadable(file):
                shapes.draw(
                    painter, Shape.TRIANGLE, QRectF(box.center().x() - 7, box.center().y() - 7, 14, 14), Colour.WARN.q
                )
            return
        painter.setClipPath(path)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(box, pixmap, cover(pixmap.size(), box))
        painter.setClipping(False)

    def _paint_frame(self, painter: QPainter, box: QRectF, kind: str, *, chosen: bool) -> None:
        framed = {"next": Colour.NEXT, "live": Colour.LIVE}.get(kind)
        if framed is None and not chosen:
            return
        pen = QPen(framed.q if framed and not chosen else Colour.TEXT.q, 2)
        if kind == "next":
            pen.setDashPattern([3.0, 1.6])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 4, 4)

    def _paint_badge(self, painter: QPainter, box: QRectF, thumb: Thumb) -> None:
        if not thumb.word:
            return
        shape, colour = _BADGES[thumb.kind]
        font = ui(11, bold=True)
        room = box.width() - 12 - (28 if shape else 14)
        text = QFontMetricsF(font).elidedText(thumb.word, Qt.TextElideMode.ElideRight, room)
        width = QFontMetricsF(font).horizontalAdvance(text) + (28 if shape else 14)
        plate = QRectF(box.left() + 5, box.top() + 5, width, 19)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Colour.BG.q)
        painter.drawRoundedRect(plate, 3, 3)
        left = plate.left() + 7
        if shape:
            shapes.draw(painter, shape, QRectF(left, plate.center().y() - 4.5, 9, 9), colour.q)
            left += 14
        painter.setFont(font)
        painter.setPen(colour.q)
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(QRectF(left, plate.top(), width, plate.height()), middle, text)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802  Qt's name
        """A share of the panel."""
        return self.size + QSize(_GAP, _GAP)


def _paint_pin(painter: QPainter, box: QRectF) -> None:
    """A diamond in the lower right: kept for the reserve reel."""
    plate = QRectF(box.right() - 22, box.bottom() - 22, 17, 17)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Colour.BG.q)
    painter.drawRoundedRect(plate, 3, 3)
    shapes.draw(painter, Shape.DIAMOND, plate.adjusted(3, 3, -3, -3), Colour.TEXT.q)


class ThumbList(QListView):
    """So many thumbnails in a row, whatever the width. `wanted` is Enter, a click or a double click on one."""

    wanted = Signal(object)
    """The index that was asked for."""
    unwanted = Signal()
    """Delete was pressed on what is chosen."""

    def __init__(
        self, model: QAbstractItemModel, store: PictureStore, *, columns: int = 3, one_click: bool = True
    ) -> None:
        super().__init__()
        self._columns = columns
        self._delegate = ThumbDelegate(store, self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setMinimumHeight(40)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(24)
        store.ready.connect(lambda _path: self.viewport().update())
        if one_click:
            self.clicked.connect(self._on_clicked)
        else:
            self.doubleClicked.connect(self.wanted.emit)

    def chosen(self) -> list[QModelIndex]:
        """What is chosen, in the order of the list."""
        return sorted(self.selectedIndexes(), key=lambda index: index.row())

    def _on_clicked(self, index: QModelIndex) -> None:
        """A plain click asks for one; with Ctrl or Shift it only chooses."""
        if len(self.selectedIndexes()) == 1:
            self.wanted.emit(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """The row under the mouse takes the keyboard, for arrows and Enter."""
        super().mousePressEvent(event)
        if not self.indexAt(event.position().toPoint()).isValid():
            self.clearSelection()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Enter asks for the current one, Delete no longer wants it."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self.wanted.emit(self.currentIndex())
        elif event.key() == Qt.Key.Key_Delete and self.selectedIndexes():
            self.unwanted.emit()
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """What a thumbnail stands for as its tooltip; the same columns at any width."""
        if event.type() is QEvent.Type.Resize:
            self._fit()
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            thumb = self.indexAt(event.pos()).data(THUMB_ROLE)
            QToolTip.showText(event.globalPos(), plain_tooltip(_hint(thumb)), self)
            return True
        return super().viewportEvent(event)

    def _fit(self) -> None:
        # The view keeps room for its scroll bar whether it is there or not.
        width = (self.width() - self.verticalScrollBar().sizeHint().width() - 4) // self._columns - _GAP
        size = QSize(max(40, width), round(max(40, width) / ASPECT))
        if size != self._delegate.size:
            self._delegate.size = size
            self.scheduleDelayedItemsLayout()


def _hint(thumb: Any) -> str:
    return thumb.hint if isinstance(thumb, Thumb) else ""
