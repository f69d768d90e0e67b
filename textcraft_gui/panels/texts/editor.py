"""One form over one document: list, fields, JSON side, what is wrong, undo and redo, save or apply; knows no file."""

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from textcraft_core.show.bible_files import Problem, fatal
from textcraft_core.show.merge import get
from textcraft_gui.panels.texts import items
from textcraft_gui.panels.texts.conflict_strip import ConflictStrip
from textcraft_gui.panels.texts.document import Document
from textcraft_gui.panels.texts.form import Form
from textcraft_gui.panels.texts.item_list import ItemList
from textcraft_gui.panels.texts.json_side import JsonSide
from textcraft_gui.panels.texts.specs import Spec
from textcraft_gui.widgets.words import button, describe, label, set_look, set_text
from textcraft_gui.words.i18n import tr, translated

FORM: Final = "form"
JSON: Final = "JSON"
FEW_VIEWS: Final = 2
"""More than these have a line of their own: a narrow dock has no room for them beside the buttons."""
_LOOKS: Final = {True: "warn", False: "quiet"}


class Editor(QWidget):
    """`sides` are further views of the same item, by their word."""

    shown_item = Signal()
    """Another item is shown, or the same one changed."""

    def __init__(
        self, spec: Spec, document: Document, sides: Mapping[str, QWidget] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.spec, self.document = spec, document
        self.row = 0
        self.wide: set[str] = set()
        """Views that concern the whole file and want the room of the list."""
        self.form = Form(spec)
        self.json = JsonSide()
        self.list = ItemList(spec) if spec.items is not None else None
        self.conflicts = ConflictStrip()
        self.empty = label(tr("Nothing here yet. + adds the first {what}.", what=translated(spec.item)), "quiet")
        self.views: dict[str, QPushButton] = {}
        self._pages = QStackedWidget()
        self._make_foot()
        self._add_view(FORM, self._form_page(), tr("Field by field"))
        for word, widget in (sides or {}).items():
            self._add_view(word, widget, tr("See {view} beside the form", view=translated(word)))
        self._add_view(JSON, self.json, tr("The same as it stands in the file, every key"))
        self._lay_out()
        self._connect()
        self.show_view(FORM)
        self.refresh()

    def _make_foot(self) -> None:
        self.note = label("", "quiet", elide=True, name=tr("about this file"))
        self.undo = button(tr("undo"), "link", hint=tr("Take the last change of this form back (Ctrl+Alt+Z)"))
        self.redo = button(tr("redo"), "link", hint=tr("Do it again (Ctrl+Alt+Y)"))
        self.revert = button(tr("revert"), hint=tr("Throw the edits of this file away; undo brings them back"))
        self.save = button(tr("save"), hint=tr("Put it into use: the next call works with it (Ctrl+S)"))
        self.back = button(tr("take back"), hint=tr("Let it stay a draft when the next cycle begins"))

    def _form_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.empty, 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.form, 1)
        return page

    def _add_view(self, word: str, widget: QWidget, hint: str) -> None:
        made = button(translated(word), "link", hint=hint, name=tr("show {view}", view=translated(word)))
        made.setCheckable(True)
        made.clicked.connect(lambda on: self.show_view(word if on else FORM))
        self.views[word] = made
        widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._pages.addWidget(widget)

    def _lay_out(self) -> None:
        foot, head = QHBoxLayout(), QHBoxLayout()
        foot.setSpacing(4)
        few = len(self.views) <= FEW_VIEWS
        self.views[FORM].setHidden(few)  # the other one leads back to it
        for made in self.views.values():
            (foot if few else head).addWidget(made)
        foot.addStretch(1)
        head.addStretch(1)
        for act in (self.undo, self.redo):
            foot.addWidget(act)
        foot.addSpacing(4)
        for act in (self.revert, self.back, self.save):
            foot.addWidget(act)
        right = QVBoxLayout()
        right.setSpacing(4)
        if not few:
            right.addLayout(head)
        right.addWidget(self._pages, 1)
        right.addWidget(self.conflicts)
        right.addWidget(self.note)
        self._foot = QWidget()
        foot.setContentsMargins(0, 0, 0, 0)
        self._foot.setLayout(foot)
        right.addWidget(self._foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        if self.list is not None:
            row.addWidget(self.list)
        row.addLayout(right, 1)

    def _connect(self) -> None:
        document = self.document
        document.changed.connect(self.refresh)
        self.form.edited.connect(document.set)
        self.form.renamed.connect(self._rename)
        self.json.edited.connect(self._on_json)
        self.json.told_changed.connect(lambda: self._show_foot([]))
        self.conflicts.chosen.connect(document.choose)
        self.undo.clicked.connect(document.undo)
        self.redo.clicked.connect(document.redo)
        self.revert.clicked.connect(document.revert)
        self.save.clicked.connect(document.save)
        self.back.clicked.connect(document.take_back)
        if self.list is not None:
            self.list.chosen.connect(self.choose)
            self.list.add_wanted.connect(lambda: self._put(items.add(document.content, self.spec, None, None)))
            self.list.copy_wanted.connect(self._copy)
            self.list.move_wanted.connect(lambda by: self._put(items.move(document.content, self.spec, self.row, by)))
            self.list.remove_wanted.connect(self._remove)

    # What is shown

    def show_view(self, word: str) -> None:
        """Show the form, the JSON or another side; one out of sight asks for no room."""
        for index, (name, made) in enumerate(self.views.items()):
            made.setChecked(name == word)
            if name == word:
                self._pages.setCurrentIndex(index)
        if self.list is not None:
            self.list.setHidden(word in self.wide)
        self._foot.setHidden(word in self.wide)

    def choose(self, row: int) -> None:
        """Show another item."""
        self.row = row
        self.refresh()

    @property
    def item(self) -> Any:
        """The item that is shown, None when there is none."""
        if not self._some():
            return None
        return get(self.document.content, items.path_at(self.document.content, self.spec, self.row), None)

    @property
    def key(self) -> str:
        """The key of the shown item."""
        return items.keys(self.document.content, self.spec)[self.row] if self._some() and self.list is not None else ""

    def refresh(self) -> None:
        """Look at the document again."""
        document = self.document
        if self.list is not None:
            count = len(items.keys(document.content, self.spec))
            self.row = max(0, min(self.row, count - 1))
            self.list.show_items(document.content, self.row, self.marked())
        some = self._some()
        self.form.setVisible(some)
        self.empty.setVisible(not some)
        rest: list[Problem] = []
        if some:
            self.form.show_item(document.content, items.path_at(document.content, self.spec, self.row))
            rest = self.form.show_problems(document.problems())
            self.json.show_value(self.item)
        self.conflicts.show_conflicts(document.editing.conflicts)
        self._show_foot(rest)
        self.shown_item.emit()

    def _some(self) -> bool:
        return self.list is None or bool(items.keys(self.document.content, self.spec))

    def marked(self) -> set[int]:
        """The rows that hold edits."""
        now, base = self.document.content, self.document.editing.base
        before = {key: get(base, items.path_at(base, self.spec, row)) for row, key in _rows(base, self.spec)}
        return {
            row for row, key in _rows(now, self.spec) if before.get(key) != get(now, items.path_at(now, self.spec, row))
        }

    def _show_foot(self, elsewhere: list[Problem]) -> None:
        document = self.document
        text, loud = self._told(elsewhere)
        set_text(self.note, text)
        set_look(self.note, _LOOKS[loud])
        self.note.setVisible(bool(text))
        self.undo.setEnabled(document.editing.can_undo)
        self.redo.setEnabled(document.editing.can_redo)
        self.revert.setEnabled(document.dirty)
        self.revert.setHidden(document.waiting)
        self.back.setVisible(document.waiting)
        self.save.setHidden(document.waiting)
        self.save.setEnabled(document.can_save and not self.json.broken)
        self.save.setText(tr("save") if document.direct else tr("apply at next cycle"))
        if not document.direct:
            describe(self.save, tr("Put it into use when the next cycle begins (Ctrl+S)"))

    def _told(self, elsewhere: list[Problem]) -> tuple[str, bool]:
        document = self.document
        if document.trouble:
            return f"▲ {document.trouble}", True
        if document.editing.conflicts:
            return "", True  # the strip above says it
        if document.waiting:
            return tr("‖ Waiting: it comes into use when the next cycle begins."), False
        if not document.dirty:
            return "", False
        wrong = fatal(elsewhere)
        if wrong is not None:
            return f"▲ {' · '.join(wrong.path)}: {translated(wrong.text)}", True
        if document.direct:
            return tr("Edited, not in use. Kept as a draft."), True
        return tr("A draft: not in use until it is applied."), True

    # What is done

    def _put(self, changed: tuple[Any, int]) -> None:
        self.row = changed[1]
        self.document.replace(changed[0])

    def _copy(self) -> None:
        if isinstance(self.item, Mapping):
            self._put(items.add(self.document.content, self.spec, self.item, self.row))

    def _remove(self) -> None:
        if self._some():
            self.document.replace(items.remove(self.document.content, self.spec, self.row))

    def _rename(self, key: str) -> None:
        self.document.replace(items.rename(self.document.content, self.spec, self.row, key), ("rename",))

    def _on_json(self, value: dict[str, Any]) -> None:
        place = items.path_at(self.document.content, self.spec, self.row)
        if place:
            self.document.set(place, value)
        else:
            self.document.replace(value, ("json",))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Ctrl+S saves; Ctrl+Alt+Z and Y step through the form's changes."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        both = control and bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if control and event.key() == Qt.Key.Key_S:
            self.document.save()
        elif both and event.key() == Qt.Key.Key_Z:
            self.document.undo()
        elif both and event.key() == Qt.Key.Key_Y:
            self.document.redo()
        else:
            super().keyPressEvent(event)


def _rows(content: Any, spec: Spec) -> list[tuple[int, str]]:
    return list(enumerate(items.keys(content, spec)))
