"""Two texts compared: in one row, or side by side; added and removed by colour and by mark; always literal."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QFont, QShowEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QScrollBar, QTextEdit, QWidget

from textcraft_core.record.differences import Piece
from textcraft_gui.theme import Colour, tinted
from textcraft_gui.widgets.words import describe
from textcraft_gui.words.i18n import tr

_BOTH: Final = frozenset({"same", "added", "removed"})
_OLD: Final = frozenset({"same", "removed"})
_NEW: Final = frozenset({"same", "added"})


class Compared(QTextEdit):
    """A read-only page of pieces: what was added is underlined on green, what was removed struck out on red."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.setProperty("look", "page")
        self.setAccessibleName(name)
        describe(self, tr("What was taken out and what came in is marked by sign and colour; for reading and copying"))
        self._first = 0
        self._settle = QTimer(self, singleShot=True, interval=0)
        self._settle.timeout.connect(self._show_first)

    def show_pieces(self, pieces: Sequence[Piece], shown: frozenset[str]) -> None:
        """Show those of the pieces."""
        self.clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for piece in pieces:
            if piece.change in shown:
                cursor.insertText(piece.text, _format(piece.change))
        cursor.endEditBlock()
        self._first = _first_change(pieces, shown)
        self._settle.start()

    def _show_first(self) -> None:
        """The first change is in sight, with two lines before it."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(self._first, self.document().characterCount() - 1))
        self.verticalScrollBar().setValue(0)
        below = self.cursorRect(cursor).top() - 2 * self.fontMetrics().lineSpacing()
        self.verticalScrollBar().setValue(max(0, below))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Only now its lines have their width."""
        super().showEvent(event)
        self._settle.start()


def _first_change(pieces: Sequence[Piece], shown: frozenset[str]) -> int:
    """Where in the shown text the two begin to differ."""
    at = 0
    for piece in pieces:
        if piece.change != "same":
            return at
        at += len(piece.text) if piece.change in shown else 0
    return 0


class DiffPage(QWidget):
    """Both ways of looking at two texts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.one = Compared(tr("both versions in one text"))
        self.old = Compared(tr("the older version"))
        self.new = Compared(tr("the newer version"))
        self.pieces: tuple[Piece, ...] = ()
        self._beside = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for page in (self.one, self.old, self.new):
            row.addWidget(page)
        _scroll_together(self.old.verticalScrollBar(), self.new.verticalScrollBar())
        self.set_beside(False)

    @property
    def beside(self) -> bool:
        """Whether the two stand side by side."""
        return self._beside

    def set_beside(self, on: bool) -> None:
        """Show the two side by side, or in one text."""
        self._beside = on
        self.one.setHidden(on)
        self.old.setVisible(on)
        self.new.setVisible(on)
        self._show()

    def show_pieces(self, pieces: tuple[Piece, ...]) -> None:
        """Show a comparison."""
        self.pieces = pieces
        self._show()

    def _show(self) -> None:
        if self._beside:
            self.old.show_pieces(self.pieces, _OLD)
            self.new.show_pieces(self.pieces, _NEW)
        else:
            self.one.show_pieces(self.pieces, _BOTH)


def _scroll_together(one: QScrollBar, other: QScrollBar) -> None:
    one.valueChanged.connect(other.setValue)
    other.valueChanged.connect(one.setValue)


def _format(change: str) -> QTextCharFormat:
    form = QTextCharFormat()
    form.setForeground(QColor(Colour.TEXT if change != "same" else Colour.QUIET))
    if change == "added":
        form.setBackground(tinted(Colour.NEXT, 0.28, Colour.PANEL))
        form.setFontUnderline(True)
        form.setFontWeight(QFont.Weight.DemiBold)
    elif change == "removed":
        form.setBackground(tinted(Colour.LIVE, 0.28, Colour.PANEL))
        form.setFontStrikeOut(True)
    return form
