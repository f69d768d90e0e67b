"""VISITORS of FLOW: what visitors said and waits for an answer: accept, edit, ignore, or forget everywhere."""

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from textcraft_core import commands as cmd
from textcraft_gui.state.show_state import ShowState
from textcraft_gui.state.steering import Steering, Visitor
from textcraft_gui.theme import Colour, ui
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets import shapes
from textcraft_gui.widgets.shapes import Shape
from textcraft_gui.widgets.verb_button import Face, HoldButton
from textcraft_gui.widgets.words import button, describe, label, set_text
from textcraft_gui.words.i18n import tr
from textcraft_qt.labels import plain_tooltip

MOST_ROWS: Final = 3
FOOT: Final = 24
_ROW: Final = 18
_ROLE: Final = Qt.ItemDataRole.UserRole
_WRAP: Final = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_ONE_ROW_BELOW: Final = 90
"""In a list lower than this each story has one row: better two beginnings than half of one."""


class _StoryDelegate(QStyledItemDelegate):
    """A story's words, literally, at most three rows of them; a sign where the screen held it back."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        story: Visitor = index.data(_ROLE)
        box: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, Colour.CHOSEN.q)
        shape, colour = (Shape.TRIANGLE, Colour.WARN) if story.reason else (Shape.BARS, Colour.INFO)
        shapes.draw(painter, shape, QRectF(box.left() + 2, box.top() + 7, 10, 10), colour.q)
        painter.setFont(ui(12))
        painter.setPen(Colour.TEXT.q)
        room = box.adjusted(20, 3, -4, -2)
        rows = max(1, room.height() // _ROW)
        text = _fitting(f"“{story.text}”", QFontMetrics(ui(12)), room.width(), rows)
        painter.drawText(room, _WRAP, text)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802  Qt's name
        """As many rows as the words need, up to three."""
        view = option.widget
        width = max(80, view.width() - 40) if isinstance(view, QWidget) else 240
        low = isinstance(view, QWidget) and view.height() < _ONE_ROW_BELOW
        needed = QFontMetrics(ui(12)).boundingRect(QRect(0, 0, width, 999), _WRAP, f"“{index.data(_ROLE).text}”")
        rows = 1 if low else max(1, min(MOST_ROWS, round(needed.height() / QFontMetrics(ui(12)).height())))
        return QSize(100, rows * _ROW + 5)


def _fitting(text: str, metrics: QFontMetrics, width: int, rows: int) -> str:
    """Cut words that would need more rows."""
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, round(width * rows * 0.94)) if rows > 0 else ""


class StoryList(QListView):
    """Looks at the stories; the oldest is first."""

    def __init__(self) -> None:
        super().__init__()
        self._stories = QStandardItemModel(self)
        self.setModel(self._stories)
        self.setItemDelegate(_StoryDelegate(self))
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("visitors' stories"))
        describe(self, tr("What visitors said, oldest first; arrows choose one to answer"))

    @property
    def current(self) -> Visitor | None:
        """The story that is selected."""
        story = self.currentIndex().data(_ROLE)
        return story if isinstance(story, Visitor) else None

    def show_stories(self, stories: list[Visitor]) -> None:
        """Show the stories; one is always selected, so that one press answers it."""
        current = self.current
        self._stories.clear()
        for story in stories:
            item = QStandardItem(story.text)
            item.setData(story, _ROLE)
            item.setAccessibleText(_told(story))
            self._stories.appendRow(item)
            if current is not None and story.story_id == current.story_id:
                self.setCurrentIndex(item.index())
        if self.current is None and stories:
            self.setCurrentIndex(self._stories.index(0, 0))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """At least one row."""
        return QSize(80, _ROW + 4)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """The whole story as a tooltip, literally."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            story = self.indexAt(event.pos()).data(_ROLE)
            text = _told(story) if isinstance(story, Visitor) else ""
            QToolTip.showText(event.globalPos(), plain_tooltip(text), self)
            return True
        return super().viewportEvent(event)


def _told(story: Visitor) -> str:
    who = f"{story.speaker}: " if story.speaker else ""
    why = f"\n{tr('Held back: {reason}', reason=story.reason)}" if story.reason else ""
    return f"{who}{story.text}{why}"


class StoryField(QLineEdit):
    """Other words for a story; Enter accepts them."""

    def __init__(self) -> None:
        super().__init__()
        self.setMaxLength(4000)
        self.setAccessibleName(tr("words to accept in place of the story"))
        describe(self, tr("Enter accepts these words; Esc leaves the field"))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Enter is the field's own."""
        super().keyPressEvent(event)
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.accept()


