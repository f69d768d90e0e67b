"""One line to say what the next cycle does with a chapter; nothing is forced without words."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from textcraft_gui.widgets.words import button, describe, label, set_text
from textcraft_gui.words.i18n import tr


class ForceStrip(QWidget):
    """Hidden until a chapter is chosen for it; Esc puts it away."""

    forced = Signal(str, str)
    """Chapter id and instruction."""
    toggled = Signal(bool)
    """Whether it asks now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = ""
        self.chapter = label("", "strong", elide=True, name=tr("chapter that is forced"))
        self.words = QLineEdit()
        self.words.setAccessibleName(tr("what the next cycle does with this chapter"))
        describe(self.words, tr("What is asked of the writers there (Enter forces it)"))
        self.words.setPlaceholderText(tr("What shall be done with it?"))
        self.words.setMaxLength(4000)
        self.go = button(tr("force"), hint=tr("The next cycle works on this chapter (Enter)"))
        self.leave = button(tr("leave"), "link", hint=tr("Force nothing (Esc)"))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.chapter)
        row.addWidget(self.words, 1)
        row.addWidget(self.go)
        row.addWidget(self.leave)
        self.words.textChanged.connect(lambda text: self.go.setEnabled(bool(text.strip())))
        self.words.returnPressed.connect(self._go)
        self.go.clicked.connect(self._go)
        self.leave.clicked.connect(self.hide)
        self.go.setEnabled(False)
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether it asks now."""
        return not self.isHidden()

    def ask_for(self, key: str, title: str) -> None:
        """Ask what is to be done with a chapter."""
        self._key = key
        set_text(self.chapter, f"{key} · {title}" if title else key)
        self.words.clear()
        self.show()
        self.toggled.emit(True)
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _go(self) -> None:
        if instruction := self.words.text().strip():
            self.hide()
            self.forced.emit(self._key, instruction)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        """What was typed belongs to one chapter only."""
        super().hideEvent(event)
        if not event.spontaneous() and self.isHidden():
            self.words.clear()
            self.toggled.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Esc forces nothing."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return
        super().keyPressEvent(event)
