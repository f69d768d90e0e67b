"""A chapter edited by hand: kept as a draft while it is typed, saved by Ctrl+S; what the engine wrote too is shown."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from textcraft_gui.models.typing_in import as_field
from textcraft_gui.panels.texts.conflict_strip import ConflictStrip
from textcraft_gui.panels.texts.diff_page import DiffPage
from textcraft_gui.panels.texts.document import TextDocument
from textcraft_gui.session.ports import StagePort, Starter
from textcraft_gui.state.feed import Feed
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.widgets.words import button, describe, label, set_look, set_text
from textcraft_gui.words.i18n import tr


class TextEditor(QWidget):
    """One chapter at a time; the drafts of others wait on disk."""

    def __init__(
        self, feed: Feed, stage: StagePort, verbs: Verbs, tasks: Starter, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._writing, self._tasks = stage.writing, tasks
        self._compared: tuple[str, str] | None = None
        self.document = TextDocument(feed, stage.writing, verbs, stage.manuscript, self)
        self.text = QPlainTextEdit()
        self.text.setProperty("look", "prose")
        self.text.setAccessibleName(tr("text of the chapter"))
        describe(self.text, tr("Change the words of the chapter; they stay a draft until they are saved"))
        self.text.setTabChangesFocus(True)
        self.both = DiffPage()
        self.both.set_beside(True)
        self.conflicts = ConflictStrip()
        self.note = label("", "quiet", elide=True, name=tr("about this chapter"))
        self.revert = button(tr("revert"), "small", hint=tr("Throw what you typed away"))
        self.save = button(tr("save"), "small", hint=tr("Write it into the chapter, as a new version (Ctrl+S)"))
        self.back = button(tr("take back"), "small", hint=tr("Let it stay a draft when the next cycle begins"))
        self._lay_out()
        self.text.textChanged.connect(self._on_typed)
        self.document.changed.connect(self.refresh)
        self.conflicts.chosen.connect(self.document.choose)
        self.revert.clicked.connect(self.document.revert)
        self.save.clicked.connect(self.document.save)
        self.back.clicked.connect(self.document.take_back)
        self.refresh()

    def open(self, path: str) -> None:
        """Edit a chapter by its path relative to data/."""
        self.document.open(path)

    def refresh(self) -> None:
        """Look at the document again."""
        document = self.document
        conflicts = document.editing.conflicts
        self.conflicts.show_conflicts(conflicts)
        self.text.setHidden(bool(conflicts))
        self.both.setVisible(bool(conflicts))
        if conflicts:
            self._compare(str(conflicts[0].mine), str(conflicts[0].theirs))
        content = str(document.content)
        if self.text.toPlainText() != as_field(content):
            blocker = QSignalBlocker(self.text)
            self.text.setPlainText(content)
            del blocker
        self.text.setReadOnly(not document.path or bool(document.trouble))
        self._show_foot()

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self.note, 1)
        for act in (self.revert, self.back, self.save):
            foot.addWidget(act)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.text, 1)
        column.addWidget(self.both, 1)
        column.addWidget(self.conflicts)
        column.addLayout(foot)

    def _show_foot(self) -> None:
        document = self.document
        text, look = self._told()
        set_text(self.note, text)
        set_look(self.note, look)
        self.revert.setEnabled(document.dirty)
        self.back.setVisible(document.waiting)
        self.save.setHidden(document.waiting)
        self.save.setEnabled(document.can_save)
        self.save.setText(tr("save") if document.direct else tr("apply at next cycle"))
        if not document.direct:
            describe(self.save, tr("Write it into the chapter when the next cycle begins (Ctrl+S)"))

    def _told(self) -> tuple[str, str]:
        document = self.document
        if not document.path:
            return tr("Choose a chapter to edit it."), "quiet"
        if document.trouble:
            return f"▲ {document.trouble}", "warn"
        if document.editing.conflicts:
            return tr("− struck out: yours · + underlined: what was written meanwhile"), "quiet"
        if document.waiting:
            return tr("‖ Waiting: it comes into use when the next cycle begins."), "quiet"
        if document.dirty and "\ufffd" in str(document.editing.base):
            return tr("Edited, a draft. Each � you leave stays the byte it is."), "warn"
        if document.dirty:
            return tr("Edited, not in use. Kept as a draft."), "warn"
        words = tr("{n} words", n=f"{len(str(document.content).split()):,}")
        if unread := str(document.content).count("\ufffd"):
            return "{} · ▲ {}".format(words, tr("{n} × �: no UTF-8, stays as it is", n=f"{unread:,}")), "warn"
        return words, "quiet"

    def _compare(self, mine: str, theirs: str) -> None:
        if (mine, theirs) != self._compared:
            self._compared = (mine, theirs)
            self._tasks.start(self._show_both(mine, theirs), name="compare")

    async def _show_both(self, mine: str, theirs: str) -> None:
        self.both.show_pieces(await self._writing.compare(mine, theirs))

    def _on_typed(self) -> None:
        self.document.type(self.text.toPlainText())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Ctrl+S saves."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() == Qt.Key.Key_S:
            self.document.save()
            return
        super().keyPressEvent(event)
