"""The items of a file in a list: found by typing, added, copied, moved, and removed by holding a button."""

from typing import Any

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLineEdit, QListView, QVBoxLayout, QWidget

from textcraft_gui.panels.texts import items
from textcraft_gui.panels.texts.specs import Spec
from textcraft_gui.theme import Colour
from textcraft_gui.widgets.verb_button import Face, HoldButton
from textcraft_gui.widgets.words import button, describe
from textcraft_gui.words.i18n import tr, translated

_ROW = Qt.ItemDataRole.UserRole
WIDTH = 166
LEAST_HEIGHT = 26
_SMALL_HIGH = 24


class ItemList(QWidget):
    """Rows of a document; knows which is chosen, changes nothing itself."""

    chosen = Signal(int)
    add_wanted = Signal()
    copy_wanted = Signal()
    move_wanted = Signal(int)
    remove_wanted = Signal()

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec = spec
        self._rows = QStandardItemModel(self)
        self._titles: list[str] = []
        self._marks: set[int] = set()
        self.setFixedWidth(WIDTH)
        self._make()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addLayout(self._buttons())

    def _make(self) -> None:
        what = translated(self._spec.item)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find…"))
        self.search.setAccessibleName(tr("find a {what}", what=what))
        describe(self.search, tr("Only items whose name holds these words"))
        self.search.setMaxLength(100)
        self.search.textChanged.connect(lambda _text: self._sift())
        self.list = QListView()
        self.list.setModel(self._rows)
        self.list.setProperty("look", "menu")
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setMinimumHeight(LEAST_HEIGHT)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(translated(self._spec.word.lower()))
        describe(self.list, tr("Arrows choose which one the form shows"))
        self.list.selectionModel().currentChanged.connect(self._on_current)

    def _buttons(self) -> QHBoxLayout:
        what = translated(self._spec.item)
        self.add = button("+", "small", hint=tr("Add a {what}", what=what), name=tr("add a {what}", what=what))
        self.copy = button(tr("copy"), "small", hint=tr("Add a copy of this {what}", what=what))
        self.up = button("↑", "small", hint=tr("Move it up"), name=tr("move up"))
        self.down = button("↓", "small", hint=tr("Move it down"), name=tr("move down"))
        self.remove = HoldButton(Face("×", colour=Colour.WARN), small=True)
        self.remove.pad(12)
        self.remove.setFixedHeight(_SMALL_HIGH)
        self.remove.setAccessibleName(tr("remove, held"))
        self.remove.explain(tr("Held 1 s: take this {what} out; undo brings it back", what=what))
        self.add.clicked.connect(self.add_wanted)
        self.copy.clicked.connect(self.copy_wanted)
        self.up.clicked.connect(lambda: self.move_wanted.emit(-1))
        self.down.clicked.connect(lambda: self.move_wanted.emit(1))
        self.remove.held.connect(self.remove_wanted)
        row = QHBoxLayout()
        row.setSpacing(2)
        for made in (self.add, self.copy, self.up, self.down):
            row.addWidget(made)
        row.addStretch(1)
        row.addWidget(self.remove)
        return row

    def show_items(self, content: Any, row: int, marked: set[int]) -> None:
        """Show the items, `row` chosen; `marked` rows hold edits that are not saved."""
        titles = [items.title_at(content, self._spec, each) for each in range(len(items.keys(content, self._spec)))]
        if titles != self._titles or marked != self._marks:
            self._titles, self._marks = titles, marked
            self._fill(row)
        self._choose(row)
        some = bool(titles)
        for made in (self.copy, self.up, self.down, self.remove):
            made.setEnabled(some)

    def titles(self) -> list[str]:
        """What stands in the list now."""
        return [self._rows.item(row).text() for row in range(self._rows.rowCount())]

    def _fill(self, chosen: int) -> None:
        wanted = self.search.text().strip().casefold()
        blocker = QSignalBlocker(self.list.selectionModel())
        self._rows.clear()
        for row, title in enumerate(self._titles):
            if wanted and wanted not in title.casefold() and row != chosen:
                continue
            marked = row in self._marks
            item = QStandardItem(f"{title} · {tr('draft')}" if marked else title)
            item.setData(row, _ROW)
            item.setForeground((Colour.WARN if marked else Colour.TEXT).q)
            self._rows.appendRow(item)
        del blocker

    def _sift(self) -> None:
        current = self.list.currentIndex()
        chosen = current.data(_ROW) if current.isValid() else -1
        self._fill(-1)
        self._choose(int(chosen))

    def _choose(self, row: int) -> None:
        for at in range(self._rows.rowCount()):
            if self._rows.item(at).data(_ROW) == row:
                blocker = QSignalBlocker(self.list.selectionModel())
                self.list.setCurrentIndex(self._rows.index(at, 0))
                del blocker
                self.list.viewport().update()

    def _on_current(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid():
            self.chosen.emit(int(now.data(_ROW)))
