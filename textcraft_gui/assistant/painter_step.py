"""The third step: who paints, tried by one picture of the real image server that is seen here."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout

from textcraft_bus.clock import Clock
from textcraft_bus.errors import BusError
from textcraft_core.ai_services.settings import LlmSettings
from textcraft_core.errors import EngineError
from textcraft_gui.assistant.choices import Choices, Painter, PainterChoice, painter_settings
from textcraft_gui.assistant.painter_trial import PainterTrial, first_picture
from textcraft_gui.assistant.step import Step, choice, money, page, row
from textcraft_gui.assistant.working import Working
from textcraft_gui.library.shows_form import FolderField
from textcraft_gui.pictures.pictures import PictureStore
from textcraft_gui.session.ports import Starter
from textcraft_gui.theme import Colour
from textcraft_gui.widgets.bar import Bar
from textcraft_gui.widgets.fields import LineField
from textcraft_gui.widgets.picture_view import Picture, PictureView
from textcraft_gui.widgets.words import button, label, set_look, set_text
from textcraft_gui.words.i18n import tr

COMFYUI = "http://127.0.0.1:8188"
IMAGE_MODEL = "gpt-image-1"
VIEW = (400, 225)


class PainterStep(Step):
    """`logline` gives the words of the chosen show, for its first picture."""

    def __init__(self, clock: Clock, starter: Starter, logline: Callable[[], str]) -> None:
        super().__init__(
            tr("pictures"), tr("Who paints? Try it: one picture, by the program that will paint the show's.")
        )
        self._logline = logline
        self._working = Working(starter, self._on_working)
        self._trial = PainterTrial(clock)
        self._key = ""
        self._env: Path | None = None
        self._price = 0.0
        self.spent = 0.0
        self.choice = PainterChoice.PROCEDURAL
        self.how = choice(tr("who paints"), _ways())
        self.how.chosen.connect(self._on_how)
        self.stack = QStackedWidget()
        self._make_pages()
        self._make_trial()
        side = QHBoxLayout()
        side.setSpacing(24)
        self.stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(self.stack)
        left.addLayout(row(self.ask, self.pay, self.end))
        left.addWidget(self.bar)
        left.addWidget(self.told)
        left.addStretch(1)
        side.addLayout(left, 1)
        side.addWidget(self.view, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addWidget(self.how)
        self.column.addLayout(side, 1)
        self.how.show_value(self.choice)

    def _make_pages(self) -> None:
        self.folder = FolderField(tr("folder of pictures"), tr("PNG, JPEG or WebP; shown as they are"), self)
        self.workflow = LineField(
            tr("workflow of ComfyUI"), tr("Its file in API format, with {{prompt}} in its inputs")
        )
        self.workflow.setPlaceholderText(tr("workflow of ComfyUI"))
        self.address = LineField(tr("address of ComfyUI"), tr("Where its server listens"))
        self.address.setText(COMFYUI)
        self.image_model = LineField(tr("image model"), tr("Its name at OpenAI"))
        self.image_model.setText(IMAGE_MODEL)
        self.model = FolderField(tr("folder of the model"), tr("In safetensors; nothing is downloaded"), self)
        for words, parts in (
            (tr("Paints from the words: no network, no key, no model. About a second for a picture."), ()),
            (tr("Pictures you have, one for each passage. Nothing is painted."), (self.folder,)),
            (tr("Uses the key of the step before, or the one the show has. Costs money."), (self.image_model,)),
            (tr("A ComfyUI that runs already, with a workflow of yours."), (self.address, self.workflow)),
            (
                tr("A model on this machine. Needs the extra textcraft[diffusers] and a good graphics card."),
                (self.model,),
            ),
        ):
            text = label(words, "quiet", name=tr("about the painter"))
            text.setWordWrap(True)
            self.stack.addWidget(page(text, *parts))

    def _make_trial(self) -> None:
        self.ask = button(
            tr("paint one picture"), hint=tr("Start the image server with these settings, for one picture")
        )
        self.ask.clicked.connect(lambda: self._do(self._try()))
        self.pay = button(tr("paint it"), hint=tr("Paint it for the price that stands here"))
        self.pay.clicked.connect(lambda: self._do(self._paint()))
        self.pay.hide()
        self.end = button(tr("cancel"), hint=tr("End it"), name=tr("end the picture"))
        self.end.clicked.connect(self._working.cancel)
        self.end.hide()
        self.bar = Bar()
        self.bar.hide()
        self.told = label("", "quiet", name=tr("what came of the picture"))
        self.told.setWordWrap(True)
        self._store = PictureStore(self)
        self.view = PictureView(self._store, tr("the picture that was tried"))
        self.view.setFixedSize(*VIEW)
        self.view.show_picture(_empty())

    def begin(self, choices: Choices, /) -> None:
        """Know the key that was given before; give the choice the keyboard."""
        self._key = choices.brain.key if choices.brain is not None else ""
        self._env = choices.show.folder / ".env" if choices.show is not None else None
        self.how.buttons[list(PainterChoice).index(self.choice)].setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, choice: PainterChoice) -> None:
        """Choose who paints, as its button does."""
        self.how.show_value(choice)
        self._on_how(choice)

    def _on_how(self, choice: object) -> None:
        self.choice = PainterChoice(str(choice))
        self.stack.setCurrentIndex(list(PainterChoice).index(self.choice))
        self.pay.hide()
        self._say("")

    def _chosen(self) -> Painter:
        match self.choice:
            case PainterChoice.FOLDER:
                return Painter(self.choice, path=_path(self.folder.folder))
            case PainterChoice.OPENAI:
                return Painter(self.choice, model=self.image_model.text().strip())
            case PainterChoice.COMFYUI:
                workflow = self.workflow.text().strip()
                path = _path(Path(workflow).expanduser().absolute() if workflow else None)
                return Painter(self.choice, path, self.address.text().strip())
            case PainterChoice.DIFFUSERS:
                return Painter(self.choice, path=_path(self.model.folder))
            case PainterChoice.PROCEDURAL:
                return Painter(self.choice)

    # Tried by a button

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        self._working.start(self._told(work), "try a painter")

    async def _told(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (EngineError, BusError, OSError) as fault:
            self._say(tr("It did not work: {why}.", why=str(fault).removesuffix(".")), "warn")

    async def _try(self) -> None:
        self.pay.hide()
        if told := await self.problem():
            self._say(told, "warn")
            return
        self._say(tr("The image server starts…"))
        self._price = await self._trial.open(painter_settings(self._chosen()), await self._its_key())
        if self._price > 0:
            self.pay.setText(tr("paint it: {price} at most", price=money(self._price)))
            self.pay.show()
            self._say(tr("The image server is there. One picture costs money."))
            return
        await self._paint()

    async def _paint(self) -> None:
        self.pay.hide()
        self._say(tr("Painting…"))
        words = self._logline() or first_picture()
        tried = await self._trial.paint(words, self._price, self._on_share, self._on_spent)
        self.view.show_picture(Picture(path=str(tried.path)))
        self._say(tr("{seconds} s, {price}", seconds=f"{tried.seconds:.1f}", price=money(tried.cost)), "next")

    async def _its_key(self) -> str:
        if self.choice is not PainterChoice.OPENAI:
            return ""
        return self._key or await asyncio.to_thread(_key_of, self._env)  # a keyring may ask a person first

    def _on_spent(self, usd: float) -> None:
        self.spent += usd

    def _on_share(self, share: float) -> None:
        self.bar.show_fraction(share, Colour.INFO)

    def _on_working(self, *, busy: bool) -> None:
        self.ask.setEnabled(not busy)
        self.how.setEnabled(not busy)
        self.end.setVisible(busy)
        self.bar.setVisible(busy)
        self.bar.show_fraction(0.0)

    def _say(self, words: str, look: str = "quiet") -> None:
        set_text(self.told, words)
        set_look(self.told, look)

    # For the assistant

    async def problem(self) -> str:
        """What the chosen painter lacks."""
        chosen = self._chosen()
        needs_path = chosen.choice in {PainterChoice.FOLDER, PainterChoice.DIFFUSERS, PainterChoice.COMFYUI}
        if needs_path and not chosen.path:
            return tr("Say first where it lies.")
        if chosen.choice is PainterChoice.OPENAI and not chosen.model:
            return tr("Say first which image model paints.")
        return ""

    def put(self, choices: Choices) -> None:
        """The painter."""
        choices.painter = self._chosen()

    def skip(self, choices: Choices) -> None:
        """The show's own settings stay."""
        choices.painter = None

    async def rest(self) -> None:
        """End the image server; its picture is gone with it."""
        await self._working.stop()
        await self._trial.close()
        self.view.show_picture(_empty())
        self._key = ""


def _ways() -> list[tuple[object, str, str]]:
    return [
        (PainterChoice.PROCEDURAL, tr("the built-in painter"), tr("No network, no key, no model")),
        (PainterChoice.FOLDER, tr("pictures from a folder"), tr("Pictures you have")),
        (PainterChoice.OPENAI, tr("OpenAI"), tr("Needs a key and costs money")),
        (PainterChoice.COMFYUI, tr("ComfyUI"), tr("A ComfyUI server of yours")),
        (PainterChoice.DIFFUSERS, tr("diffusers"), tr("A model on this machine")),
    ]


def _key_of(env: Path | None) -> str:
    return LlmSettings.read({}, env).find_key()


def _empty() -> Picture:
    return Picture(title=tr("no picture yet"), hint=tr("paint one picture shows it here"), dashed=True)


def _path(path: Path | None) -> str:
    return str(path) if path is not None else ""
