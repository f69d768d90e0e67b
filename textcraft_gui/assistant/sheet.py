"""The assistant: its steps in a list, one in sight, and how one goes on; it makes and writes only at the end."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import Clock
from textcraft_bus.errors import BusError
from textcraft_core.errors import CommandRefused, EngineError
from textcraft_core.show.templates import ShowTemplate
from textcraft_gui.assistant.brain_step import BrainStep
from textcraft_gui.assistant.carry_out import carry_out
from textcraft_gui.assistant.choices import Choices
from textcraft_gui.assistant.last_step import LastStep
from textcraft_gui.assistant.painter_step import PainterStep
from textcraft_gui.assistant.show_step import ShowStep
from textcraft_gui.assistant.step import Step
from textcraft_gui.assistant.walls_step import WallsStep
from textcraft_gui.library.work import ShowLibrary
from textcraft_gui.overlays.overlays import Overlay
from textcraft_gui.session.ports import Starter
from textcraft_gui.theme import Colour
from textcraft_gui.widgets.bar import Bar
from textcraft_gui.widgets.fields import LineField
from textcraft_gui.widgets.words import button, label, set_look, set_text
from textcraft_gui.words.i18n import tr

RAIL = 190


class Assistant(Overlay):
    """Five steps. Put away, it ends what it tried and leaves nothing behind."""

    finished = Signal(str, str)
    """The folder of the show that is ready, and the mode it is to open in."""
    seen = Signal(bool)
    """It came into sight, or was put away."""

    def __init__(
        self,
        window: QWidget,
        templates: tuple[ShowTemplate, ...],
        present: Path,
        starter: Starter,
        clock: Clock,
        *,
        first: bool,
    ) -> None:
        """`present` is the show that is open, `first` says that this console was started without one."""
        self._in_sight = False
        super().__init__(tr("WELCOME") if first else tr("SET UP"), window)
        self._present, self._starter, self._clock = present, starter, clock
        self.choices = Choices()
        self._library = ShowLibrary(clock, self._on_share)
        self.show_step = ShowStep(templates, present, first=first)
        self.brain = BrainStep(clock, starter)
        self.painter = PainterStep(clock, starter, lambda: self.show_step.logline)
        self.walls = WallsStep()
        self.last = LastStep(present)
        self.steps: tuple[Step, ...] = (self.show_step, self.brain, self.painter, self.walls, self.last)
        self.index = 0
        self._reached = 0
        self._done: dict[int, str] = {}
        self._make_rail()
        self._make_foot()
        self._lay_out()
        self.last.rehearse.clicked.connect(lambda: self._finish(Mode.REHEARSE))
        self.last.edit.clicked.connect(lambda: self._finish(Mode.EDIT))
        for field in self.findChildren(LineField):
            field.left.connect(self.hide)

    def _make_rail(self) -> None:
        self.rail: list[QPushButton] = []
        for number, step in enumerate(self.steps):
            made = button(
                "",
                "step",
                hint=tr("Go to this step"),
                name=tr("step {number}: {title}", number=number + 1, title=step.title),
            )
            made.setCheckable(True)
            made.clicked.connect(self._jump(number))
            self.rail.append(made)

    def _make_foot(self) -> None:
        self.next = button(tr("go on"), "go", hint=tr("Take what is chosen here, and go on"))
        self.next.clicked.connect(lambda: self._starter.start(self._go_on(), name="go on in the assistant"))
        self.skip = button(tr("skip this step"), hint=tr("Leave it as the show has it; it can be set later"))
        self.skip.clicked.connect(self._on_skip)
        self.back = button(tr("back"), hint=tr("To the step before; what is chosen stays"), name=tr("step before"))
        self.back.clicked.connect(lambda: self.go_to(self.index - 1))
        self.bar = Bar()
        self.bar.setFixedWidth(160)
        self.bar.hide()
        self.told = label("", "quiet", name=tr("about this step"))
        self.told.setWordWrap(True)

    def _lay_out(self) -> None:
        rail = QVBoxLayout()
        rail.setSpacing(4)
        for made in self.rail:
            made.setFixedWidth(RAIL)
            rail.addWidget(made)
        rail.addStretch(1)
        self.pages = QStackedWidget()
        for step in self.steps:
            self.pages.addWidget(step)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        for control in (self.next, self.skip, self.back, self.bar):
            foot.addWidget(control)
        foot.addWidget(self.told, 1)
        side = QVBoxLayout()
        side.setSpacing(12)
        side.addWidget(self.pages, 1)
        side.addLayout(foot)
        whole = QHBoxLayout()
        whole.setSpacing(24)
        whole.addLayout(rail)
        whole.addLayout(side, 1)
        self.column.addLayout(whole, 1)

    # Going on

    def begin(self) -> None:
        """Begin at the first step, or where it was put away; open it with `open_at` first."""
        self.go_to(self.index)

    def go_to(self, index: int) -> None:
        """Show a step."""
        self.index = index
        self._reached = max(self._reached, index)
        self.pages.setCurrentIndex(index)
        last = index == len(self.steps) - 1
        self.next.setVisible(not last)
        self.skip.setVisible(index > 0 and not last)
        self.back.setVisible(index > 0)
        self._say("")
        self._show_rail()
        self.choices.spent = self.brain.spent + self.painter.spent
        self.steps[index].begin(self.choices)

    def _jump(self, number: int) -> Callable[[], None]:
        return lambda: self.go_to(number) if number <= self._reached else self._show_rail()

    def _show_rail(self) -> None:
        for number, (made, step) in enumerate(zip(self.rail, self.steps, strict=True)):
            sign = self._done.get(number, str(number + 1))
            made.setText(f"{sign}   {step.title}")
            made.setChecked(number == self.index)
            made.setEnabled(number <= self._reached)

    async def _go_on(self) -> None:
        step = self.steps[self.index]
        self._say("")
        self.next.setEnabled(False)
        try:
            told = await step.problem()
        finally:
            self.next.setEnabled(True)
        if told:
            self._say(told, "warn")
        elif step is self.steps[self.index]:
            step.put(self.choices)
            self._done[self.index] = "✓"
            self.go_to(self.index + 1)

    def _on_skip(self) -> None:
        self.steps[self.index].skip(self.choices)
        self._done[self.index] = "–"
        self.go_to(self.index + 1)

    # The end

    def _finish(self, mode: Mode) -> None:
        self._set_busy(busy=True)
        self._say(tr("Working…"))
        self._starter.start(self._carry_out(mode), name="set a show up")

    async def _carry_out(self, mode: Mode) -> None:
        try:
            show = await carry_out(self.choices, self._library, self._clock, self._present)
        except CommandRefused as ended:
            self._say(ended.reason)
        except (EngineError, BusError, OSError) as error:
            self._say(tr("It could not be done: {why}", why=error), "warn")
        else:
            self._on_made(show.root, mode)
        finally:
            self._set_busy(busy=False)

    def _on_made(self, folder: Path, mode: Mode) -> None:
        """Who put the assistant away meanwhile may be in the middle of a show: no console is closed for them."""
        if self._in_sight:
            self.hide()
            self.finished.emit(str(folder), mode.value)
        else:
            self._say(tr("Your show lies in {folder}.", folder=folder))

    def _set_busy(self, *, busy: bool) -> None:
        for control in (self.last.rehearse, self.last.edit, self.back, *self.rail):
            control.setEnabled(not busy)
        self.bar.setVisible(busy)
        self.bar.show_fraction(0.0)
        if not busy:
            self._show_rail()

    def _on_share(self, share: float) -> None:
        self.bar.show_fraction(share, Colour.INFO)

    def _say(self, words: str, look: str = "quiet") -> None:
        set_text(self.told, words)
        set_look(self.told, look)

    # In sight

    async def rest(self) -> None:
        """End everything that was tried or is copied, and forget the key."""
        await self._library.cancel()
        for step in self.steps:
            await step.rest()
        self.choices.forget_key()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Tell it."""
        super().showEvent(event)
        if not event.spontaneous():
            self._in_sight = True
            self.seen.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        """Tell it, and end what was tried."""
        super().hideEvent(event)
        if self._in_sight and not event.spontaneous():
            self._in_sight = False
            self._starter.start(self.rest(), name="end the assistant's trials")
            self.seen.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Enter in a field goes on, as its button does."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.next.isVisible():
            self.next.click()
            return
        super().keyPressEvent(event)
