"""The prompt of a persona as the brain gets it, filled in; variables nobody knows are marked by colour and sign."""

import re
from collections.abc import Iterator

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QColor, QShowEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from textcraft_core.engine.trial import Prompt
from textcraft_gui.theme import Colour, tinted
from textcraft_gui.widgets.words import describe, label, set_look, set_text
from textcraft_gui.words.i18n import tr

REST_MS = 400
"""The prompt is filled anew when the typing rests so long."""


class PromptSide(QWidget):
    """Asks for the prompt while it is in sight."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures = label("", "quiet-figure", elide=True, name=tr("size of the prompt"))
        self.unknown = label("", "warn", elide=True, name=tr("variables nobody knows"))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setProperty("look", "field")
        self.text.setAccessibleName(tr("prompt as the brain gets it"))
        describe(self.text, tr("What the brain reads when this writer is asked, with everything filled in"))
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._ask)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.figures, 1)
        head.addWidget(self.unknown, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.text, 1)

    def look_again(self) -> None:
        """The persona changed, or another one is shown."""
        if self.isVisible():
            self._rest.start()

    def show_prompt(self, prompt: Prompt) -> None:
        """Show a prompt and what is wrong with it."""
        figures = tr("about {n} tokens · {model} · for {target}", n=f"{prompt.tokens:,}", model=prompt.model or "—",
                     target=prompt.target or tr("the plan"))  # fmt: skip
        set_text(self.figures, figures)
        names = ", ".join(f"{{{{{name}}}}}" for name in prompt.unknown)
        set_text(self.unknown, tr("▲ nobody knows {names}", names=names) if names else "")
        self.unknown.setVisible(bool(names))
        whole = f"{prompt.text}\n\n— {tr('then, as the task')} —\n{prompt.task}"
        if whole != self.text.toPlainText():
            self.text.setPlainText(whole)
        self.text.setExtraSelections(list(self._marks(prompt.unknown)))

    def show_trouble(self, text: str) -> None:
        """Say why there is no prompt."""
        set_text(self.figures, f"▲ {text}")
        set_look(self.figures, "warn")
        self.text.clear()
        self.unknown.hide()

    def _ask(self) -> None:
        set_look(self.figures, "quiet-figure")
        self.wanted.emit()

    def _marks(self, unknown: tuple[str, ...]) -> Iterator[QTextEdit.ExtraSelection]:
        form = QTextCharFormat()
        form.setBackground(tinted(Colour.WARN, 0.25))
        form.setForeground(QColor(Colour.WARN))
        form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        for name in unknown:
            for found in re.finditer(r"\{\{\s*" + re.escape(name) + r"\s*\}\}", self.text.toPlainText()):
                mark = QTextEdit.ExtraSelection()
                cursor = QTextCursor(self.text.document())
                cursor.setPosition(found.start())
                cursor.setPosition(found.end(), QTextCursor.MoveMode.KeepAnchor)
                mark.cursor, mark.format = cursor, form
                yield mark

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """In sight again: fill it in."""
        super().showEvent(event)
        self._ask()
