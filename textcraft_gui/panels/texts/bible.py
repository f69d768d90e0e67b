"""STORY BIBLE: the show, its characters, places, timeline, brief and chapters, each in a form of its own."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from textcraft_gui.late import Late, MadeLate
from textcraft_gui.panels.texts.bible_history import BibleHistory
from textcraft_gui.panels.texts.document import BibleDocument
from textcraft_gui.panels.texts.editor import Editor
from textcraft_gui.panels.texts.specs import BIBLE, Spec
from textcraft_gui.session.ports import Starter, WritingPort
from textcraft_gui.state.feed import Feed
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.widgets.words import button
from textcraft_gui.words.i18n import tr, translated


class BiblePanel(QWidget):
    """One page with a choice of forms; two forms of one file share its document."""

    drafts_changed = Signal(int)
    """How many files hold edits that are not in use."""

    def __init__(
        self, feed: Feed, writing: WritingPort, verbs: Verbs, tasks: Starter, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._chosen = 0
        self._feed, self._writing, self._verbs, self._tasks = feed, writing, verbs, tasks
        files = dict.fromkeys(spec.file for spec in BIBLE)
        self.documents = {file: BibleDocument(file, feed, writing, verbs, self) for file in files}
        self.editors = [Late(partial(self._make_editor, spec)) for spec in BIBLE]
        """One for each form. All forms hold as many widgets as the rest of the console: each comes when wanted."""
        self.choices = [self._choice(index) for index in range(len(BIBLE))]
        self._stack = QStackedWidget()
        self.versions = button(tr("versions"), "link", hint=tr("What this file was before, and how to bring it back"))
        self.versions.setCheckable(True)
        self.versions.clicked.connect(self._show_past)
        head = QHBoxLayout()
        head.setSpacing(9)
        for made in self.choices:
            head.addWidget(made)
        head.addStretch(1)
        head.addWidget(self.versions)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 10, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        for document in self.documents.values():
            document.changed.connect(self._mark)
        for part in self.late_parts():
            part.join(self._stack.addWidget)
        self.choose(0)

    def late_parts(self) -> list[Late[QWidget]]:
        """What of it is made when it is first looked at."""
        return [*self.editors, BiblePanel.past.of(self)]

    def _make_editor(self, spec: Spec) -> Editor:
        return Editor(spec, self.documents[spec.file])

    @MadeLate
    def past(self) -> BibleHistory:
        """The versions of the file in sight."""
        made = BibleHistory(self._feed, self._writing, self._verbs, self._tasks)
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        made.edit_made.connect(lambda: self.choose(self._chosen))
        return made

    def choose(self, index: int) -> None:
        """Show one form."""
        for number, made in enumerate(self.choices):
            made.setChecked(number == index)
        self._chosen = index
        self.versions.setChecked(False)
        self._stack.setCurrentWidget(self.editor)

    def _show_past(self, on: bool) -> None:
        if on:
            self.past.show_document(self.documents[BIBLE[self._chosen].file])
        self._stack.setCurrentWidget(self.past if on else self.editor)

    def keep_drafts(self) -> None:
        """Keep on disk what was typed last, before the window goes."""
        for document in self.documents.values():
            document.keep_draft()

    @property
    def editor(self) -> Editor:
        """The editor that is chosen."""
        return self.editors[self._chosen]()

    def _choice(self, index: int) -> QPushButton:
        spec = BIBLE[index]
        made = button(translated(spec.word), "tab", hint=translated(spec.hint))
        made.setCheckable(True)
        made.clicked.connect(lambda: self.choose(index))
        return made

    def _mark(self) -> None:
        for made, spec in zip(self.choices, BIBLE, strict=True):
            dirty = self.documents[spec.file].dirty
            made.setText(translated(spec.word) + (" ·" if dirty else ""))
        self.drafts_changed.emit(sum(document.dirty for document in self.documents.values()))
