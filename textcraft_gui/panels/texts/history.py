"""The past of one file: its versions with time, who and words; two compared; any brought back; undo and redo."""

from collections.abc import Awaitable, Callable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QVBoxLayout, QWidget

from textcraft_bus.errors import BusError
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import EngineError
from textcraft_core.events import Event
from textcraft_core.record.changes import ChangeKind
from textcraft_core.record.differences import Piece
from textcraft_core.record.history import Alternative, Version
from textcraft_gui.panels.texts.diff_page import DiffPage
from textcraft_gui.session.ports import Starter, WritingPort
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area
from textcraft_gui.theme import Colour
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.words import button, describe, label, set_look, set_text
from textcraft_gui.words.i18n import later, tr, translated
from textcraft_qt.labels import plain_tooltip

MOST_ROWS: Final = 500
"""Older versions stay in the journal; a list longer than this is searched by nobody."""
_ROW = Qt.ItemDataRole.UserRole
_KINDS: Final = {
    ChangeKind.UNDO: "undone",
    ChangeKind.REDO: "redone",
    ChangeKind.RESTORE: later("brought back"),
}


class HistorySide(QWidget):
    """Reads in the background while it is in sight; changes nothing but by verbs."""

    restore_wanted = Signal(int)
    """Bring this version back; said only when it is not carried out here."""

    def __init__(
        self, feed: Feed, writing: WritingPort, verbs: Verbs, tasks: Starter, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._feed, self._writing, self._verbs, self._tasks = feed, writing, verbs, tasks
        self.path = ""
        self.versions: list[Version] = []
        self.replaced: list[Alternative] = []
        self.restores_itself = True
        """Whether *bring back* is carried out here; else `restore_wanted` says it only."""
        self._make()
        self._lay_out()
        feed.heard.connect(self._on_heard)
        feed.follow(self._on_refreshed)

    def _make(self) -> None:
        self._rows = QStandardItemModel(self)
        self.list = QListView()
        self.list.setModel(self._rows)
        self.list.setProperty("look", "menu")
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedWidth(204)
        self.list.setAccessibleName(tr("versions"))
        self.list.setAccessibleDescription(tr("Choose one to compare it with the present, or two with each other"))
        self.list.selectionModel().selectionChanged.connect(lambda _on, _off: self._show_chosen())
        self.page = DiffPage()
        self.told = label("", "quiet", elide=True, name=tr("what is compared"))
        self.empty = label(tr("No version yet: the first change of this file begins its history."), "quiet")
        self.empty.setWordWrap(True)
        self.beside = button(tr("side by side"), "link", hint=tr("Show the two versions beside each other"))
        self.beside.setCheckable(True)
        self.beside.toggled.connect(self.page.set_beside)
        self.undo = button(tr("undo"), "small", hint=tr("Take the last change of this file back, whoever made it"))
        self.redo = button(tr("redo"), "small", hint=tr("Do the change that was taken back again"))
        self.restore = button(tr("bring back"), "small", hint=tr("Make the file what it was then, as a new version"))
        self.undo.clicked.connect(lambda: self._ask(Verb.UNDO_FILE, cmd.Undo(path=self.path)))
        self.redo.clicked.connect(lambda: self._ask(Verb.REDO_FILE, cmd.Redo(path=self.path)))
        self.restore.clicked.connect(self._restore)

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(4)
        foot.addWidget(self.told, 1)
        foot.addWidget(self.beside)
        for act in (self.undo, self.redo, self.restore):
            foot.addWidget(act)
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addWidget(self.empty, 0, Qt.AlignmentFlag.AlignTop)
        right.addWidget(self.page, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.list)
        row.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row, 1)
        column.addLayout(foot)
        self._show_rows()

    # What is shown

    def show_path(self, path: str) -> None:
        """Show the past of another file; the path is relative to data/."""
        if path != self.path:
            self.path, self.versions, self.replaced = path, [], []
            self._show_rows()
            self.refresh()

    def refresh(self) -> None:
        """Read the versions anew, when somebody can see them."""
        if self.path and self.isVisible():
            self._start(self._read, "versions")

    async def _read(self) -> None:
        path = self.path
        versions = (await self._writing.versions(path))[:MOST_ROWS]
        replaced = await self._writing.alternatives(path) if path.endswith(".md") else []
        standing = await self._writing.standing(path)
        if path != self.path:
            return
        self.undo.setEnabled(bool(standing.done))
        self.redo.setEnabled(bool(standing.undone))
        if (versions, replaced) != (self.versions, self.replaced):
            self.versions, self.replaced = versions, replaced
            self._show_rows()

    def _show_rows(self) -> None:
        self._rows.clear()
        for row, version in enumerate(self.versions):
            colour = Colour.TEXT if version.current else Colour.QUIET
            self._add_row(_version_words(version), row, colour, _whole(version))
        for row, passage in enumerate(self.replaced):
            self._add_row(_passage_words(passage), len(self.versions) + row, Colour.INFO, passage.text)
        some = bool(self.versions)
        self.list.setVisible(some)
        self.page.setVisible(some)
        self.empty.setVisible(not some)
        self.beside.setEnabled(some)
        if len(self.versions) > 1:
            self.list.setCurrentIndex(self._rows.index(1, 0))
        self._show_chosen()

    def _add_row(self, text: str, row: int, colour: Colour, whole: str) -> None:
        item = QStandardItem(text)
        item.setToolTip(plain_tooltip(whole))
        item.setData(row, _ROW)
        item.setForeground(colour.q)
        self._rows.appendRow(item)

    def chosen(self) -> list[int]:
        """The rows that are chosen, the newest first."""
        return sorted(index.data(_ROW) for index in self.list.selectionModel().selectedIndexes())

    def _show_chosen(self) -> None:
        rows = self.chosen()
        self.restore.setEnabled(len(rows) == 1 and not self._is_now(rows[0]))
        if len(rows) == 1 and rows[0] >= len(self.versions):
            self._show_passage(self.replaced[rows[0] - len(self.versions)])
            return
        pair = self._pair([row for row in rows if row < len(self.versions)])
        if pair is None:
            set_text(self.told, tr("Choose one version, or two.") if self.versions else "")
            self.page.show_pieces(())
            return
        old, new = pair
        set_look(self.told, "quiet")
        set_text(self.told, f"{_short(old)} → {_short(new)}")
        self._start(lambda: self._compare(old, new), "compare")

    def _pair(self, rows: list[int]) -> tuple[Version, Version] | None:
        """One row is compared with the present, the present with what was before it; two with each other."""
        if not rows or len(rows) > 2:
            return None
        if len(rows) == 2:
            return self.versions[rows[1]], self.versions[rows[0]]
        row = rows[0]
        if row == 0:
            return self.versions[min(1, len(self.versions) - 1)], self.versions[0]
        return self.versions[row], self.versions[0]

    async def _compare(self, old: Version, new: Version) -> None:
        pieces = await self._writing.differences(self.path, old.revision, new.revision)
        self.page.show_pieces(pieces)

    def _show_passage(self, passage: Alternative) -> None:
        set_text(self.told, tr("What {role} wrote before, in place of what stands there now", role=passage.role))
        self.restore.setEnabled(bool(passage.instead))
        describe(self.restore, tr("Put this passage back in place of the one that followed it"))
        if passage.instead:
            self._start(lambda: self._compare_texts(passage.instead, passage.text), "compare")
        else:
            self.page.show_pieces((Piece("same", passage.text),))

    async def _compare_texts(self, now: str, then: str) -> None:
        self.page.show_pieces(await self._writing.compare(now, then))

    # What is done

    def _is_now(self, row: int) -> bool:
        return row < len(self.versions) and self.versions[row].current

    def _restore(self) -> None:
        rows = self.chosen()
        if len(rows) != 1:
            return
        if rows[0] >= len(self.versions):
            passage = self.replaced[rows[0] - len(self.versions)]
            self._ask(Verb.RESTORE_FILE, cmd.RestorePassage(path=self.path, revision=passage.revision))
            return
        revision = self.versions[rows[0]].revision
        if self.restores_itself:
            self._ask(Verb.RESTORE_FILE, cmd.RestoreRevision(path=self.path, revision=revision))
        else:
            self.restore_wanted.emit(revision)

    def _ask(self, verb: Verb, command: cmd.Command) -> None:
        self._verbs.ask(verb, command)

    def _start(self, work: Callable[[], Awaitable[None]], name: str) -> None:
        self._tasks.start(self._guarded(work), name=name)

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except (EngineError, BusError, OSError) as fault:
            set_text(self.told, f"▲ {fault}")
            set_look(self.told, "warn")

    def _on_heard(self, event: Event) -> None:
        if isinstance(event, ev.StageExchanged):
            self.versions, self.replaced = [], []
            self._show_rows()
        elif isinstance(event, _CHANGES) and event.path == f"data/{self.path}":
            self.refresh()

    def _on_refreshed(self, areas: Area) -> None:
        if areas & Area.SHOW and not self.versions:
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """In sight again: look."""
        super().showEvent(event)
        self.refresh()


