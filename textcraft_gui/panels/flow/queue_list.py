"""The lines given to the Architect, each with what became of it; a waiting one can be edited, moved and taken back.

Moving by mouse is our own: Qt's drag runs a loop of its own, in which the whole engine would stand still.
"""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from textcraft_core import commands as cmd
from textcraft_gui.state.show_state import LineState, QueuedLine
from textcraft_gui.theme import Colour, ui
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets import shapes
from textcraft_gui.widgets.signs import LINE
from textcraft_gui.words.i18n import tr, translated
from textcraft_qt.labels import plain_tooltip

ROW = 24
MAX_LINE = 4000
_LINE_ROLE = Qt.ItemDataRole.UserRole
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class _LineDelegate(QStyledItemDelegate):
    """Sign, words, what became of them; a waiting line is edited in its place."""

    edited = Signal(str, str)
    """Id of a line and its new words."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        line: QueuedLine = index.data(_LINE_ROLE)
        box: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(box, Colour.CHOSEN.q)
        sign = LINE[line.state]
        shapes.draw(painter, sign.shape, QRectF(box.left() + 2, box.center().y() - 4.5, 10, 10), sign.colour.q)
        painter.setFont(ui(12))
        word = _became(line)
        width = QFontMetrics(ui(12)).horizontalAdvance(word)
        painter.setPen(Colour.QUIET.q)
        painter.drawText(box.adjusted(0, 0, -4, 0), int(Qt.AlignmentFlag.AlignRight | _MIDDLE), word)
        quiet = line.state in {LineState.DONE, LineState.WITHDRAWN}
        painter.setPen(Colour.QUIET.q if quiet else Colour.TEXT.q)
        room = box.adjusted(20, 0, -width - 16, 0)
        text = QFontMetrics(ui(12)).elidedText(" ".join(line.text.split()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(_MIDDLE), text)

    def createEditor(  # noqa: N802  Qt's name
        self, parent: QWidget, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        """A field in the line's place."""
        field = QLineEdit(parent)
        field.setMaxLength(MAX_LINE)
        field.setAccessibleName(tr("words of the line"))
        field.setStyleSheet("padding: 0 4px;")
        return field

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:  # noqa: N802  Qt's name
        """Begin with the words as they are."""
        if isinstance(editor, QLineEdit):
            editor.setText(index.data(_LINE_ROLE).text)

    def setModelData(  # noqa: N802  Qt's name
        self, editor: QWidget, _model: object, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The engine decides: the list shows new words when it says so."""
        line: QueuedLine = index.data(_LINE_ROLE)
        if isinstance(editor, QLineEdit) and editor.text().strip() not in {"", line.text}:
            self.edited.emit(line.input_id, editor.text().strip())

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802  Qt's name
        """One line of text."""
        return QSize(100, ROW)


def _became(line: QueuedLine) -> str:
    if line.state is LineState.USED:
        return tr("in cycle {number}", number=line.cycle)
    whose = "" if line.source in {"operator", ""} else f"{translated(line.source)} · "
    return whose + translated(line.state.value)


class QueueList(QListView):
    """The newest waiting line is always in sight; `chosen` tells when another line is current."""

    chosen = Signal()

    def __init__(self, verbs: Verbs) -> None:
        super().__init__()
        self._verbs = verbs
        self._lines = QStandardItemModel(self)
        self._pending: list[QueuedLine] | None = None
        self._pressed: QPoint | None = None
        self._drop_row: int | None = None
        self.setModel(self._lines)
        delegate = _LineDelegate(self)
        delegate.edited.connect(self._edit)
        self.setItemDelegate(delegate)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        self.setAccessibleName(tr("lines for the Architect"))
        self.setAccessibleDescription(
            tr("Enter edits a waiting line, Alt with an arrow moves it, Delete takes it back")
        )
        self.selectionModel().currentChanged.connect(lambda *_: self.chosen.emit())

    # What is shown

    def show_lines(self, lines: list[QueuedLine]) -> None:
        """Show the lines, oldest first; while one is being edited the others wait."""
        if self.state() is QAbstractItemView.State.EditingState:
            self._pending = lines
            return
        current = self.current
        self._lines.clear()
        for line in lines:
            item = QStandardItem(line.text)
            item.setData(line, _LINE_ROLE)
            item.setAccessibleText(f"{line.text}: {line.state.value}")
            item.setEditable(line.state is LineState.WAITING)
            self._lines.appendRow(item)
            if current is not None and line.input_id == current.input_id:
                self.setCurrentIndex(item.index())
        if self.current is None:
            self.scrollToBottom()
        self.chosen.emit()

    @property
    def current(self) -> QueuedLine | None:
        """The line that is selected."""
        line = self.currentIndex().data(_LINE_ROLE)
        return line if isinstance(line, QueuedLine) else None

    @property
    def waiting(self) -> list[QueuedLine]:
        """The lines no plan has used, in order."""
        lines = [self._lines.item(row).data(_LINE_ROLE) for row in range(self._lines.rowCount())]
        return [line for line in lines if line.state is LineState.WAITING]

    # What can be done

    def edit_current(self) -> None:
        """Open the field of the selected line, if it waits; the Enter that ends a field opens none."""
        if self._current_waits() and self.state() is not QAbstractItemView.State.EditingState:
            self.edit(self.currentIndex())

    def take_back(self) -> None:
        """Take the selected line back, if it waits."""
        line = self.current
        if line is not None and self._current_waits():
            self._verbs.withdraw(line.input_id)

    def move_current(self, by: int) -> None:
        """Move the selected line by so many places among those that wait."""
        line = self.current
        if line is None or not self._current_waits():
            return
        ids = [each.input_id for each in self.waiting]
        place = ids.index(line.input_id)
        self._move(line, max(0, min(len(ids) - 1, place + by)), place)

    def _move(self, line: QueuedLine, to: int, place: int) -> None:
        if to != place:
            self._verbs.ask(Verb.MOVE_LINE, cmd.MoveInput(input_id=line.input_id, index=to))

    def _edit(self, input_id: str, text: str) -> None:
        self._verbs.ask(Verb.EDIT_LINE, cmd.EditInput(input_id=input_id, text=text))

    def _current_waits(self) -> bool:
        line = self.current
        return line is not None and line.state is LineState.WAITING

    def _open_menu(self, at: QPoint) -> None:
        index = self.indexAt(at)
        if not index.isValid():
            return
        self.setCurrentIndex(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        moves = ((tr("edit"), self.edit_current), (tr("take back"), self.take_back))
        more = ((tr("earlier"), lambda: self.move_current(-1)), (tr("later"), lambda: self.move_current(1)))
        for word, does in (*moves, *more):
            action = menu.addAction(word)
            action.setEnabled(self._current_waits())
            action.triggered.connect(does)
        menu.popup(self.viewport().mapToGlobal(at))

    # Moving by mouse

    def _row_at(self, y: int) -> int:
        """Before which row a line dropped at this height goes."""
        index = self.indexAt(QPoint(8, y))
        if not index.isValid():
            return self._lines.rowCount()
        box = self.visualRect(index)
        return index.row() + (1 if y > box.center().y() else 0)

    def _drop(self, row: int) -> None:
        line = self.current
        if line is None or not self._current_waits():
            return
        waiting = [each.input_id for each in self.waiting]
        place, past = waiting.index(line.input_id), self._lines.rowCount() - len(waiting)
        to = max(0, min(len(waiting), row - past))
        self._move(line, to - 1 if to > place else to, place)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """A press on a waiting line may become a move."""
        super().mousePressEvent(event)
        on_line = self.indexAt(event.position().toPoint()).isValid() and self._current_waits()
        self._pressed = event.position().toPoint() if on_line else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Show where the line would go."""
        at = event.position().toPoint()
        pressed = self._pressed
        if pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            return
        if (at - pressed).manhattanLength() >= QApplication.startDragDistance():
            self._drop_row = self._row_at(at.y())
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Drop it there."""
        row, self._drop_row, self._pressed = self._drop_row, None, None
        self.unsetCursor()
        self.viewport().update()
        super().mouseReleaseEvent(event)
        if row is not None:
            self._drop(row)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """The lines, and where a moved one would go."""
        super().paintEvent(event)
        if self._drop_row is None:
            return
        with QPainter(self.viewport()) as painter:
            painter.setPen(QPen(Colour.INFO.q, 2))
            last = self._drop_row >= self._lines.rowCount()
            box = self.visualRect(self._lines.index(min(self._drop_row, self._lines.rowCount() - 1), 0))
            y = box.bottom() if last else box.top()
            painter.drawLine(0, y, self.viewport().width(), y)

    # Qt's own

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:  # noqa: N802  Qt's name
        """Show what came meanwhile."""
        super().closeEditor(editor, hint)
        pending, self._pending = self._pending, None
        if pending is not None:
            self.show_lines(pending)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """At least one line."""
        return QSize(80, ROW)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Delete takes back, Enter edits, Alt with an arrow moves."""
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.key() == Qt.Key.Key_Delete:
            self.take_back()
        elif alt and event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.move_current(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.edit_current()
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """The whole line as a tooltip."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            line = self.indexAt(event.pos()).data(_LINE_ROLE)
            QToolTip.showText(event.globalPos(), plain_tooltip(line.text if isinstance(line, QueuedLine) else ""), self)
            return True
        return super().viewportEvent(event)
