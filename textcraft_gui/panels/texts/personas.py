"""PERSONAS: the company of writers; edited, read as the brain reads them, tried, and put into use."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from textcraft_bus.errors import BusError
from textcraft_core import commands as cmd
from textcraft_core.engine.trial import Prompt
from textcraft_core.errors import EngineError
from textcraft_core.events import Event, TrialEnded, TrialStarted, TrialStreamed
from textcraft_gui.panels.texts.bible_history import BibleHistory
from textcraft_gui.panels.texts.document import BibleDocument
from textcraft_gui.panels.texts.editor import FORM, Editor
from textcraft_gui.panels.texts.persona_prompt import PromptSide
from textcraft_gui.panels.texts.persona_trial import TrialSide
from textcraft_gui.panels.texts.specs import PERSONAS
from textcraft_gui.session.ports import Starter, WritingPort
from textcraft_gui.state.feed import Feed
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb

PROMPT = "prompt"
TRY = "try"
VERSIONS = "versions"


class PersonasPanel(QWidget):
    """One editor over personas.json, with the prompt and the trial of the persona in sight."""

    drafts_changed = Signal(int)
    """How many personas hold edits that are not in use."""

    def __init__(
        self, feed: Feed, writing: WritingPort, verbs: Verbs, tasks: Starter, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._feed, self._writing, self._verbs, self._tasks = feed, writing, verbs, tasks
        self.document = BibleDocument("personas", feed, writing, verbs, self)
        self.prompt, self.trial = PromptSide(), TrialSide()
        self.versions = BibleHistory(feed, writing, verbs, tasks)
        self.versions.show_document(self.document)
        sides = {PROMPT: self.prompt, TRY: self.trial, VERSIONS: self.versions}
        self.editor = Editor(PERSONAS, self.document, sides)
        self.editor.wide = {VERSIONS}
        self.versions.edit_made.connect(lambda: self.editor.show_view(FORM))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 10, 8)
        row.addWidget(self.editor)
        self.document.changed.connect(self._tell_drafts)
        self.editor.shown_item.connect(self._look_again)
        self.prompt.wanted.connect(self._fill)
        self.trial.price_wanted.connect(self._fill)
        self.trial.wanted.connect(self._try)
        self.trial.stop_wanted.connect(lambda: self._verbs.ask(Verb.STOP_TRIAL, cmd.StopTrial()))
        feed.heard.connect(self._on_heard)
        feed.streamed.connect(self._on_heard)

    def choose(self, role: str) -> None:
        """Show one persona."""
        roles = list(self.document.content)
        if role in roles:
            self.editor.choose(roles.index(role))

    def _tell_drafts(self) -> None:
        self.drafts_changed.emit(len(self.editor.marked()))

    def _look_again(self) -> None:
        self.prompt.look_again()
        if self.trial.isVisible():
            self._fill()

    def _fill(self) -> None:
        persona = self.editor.item
        if isinstance(persona, dict):
            self._tasks.start(self._show(self.editor.key, persona), name="fill a prompt")

    async def _show(self, role: str, persona: dict[str, Any]) -> None:
        try:
            prompt = await self._writing.prompt(role, persona, self.trial.task.text().strip())
        except (EngineError, BusError, OSError) as fault:
            self.prompt.show_trouble(str(fault))
            self.trial.show_trouble(str(fault))
            return
        if role == self.editor.key:
            self._show_prompt(prompt)

    def _show_prompt(self, prompt: Prompt) -> None:
        self.prompt.show_prompt(prompt)
        self.trial.show_price(prompt)

    def _try(self, instructions: str) -> None:
        if isinstance(self.editor.item, dict):
            command = cmd.TryPersona(role=self.editor.key, persona=self.editor.item, instructions=instructions)
            self._verbs.ask(Verb.TRY_PERSONA, command)

    def _on_heard(self, event: Event) -> None:
        if isinstance(event, TrialStarted | TrialStreamed | TrialEnded):
            self.trial.take_in(event)
