"""MATRIX: every chapter with its status, words and notes; found, filtered, locked, forced; Enter opens its text."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from textcraft_core import commands as cmd
from textcraft_core.events import Event, MatrixChanged, StageExchanged
from textcraft_gui.models.matrix import MatrixModel, Sieve, editor_notes_of, left_notes_of, status_of
from textcraft_gui.panels.matrix.force_strip import ForceStrip
from textcraft_gui.panels.matrix.matrix_table import MatrixTable
from textcraft_gui.state.feed import Feed
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.words import button, describe, label, opener, set_look, set_text
from textcraft_gui.words.i18n import tr, translated

STATUSES: Final = ("EMPTY", "DRAFTING", "REVIEW_READY", "REVISION_NEEDED", "LOCKED", "MISSING", "STAGNANT")
SEARCH_MS: Final = 120
"""A search begins when the typing rests, so that 10,000 rows are looked through once a word."""

FILTER_WIDTH: Final = 142
"""The longest status has room, so that the search field stays where it is."""


class MatrixPanel(QWidget):
    """The table with its search above and what can be done with the selected chapters below."""

    assign_wanted = Signal(str)
    """The operator wants to hand in a plan for this chapter: its path."""

    def __init__(self, feed: Feed, verbs: Verbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._verbs = verbs
        self.model = MatrixModel(self)
        self.table = MatrixTable(self.model)
        self._make_head()
        self._make_foot()
        self._lay_out()
        self._show_found()
        self._show_chosen()
        feed.hear(self._on_heard)
        self.table.chosen.connect(self._show_chosen)

    def _make_head(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a chapter or a note…"))
        self.search.setAccessibleName(tr("find a chapter"))
        describe(self.search, tr("Only chapters whose id, title or notes hold these words"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaxLength(200)
        self._typing = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self._typing.timeout.connect(self._sift)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.returnPressed.connect(self._enter_table)
        self.filter = opener(tr("all ▾"), hint=tr("Show the chapters of one status only"), name=tr("status shown"))
        self.filter.clicked.connect(self._open_filter)
        self.count = label("", "quiet-figure", name=tr("chapters in sight"))
        self.filter.setMinimumWidth(FILTER_WIDTH)
        self._status = ""

    def _make_foot(self) -> None:
        self.notes = label("", "quiet", elide=True, name=tr("notes of the chapter"))
        self.open = button(tr("open"), hint=tr("Read this chapter in MANUSCRIPT (Enter)"))
        self.lock = button(tr("lock"), hint=tr("No writer may change a locked chapter"))
        self.unlock = button(tr("unlock"), hint=tr("Let the writers at it again"))
        self.force = button(tr("force…"), hint=tr("Make this chapter the target of the next cycle"))
        self.assign = button(tr("assign…"), hint=tr("Hand in the whole plan of the next cycle for this chapter"))
        self.forget = button(tr("clear notes"), hint=tr("Take away what services left on the selected chapters"))
        self.open.clicked.connect(lambda: self._one(lambda key: self.table.opened.emit(self._path(key))))
        self.lock.clicked.connect(lambda: self._lock(True))
        self.unlock.clicked.connect(lambda: self._lock(False))
        self.force.clicked.connect(lambda: self._one(self._open_force))
        self.assign.clicked.connect(lambda: self._one(lambda key: self.assign_wanted.emit(self._path(key))))
        self.forget.clicked.connect(self._forget_notes)
        self.strip = ForceStrip()
        self.strip.forced.connect(self._force)
        self.strip.toggled.connect(self._on_strip)
        self.assign.hide()

    def _lay_out(self) -> None:
        self.empty = label(tr("No chapter yet. The first cycle begins one."), "quiet")
        self.empty.setContentsMargins(8, 8, 8, 8)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.search, 1)
        head.addWidget(self.count)
        head.addWidget(self.filter)
        foot = QHBoxLayout()
        foot.setSpacing(6)
        for made in (self.open, self.lock, self.unlock, self.force, self.assign, self.forget):
            foot.addWidget(made)
        foot.addStretch(1)
        self._foot, self._head = QWidget(), QWidget()
        for holder, row in ((self._foot, foot), (self._head, head)):
            row.setContentsMargins(8, 0, 8, 0)
            holder.setLayout(row)
        self.notes.setContentsMargins(9, 2, 8, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 8, 2, 6)
        column.setSpacing(3)
        for widget in (self.empty, self._head):
            column.addWidget(widget)
        column.addWidget(self.table, 1)
        for widget in (self.notes, self._foot, self.strip):
            column.addWidget(widget)
        column.addStretch(0)

    def let_assign(self, handler: Callable[[str], object]) -> None:
        """Offer *assign…*: `handler` opens the form of a whole plan for a chapter, by its path."""
        self.assign_wanted.connect(handler)
        self.assign.show()

    # What is shown

    def _on_heard(self, event: Event) -> None:
        if isinstance(event, StageExchanged):
            self.model.clear()
            self._show_found()
            self._show_chosen()
        elif isinstance(event, MatrixChanged):
            self.model.take_in(event)
            self._show_found()
            self._show_chosen()

    def _sift(self) -> None:
        self.model.show_only(Sieve(self.search.text(), self._status))
        self._show_found()

    def _show_found(self) -> None:
        shown, all_of = self.model.rowCount(), self.model.chapters
        some = all_of > 0
        for widget in (self._head, self.table, self.notes):
            widget.setVisible(some)
        self._foot.setVisible(some and not self.strip.is_open)
        nothing = some and not shown
        figure = f"{shown:,}" if shown == all_of else f"{shown:,} / {all_of:,}"
        set_text(self.count, tr("nothing fits") if nothing else figure)
        set_look(self.count, "warn" if nothing else "quiet-figure")
        self.empty.setVisible(not some)

    def _open_filter(self) -> None:
        menu, counts = QMenu(self), self.model.statuses()
        for status in ("", *(status for status in (*STATUSES, *sorted(set(counts) - set(STATUSES))) if counts[status])):
            amount = counts[status] if status else self.model.chapters
            action = menu.addAction(f"{_word(status)}  {amount:,}".replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(status == self._status)
            action.triggered.connect(partial(self.show_status, status))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.filter.mapToGlobal(self.filter.rect().bottomLeft()))

    def show_status(self, status: str, _checked: bool = True) -> None:
        """Show the chapters of one status only; "" shows all."""
        self._status = status
        self.filter.setText(f"{_word(status)} ▾".replace("&", "&&"))
        self._sift()

    def _show_chosen(self) -> None:
        keys = self.table.selected()
        entries = [self._entry(key) for key in keys]
        locked = [status_of(entry) == "LOCKED" for entry in entries]
        one = len(keys) == 1
        for made, on in (
            (self.open, one and bool(self._path(keys[0]))),
            (self.force, one and not locked[0]),
            (self.assign, one and not locked[0]),
            (self.lock, not all(locked)),
            (self.unlock, any(locked)),
            (self.forget, any(left_notes_of(entry) for entry in entries)),
        ):
            made.setEnabled(bool(keys) and on)
        told = _told(entries[0]) if one else tr("{n} chapters selected", n=len(keys)) if keys else _teach()
        set_text(self.notes, told)
        describe(self.notes, _told(entries[0], "\n") if one else "")

    def _entry(self, key: str) -> dict[str, Any]:
        row = self.model.row_of(key)
        return self.model.entry(self.model.index(row, 0))[1] if row is not None else {}

    def _path(self, key: str) -> str:
        return str(self._entry(key).get("path") or "")

    # What is done

    def _enter_table(self) -> None:
        """Enter in the search goes to what was found."""
        self._typing.stop()
        self._sift()
        if self.model.rowCount():
            self.table.setFocus()
            self.table.selectRow(0)

    def _one(self, do: Callable[[str], object]) -> None:
        keys = self.table.selected()
        if len(keys) == 1:
            do(keys[0])

    def _lock(self, on: bool) -> None:
        keys = [key for key in self.table.selected() if (status_of(self._entry(key)) == "LOCKED") is not on]
        if keys:
            self._verbs.ask(Verb.LOCK_CHAPTER, *(cmd.LockChapter(chapter_id=key, locked=on) for key in keys))

    def _forget_notes(self) -> None:
        keys = [key for key in self.table.selected() if left_notes_of(self._entry(key))]
        if keys:
            self._verbs.ask(Verb.FORGET_NOTES, *(cmd.ForgetNotes(chapter_id=key) for key in keys))

    def _open_force(self, key: str) -> None:
        self.strip.ask_for(key, str(self._entry(key).get("title") or ""))

    def _on_strip(self, asking: bool) -> None:
        self._foot.setHidden(asking)

    def _force(self, key: str, instruction: str) -> None:
        if self._verbs.ask(Verb.FORCE_TARGET, cmd.Override(instruction=instruction, target=key)):
            self._feed.tell(tr("The next cycle works on {chapter}.", chapter=key))


def _word(status: str) -> str:
    return translated(status.replace("_", " ").lower()) if status else tr("all")


def _teach() -> str:
    return tr("Choose a chapter to lock it, force it or read its notes.")


def _told(entry: dict[str, Any], between: str = "   ") -> str:
    editor, left = editor_notes_of(entry), left_notes_of(entry)
    parts = [tr("Editor: {notes}", notes=" · ".join(editor))] if editor else []
    parts += [tr("Left for the next cycle: {notes}", notes=" · ".join(left))] if left else []
    return between.join(parts) or tr("No notes.")
