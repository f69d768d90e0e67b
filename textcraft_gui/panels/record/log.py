"""LOG: the last lines of this program's log, by loudness and words; batched, literal, and never in the way."""

import logging
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QHelpEvent, QHideEvent, QKeyEvent, QKeySequence, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from textcraft_bus.disk.folders import log_folder
from textcraft_gui.models.log_lines import LINE_ROLE, LogModel, LogSink
from textcraft_gui.theme import Colour, mono
from textcraft_gui.widgets.steady import SteadyBox
from textcraft_gui.widgets.words import describe, label
from textcraft_gui.words.i18n import later, tr, translated
from textcraft_qt.labels import plain_tooltip

BATCH_MS: Final = 100
"""New lines are shown ten times a second at most, however many come."""
ROW: Final = 18
_LEVELS: Final = (
    ("everything", logging.DEBUG),
    (later("info and louder"), logging.INFO),
    (later("warnings and errors"), logging.WARNING),
    ("errors", logging.ERROR),
)
_COLOURS: Final = {logging.WARNING: Colour.WARN, logging.ERROR: Colour.FAULT, logging.CRITICAL: Colour.FAULT}


class _LineDelegate(QStyledItemDelegate):
    """One line in the figures' font, coloured by its level; the level also stands in the line as a word."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        line, box = index.data(LINE_ROLE), QRect(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, Colour.CHOSEN.q)
        painter.setFont(mono(12))
        painter.setPen(_COLOURS.get(line.level, Colour.QUIET).q)
        room = box.adjusted(10, 0, -8, 0)
        shown = painter.fontMetrics().elidedText(line.short, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), shown)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802  Qt's name
        """One row."""
        return QSize(100, ROW)


class LogList(QListView):
    """Stays at the newest line unless somebody scrolled away from it."""

    def __init__(self, model: LogModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_LineDelegate(self))
        self.setUniformItemSizes(True)
        self.setAccessibleName(tr("log lines"))
        describe(self, tr("One line for each thing a program says of itself, newest last"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(2 * ROW)
        self._follows = True
        """Nobody scrolled away; more lines and less room leave that as it is."""
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._on_room)

    def _on_scrolled(self) -> None:
        self._follows = self.at_newest()

    def _on_room(self) -> None:
        if self._follows:
            self.scrollToBottom()

    def at_newest(self) -> bool:
        """Whether the last line is in sight."""
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - 1

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """The whole line as a tooltip, literally."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = str(self.indexAt(event.pos()).data() or "")
            QToolTip.showText(event.globalPos(), plain_tooltip(text), self)
            return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Copy takes the selected lines, whole."""
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted(self.selectedIndexes(), key=lambda index: index.row())
            QGuiApplication.clipboard().setText("\n".join(index.data() for index in rows))
            return
        super().keyPressEvent(event)


class LogPanel(QWidget):
    """The lines, what filters them, and where the file is."""

    def __init__(self, sink: LogSink, foot: QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sink, self.foot = sink, foot
        self.model = LogModel(self)
        self.lines = LogList(self.model)
        self.level = SteadyBox()
        self.search = QLineEdit()
        self.count = label("", "quiet")
        self._timer = QTimer(self, interval=BATCH_MS)
        self._timer.timeout.connect(self.take_in)
        self._make_head()
        self._lay_out()
        self._filter()

    def _make_head(self) -> None:
        for words, level in _LEVELS:
            self.level.addItem(translated(words), level)
        self.level.setCurrentIndex(1)
        self.level.setAccessibleName(tr("how loud"))
        describe(self.level, tr("Show only lines as loud as this"))
        self.search.setPlaceholderText(tr("find in the log…"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(tr("find in the log"))
        describe(self.search, tr("Show only lines that hold these words"))
        self.level.currentIndexChanged.connect(self._filter)
        self.search.textChanged.connect(self._filter)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.search, 1)
        head.addWidget(self.level)
        head.addWidget(self.count)
        where = label(tr("The whole log is in {folder}", folder=log_folder()), "quiet", elide=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 10, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.lines, 1)
        column.addWidget(where)
        if self.foot is not None:
            column.addWidget(self.foot)

    def take_in(self) -> None:
        """Show what came since the last time."""
        lines = self.sink.take()
        if not lines:
            return
        follow = self.lines.at_newest()
        self.model.take_in(lines)
        self._count()
        if follow:
            self.lines.scrollToBottom()

    def _filter(self) -> None:
        self.model.filter(self.level.currentData(), self.search.text().strip())
        self._count()
        self.lines.scrollToBottom()

    def _count(self) -> None:
        self.count.setText(tr("{shown} of {kept}", shown=self.model.rowCount(), kept=self.model.kept))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Look only while somebody can see it."""
        super().showEvent(event)
        self.take_in()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        """Rest; the sink keeps the newest lines."""
        super().hideEvent(event)
        self._timer.stop()