_CHANGES: Final = (
    ev.FileWritten,
    ev.FileRemoved,
    ev.FileUndone,
    ev.FileRedone,
    ev.RevisionRestored,
    ev.PassageRestored,
)


def _short(version: Version) -> str:
    word = tr("now") if version.current else f"{version.at.astimezone():%H:%M:%S}"
    return f"{word} {version.by}"


def _version_words(version: Version) -> str:
    kind = _KINDS.get(version.kind)
    mark = "● " if version.current else ""
    words = tr("{n} w", n=f"{version.words:,}") if version.exists else tr("no file")
    who = translated(kind) if kind else version.by
    return f"{mark}{version.at.astimezone():%H:%M:%S}  {who} · {words}"


def _whole(version: Version) -> str:
    kind = _KINDS.get(version.kind)
    who = f"{version.by} ({translated(kind)})" if kind else version.by
    where = tr(", cycle {n}", n=version.cycle) if version.cycle else ""
    return tr("{time}: {who}{where}, {n} words", time=f"{version.at.astimezone():%d %B %H:%M:%S}", who=who, where=where,
              n=f"{version.words:,}")  # fmt: skip


def _passage_words(passage: Alternative) -> str:
    return tr("◇ {time}  {role}: {text}", time=f"{passage.at.astimezone():%H:%M}", role=passage.role,
              text=" ".join(passage.text.split())[:60])  # fmt: skip
