"""The raw JSON of what a form shows, kept in step both ways; what cannot be read is said and changes nothing."""

import json
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from textcraft_gui.models.typing_in import as_field, typed
from textcraft_gui.theme import mono
from textcraft_gui.widgets.words import describe, label, set_text
from textcraft_gui.words.i18n import tr


class JsonSide(QWidget):
    """A text of JSON; `edited` tells each state of it that can be read."""

    edited = Signal(object)
    told_changed = Signal()
    """It can be read again, or no longer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self.text = QPlainTextEdit()
        self.text.setProperty("look", "json")
        self.text.setFont(mono(12))
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("JSON of this item"))
        describe(self.text, tr("The same item as its file has it; what is changed here changes the form"))
        self.told = label("", "warn", elide=True, name=tr("about the JSON"))
        self.told.hide()
        self.text.textChanged.connect(self._on_changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.text, 1)
        column.addWidget(self.told)

    @property
    def broken(self) -> bool:
        """Whether what stands here cannot be read."""
        return not self.told.isHidden()

    def show_value(self, value: Any) -> None:
        """Show a value; a text that stands for it already is left as it was typed."""
        if self.text.hasFocus() and self._reads_as(value):
            return
        shown = json.dumps(value, ensure_ascii=False, indent=2)
        self._shown = shown
        if as_field(shown) != self.text.toPlainText():
            blocker = QSignalBlocker(self.text)
            self.text.setPlainText(shown)
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
            del blocker
        self._say("")

    def _reads_as(self, value: Any) -> bool:
        try:
            return bool(json.loads(self._shown) == value)
        except ValueError:
            return self.broken

    def _on_changed(self) -> None:
        self._shown = typed(self._shown, self.text.toPlainText())
        try:
            value = json.loads(self._shown)
        except ValueError as error:
            self._say(tr("▲ This is no JSON yet: {why}", why=str(error)))
            return
        self._say("" if isinstance(value, dict) else tr("▲ This is to be an object: { … }"))
        if isinstance(value, dict):
            self.edited.emit(value)

    def _say(self, text: str) -> None:
        was = self.broken
        set_text(self.told, text)
        self.told.setVisible(bool(text))
        if was is not self.broken:
            self.told_changed.emit()
