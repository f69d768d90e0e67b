"""The table of chapters: status by shape, colour and word, words over a bar; knows no verb."""

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QHelpEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
)

from textcraft_gui.models.matrix import ENTRY_ROLE, Column, MatrixModel, words_of
from textcraft_gui.theme import Colour, mono, ui
from textcraft_gui.widgets import shapes
from textcraft_gui.widgets.bar import draw_bar
from textcraft_gui.widgets.signs import CHAPTER, UNKNOWN
from textcraft_gui.widgets.words import describe
from textcraft_gui.words.i18n import tr
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
            painter.fillRect(box, Colour.CHOSEN.q)
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
    chosen = Signal()
    """Other rows are selected than before, or the same ones changed."""

    def __init__(self, model: MatrixModel) -> None:
        super().__init__()
        self._matrix = model
        self._kept: tuple[list[str], str, int] = ([], "", 0)
        self.setModel(model)
        self.setItemDelegate(MatrixDelegate(self))
        self.setAccessibleName(tr("matrix of chapters"))
        describe(self, tr("Each chapter with its status, words and notes; Enter opens it in MANUSCRIPT"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._shape_header()
        self.activated.connect(self._on_activated)
        self.selectionModel().selectionChanged.connect(lambda _on, _off: self.chosen.emit())
        model.modelAboutToBeReset.connect(self._on_reset_begins)
        model.modelReset.connect(self._on_reset)

    def selected(self) -> list[str]:
        """The ids of the selected chapters, from the top."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._matrix.entry(self._matrix.index(row, 0))[0] for row in rows]

    def choose(self, chapter_id: str) -> None:
        """Select one chapter, if it is in sight."""
        row = self._matrix.row_of(chapter_id)
        if row is not None:
            self.selectRow(row)

    def _on_reset_begins(self) -> None:
        current = self.currentIndex()
        key = self._matrix.entry(current)[0] if current.isValid() else ""
        self._kept = (self.selected(), key, self.verticalScrollBar().value())

    def _on_reset(self) -> None:
        """What was selected and in sight stays so, as far as it is still there."""
        selected, current, scrolled = self._kept
        selection = QItemSelection()
        for row in (row for row in map(self._matrix.row_of, selected) if row is not None):
            selection.select(self._matrix.index(row, 0), self._matrix.index(row, len(Column) - 1))
        kept = self._matrix.row_of(current)
        if kept is not None:
            self.selectionModel().setCurrentIndex(
                self._matrix.index(row, 0), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.verticalScrollBar().setValue(scrolled)
        self.chosen.emit()

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
