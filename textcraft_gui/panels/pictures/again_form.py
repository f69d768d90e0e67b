"""The inline form that paints a picture again: its prompt and seed to edit, and what it will cost; no dialog."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from textcraft_gui.widgets.fields import LineField, TextField
from textcraft_gui.widgets.words import button, describe, label
from textcraft_gui.words.i18n import tr

MAX_SEED = 2_147_483_647
MAX_PROMPT = 4000


class AgainForm(QFrame):
    """`wanted` carries prompt and seed (None: let it be chosen); Esc puts the form away."""

    wanted = Signal(str, str, object)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "inline")
        self.request_id = ""
        self.prompt = TextField(tr("prompt"), tr("What is to be seen; it goes to the image server word by word"))
        self.prompt.setMinimumHeight(44)
        self.seed = LineField(tr("seed"), tr("The same seed and words give the same picture; empty means another one"))
        self.seed.setPlaceholderText(tr("new seed"))
        self.seed.setValidator(QIntValidator(0, MAX_SEED, self))
        self.go = button(tr("paint"), hint=tr("Ask for this picture"))
        self.away = button(tr("esc"), "link", hint=tr("Put it away; nothing is asked for"), name=tr("put away"))
        self.go.clicked.connect(self._send)
        self.seed.returnPressed.connect(self._send)
        self.prompt.textChanged.connect(self._look)
        for leaves in (self.away.clicked, self.prompt.left, self.seed.left):
            leaves.connect(self.leave)
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(label(tr("seed"), "quiet"))
        row.addWidget(self.seed, 1)
        row.addWidget(self.go)
        row.addWidget(self.away)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(6)
        column.addWidget(self.prompt, 1)
        column.addLayout(row)

    def begin(self, request_id: str, prompt: str, price: str) -> None:
        """Open for one picture."""
        self.request_id = request_id
        self.prompt.setPlainText(prompt[:MAX_PROMPT])
        self.seed.clear()
        self.go.setText(f"{tr('paint')} {price}".rstrip())
        self.show()
        self._look()
        self.prompt.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def leave(self) -> None:
        """Put it away and give the keyboard back."""
        if self.isAncestorOf(self.focusWidget() or self) and self.isVisible():
            self.window().setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.hide()
        self.closed.emit()

    def _look(self) -> None:
        words = self.prompt.toPlainText().strip()
        self.go.setEnabled(0 < len(words) <= MAX_PROMPT)
        why = tr("A picture needs words.") if not words else tr("These are more words than a prompt may have.")
        describe(self.go, tr("Ask for this picture") if self.go.isEnabled() else why)

    def _send(self) -> None:
        if not self.go.isEnabled():
            return
        seed = int(self.seed.text()) if self.seed.text() else None
        self.wanted.emit(self.request_id, self.prompt.toPlainText().strip(), seed)
        self.leave()
