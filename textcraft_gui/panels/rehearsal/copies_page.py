"""Copies that rehearsals left: compared with the show, kept under a title, or thrown away; old ones all at once."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from textcraft_core import commands as cmd
from textcraft_core.errors import CommandRefused
from textcraft_core.show.rehearsals import MAX_TITLE, Difference, Rehearsal, older_than
from textcraft_gui.panels.texts.diff_page import DiffPage
from textcraft_gui.session.ports import BenchPort
from textcraft_gui.theme import Colour
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.steady import SteadyNumber
from textcraft_gui.widgets.verb_button import Face, HoldButton
from textcraft_gui.widgets.words import button, describe, label, set_text
from textcraft_gui.words.engine_words import engine_words
from textcraft_gui.words.i18n import counted, tr
from textcraft_gui.words.wording import data_size
from textcraft_qt.labels import plain_tooltip

USUAL_DAYS: Final = 30
ROW_HEIGHT: Final = 28
MOST_ROWS: Final = 3
SPIN_WIDTH: Final = 172
_NAME: Final = Qt.ItemDataRole.UserRole
Start = Callable[[Coroutine[Any, Any, None], str], object]


class CopiesPage(QWidget):
    """The list, or one copy compared; `start` runs what it reads."""

    def __init__(self, bench: BenchPort, verbs: Verbs, start: Start) -> None:
        super().__init__()
        self._bench, self._verbs, self._start = bench, verbs, start
        self._found: dict[str, Rehearsal] = {}
        self._now: datetime | None = None
        self._playing = self._compared = ""
        self.empty = label(
            tr("No rehearsal has left a copy yet. REHEARSE plays on a copy of the show; when it is left, the copy lies "
               "here until you keep it or throw it away."),
            "quiet",
        )  # fmt: skip
        self.empty.setWordWrap(True)
        self._make_list()
        self._make_comparison()
        self._lay_out()

    def _make_list(self) -> None:
        self.list = QListWidget()
        self.list.setProperty("look", "menu")
        self.list.setAccessibleName(tr("copies of rehearsals"))
        describe(self.list, tr("Each copy with its time, words and size, the newest first; Enter compares it"))
        self.list.currentItemChanged.connect(lambda _now, _before: self._show_choice())
        self.list.itemActivated.connect(lambda _item: self._compare())
        self.compare = button(tr("compare"), hint=tr("What this rehearsal changed, against the show as it is now"))
        self.title = QLineEdit()
        self.title.setPlaceholderText(tr("Title of the telling"))
        self.title.setAccessibleName(tr("title to keep it under"))
        self.title.setMaxLength(MAX_TITLE)
        describe(self.title, tr("What the telling is to be called; Enter keeps it"))
        self.keep = button(tr("keep"), hint=tr("Keep it as a telling under this title; pruning spares it"))
        self.drop = HoldButton(Face(tr("throw away"), colour=Colour.WARN), small=True)
        self.drop.explain(tr("Held 1 s: delete this copy for good; the show is not touched"))
        self.days = SteadyNumber()
        self.days.setRange(0, 3650)
        self.days.setValue(USUAL_DAYS)
        self.days.setSuffix(tr(" days"))
        self.days.setPrefix(tr("older than "))
        self.days.setProperty("look", "bare")
        self.days.setMinimumWidth(SPIN_WIDTH)
        self.days.setAccessibleName(tr("age from which copies go"))
        describe(self.days, tr("Copies older than this, but none that was kept and not the one in play"))
        self.prune = HoldButton(Face(tr("prune"), colour=Colour.WARN), small=True)
        self.prune.explain(tr("No copy is as old as that"))
        self.compare.clicked.connect(self._compare)
        self.keep.clicked.connect(self._keep)
        self.title.returnPressed.connect(self._keep)
        self.drop.held.connect(lambda: self._verbs.throw_away_rehearsal(self._chosen))
        self.days.valueChanged.connect(lambda _days: self._show_prune())
        self.prune.held.connect(
            lambda: self._verbs.ask(Verb.PRUNE_REHEARSALS, cmd.PruneRehearsals(days=self.days.value()), how="held")
        )

    def _make_comparison(self) -> None:
        self.back = button(tr("◀ copies"), "link", hint=tr("Back to the list"))
        self.about = label("", "strong", elide=True, name=tr("what is compared"))
        self.files = QListWidget()
        self.files.setProperty("look", "menu")
        self.files.setAccessibleName(tr("texts it changed"))
        describe(self.files, tr("Each text this rehearsal changed, with its words; the chosen one is compared below"))
        self.diff = DiffPage()
        for page in (self.diff.one, self.diff.old, self.diff.new):
            describe(page, tr("The show's text and the rehearsal's: added underlined, removed struck out"))
        self.back.clicked.connect(lambda: self.pages.setCurrentIndex(0))
        self.files.currentItemChanged.connect(lambda now, _before: self._show_file(now))

    def _lay_out(self) -> None:
        acts, keeps, prunes = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row, widgets in ((acts, (self.compare, self.drop)), (prunes, (self.days, self.prune))):
            row.setSpacing(6)
            for widget in widgets:
                row.addWidget(widget)
            row.addStretch(1)
        keeps.setSpacing(6)
        keeps.addWidget(self.title, 1)
        keeps.addWidget(self.keep)
        self.hands = QWidget()
        inner = QVBoxLayout(self.hands)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(5)
        for row in (acts, keeps, prunes):
            inner.addLayout(row)
        listing, comparing = QWidget(), QWidget()
        column = QVBoxLayout(listing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        column.addWidget(self.hands)
        column.addStretch(0)
        head = QHBoxLayout()
        head.addWidget(self.back)
        head.addWidget(self.about, 1)
        other = QVBoxLayout(comparing)
        other.setContentsMargins(0, 0, 0, 0)
        other.setSpacing(4)
        other.addLayout(head)
        other.addWidget(self.files)
        other.addWidget(self.diff, 1)
        self.pages = QStackedWidget()
        self.pages.addWidget(listing)
        self.pages.addWidget(comparing)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.pages)
        self.list.setMinimumHeight(40)

    @property
    def _chosen(self) -> str:
        item = self.list.currentItem()
        return "" if item is None else str(item.data(_NAME))

    # What is shown

    def show_copies(self, found: list[Rehearsal], playing: str, now: datetime) -> None:
        """Show the list; `playing` is in play and stays."""
        chosen, self._playing, self._now = self._chosen, playing, now
        self._found = {copy.name: copy for copy in found}
        self.list.clear()
        for copy in found:
            item = QListWidgetItem(_row(copy, playing))
            item.setData(_NAME, copy.name)
            item.setToolTip(plain_tooltip(copy.name))
            item.setSizeHint(QSize(0, 42))
            self.list.addItem(item)
            if copy.name == chosen:
                self.list.setCurrentItem(item)
        if found and self.list.currentItem() is None:
            self.list.setCurrentRow(0)
        for widget in (self.list, self.hands):
            widget.setVisible(bool(found))
        self.empty.setVisible(not found)
        if self._compared not in self._found:
            self.pages.setCurrentIndex(0)
        self._show_choice()
        self._show_prune()

    def _show_choice(self) -> None:
        copy = self._found.get(self._chosen)
        plays = copy is not None and copy.name == self._playing
        self.drop.setEnabled(copy is not None and not plays)
        self.drop.setAccessibleName(tr("throw away {name}", name=self._chosen))
        why = " " + tr("Now: it is in play") if plays else ""
        self.drop.explain(tr("Held 1 s: delete this copy for good; the show is not touched.") + why)
        for widget in (self.compare, self.keep, self.title):
            widget.setEnabled(copy is not None)
        if copy is not None and not self.title.hasFocus():
            self.title.setText(copy.title)

    def _show_prune(self) -> None:
        if self._now is None:
            return
        old = older_than(self._found.values(), self.days.value(), self._now, but=self._playing)
        size = data_size(sum(copy.size for copy in old))
        face = tr("prune {count} · {size}", count=len(old), size=size) if old else tr("prune")
        self.prune.show_face(Face(face, colour=Colour.WARN))
        self.prune.setAccessibleName(face)
        self.prune.setEnabled(bool(old))
        count = counted(len(old), "{n} copy", "{n} copies")
        told = tr("Held 1 s: delete {count} for good and free {size}; kept ones stay", count=count, size=size)
        self.prune.explain(told if old else tr("No copy is as old as that"))

    # What is asked

    def _keep(self) -> None:
        if self._chosen:
            self._verbs.keep_rehearsal(self._chosen, self.title.text())

    def _compare(self) -> None:
        if self._chosen:
            self._compared = self._chosen
            self._start(self._read_differences(self._compared), "compare a rehearsal")

    async def _read_differences(self, name: str) -> None:
        try:
            found = await self._bench.differences(name)
        except CommandRefused as refusal:
            self._verbs.on_refused(None, engine_words(refusal.reason))
            return
        self.files.clear()
        self.diff.show_pieces(())
        for difference in found:
            item = QListWidgetItem(_changed(difference))
            item.setData(_NAME, difference.path)
            self.files.addItem(item)
        self.files.setFixedHeight(ROW_HEIGHT * min(MOST_ROWS, max(1, len(found))) + 8)
        copy = self._found.get(name)
        title = (copy.title or _date(copy)) if copy is not None else name
        texts = counted(len(found), "{n} text", "{n} texts") if found else tr("no text")
        set_text(self.about, tr("{title} changed {texts}", title=title, texts=texts))
        self.pages.setCurrentIndex(1)
        if found:
            self.files.setCurrentRow(0)
        self.back.setFocus()

    def _show_file(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._start(self._read_file(self._compared, str(item.data(_NAME))), "compare a text")

    async def _read_file(self, name: str, path: str) -> None:
        try:
            pieces = await self._bench.pieces(name, path)
        except CommandRefused as refusal:
            self._verbs.on_refused(None, engine_words(refusal.reason))
            return
        item = self.files.currentItem()
        if item is not None and item.data(_NAME) == path:
            self.diff.show_pieces(pieces)


def _date(copy: Rehearsal) -> str:
    return copy.made.astimezone().strftime("%d %b %Y, %H:%M")


def _row(copy: Rehearsal, playing: str) -> str:
    """Two lines: when it was and what it is called; its words and size."""
    title = f" · {copy.title}" if copy.title else ""
    plays = tr(" · in play") if copy.name == playing else ""
    words = counted(copy.words, "{n} word", "{n} words")
    return f"{_date(copy)}{title}{plays}\n{words} · {data_size(copy.size)}"


def _changed(difference: Difference) -> str:
    path, before, after = difference.path.removeprefix("manuscripts/"), difference.before, difference.after
    if before < 0:
        return tr("{path}: new, {after} words", path=path, after=after)
    if after < 0:
        return tr("{path}: gone, it had {before} words", path=path, before=before)
    return tr("{path}: {before} → {after} words", path=path, before=before, after=after)
