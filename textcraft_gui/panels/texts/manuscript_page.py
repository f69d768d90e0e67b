"""The page a text grows on: literal, read-only, no paragraph and no line longer than the eye or Qt can bear."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from textcraft_gui.theme import Colour
from textcraft_gui.widgets.words import describe
from textcraft_gui.words.i18n import tr

MOST_BLOCKS: Final = 4000
MOST_WIDTH: Final = 820
MOST_CHARS: Final = 3000
"""A paragraph longer than this is shown as several: each letter at its end would lay out all of it again."""
LINE_HEIGHT: Final = 132.0
"""Per cent of the font's own."""


class Page(QTextEdit):
    """Read-only literal text with a block at its end while it grows; lines no longer than an eye likes."""

    def __init__(self) -> None:
        super().__init__()
        self.growing = False
        self._column = 0
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUndoRedoEnabled(False)
        self.document().setMaximumBlockCount(MOST_BLOCKS)
        self.document().setDocumentMargin(6)
        self.setProperty("look", "page")
        self.setAccessibleName(tr("manuscript"))
        describe(self, tr("The chapter as it is written, word by word; for reading and copying"))

    def show_text(self, text: str) -> None:
        """Show another text, from its start."""
        self.begin()
        self.append_text(text)

    def begin(self) -> None:
        """Begin with an empty page."""
        self._column = 0
        self.clear()

    def append_text(self, text: str) -> None:
        """Put text at the end; the view follows when its end was in sight."""
        bar = self.verticalScrollBar()
        follow = bar.value() >= bar.maximum() - 4
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if cursor.blockFormat().lineHeight() != LINE_HEIGHT:
            cursor.setBlockFormat(_airy())  # the blocks after it inherit it; setting it again would lay out anew
        lines = [piece for line in _lines(text, self._column) for piece in line]
        self._column = len(lines[-1]) + (self._column if len(lines) == 1 else 0)
        cursor.insertText("\n".join(lines))
        if follow:
            bar.setValue(bar.maximum())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Draw the text, then the block that says it grows."""
        super().paintEvent(event)
        if not self.growing:
            return
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        end = self.cursorRect(cursor)
        with QPainter(self.viewport()) as painter:
            painter.fillRect(QRect(end.left() + 1, end.top() + 2, 9, end.height() - 4), Colour.INFO.q)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Keep the lines readable, however wide the panel is."""
        super().resizeEvent(event)
        self.setLineWrapColumnOrWidth(min(MOST_WIDTH, self.viewport().width()))


def _lines(text: str, column: int) -> Iterator[list[str]]:
    """The lines of a text that goes on at `column`, each in pieces no longer than `MOST_CHARS`."""
    for line in text.split("\n"):
        yield _pieces(line, column)
        column = 0


def _pieces(line: str, column: int) -> list[str]:
    pieces = []
    room = MOST_CHARS - column
    while len(line) > room:
        end = line.rfind(" ", 0, room) + 1 or room
        pieces.append(line[:end])
        line, room = line[end:], MOST_CHARS
    return [*pieces, line]


def _airy() -> QTextBlockFormat:
    form = QTextBlockFormat()
    form.setLineHeight(LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    return form