class VisitorsInbox(QWidget):
    """The stories, or what would stand there and by which policy."""

    def __init__(self, verbs: Verbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verbs = verbs
        self._editing: Visitor | None = None
        self.list = StoryList()
        self.empty = label("", "quiet")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.field = StoryField()
        self._make_buttons()
        self._lay_out()
        self.field.returnPressed.connect(self._accept_edited)

    def _make_buttons(self) -> None:
        self.accept = button(tr("accept"), "link", hint=tr("Put the story into the queue as it is"))
        self.edit = button(tr("edit"), "link", hint=tr("Put it into the queue with other words"))
        self.ignore = button(tr("ignore"), "link", hint=tr("Leave the story out"))
        self.forget = HoldButton(Face(tr("forget"), colour=Colour.QUIET), flat=True)
        self.forget.explain(tr("Held 1 s: take the words out of queue and journal, everywhere and for good"))
        self.forget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.keep = button(tr("accept"), "link", hint=tr("Put these words into the queue (Enter)"))
        self.leave = button(tr("leave"), "link", hint=tr("Keep the story as it was told"))
        self.accept.clicked.connect(lambda: self._decide("accept"))
        self.ignore.clicked.connect(lambda: self._decide("ignore"))
        self.forget.held.connect(lambda: self._decide("forget"))
        self.edit.clicked.connect(self._open_field)
        self.keep.clicked.connect(self._accept_edited)
        self.leave.clicked.connect(self._close_field)

    def _lay_out(self) -> None:
        answers, words = QWidget(), QWidget()
        for holder, widgets in (
            (answers, (self.accept, self.edit, self.ignore, None, self.forget)),
            (words, (self.field, self.keep, self.leave)),
        ):
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(4)
            for widget in widgets:
                if widget is None:
                    row.addStretch(1)
                else:
                    row.addWidget(widget, 1 if widget is self.field else 0)
        self._foot = QStackedWidget()
        self._foot.addWidget(answers)
        self._foot.addWidget(words)
        self._foot.setFixedHeight(FOOT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        column.addWidget(self._foot)

    @property
    def is_editing(self) -> bool:
        """Whether other words are being written for a story."""
        return self._editing is not None

    def show_state(self, state: ShowState) -> None:
        """Look at the stories again."""
        stories = list(state.steering.visitors.values())
        if self._editing is not None and self._editing.story_id not in state.steering.visitors:
            self._close_field()
        self.list.show_stories(stories)
        self.list.setVisible(bool(stories))
        self._foot.setVisible(bool(stories))
        self.empty.setVisible(not stories)
        set_text(self.empty, nothing_waits(state.steering))

    def _decide(self, verdict: str, text: str | None = None) -> None:
        story = self._editing or self.list.current
        if story is not None:
            command = cmd.DecideStory(story_id=story.story_id, verdict=verdict, text=text)
            self._verbs.ask(Verb.DECIDE_STORY, command)

    def _open_field(self) -> None:
        self._editing = self.list.current
        if self._editing is not None:
            self.field.setText(self._editing.text)
            self._foot.setCurrentIndex(1)
            self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.field.selectAll()

    def _close_field(self) -> None:
        self._editing = None
        self.field.clear()
        self._foot.setCurrentIndex(0)

    def _accept_edited(self) -> None:
        if text := self.field.text().strip():
            self._decide("accept", text)
            self._close_field()


def nothing_waits(steering: Steering) -> str:
    """Say what would stand in the inbox, and by which rule."""
    by_policy = {
        "ask": tr("Nothing waits. What visitors tell waits here for your answer."),
        "auto": tr("Nothing waits: stories that pass the screen are taken by themselves."),
        "ignore": tr("Stories are ignored in this mode; [audience] in core.toml says so."),
        "screened": tr("You are away: stories that pass the screen are taken by themselves."),
        "ignored": tr("You are away: stories are ignored."),
    }
    told = by_policy.get(steering.policy) or tr("Visitors' stories wait here.")
    if steering.passed_over:
        told += " " + tr("{number} passed over: {why}.", number=steering.passed_over, why=steering.passed_over_why)
    if steering.sensors:
        told += " " + tr("Sensors: {bound}.", bound=", ".join(steering.sensors))
    return told
