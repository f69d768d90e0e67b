"""A form made from its data: shows one item of a document, tells every change by its place; saves nothing."""

from collections.abc import Iterable
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from textcraft_core.show.bible_files import Problem
from textcraft_core.show.merge import Path, get
from textcraft_gui.panels.texts.fields import FieldEditor, editor_of
from textcraft_gui.panels.texts.specs import Field, Kind, Spec
from textcraft_gui.widgets.words import label
from textcraft_gui.words.i18n import translated

_LABEL_WIDTH: Final = 72
NARROW: Final = 400
"""Below so many pixels every field has a row of its own: half of less shows no whole word."""


class Form(QScrollArea):
    """Fields in two columns, longer ones over both, in one where it is narrow; `place` is where the item stands."""

    edited = Signal(object, object)
    """The place in the document and the new value there."""
    renamed = Signal(object)

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.place: Path = ()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = QWidget()
        body.setObjectName("form")
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(0, 0, 10, 8)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnMinimumWidth(0, _LABEL_WIDTH)
        self.fields: dict[Path, FieldEditor] = {}
        self._words: dict[Path, QWidget] = {}
        self._narrow: bool | None = None
        for field in spec.fields:
            self._make(field)
        self._lay_out(narrow=False)
        self.setWidget(body)

    def show_item(self, document: Any, place: Path) -> None:
        """Show the item at a place of a document."""
        self.place = place
        for path, editor in self.fields.items():
            key = place[-1] if place else ""
            editor.show_value(key if editor.field.kind is Kind.KEY else get(document, (*place, *path)))

    def show_problems(self, problems: Iterable[Problem]) -> list[Problem]:
        """Say beside each field what is wrong with it; returns what has no field here."""
        first: dict[Path, Problem] = {}
        rest = []
        for problem in problems:
            field = self._field_of(problem.path)
            if field is None:
                rest.append(problem)
            elif field not in first or (problem.fatal and not first[field].fatal):
                first[field] = problem
        for path, editor in self.fields.items():
            editor.show_problem(first.get(path))
        return rest

    def _field_of(self, path: Path) -> Path | None:
        if path[: len(self.place)] != self.place:
            return None
        inner = path[len(self.place) :]
        return next((known for known in self.fields if known and inner[: len(known)] == known), None)

    def _make(self, field: Field) -> None:
        editor = editor_of(field, self)
        path = field.path if field.kind is not Kind.KEY else ()
        self.fields[path] = editor
        if field.kind is Kind.KEY:
            editor.changed.connect(self.renamed)
        else:
            editor.changed.connect(lambda value, path=field.path: self.edited.emit((*self.place, *path), value))
        word = label(translated(field.word), "quiet")
        word.setContentsMargins(0, 5, 0, 0)
        self._words[path] = word

    def _lay_out(self, *, narrow: bool) -> None:
        """Put every field in its place; the order of the tab key stays as they were made."""
        if narrow is self._narrow:
            return
        self._narrow = narrow
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 0 if narrow else 1)
        self._grid.setColumnMinimumWidth(2, 0 if narrow else _LABEL_WIDTH)
        row, column = 0, 0
        for path, editor in self.fields.items():
            half = editor.field.half and not narrow
            if column and not half:
                row, column = row + 2, 0
            self._place(path, row, column, span=1 if half or narrow else 3)
            row, column = (row, 2) if half and not column else (row + 2, 0)
        self._grid.setRowStretch(row + 2, 1)

    def _place(self, path: Path, row: int, column: int, *, span: int) -> None:
        editor, word = self.fields[path], self._words[path]
        for widget in (word, editor.widget, editor.told):
            self._grid.removeWidget(widget)
        self._grid.addWidget(word, row, column, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(editor.widget, row, column + 1, 1, span)
        self._grid.addWidget(editor.told, row + 1, column + 1, 1, span)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """One column or two, as there is room."""
        super().resizeEvent(event)
        self._lay_out(narrow=self.viewport().width() < NARROW)
