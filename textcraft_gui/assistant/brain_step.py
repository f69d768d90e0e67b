"""The second step: who writes. A server is looked for, a key checked and a sentence asked for only by a button."""

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListWidget, QStackedWidget, QVBoxLayout, QWidget

from textcraft_bus.clock import Clock
from textcraft_core.ai_services.first_words import Place, first_words, models_of, probe, quote, usual_places
from textcraft_core.ai_services.settings import LlmSettings
from textcraft_core.errors import EngineError
from textcraft_gui.assistant.carry_out import has_keyring
from textcraft_gui.assistant.choices import OPENAI_URL, Brain, BrainChoice, Choices, KeyPlace
from textcraft_gui.assistant.step import Step, choice, money, page, row, told_in
from textcraft_gui.assistant.working import Working
from textcraft_gui.session.ports import Starter
from textcraft_gui.widgets.fields import LineField
from textcraft_gui.widgets.steady import SteadyFigure
from textcraft_gui.widgets.words import button, describe, label, set_look, set_text
from textcraft_gui.words.i18n import tr


class BrainStep(Step):
    """Three ways; what was tried is not remembered beyond this console."""

    def __init__(self, clock: Clock, starter: Starter) -> None:
        super().__init__(
            tr("writing"), tr("Who writes? You can change it later; nothing is sent before you press a button.")
        )
        self._clock = clock
        self._working = Working(starter, self._on_working)
        self._places: tuple[Place, ...] = ()
        self._found: list[tuple[Place, str]] = []
        self._folder: Path | None = None
        self.spent = 0.0
        self.choice = BrainChoice.REHEARSAL
        self.how = choice(tr("who writes"), _ways())
        self.how.chosen.connect(self._on_how)
        self.stack = QStackedWidget()
        self._make_rehearsal()
        self._make_local()
        self._make_openai()
        self._make_trial()
        self.column.addWidget(self.how)
        self.column.addWidget(self.stack, 1)
        self.column.addWidget(self.trial)
        self.how.show_value(self.choice)
        self._on_how(self.choice)

    # Made once

    def _make_rehearsal(self) -> None:
        words = tr(
            "The rehearsal brain plays every writer from the show's own files: no network, no key, no cost. It is the "
            "best one to learn with, and rehearsals can always be played with it."
        )
        text = label(words, "quiet", name=tr("the rehearsal brain"))
        text.setWordWrap(True)
        self.stack.addWidget(page(text))

    def _make_local(self) -> None:
        names = ", ".join(place.name for place in usual_places())
        words = tr(
            "A server on this machine costs nothing per word. Start it first ({names}), then look for it.", names=names
        )
        text = label(words, "quiet", name=tr("a server on this machine"))
        text.setWordWrap(True)
        self.look = button(tr("look for servers"), hint=tr("Ask the usual ports of this machine, and nothing else"))
        self.look.clicked.connect(lambda: self._do(self._look_for_servers()))
        self.models = QListWidget()
        self.models.setAccessibleName(tr("models that were found"))
        describe(self.models, tr("Each model of each server that answered; choose the one that writes"))
        self.models.currentRowChanged.connect(lambda _row: self._on_model())
        words = tr(
            "Nothing was looked for yet. “look for servers” asks these on this machine, and nothing else: {names}.",
            names=_ports(usual_places()),
        )
        self.nowhere = label(words, "quiet", name=tr("what was asked"))
        self.nowhere.setWordWrap(True)
        self.models.hide()
        self.stack.addWidget(page(text, row(self.look), self.nowhere, self.models))

    def _make_openai(self) -> None:
        words = tr("OpenAI costs money per word. The key is checked without cost; it is never shown again.")
        text = label(words, "quiet", name=tr("OpenAI"))
        text.setWordWrap(True)
        self.key = LineField(tr("key"), tr("Begins with sk-; it goes to OpenAI only when you press check or try"))
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setPlaceholderText(tr("paste the key here"))
        self.key.setMinimumWidth(330)
        self.check = button(tr("check the key"), hint=tr("Ask OpenAI for the list of its models; costs nothing"))
        self.check.clicked.connect(lambda: self._do(self._check_key()))
        self.paid = QListWidget()
        self.paid.setAccessibleName(tr("models of OpenAI"))
        describe(self.paid, tr("Answers where a writer's own model is not there"))
        self.paid.currentRowChanged.connect(lambda _row: self._on_model())
        self.keep = choice(tr("where the key is kept"), _keeping())
        self.kept = KeyPlace.ENV
        self.keep.show_value(self.kept)
        self.keep.chosen.connect(self._on_keep)
        self.cap = SteadyFigure()
        self.cap.setRange(0.0, 1000.0)
        self.cap.setValue(10.0)
        self.cap.setPrefix("$")
        self.cap.setProperty("look", "bare")
        self.cap.setFixedWidth(90)
        self.cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.cap.setAccessibleName(tr("most a day may cost"))
        describe(self.cap, tr("Beyond it nothing paid is asked; the walls go on"))
        capped = row(label(tr("most a day may cost")), self.cap, label(tr("keep the key")), self.keep)
        self.stack.addWidget(page(text, row(self.key, self.check), self.paid, capped))

    def _make_trial(self) -> None:
        self.trial = QWidget()
        self.ask = button(tr("try it"), hint=tr("Ask for one sentence, once"))
        self.ask.clicked.connect(lambda: self._do(self._try()))
        self.end = button(tr("cancel"), hint=tr("End it"), name=tr("end the trial"))
        self.end.clicked.connect(self._working.cancel)
        self.price = label("", "quiet", name=tr("price of the trial"))
        self.told = label("", "quiet", name=tr("what came of the trial"))
        self.told.setWordWrap(True)
        column = QVBoxLayout(self.trial)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row(self.ask, self.price, self.end))
        column.addWidget(self.told)
        self.end.hide()

    # What is chosen

    def begin(self, choices: Choices, /) -> None:
        """Know the show whose .env may hold a key already; give the choice the keyboard."""
        self._folder = choices.show.folder if choices.show is not None else None
        self.how.buttons[list(BrainChoice).index(self.choice)].setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, choice: BrainChoice) -> None:
        """Choose who writes, as its button does."""
        self.how.show_value(choice)
        self._on_how(choice)

    def _on_how(self, choice: object) -> None:
        self.choice = BrainChoice(str(choice))
        self.stack.setCurrentIndex(list(BrainChoice).index(self.choice))
        self.trial.setVisible(self.choice is not BrainChoice.REHEARSAL)
        self._say("")
        self._on_model()
        if self.choice is BrainChoice.OPENAI and not self._working.busy:
            self._working.start(self._offer_keyring(), "look for a keyring", quiet=True)

    async def _offer_keyring(self) -> None:
        self.keep.buttons[1].setVisible(await asyncio.to_thread(has_keyring))

    def _on_keep(self, place: object) -> None:
        self.kept = KeyPlace(str(place))

    def _model(self) -> tuple[str, str]:
        """Address and model, "" while none is chosen."""
        if self.choice is BrainChoice.LOCAL and 0 <= self.models.currentRow() < len(self._found):
            place, model = self._found[self.models.currentRow()]
            return place.base_url, model
        item = self.paid.currentItem() if self.choice is BrainChoice.OPENAI else None
        return (OPENAI_URL, item.text()) if item is not None else ("", "")

    def _on_model(self) -> None:
        url, model = self._model()
        self.ask.setEnabled(bool(model) and not self._working.busy)
        set_text(self.price, "")
        if url and not self._working.busy:
            self._working.start(self._told(self._show_price()), "price of a trial", quiet=True)

    async def _show_price(self) -> None:
        most = await asyncio.to_thread(quote, await self._settings())
        if most.model == self._model()[1]:
            set_text(self.price, _priced(most.most_usd, known=most.known))

    async def _settings(self) -> LlmSettings:
        """What stands on the page, and what the show's .env adds. Raises SettingsError."""
        url, model = self._model()
        key = self.key.text().strip() if self.choice is BrainChoice.OPENAI else ""
        env = self._folder / ".env" if self._folder is not None else None
        given = {"model": model, "base_url": url, "timeout": 30.0}
        read = await asyncio.to_thread(LlmSettings.read, given, env, {})
        ours: dict[str, Any] = {"base_url": url, "model": model}
        if key or self.choice is BrainChoice.LOCAL:  # whoever listens on this machine is not whom the show's key is for
            ours["key"] = SecretStr(key)
        return read.model_copy(update=ours)

    # Done by a button

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        self._working.start(self._told(work), "try a brain")

    async def _told(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except EngineError as fault:
            self._say(tr("It did not work: {why}.", why=str(fault).removesuffix(".")), "warn")

    async def _look_for_servers(self) -> None:
        self._say(tr("Looking…"))
        self._places = await probe(usual_places())
        self._found = [(place, model) for place in self._places for model in place.models if place.found]
        self.models.clear()
        self.models.addItems([f"{model}  ·  {place.name}" for place, model in self._found])
        if self._found:
            self.models.setCurrentRow(0)
        self._show_where()
        silent = [f"{place.name}: {translated_fault(place)}" for place in self._places if not place.found]
        head = tr("{count} models found.", count=len(self._found)) if self._found else tr("No server answers here.")
        self._say(told_in((head, "; ".join(silent))), "next" if self._found else "warn")

    def _show_where(self) -> None:
        """The models; or, where there are none, what was asked and what to do."""
        self.models.setVisible(bool(self._found))
        self.nowhere.setVisible(not self._found)
        self.look.setText(tr("look again"))
        words = tr(
            "None of them answers: {names}. Start one of them and load a model there, then press “look again”.",
            names=_ports(self._places),
        )
        set_text(self.nowhere, words)

    async def _check_key(self) -> None:
        key = self.key.text().strip()
        if not key:
            self._say(tr("Paste the key first."), "warn")
            return
        self._say(tr("Asking OpenAI…"))
        names = await models_of(OPENAI_URL, key)
        self.paid.clear()
        self.paid.addItems(list(names))
        self.paid.setCurrentRow(0)
        self._say(tr("The key works. Choose the model that writes."), "next")

    async def _try(self) -> None:
        self._say(tr("Asking…"))
        heard: list[str] = []

        def hear(text: str) -> None:
            heard.append(text)
            self._say("".join(heard))

        said = await first_words(await self._settings(), self._clock, hear, self._on_spent)
        seconds = f"{said.seconds:.1f}"
        self._say(told_in((said.text, tr("{seconds} s, {price}", seconds=seconds, price=money(said.cost)))), "next")

    def _on_spent(self, usd: float) -> None:
        self.spent += usd

    def _on_working(self, *, busy: bool) -> None:
        for control in (self.look, self.check, self.how):
            control.setEnabled(not busy)
        self.ask.setEnabled(not busy and bool(self._model()[1]))
        self.end.setVisible(busy)
        if not busy:
            self._on_model()

    def _say(self, words: str, look: str = "quiet") -> None:
        set_text(self.told, words)
        set_look(self.told, look)

    # For the assistant

    async def problem(self) -> str:
        """A brain without a model cannot answer."""
        if self.choice is BrainChoice.REHEARSAL or self._model()[1]:
            return ""
        if self.choice is BrainChoice.LOCAL:
            return tr("Look for a server first, or choose another brain.")
        return tr("Check the key first: it tells which models there are.")

    def put(self, choices: Choices) -> None:
        """The brain, and what its trials came to."""
        url, model = self._model()
        if self.choice is BrainChoice.OPENAI:
            key = self.key.text().strip()
            choices.brain = Brain(self.choice, url, model, key, self.kept, self.cap.value())
        else:
            choices.brain = Brain(self.choice, url, model)

    def skip(self, choices: Choices) -> None:
        """The show's own settings stay."""
        choices.brain = None

    async def rest(self) -> None:
        """End a trial, forget the key."""
        await self._working.stop()
        self.key.clear()
        self.paid.clear()  # they were this key's: without one there is no such brain


def _ways() -> list[tuple[object, str, str]]:
    return [
        (BrainChoice.REHEARSAL, tr("the rehearsal brain"), tr("No network, no key, no cost")),
        (
            BrainChoice.LOCAL,
            tr("a server on this machine"),
            tr("Ollama, LM Studio, llama.cpp or vLLM; no cost per word"),
        ),
        (BrainChoice.OPENAI, tr("OpenAI"), tr("Needs a key and costs money")),
    ]


def _keeping() -> list[tuple[object, str, str]]:
    return [
        (KeyPlace.ENV, tr("in the show"), tr("In the show's .env, which only you can read and git leaves out")),
        (KeyPlace.KEYRING, tr("in the keyring"), tr("In this machine's keyring, for every show")),
    ]


def _priced(usd: float, *, known: bool) -> str:
    if usd <= 0:
        return tr("costs nothing")
    words = tr("costs {price} at most", price=money(usd))
    return words if known else tr("{words}: no price is known for this model, the dearest is counted", words=words)


def _ports(places: Sequence[Place]) -> str:
    """`Ollama (127.0.0.1:11434), …`: what is asked, as whoever starts a server can compare it."""
    return ", ".join(f"{place.name} ({urlsplit(place.base_url).netloc})" for place in places)


def translated_fault(place: Place) -> str:
    """Why a place is of no use, in the operator's language where it is a usual reason."""
    known = {
        "nothing listens there": tr("nothing listens there"),
        "it has no model yet": tr("it has no model yet"),
        "something else answers there: no list of models": tr("something else answers there"),
    }
    return known.get(place.fault, place.fault)
