"""MANUSCRIPT: the text as it is being written, in batches, then the file as it stands; always literal."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QTextEdit, QVBoxLayout, QWidget

from textcraft_bus.errors import BusError
from textcraft_core.events import Event, FileWritten, StageExchanged
from textcraft_gui.feed import Feed
from textcraft_gui.ports import StagePort
from textcraft_gui.state import Area, ShowState, Stream, chapter_id
from textcraft_gui.theme import Colour
from textcraft_gui.widgets.words import button, describe, label, set_look, set_text

BATCH_MS: Final = 100
"""Ten looks a second: a line costs 44 µs to append, and nobody reads faster."""
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
        self.setAccessibleName("manuscript")

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
        painter = QPainter(self.viewport())
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


class ManuscriptPanel(QWidget):
    """Follows the writing, or stays with a chapter the operator opened."""

    def __init__(self, feed: Feed, stage: StagePort, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._stage = stage
        self._stream: Stream | None = None
        self._shown = 0
        self._path = ""
        self._following = True
        self._batch = QTimer(self, singleShot=True, interval=BATCH_MS)
        self._batch.timeout.connect(self._take_pieces)
        self._make()
        feed.refreshed.connect(self.refresh)
        feed.heard.connect(self._on_heard)

    def _make(self) -> None:
        self.chapter = label("No chapter yet", "quiet", elide=True, name="chapter")
        self.words = label("", "figure", name="words")
        self.state = label("", "info", name="state of the chapter")
        self.follow = button("follow the writing", "link", hint="Show what is being written again")
        self.follow.clicked.connect(self._follow)
        self.follow.hide()
        self.page = Page()
        self.page.setPlaceholderText("What is being written appears here, word by word.")
        head = QHBoxLayout()
        head.setSpacing(8)
        for widget in (self.chapter, self.words, self.state):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.follow)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 4, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.page, 1)

    def open_chapter(self, path: str) -> None:
        """Stay with one chapter, whatever is being written."""
        self._following = False
        self.follow.show()
        self._load(path)

    def refresh(self, areas: Area) -> None:
        """Look at the state again."""
        stream = self._feed.state.stream
        if self._following and stream is not None and areas & Area.STREAM:
            self._take_stream(stream)
        if areas & (Area.STREAM | Area.MATRIX):
            self._show_head()

    def _follow(self) -> None:
        self._following = True
        self.follow.hide()
        stream = self._feed.state.stream
        self._stream = None
        if stream is not None and stream.open and stream.target:
            self._take_stream(stream)
        elif latest := _latest_manuscript(self._feed.state):
            self._load(latest)
        self._show_head()

    def _take_stream(self, stream: Stream) -> None:
        if not stream.open:
            self._end_stream()
            return
        if not stream.target:
            return
        if stream is not self._stream:
            self._stream, self._shown, self._path = stream, 0, stream.target
            self.page.begin()
            self.page.setPlaceholderText("")
        self.page.growing = True
        if not self._batch.isActive():
            self._batch.start()

    def _take_pieces(self) -> None:
        if self._stream is None or not self._following:
            return
        pieces = self._stream.pieces[self._shown :]
        self._shown += len(pieces)
        if pieces:
            self.page.append_text("".join(pieces))
        self._show_head()

    def _end_stream(self) -> None:
        if self._stream is None:
            return
        self._take_pieces()
        target, self._stream = self._stream.target, None
        self.page.growing = False
        path = _path_of(self._feed.state, target)
        if path:
            self._load(path)
        self.page.viewport().update()

    def _begin_again(self) -> None:
        """Another book is open."""
        self._path, self._stream, self._following = "", None, True
        self.follow.hide()
        self.page.begin()
        self.page.growing = False
        set_text(self.chapter, "No chapter yet")
        for shown in (self.words, self.state):
            set_text(shown, "")

    def _on_heard(self, event: Event) -> None:
        if isinstance(event, StageExchanged):
            self._begin_again()
            return
        if not isinstance(event, FileWritten) or not event.path.endswith(".md"):
            return
        same = chapter_id(event.path) == chapter_id(self._path)
        nothing_open = not self._path and self._stream is None
        if (same and self._stream is None) or nothing_open:
            self._load(event.path)

    def _load(self, path: str) -> None:
        try:
            text = self._stage.manuscript(path)
        except (BusError, OSError) as error:
            self._feed.tell(f"The chapter stays as it was: {error}")
            return
        self._path, self._stream = path, None
        self.page.growing = False
        if self.page.toPlainText() != text:
            self.page.show_text(text)
            bar = self.page.verticalScrollBar()
            bar.setValue(bar.maximum() if self._following else 0)
        self._show_head()

    def _show_head(self) -> None:
        if not self._path and self._stream is None:
            return
        state = self._feed.state
        key = chapter_id(self._path)
        entry = state.matrix.get(key, {})
        title = str(entry.get("title", ""))
        set_text(self.chapter, f"{key} · {title}" if title else key or "this cycle")
        self._show_words(int(entry.get("word_count", 0) or 0))
        writing = self._stream is not None and self._stream.open
        word = _doing(self._stream) if writing else str(entry.get("status", "")).replace("_", " ").lower()
        set_text(self.state, word)
        set_look(self.state, "info" if writing else "quiet")
        describe(self.chapter, self._path)

    def _show_words(self, counted: int) -> None:
        words = max(counted, self._stream.words) if self._stream else counted
        target = self._feed.state.metrics.get("chapter_target_word_count")
        of = f"{words:,} of {target:,} words" if isinstance(target, int) and target else f"{words:,} words"
        set_text(self.words, of)


def _doing(stream: Stream | None) -> str:
    role = stream.role if stream else ""
    return "being written" if role in {"", "narrator"} else f"the {role} is at it"


def _path_of(state: ShowState, target: str) -> str:
    """The file of a chapter; empty until one is known, since a plan may name it before it is there."""
    key = chapter_id(target)
    path = state.matrix.get(key, {}).get("path")
    written = (path for path in reversed(state.files) if path.endswith(".md") and chapter_id(path) == key)
    return str(path) if path else next(written, "")


def _latest_manuscript(state: ShowState) -> str:
    return next((path for path in reversed(state.files) if path.endswith(".md")), "")
