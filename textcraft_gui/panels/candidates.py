"""CANDIDATES: the pictures that may go up; a click stages one into NEXT. Pictures are read elsewhere."""

from typing import Any, Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from textcraft_gui.actions import action_of
from textcraft_gui.bands.faces import picture_file
from textcraft_gui.feed import Feed
from textcraft_gui.models.candidates import BADGE_ROLE, CANDIDATE_ROLE, CandidatesModel
from textcraft_gui.pictures import PictureStore
from textcraft_gui.state import Area, Candidate
from textcraft_gui.theme import Colour, ui
from textcraft_gui.verbs import NOT_THERE_YET, Verb, Verbs
from textcraft_gui.widgets import shapes
from textcraft_gui.widgets.picture_view import ASPECT, cover
from textcraft_gui.widgets.shapes import Shape
from textcraft_gui.widgets.words import button, label
from textcraft_qt.labels import plain_tooltip

_BADGES: Final[dict[str, tuple[Shape | None, Colour]]] = {
    "next": (Shape.PLAY_OUTLINE, Colour.NEXT),
    "ok": (None, Colour.TEXT),
    "shown": (None, Colour.QUIET),
    "waits": (Shape.BARS, Colour.INFO),
    "failed": (Shape.TRIANGLE, Colour.WARN),
}
COLUMNS: Final = 3
_GAP: Final = 8
Index = QModelIndex | QPersistentModelIndex


class ThumbDelegate(QStyledItemDelegate):
    """A thumbnail with its badge; a frame says which one is chosen."""

    def __init__(self, feed: Feed, store: PictureStore, parent: QWidget) -> None:
        super().__init__(parent)
        self._feed = feed
        self._store = store
        self.size = QSize(100, 56)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one candidate."""
        box: QRect = option.rect
        inner = QRectF(box).adjusted(0, 0, -_GAP, -_GAP).adjusted(1, 1, -1, -1)
        candidate: Candidate = index.data(CANDIDATE_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_picture(painter, inner, candidate)
        word, kind = index.data(BADGE_ROLE)
        self._paint_frame(painter, inner, kind, chosen=bool(option.state & QStyle.StateFlag.State_Selected))
        self._paint_badge(painter, inner, word, kind)
        painter.restore()

    def _paint_picture(self, painter: QPainter, box: QRectF, candidate: Candidate) -> None:
        path = QPainterPath()
        path.addRoundedRect(box, 4, 4)
        painter.fillPath(path, Colour.RAISED.q)
        wanted = QSize(round(box.width()), round(box.height())) * painter.device().devicePixelRatioF()
        pixmap = self._store.get(picture_file(self._feed.state, candidate.path), wanted)
        if pixmap is None:
            return
        painter.setClipPath(path)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(box, pixmap, cover(pixmap.size(), box))
        painter.setClipping(False)

    def _paint_frame(self, painter: QPainter, box: QRectF, kind: str, *, chosen: bool) -> None:
        if kind != "next" and not chosen:
            return
        pen = QPen(Colour.NEXT.q if kind == "next" else Colour.TEXT.q, 2)
        if kind == "next":
            pen.setDashPattern([3.0, 1.6])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 4, 4)

    def _paint_badge(self, painter: QPainter, box: QRectF, word: str, kind: str) -> None:
        shape, colour = _BADGES[kind]
        font = ui(11, bold=True)
        room = box.width() - 12 - (28 if shape else 14)
        text = QFontMetricsF(font).elidedText(word, Qt.TextElideMode.ElideRight, room)
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
        """A third of the panel."""
        return self.size + QSize(_GAP, _GAP)


class ThumbList(QListView):
    """Three thumbnails in a row, whatever the width."""

    def __init__(self, model: CandidatesModel, delegate: ThumbDelegate) -> None:
        super().__init__()
        self._delegate = delegate
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSpacing(0)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("candidates")
        self.setAccessibleDescription("Click, or Enter, puts a candidate into NEXT")

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Caption and gate of a candidate as its tooltip; three columns at any width."""
        if event.type() is QEvent.Type.Resize:
            # The view keeps room for its scroll bar whether it is there or not.
            width = (self.width() - self.verticalScrollBar().sizeHint().width() - 4) // COLUMNS - _GAP
            self._delegate.size = QSize(width, round(width / ASPECT))
            self.scheduleDelayedItemsLayout()
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            candidate = self.indexAt(event.pos()).data(CANDIDATE_ROLE)
            QToolTip.showText(event.globalPos(), plain_tooltip(_hint(candidate)), self)
            return True
        return super().viewportEvent(event)


