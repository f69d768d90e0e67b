"""A window that says why the console did not open, for who started it by an icon and sees no terminal.

Knows no show and no settings: they may be what is wrong.
"""

import asyncio
import sys

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from textcraft_bus.disk.assets import resources
from textcraft_bus.disk.folders import log_folder
from textcraft_gui.theme import dress, prepare
from textcraft_gui.widgets.words import button, label
from textcraft_gui.words.engine_words import engine_words
from textcraft_gui.words.i18n import tr
from textcraft_gui.words.translation import speak, spoken
from textcraft_qt.errors import QtHelperError
from textcraft_qt.fonts import load_fonts
from textcraft_qt.guards import application
from textcraft_qt.labels import PlainLabel
from textcraft_qt.program import run

WIDE, MARGIN = 620, 24
"""Pixels."""


class Refusal(QWidget):
    """What is wrong, literally, and where more is told; closed by its button, Enter or Esc."""

    closed = Signal()

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.setWindowTitle(tr("TextCraft Console did not open"))
        self.setFixedWidth(WIDE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(MARGIN // 2)
        self._reason = reason
        help_text = tr(
            "Mend what it names and open the console again. The logs are in {folder}; in a terminal, textcraft doctor "
            "looks at this machine and the show.",
            folder=str(log_folder()),
        )
        texts = {"loud": tr("The console did not open"), "sentence": reason, "quiet": help_text}
        for look, text in texts.items():
            layout.addWidget(_told(text, look))
        layout.addLayout(self._buttons())
        dress(self)
        self.setFixedHeight(layout.heightForWidth(WIDE))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Tell that it was read."""
        super().closeEvent(event)
        self.closed.emit()

    def _buttons(self) -> QHBoxLayout:
        copy = button(tr("copy"), hint=tr("Copy the reason, to send it to who can help"))
        close = button(tr("close"), hint=tr("Close this window (esc)"))
        close.setFocus()
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._reason))
        close.clicked.connect(self.close)
        for key in ("Esc", "Return", "Enter"):
            QShortcut(QKeySequence(key), self).activated.connect(self.close)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(copy)
        row.addWidget(close)
        return row


def _told(text: str, look: str) -> PlainLabel:
    made = label(text, look)
    made.setWordWrap(True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def is_seen_nowhere(*, by_icon: bool) -> bool:
    """Whether nobody would read a line on standard error: started by an icon, or a program without a terminal.

    Windows gives a program without a console no standard error (not run).
    """
    return by_icon or sys.stderr is None


def _application(program: str) -> QApplication:
    """The one there is: a console that ended while it opened leaves it."""
    app = QApplication.instance()
    return app if isinstance(app, QApplication) else application([program], gui=True)


def show_refusal(program: str, reason: str) -> None:
    """Show the window until it is closed; without a screen there is nobody to show it to."""
    try:
        app = _application(program)
    except QtHelperError:
        return

    async def until_read() -> None:
        prepare(app, load_fonts(resources("fonts")))
        if not spoken():
            speak("")
        window, read = Refusal(engine_words(reason)), asyncio.Event()
        window.closed.connect(read.set)
        window.show()
        window.activateWindow()
        await read.wait()

    run(until_read, app)
