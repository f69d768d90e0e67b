"""The past of a file of the bible; in SHOW an older version comes back as an edit that waits like any other."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from textcraft_bus.errors import BusError
from textcraft_core.errors import EngineError
from textcraft_core.show.bible_files import parse
from textcraft_gui.panels.texts.document import BibleDocument
from textcraft_gui.panels.texts.history import HistorySide
from textcraft_gui.session.ports import Starter, WritingPort
from textcraft_gui.state.feed import Feed
from textcraft_gui.verbs.facade import Verbs


class BibleHistory(HistorySide):
    """The versions of one document after another."""

    edit_made = Signal()
    """A version came back as an edit."""

    def __init__(
        self, feed: Feed, writing: WritingPort, verbs: Verbs, tasks: Starter, parent: QWidget | None = None
    ) -> None:
        super().__init__(feed, writing, verbs, tasks, parent)
        self._document: BibleDocument | None = None
        self._told = feed
        self.restore_wanted.connect(lambda revision: self._start(lambda: self._read_back(revision), "bring back"))

    def show_document(self, document: BibleDocument) -> None:
        """Show the past of this file."""
        if self._document is not None:
            self._document.changed.disconnect(self._on_document)
        self._document = document
        document.changed.connect(self._on_document)
        self._on_document()
        self.show_path(document.path)

    def _on_document(self) -> None:
        direct = self._document is None or self._document.direct
        self.restores_itself = direct
        self.undo.setVisible(direct)
        self.redo.setVisible(direct)

    async def _read_back(self, revision: int) -> None:
        document = self._document
        if document is None:
            return
        try:
            text = await self._writing.text(document.path, revision)
            document.replace(parse(document.file, text.encode()))
        except (EngineError, BusError, OSError) as fault:
            self._told.tell(str(fault))
            return
        self.edit_made.emit()