class CandidatesPanel(QWidget):
    """The thumbnails and what may be done with the chosen one."""

    def __init__(self, feed: Feed, verbs: Verbs, store: PictureStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._verbs = verbs
        self.model = CandidatesModel(self)
        self._delegate = ThumbDelegate(feed, store, self)
        self.list = ThumbList(self.model, self._delegate)
        self.empty = label("No candidate yet. Each picture that passed the gate waits here.", "quiet")
        self.empty.setWordWrap(True)
        self.buttons = {verb: self._button(verb) for verb in (Verb.APPROVE, Verb.REJECT, Verb.PIN, Verb.AGAIN)}
        self._lay_out()
        store.ready.connect(lambda _path: self.list.viewport().update())
        self.list.clicked.connect(self._stage)
        self.list.activated.connect(self._stage)
        self.list.selectionModel().currentChanged.connect(lambda _now, _before: self._show_buttons())
        self.buttons[Verb.APPROVE].clicked.connect(lambda: self._on_chosen(verbs.approve))
        self.buttons[Verb.REJECT].clicked.connect(lambda: self._on_chosen(verbs.reject))
        feed.refreshed.connect(self.refresh)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        for made in self.buttons.values():
            row.addWidget(made)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 6, 10)
        column.setSpacing(8)
        column.addWidget(self.empty, 1, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.list, 1)
        column.addLayout(row)

    def _button(self, verb: Verb) -> QPushButton:
        action = action_of(verb)
        made = button(action.text, hint=action.hint)
        made.setEnabled(verb not in NOT_THERE_YET)
        return made

    def refresh(self, areas: Area) -> None:
        """Look at the state again."""
        if not areas & (Area.PICTURES | Area.LIVE | Area.SHOW):
            return
        chosen = self._chosen()
        self.model.show_state(self._feed.state)
        self.empty.setVisible(self.model.rowCount() == 0)
        self.list.setVisible(self.model.rowCount() > 0)
        if chosen and self.model.row_of(chosen.request_id) is None:
            # Qt would choose its neighbour, and the next click on reject would take that one out.
            self.list.setCurrentIndex(QModelIndex())
            self.list.clearSelection()
        self._show_buttons()

    def _chosen(self) -> Candidate | None:
        candidate = self.list.currentIndex().data(CANDIDATE_ROLE)
        return candidate if isinstance(candidate, Candidate) else None

    def _show_buttons(self) -> None:
        chosen = self._chosen()
        self.buttons[Verb.APPROVE].setEnabled(chosen is not None and not chosen.approved)
        self.buttons[Verb.REJECT].setEnabled(chosen is not None)

    def _stage(self, index: QModelIndex) -> None:
        candidate = index.data(CANDIDATE_ROLE)
        if isinstance(candidate, Candidate) and candidate.approved:
            self._verbs.stage(candidate.request_id)

    def _on_chosen(self, verb: Any) -> None:
        if chosen := self._chosen():
            verb(chosen.request_id)


def _hint(candidate: Any) -> str:
    if not isinstance(candidate, Candidate):
        return ""
    gate = candidate.gate.reason if candidate.gate and not candidate.gate.passed else ""
    waits = "" if candidate.approved else "It waits for your approval."
    return "\n".join(part for part in (candidate.caption or "without words", gate, waits) if part)
