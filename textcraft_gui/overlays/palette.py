"""The command palette: every verb by its name, with its key and why it is refused now; it fires through Verbs only."""

from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from textcraft_bus.records import dataclass
from textcraft_gui.theme import Colour, ui
from textcraft_gui.verbs.actions import ACTIONS, Action, On
from textcraft_gui.verbs.facade import Refused, Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.lamp import cap_width, draw_cap
from textcraft_gui.widgets.words import describe
from textcraft_gui.words.i18n import tr, translated

ROW: Final = 30
WIDTH: Final = 560
MOST_ROWS: Final = 11
CHOICE_ROLE: Final = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Choice:
    """A verb that can be chosen, and why it would do nothing now."""

    action: Action
    refused: str


def can_be_chosen(action: Action) -> bool:
    """Whether a verb makes sense in a list: what must be held, or is held, belongs to a hand on a button or a key."""
    held = action.held or action.on is On.HELD
    return not held and action.verb is not Verb.PALETTE


def score(action: Action, words: str) -> int | None:
    """How well a verb fits what was typed, lower is better; None when it does not fit.

    The best is what bears the very words: PIN is not pin. Then what begins with them, then what has a word that does,
    then what holds its letters in order.
    """
    if words.strip() == action.text:
        return -1
    wanted, name = words.casefold().strip(), f"{action.verb.value} {action.text}".casefold()
    told = f"{name} {action.tooltip.casefold()}"
    if name.startswith(wanted):
        return 0
    if any(part.startswith(wanted) for part in name.split()):
        return 1
    if wanted in told:
        return 2
    letters = iter(name)
    return 3 if all(letter in letters for letter in wanted.replace(" ", "")) else None


class PaletteModel(QAbstractListModel):
    """The verbs that fit, the best first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choices: list[Choice] = []

    def find(self, words: str, verbs: Verbs) -> None:
        """Look for the verbs that fit `words`; those that work now come first among equals."""
        scored = [(score(action, words), action) for action in ACTIONS if can_be_chosen(action)]
        choices = [(fit, _choice(action, verbs)) for fit, action in scored if fit is not None]
        choices.sort(key=lambda pair: (pair[0], bool(pair[1].refused)))
        self.beginResetModel()
        self._choices = [choice for _, choice in choices]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  Qt's signature
        """One row for each verb."""
        return 0 if parent.isValid() else len(self._choices)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The verb's words, or the whole choice."""
        if not index.isValid():
            return None
        choice = self._choices[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{choice.action.text}: {choice.action.tooltip}"
        return choice if role == CHOICE_ROLE else None


class _ChoiceDelegate(QStyledItemDelegate):
    """Name, what it does or why not now, and its key."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        choice, box = index.data(CHOICE_ROLE), QRect(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, Colour.CHOSEN.q)
        cap = choice.action.cap if choice.action.key else ""
        right = box.right() - 10
        if cap:
            right -= round(cap_width(cap))
            draw_cap(painter, right, box.center().y() + 1, cap)
        name = translated(choice.action.text) if choice.action.text.isascii() else choice.action.verb.value
        left = self._words(painter, box.left() + 12, box, name, Colour.DIM if choice.refused else Colour.TEXT)
        told = choice.refused or translated(choice.action.tooltip)
        room = QRect(left + 12, box.top(), right - left - 24, box.height())
        painter.setFont(ui(12))
        painter.setPen((Colour.WARN if choice.refused else Colour.QUIET).q)
        shown = painter.fontMetrics().elidedText(told, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), shown)

    def _words(self, painter: QPainter, left: int, box: QRect, text: str, colour: Colour) -> int:
        painter.setFont(ui(13, bold=True))
        painter.setPen(colour.q)
        width = painter.fontMetrics().horizontalAdvance(text)
        painter.drawText(QRect(left, box.top(), width + 2, box.height()), int(Qt.AlignmentFlag.AlignVCenter), text)
        return left + width

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802  Qt's name
        """One row."""
        return QSize(200, ROW)


class _Search(QLineEdit):
    """Arrows move in the list, Enter chooses, Esc closes."""

    moved = Signal(int)
    closed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: MOST_ROWS, Qt.Key.Key_PageUp: -MOST_ROWS}
        if event.key() in steps:
            self.moved.emit(steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class Palette(QFrame):
    """A field over a list; it lies over the docks, so that every stop stays in sight."""

    def __init__(self, verbs: Verbs, window: QWidget, docks: QWidget) -> None:
        super().__init__(window)
        self._docks = docks
        self._verbs = verbs
        self._window = window
        self.setObjectName("overlay")
        self.setAccessibleName(tr("command palette"))
        self.model = PaletteModel(self)
        self.search = _Search()
        self.search.setPlaceholderText(tr("What do you want to do?"))
        self.search.setAccessibleName(tr("find a verb"))
        describe(self.search, tr("Type a part of its name; Enter does it, Esc closes"))
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(_ChoiceDelegate(self))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(tr("verbs that fit"))
        describe(self.list, tr("Arrows choose a verb, Enter does it"))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self.search)
        column.addWidget(self.list)
        self.search.textChanged.connect(self._find)
        self.search.moved.connect(self._move)
        self.search.returnPressed.connect(self.choose)
        self.search.closed.connect(self.close_up)
        self.list.clicked.connect(lambda _index: self.choose())
        self.hide()

    def toggle(self) -> None:
        """Open it, or close it when it is open."""
        if not self.isHidden():
            self.close_up()
            return
        self.search.clear()
        self._find("")
        self._place()
        self.show()
        self.raise_()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def follow(self) -> None:
        """Keep to the docks when the window has another size."""
        if not self.isHidden():
            self._place()

    def _place(self) -> None:
        box = self._docks.geometry()
        height = min(MOST_ROWS * ROW + 70, box.height())
        self.setGeometry(box.center().x() - WIDTH // 2, box.top(), WIDTH, height)

    def close_up(self) -> None:
        """Put it away; the keyboard goes back to the window."""
        self._window.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.hide()

    def choose(self) -> None:
        """Do what is chosen."""
        choice = self.list.currentIndex().data(CHOICE_ROLE)
        self.close_up()
        if isinstance(choice, Choice):
            self._verbs.fire(choice.action.verb, "palette")

    def _find(self, words: str) -> None:
        self.model.find(words, self._verbs)
        self.list.setCurrentIndex(self.model.index(0))

    def _move(self, by: int) -> None:
        rows = self.model.rowCount()
        if rows:
            row = max(0, min(rows - 1, self.list.currentIndex().row() + by))
            self.list.setCurrentIndex(self.model.index(row))


def _choice(action: Action, verbs: Verbs) -> Choice:
    availability = verbs.availability(action.verb)
    return Choice(action, availability.reason if isinstance(availability, Refused) else "")
