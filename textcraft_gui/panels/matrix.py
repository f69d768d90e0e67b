"""MATRIX: every chapter with its status, words and notes; Enter or a double click opens its text."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QHelpEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from textcraft_core.events import Event, MatrixChanged
from textcraft_gui.feed import Feed
from textcraft_gui.models.matrix import ENTRY_ROLE, Column, MatrixModel, words_of
from textcraft_gui.theme import Colour, mono, ui
from textcraft_gui.widgets import shapes
from textcraft_gui.widgets.bar import draw_bar
from textcraft_gui.widgets.signs import CHAPTER, UNKNOWN
from textcraft_gui.widgets.words import label
from textcraft_qt.labels import plain_tooltip

ROW = 26
_WIDTHS = {Column.ID: 58, Column.STATUS: 138, Column.WORDS: 118}
_TITLE_SHARE = 0.45
_MIDDLE = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_QUIET = {Column.ID, Column.NOTES}
Index = QModelIndex | QPersistentModelIndex


class MatrixDelegate(QStyledItemDelegate):
    """Status by shape, colour and word; words as a figure over a bar."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        box: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, Colour.HOVER.q)
        column = Column(index.column())
        text = str(index.data() or "")
        if column is Column.STATUS:
            self._paint_status(painter, box, index.data(ENTRY_ROLE), text)
        elif column is Column.WORDS:
            self._paint_words(painter, box, index, text)
        else:
            figure = mono(12) if column is Column.ID else ui(12 if column is Column.NOTES else 13)
            colour = Colour.QUIET if column in _QUIET else Colour.TEXT
            self._paint_text(painter, box, text, figure, colour)

    def _paint_text(self, painter: QPainter, box: QRect, text: str, font: QFont, colour: Colour) -> None:
        painter.setFont(font)
        painter.setPen(colour.q)
        room = box.adjusted(8, 0, -6, 0)
        painter.drawText(
            room, _MIDDLE, painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        )

    def _paint_status(self, painter: QPainter, box: QRect, entry: dict[str, object], text: str) -> None:
        sign = CHAPTER.get(str(entry.get("status", "")), UNKNOWN)
        shapes.draw(painter, sign.shape, QRectF(box.left() + 8, box.center().y() - 5, 11, 11), sign.colour.q)
        self._paint_text(painter, box.adjusted(18, 0, 0, 0), text, ui(), sign.colour)

    def _paint_words(self, painter: QPainter, box: QRect, index: Index, text: str) -> None:
        model = index.model()
        target = model.target if isinstance(model, MatrixModel) else 0
        self._paint_text(painter, box.adjusted(0, 0, 0, -6), text, mono(12), Colour.TEXT)
        if target:
            share = words_of(index.data(ENTRY_ROLE)) / target
            bar = QRectF(box.left() + 8, box.bottom() - 5, box.width() - 22, 3)
            draw_bar(painter, bar, share, Colour.NEXT if share >= 1 else Colour.DIM)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802  Qt's name
        """One row."""
        return QSize(80, ROW)


class MatrixTable(QTableView):
    """Looks at the model; tells which chapter was opened."""

    opened = Signal(str)

    def __init__(self, model: MatrixModel) -> None:
        super().__init__()
        self._matrix = model
        self.setModel(model)
        self.setItemDelegate(MatrixDelegate(self))
        self.setAccessibleName("matrix of chapters")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._shape_header()
        self.activated.connect(self._on_activated)

    def _shape_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(40)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        header.setStretchLastSection(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header.setSortIndicator(Column.ID, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def _on_activated(self, index: QModelIndex) -> None:
        _key, entry = self._matrix.entry(index)
        if path := entry.get("path"):
            self.opened.emit(str(path))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Titles and notes share what the other columns leave."""
        super().resizeEvent(event)
        left = self.viewport().width() - sum(_WIDTHS.values())
        self.setColumnWidth(Column.TITLE, max(90, round(left * _TITLE_SHARE)))

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """The whole text of a cell as its tooltip, literally."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = str(self.indexAt(event.pos()).data() or "")
            QToolTip.showText(event.globalPos(), plain_tooltip(text), self)
            return True
        return super().viewportEvent(event)


class MatrixPanel(QWidget):
    """The table, or what would stand in it."""

    def __init__(self, feed: Feed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = MatrixModel(self)
        self.table = MatrixTable(self.model)
        self._empty = label("No chapter yet. The first cycle begins one.", "quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 2, 4)
        column.addWidget(self._empty)
        column.addWidget(self.table, 1)
        self._empty.setContentsMargins(8, 8, 8, 8)
        self._show_empty()
        feed.heard.connect(self._on_heard)

    def _on_heard(self, event: Event) -> None:
        if isinstance(event, MatrixChanged):
            self.model.take_in(event)
            self._show_empty()

    def _show_empty(self) -> None:
        empty = self.model.rowCount() == 0
        self._empty.setVisible(empty)
        self.table.setVisible(not empty)
