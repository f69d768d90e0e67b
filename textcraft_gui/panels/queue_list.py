"""The lines given to the Architect, each with what became of it; a waiting one can be taken back."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from textcraft_gui.state import LineState, QueuedLine
from textcraft_gui.theme import Colour, ui
from textcraft_gui.verbs import Verbs
from textcraft_gui.widgets import shapes
from textcraft_gui.widgets.signs import LINE
from textcraft_qt.labels import plain_tooltip

ROW = 24
_LINE_ROLE = Qt.ItemDataRole.UserRole


class _LineDelegate(QStyledItemDelegate):
    """Sign, words, what became of them."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        line: QueuedLine = index.data(_LINE_ROLE)
        box: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(box, Colour.HOVER.q)
        sign = LINE[line.state]
        shapes.draw(painter, sign.shape, QRectF(box.left() + 2, box.center().y() - 4.5, 10, 10), sign.colour.q)
        painter.setFont(ui(12))
        word = line.state.value if line.state is not LineState.USED else f"in cycle {line.cycle}"
        width = QFontMetrics(ui(12)).horizontalAdvance(word)
        painter.setPen(Colour.QUIET.q)
        painter.drawText(box.adjusted(0, 0, -4, 0), int(Qt.AlignmentFlag.AlignRight | _MIDDLE), word)
        quiet = line.state in {LineState.DONE, LineState.WITHDRAWN}
        painter.setPen(Colour.QUIET.q if quiet else Colour.TEXT.q)
        room = box.adjusted(20, 0, -width - 16, 0)
        text = QFontMetrics(ui(12)).elidedText(" ".join(line.text.split()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(_MIDDLE), text)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802  Qt's name
        """One line of text."""
        return QSize(100, ROW)


_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class QueueList(QListView):
    """The newest waiting line is always in sight."""

    def __init__(self, verbs: Verbs) -> None:
        super().__init__()
        self._verbs = verbs
        self._lines = QStandardItemModel(self)
        self.setModel(self._lines)
        self.setItemDelegate(_LineDelegate(self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        self.setAccessibleName("lines for the Architect")
        self.setAccessibleDescription("Delete takes a waiting line back")

    def show_lines(self, lines: list[QueuedLine]) -> None:
        """Show the lines, oldest first."""
        self._lines.clear()
        for line in lines:
            item = QStandardItem(line.text)
            item.setData(line, _LINE_ROLE)
            item.setAccessibleText(f"{line.text}: {line.state.value}")
            self._lines.appendRow(item)
        self.scrollToBottom()

    def _take_back(self, index: QModelIndex) -> None:
        line = index.data(_LINE_ROLE)
        if isinstance(line, QueuedLine) and line.state is LineState.WAITING:
            self._verbs.withdraw(line.input_id)

    def _open_menu(self, at: QPoint) -> None:
        index = self.indexAt(at)
        if not index.isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        action = menu.addAction("take back")
        action.setEnabled(index.data(_LINE_ROLE).state is LineState.WAITING)
        action.triggered.connect(lambda: self._take_back(index))
        menu.popup(self.viewport().mapToGlobal(at))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """At least one line."""
        return QSize(80, ROW)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Delete takes a waiting line back."""
        if event.key() == Qt.Key.Key_Delete and self.currentIndex().isValid():
            self._take_back(self.currentIndex())
            return
        super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """The whole line as a tooltip."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            line = self.indexAt(event.pos()).data(_LINE_ROLE)
            QToolTip.showText(event.globalPos(), plain_tooltip(line.text if isinstance(line, QueuedLine) else ""), self)
            return True
        return super().viewportEvent(event)
