"""The fields of a form: each shows one JSON value, tells its change, and has room for what is wrong with it."""

from math import ceil
from typing import Any, Final

from PySide6.QtCore import QObject, QRect, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent, QTextOption
from PySide6.QtWidgets import QCheckBox, QCompleter, QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from textcraft_core.show.bible_files import Problem
from textcraft_core.show.merge import MISSING
from textcraft_gui.models.typing_in import as_field, typed
from textcraft_gui.panels.texts.specs import TOOLS, Field, Kind
from textcraft_gui.panels.texts.values import read, shown
from textcraft_gui.widgets.words import describe, label, set_look, set_text
from textcraft_gui.words.i18n import tr, translated

_LEAST_LINES: Final = {Kind.TEXT: 1, Kind.WORDS: 1, Kind.PAIRS: 2, Kind.FREE: 2, Kind.LONG: 5}
MOST_LINES: Final = 9
MEASURED: Final = 4000
"""So many characters decide the height of a field: more are higher than any field may be."""
MAX_LINE: Final = 2000
_COLUMNS: Final = 2


class FieldEditor(QObject):
    """One field: `widget` to edit, `told` below it for its problem."""

    changed = Signal(object)
    """The new value."""

    def __init__(self, field: Field, widget: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.widget = widget
        self.value: Any = MISSING
        widget.setAccessibleName(translated(field.word))
        self.told = label("", "warn", name=tr("about {field}", field=translated(field.word)))
        self.told.setWordWrap(True)
        self.told.hide()
        self.show_problem(None)

    def show_value(self, value: Any) -> None:
        """Show a value without calling it an edit."""
        self.value = value

    def show_problem(self, problem: Problem | None) -> None:
        """Say what is wrong, beside the field."""
        fatal = problem is not None and problem.fatal
        if bool(self.widget.property("wrong")) != fatal:
            self.widget.setProperty("wrong", fatal)
            self.widget.style().unpolish(self.widget)
            self.widget.style().polish(self.widget)
        set_text(
            self.told, "" if problem is None else f"▲ {translated(problem.text)}" if fatal else translated(problem.text)
        )
        set_look(self.told, "warn" if fatal else "quiet")
        self.told.setVisible(problem is not None)
        describe(self.widget, problem.text if problem is not None else translated(self.field.hint or self.field.word))

    def _tell(self, value: Any) -> None:
        if value != self.value:
            self.value = value
            self.changed.emit(value)


class LineField(FieldEditor):
    """One line: words or a figure."""

    def __init__(self, field: Field, parent: QObject | None = None) -> None:
        self._line = QLineEdit()
        super().__init__(field, self._line, parent)
        self._line.setMaxLength(MAX_LINE)
        self._line.textEdited.connect(lambda text: self._tell(read(field.kind, text, self.value)))
        if field.choices:
            completer = QCompleter(list(field.choices), self._line)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.activated.connect(self._tell)
            self._line.setCompleter(completer)

    def show_value(self, value: Any) -> None:
        """Show a value; the cursor stays where it is while it is the one being typed."""
        super().show_value(value)
        text = shown(self.field.kind, value)
        if self._line.text() != text and not says(self.field.kind, self._line.text(), value):
            self._line.setText(text)
            self._line.setCursorPosition(0)


class GrowingText(QPlainTextEdit):
    """As high as its lines need, between two bounds; beyond them it scrolls."""

    def __init__(self, least: int, most: int) -> None:
        super().__init__()
        self._least, self._most = least, most
        self.setProperty("look", "field")
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.textChanged.connect(self.fit)
        self.fit()

    def fit(self) -> None:
        """Take the height the text needs at this width."""
        metrics, text = self.fontMetrics(), self.toPlainText()[:MEASURED]
        width = max(40, self.viewport().width() - 2 * round(self.document().documentMargin()) - 2)
        box = metrics.boundingRect(QRect(0, 0, width, 1 << 20), int(Qt.TextFlag.TextWordWrap), text + "|")
        lines = max(self._least, min(self._most, ceil(box.height() / metrics.lineSpacing())))
        height = metrics.lineSpacing() * lines + 20
        if height != self.height():
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Other lines at another width."""
        super().resizeEvent(event)
        self.fit()


class TextField(FieldEditor):
    """Some lines."""

    def __init__(self, field: Field, parent: QObject | None = None) -> None:
        most = MOST_LINES * (2 if field.kind is Kind.LONG else 1)
        self._text = GrowingText(_LEAST_LINES.get(field.kind, 1), most)
        self._shown = ""
        super().__init__(field, self._text, parent)
        self._text.textChanged.connect(self._on_changed)

    def show_value(self, value: Any) -> None:
        """Show a value; the same text is left alone, so that its own undo and cursor stay."""
        super().show_value(value)
        text = self._shown = shown(self.field.kind, value)
        if self._text.toPlainText() != as_field(text) and not says(self.field.kind, self._text.toPlainText(), value):
            blocker = QSignalBlocker(self._text)
            self._text.setPlainText(text)
            del blocker
            self._text.fit()

    def _on_changed(self) -> None:
        self._shown = typed(self._shown, self._text.toPlainText())
        self._tell(read(self.field.kind, self._shown, self.value))


class CheckField(FieldEditor):
    """Yes or no."""

    def __init__(self, field: Field, parent: QObject | None = None) -> None:
        self._box = QCheckBox(tr("yes"))
        super().__init__(field, self._box, parent)
        self._box.clicked.connect(self._tell)

    def show_value(self, value: Any) -> None:
        """Show a value."""
        super().show_value(value)
        self._box.setChecked(value is True)


class ToolsField(FieldEditor):
    """The tools of a persona, those nobody knows too."""

    def __init__(self, field: Field, parent: QObject | None = None) -> None:
        holder = QWidget()
        self._grid = QGridLayout(holder)
        self._grid.setContentsMargins(0, 2, 0, 2)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        self.boxes: dict[str, QCheckBox] = {}
        super().__init__(field, holder, parent)

    def show_value(self, value: Any) -> None:
        """Tick what is allowed."""
        super().show_value(value)
        allowed = _names(value)
        for name in (*TOOLS, *allowed):
            if name not in self.boxes:
                self._add(name)
        for name, box in self.boxes.items():
            box.setChecked(name in allowed)
            box.setVisible(name in TOOLS or name in allowed)

    def _add(self, name: str) -> None:
        box = QCheckBox(name.replace("&", "&&"))
        box.setAccessibleName(tr("allow {tool}", tool=name))
        known = name in TOOLS
        hint = tr("Allow this writer the tool {tool}", tool=name)
        describe(box, hint if known else tr("{hint}, which nobody knows", hint=hint))
        box.clicked.connect(self._on_clicked)
        count = len(self.boxes)
        self._grid.addWidget(box, count // _COLUMNS, count % _COLUMNS)
        self.boxes[name] = box

    def _on_clicked(self) -> None:
        on = [name for name, box in self.boxes.items() if box.isChecked()]
        before = [name for name in _names(self.value) if name in on]
        self._tell([*before, *(name for name in on if name not in before)])


def says(kind: Kind, text: str, value: Any) -> bool:
    """Whether a text stands for a value already: then what is being typed is not taken from under the fingers."""
    return value is not MISSING and bool(read(kind, text, value) == value)


def _names(value: Any) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list | tuple) else []


def editor_of(field: Field, parent: QObject) -> FieldEditor:
    """Make the editor of a field."""
    match field.kind:
        case Kind.CHECK:
            return CheckField(field, parent)
        case Kind.TOOLS:
            return ToolsField(field, parent)
        case Kind.LINE | Kind.KEY | Kind.WHOLE | Kind.NUMBER:
            return LineField(field, parent)
    return TextField(field, parent)
