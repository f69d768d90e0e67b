"""Whether a show's own code may run: asked once, in the window, with a look at the files; runs nothing itself."""

import asyncio
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from textcraft_bus.errors import BusError
from textcraft_bus.trust import read_code
from textcraft_core import commands as cmd
from textcraft_gui.overlays.overlays import Overlay, Overlays
from textcraft_gui.overlays.question import Answer
from textcraft_gui.session.ports import Starter
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area, Severity
from textcraft_gui.theme import Colour
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.verb_button import Face, HoldButton
from textcraft_gui.widgets.words import describe
from textcraft_gui.words.i18n import tr

FILES: Final = "schemas.py, constants.py"


class CodeSheet(Overlay):
    """The files as they are, as plain text, and the same hold beneath."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(tr("THE SHOW'S OWN CODE"), window)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("the show's own code"))
        describe(self.text, tr("What would run; for reading before it is trusted"))
        self.trust = HoldButton(Face(tr("trust this folder"), cap=tr("hold 1 s"), colour=Colour.TEXT))
        self.trust.explain(tr("Held 1 s: these files may run, as long as they stay as they are"))
        self.column.addWidget(self.text, 1)
        self.column.addWidget(self.trust)


class CodeTrust:
    """Asks when a show brings code that did not run; put away, the base message types serve."""

    def __init__(self, feed: Feed, verbs: Verbs, overlays: Overlays, tasks: Starter, window: QWidget) -> None:
        self._feed, self._verbs, self._overlays, self._tasks = feed, verbs, overlays, tasks
        self._asked = ""
        self.sheet = CodeSheet(window)
        self.sheet.trust.held.connect(self._trust)
        overlays.add(self.sheet)
        feed.follow(self._on_refreshed)

    def _on_refreshed(self, areas: Area) -> None:
        state = self._feed.state
        if not areas & (Area.SHOW | Area.LANE) or state.locked or state.code_to_trust == self._asked:
            return
        self._asked = state.code_to_trust
        if self._asked:
            self._ask(self._asked)

    def _ask(self, reason: str) -> None:
        self._overlays.question.ask(
            tr("THE SHOW'S OWN CODE"),
            tr("This show brings code of its own ({files}). It runs only when you trust the folder.", files=FILES),
            [
                Answer(tr("look at it"), tr("Read the files here; nothing runs"), self._look),
                Answer(
                    tr("trust this folder"),
                    tr("Held 1 s: these files may run, as long as they stay as they are"),
                    self._trust,
                    held=True,
                ),
            ],
            away=tr("not now (esc)"),
            more=reason,
        )

    def _trust(self) -> None:
        self.sheet.hide()
        self._verbs.ask(Verb.TRUST_PROJECT, cmd.TrustProject())

    def _look(self) -> None:
        self._tasks.start(self._read(Path(self._feed.state.folder)), name="read the show's own code")

    async def _read(self, folder: Path) -> None:
        try:
            code = await asyncio.to_thread(read_code, folder)
        except BusError as error:
            self._feed.tell(tr("The files could not be read: {why}", why=error), Severity.WARN)
            return
        parts = [f"# {name}\n\n{data.decode('utf-8', errors='replace')}" for name, data in code.files.items()]
        self.sheet.text.setPlainText("\n\n".join(parts) or tr("The files are gone."))
        self._overlays.open(self.sheet)
