"""MANUSCRIPT: the text as it is being written, then as it stands; edited by hand, with all its versions; literal."""

# Every import within a function here waits until its part is wanted.
# ruff: noqa: PLC0415

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from textcraft_bus.errors import BusError
from textcraft_core.errors import EngineError
from textcraft_core.events import Event, FileWritten, StageExchanged
from textcraft_gui.late import Late, MadeLate
from textcraft_gui.panels.texts.manuscript_page import Page
from textcraft_gui.session.ports import StagePort, Starter
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area, ShowState, Stream, chapter_id
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.widgets.words import button, describe, label, set_look, set_text
from textcraft_gui.words.i18n import counted, tr, translated

if TYPE_CHECKING:
    from textcraft_gui.panels.texts.history import HistorySide
    from textcraft_gui.panels.texts.text_editor import TextEditor

BATCH_MS: Final = 100
"""Ten looks a second: a line costs 44 µs to append, and nobody reads faster."""
TEXT: Final = "text"
EDIT: Final = "edit"
VERSIONS: Final = "versions"
NEARBY: Final = 12
"""So many chapters before and after the present one stand in the menu; MATRIX finds any."""


class ManuscriptPanel(QWidget):
    """Follows the writing, or stays with a chapter the operator opened."""

    def __init__(
        self, feed: Feed, stage: StagePort, verbs: Verbs, tasks: Starter, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._feed = feed
        self._stage, self._verbs, self._tasks = stage, verbs, tasks
        self._stream: Stream | None = None
        self._shown = 0
        self._path = ""
        self._following = True
        self._batch = QTimer(self, singleShot=True, interval=BATCH_MS)
        self._batch.timeout.connect(self._take_pieces)
        self._make()
        self._lay_out()
        self.show_view(TEXT)
        feed.follow(self.refresh)
        feed.heard.connect(self._on_heard)

    def _make(self) -> None:
        self.chapter = label(tr("No chapter yet"), "quiet", elide=True, name=tr("chapter"))
        self.words = label("", "figure", name=tr("words"))
        self.state = label("", "info", name=tr("state of the chapter"))
        self.follow = button(tr("follow the writing"), "link", hint=tr("Show what is being written again"))
        self.follow.clicked.connect(self._follow)
        self.follow.hide()
        self.page = Page()
        self.page.setPlaceholderText(tr("What is being written appears here, word by word."))
        self.before = button("‹", "small", hint=tr("The chapter before"), name=tr("chapter before"))
        self.after = button("›", "small", hint=tr("The chapter after"), name=tr("chapter after"))
        self.choice = button(tr("chapters…"), "small", hint=tr("Choose a chapter; MATRIX finds any"))
        self.before.clicked.connect(lambda: self._go(-1))
        self.after.clicked.connect(lambda: self._go(1))
        self.choice.clicked.connect(self._open_choice)
        self.views: dict[str, QPushButton] = {}
        self._pages = QStackedWidget()
        own = type(self)
        self._parts: dict[str, Late[Any]] = {}
        self._add_view(TEXT, Late(lambda: self.page), tr("Read it, as it is written"))
        self._add_view(EDIT, own.editor.of(self), tr("Change it by hand"))
        self._add_view(VERSIONS, own.versions.of(self), tr("What it was before, by whom, and how to bring it back"))

    @MadeLate
    def editor(self) -> "TextEditor":
        """The chapter, to be changed by hand."""
        from textcraft_gui.panels.texts.text_editor import TextEditor

        made = TextEditor(self._feed, self._stage, self._verbs, self._tasks)
        made.document.changed.connect(self._mark)
        return made

    @MadeLate
    def versions(self) -> "HistorySide":
        """What it was before."""
        from textcraft_gui.panels.texts.history import HistorySide

        return HistorySide(self._feed, self._stage.writing, self._verbs, self._tasks)

    def late_parts(self) -> list[Late[Any]]:
        """What of it is made when it is first looked at."""
        return [self._parts[EDIT], self._parts[VERSIONS]]

    def keep_draft(self) -> None:
        """Keep on disk what was typed last, before the window goes."""
        if (editor := type(self).editor.of(self).made) is not None:
            editor.document.keep_draft()

    def _add_view(self, word: str, part: Late[Any], hint: str) -> None:
        made = button(translated(word), "link", hint=hint, name=tr("show {view}", view=translated(word)))
        made.setCheckable(True)
        made.clicked.connect(lambda: self.show_view(word))
        self.views[word] = made
        self._parts[word] = part.join(self._add_page)

    def _add_page(self, page: QWidget) -> None:
        page.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._pages.addWidget(page)

    def _lay_out(self) -> None:
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.setSpacing(8)
        for widget in (self.chapter, self.words, self.state):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.follow)
        foot.setSpacing(4)
        for made in self.views.values():
            foot.addWidget(made)
        foot.addStretch(1)
        for made in (self.before, self.after, self.choice):
            foot.addWidget(made)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 8, 6)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._pages, 1)
        column.addLayout(foot)

    # Which chapter, and which view of it

    def show_view(self, word: str) -> None:
        """Read it, edit it, or see its versions; who edits stays with the chapter."""
        for name, made in self.views.items():
            made.setChecked(name == word)
        self._pages.setCurrentWidget(self._parts[word]())
        if word != TEXT:
            self._stay()
            self._show_path()

    @property
    def path(self) -> str:
        """The chapter in sight, relative to data/; empty while there is no file."""
        path = _path_of(self._feed.state, self._path) if self._path else ""
        return path.removeprefix("data/")

    def _show_path(self) -> None:
        editor, versions = type(self).editor.of(self).made, type(self).versions.of(self).made
        if not self.views[TEXT].isChecked():
            if editor is not None:
                editor.open(self.path)
            if versions is not None:
                versions.show_path(self.path)

    def _stay(self) -> None:
        if self._following:
            self._following = False
            self.follow.show()

    def _mark(self) -> None:
        editor = type(self).editor.of(self).made
        mine = editor is not None and editor.document.path == self.path
        draft = editor.document.dirty if editor is not None and mine else self._has_draft()
        self.views[EDIT].setText(tr("edit · draft") if draft else tr("edit"))

    def _has_draft(self) -> bool:
        try:
            return bool(self.path) and self._stage.writing.draft(self.path) is not None
        except EngineError:
            return False  # no show is in play at this moment

    def _chapters(self) -> list[tuple[str, str]]:
        """Id and path of every chapter that has a file, in order."""
        found = [(key, str(entry.get("path") or "")) for key, entry in self._feed.state.matrix.items()]
        return sorted(((key, path) for key, path in found if path), key=lambda pair: (len(pair[0]), pair[0]))

    def _go(self, by: int) -> None:
        chapters = self._chapters()
        at = next((n for n, (key, _path) in enumerate(chapters) if key == chapter_id(self._path)), -1)
        to = at + by if at >= 0 else len(chapters) - 1
        if 0 <= to < len(chapters):
            self.open_chapter(chapters[to][1])

    def _open_choice(self) -> None:
        menu, chapters = QMenu(self), self._chapters()
        at = next((n for n, (key, _path) in enumerate(chapters) if key == chapter_id(self._path)), len(chapters))
        for key, path in chapters[max(0, at - NEARBY) : at + NEARBY + 1]:
            title = str(self._feed.state.matrix[key].get("title") or "")
            action = menu.addAction(f"{key}  {title}".replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(key == chapter_id(self._path))
            action.triggered.connect(lambda _on, path=path: self.open_chapter(path))
        if not chapters:
            menu.addAction(tr("No chapter yet")).setEnabled(False)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.choice.mapToGlobal(self.choice.rect().bottomLeft()))

    def open_chapter(self, path: str) -> None:
        """Stay with one chapter, whatever is being written."""
        self._stay()
        self._load(path)
        self._show_path()

    def refresh(self, areas: Area) -> None:
        """Look at the state again."""
        stream = self._feed.state.stream
        if self._following and stream is not None and areas & Area.STREAM:
            self._take_stream(stream)
        if areas & (Area.STREAM | Area.MATRIX):
            self._show_head()

    def _follow(self) -> None:
        self.show_view(TEXT)
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
        self.show_view(TEXT)
        if (versions := type(self).versions.of(self).made) is not None:
            versions.show_path("")
        self._path, self._stream, self._following = "", None, True
        self.follow.hide()
        self.page.begin()
        self.page.growing = False
        set_text(self.chapter, tr("No chapter yet"))
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
            self._feed.tell(tr("The chapter stays as it was: {error}", error=error))
            return
        self._path, self._stream = path, None
        self._mark()
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
        set_text(self.chapter, f"{key} · {title}" if title else key or tr("this cycle"))
        self._show_words(int(entry.get("word_count", 0) or 0))
        writing = self._stream is not None and self._stream.open
        word = _doing(self._stream) if writing else translated(str(entry.get("status", "")).replace("_", " ").lower())
        set_text(self.state, word)
        set_look(self.state, "info" if writing else "quiet")
        describe(self.chapter, self._path)

    def _show_words(self, known: int) -> None:
        words = max(known, self._stream.words) if self._stream else known
        target = self._feed.state.metrics.get("chapter_target_word_count")
        of = (
            counted(target, "{words:,} of {n} word", "{words:,} of {n} words", words=words)
            if isinstance(target, int) and target
            else counted(words, "{n} word", "{n} words")
        )
        set_text(self.words, of)


def _doing(stream: Stream | None) -> str:
    role = stream.role if stream else ""
    return tr("being written") if role in {"", "narrator"} else tr("the {role} is at it", role=translated(role))


def _path_of(state: ShowState, target: str) -> str:
    """The file of a chapter; empty until one is known, since a plan may name it before it is there."""
    key = chapter_id(target)
    path = state.matrix.get(key, {}).get("path")
    written = (path for path in reversed(state.files) if path.endswith(".md") and chapter_id(path) == key)
    return str(path) if path else next(written, "")


def _latest_manuscript(state: ShowState) -> str:
    return next((path for path in reversed(state.files) if path.endswith(".md")), "")
