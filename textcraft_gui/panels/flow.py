"""FLOW: the phases of the cycle with their times, RUN, step and stop, and the line to the Architect with its queue."""

from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from textcraft_core.events import Phase
from textcraft_gui.bands.controls import Controls
from textcraft_gui.feed import Feed
from textcraft_gui.panels.queue_list import QueueList
from textcraft_gui.state import Area, Moment, ShowState, chapter_id
from textcraft_gui.theme import Colour
from textcraft_gui.verbs import Verb, Verbs
from textcraft_gui.widgets.bar import Bar
from textcraft_gui.widgets.lamp import Lamp
from textcraft_gui.widgets.shapes import Shape
from textcraft_gui.widgets.signs import ACTIVE, NOT_YET, OK
from textcraft_gui.widgets.words import describe, label, set_look, set_text
from textcraft_gui.wording import chapter_name, lasted

ROWS: Final = (
    ("scan", (Phase.SCAN,)),
    ("plan", (Phase.PLAN,)),
    ("write", (Phase.DISPATCH, Phase.EXECUTE)),
    ("verify", (Phase.VERIFY,)),
)
"""What stands on a row → the phases it stands for."""
_MAX_LINE: Final = 4000


class NudgeLine(QLineEdit):
    """Enter queues the line; Ctrl+Enter queues it and runs a cycle."""

    def __init__(self, verbs: Verbs) -> None:
        super().__init__()
        self._verbs = verbs
        self.setPlaceholderText("Nudge the Architect…")
        self.setMaxLength(_MAX_LINE)
        self.setAccessibleName("line for the Architect")
        describe(self, "Enter queues the line for the next plan; Ctrl+Enter also runs a cycle at once")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Enter and Ctrl+Enter send."""
        if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)
            return
        and_step = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if self._verbs.nudge(self.text(), and_step=and_step):
            self.clear()


class PhaseRow:
    """One phase: sign, word, bar and time."""

    def __init__(self, word: str, phases: tuple[Phase, ...]) -> None:
        self.phases = phases
        self._word = word
        self.lamp = Lamp(NOT_YET, 11)
        self.name = label(word, "quiet", elide=True)
        self.bar = Bar()
        self.time = label("", "quiet-figure", name=f"time of {word}")
        self.time.setFixedWidth(58)
        self.time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.name.setFixedWidth(74)

    def show_state(self, state: ShowState, now: Moment) -> None:
        """Done, now or not yet; the bar measures against the last time."""
        engine = state.engine
        took = sum(engine.took.get(phase, 0.0) for phase in self.phases)
        before = sum(engine.before.get(phase, 0.0) for phase in self.phases)
        active = engine.busy and engine.phase in self.phases
        if active:
            took += now.mono - engine.phase_since
        done = not active and any(phase in engine.took for phase in self.phases)
        share = min(0.96, took / before) if before else 0.5
        named = active and self._word == "write" and engine.role
        self._show(engine.role if named else self._word, took, share if active else 1.0 if done else None, active)

    def show_picture(self, state: ShowState, now: Moment) -> None:
        """The picture is made beside the cycles: from the Illustrator's task to its arrival."""
        since, took = state.engine.picture_since, state.engine.picture_took
        if since is None:
            self._show(self._word, took or 0.0, None if took is None else 1.0, active=False)
            return
        told = next((render.fraction for render in reversed(state.renders.values())), None)
        usual = state.picture_seconds or 0.0
        share = told if told is not None else min(0.96, (now.mono - since) / usual) if usual else 0.5
        self._show(self._word, now.mono - since, share, active=True)

    def _show(self, word: str, seconds: float, share: float | None, active: bool) -> None:
        self.lamp.show_sign(ACTIVE if active else NOT_YET if share is None else OK)
        set_look(self.name, "strong" if active else "quiet")
        set_text(self.name, word)
        set_text(self.time, "" if share is None else lasted(seconds))
        set_look(self.time, "figure" if active else "quiet-figure")
        self.bar.show_fraction(share, Colour.INFO if active else Colour.DIM)


class FlowPanel(QWidget):
    """The engine at work, and the hand on it."""

    def __init__(self, feed: Feed, verbs: Verbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._verbs = verbs
        self.controls = Controls(verbs)
        self.rows = [PhaseRow(word, phases) for word, phases in ROWS]
        self.picture = PhaseRow("picture", (Phase.ILLUSTRATE,))
        self.task = label("", "quiet", elide=True, name="active task")
        self.nudge = NudgeLine(verbs)
        self.queue = QueueList(verbs)
        self._lay_out()
        verbs.serve(Verb.RUN_LIMITS, self._open_limits)
        feed.refreshed.connect(self.refresh)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 10)
        column.setSpacing(8)
        column.addLayout(self._phase_grid())
        column.addLayout(self._button_row())
        column.addWidget(self.nudge)
        column.addWidget(self.queue, 1)

    def _phase_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        for index, row in enumerate((*self.rows, self.picture)):
            grid.setRowMinimumHeight(index, 19)
            for column, widget in enumerate((row.lamp, row.name, row.bar, row.time)):
                grid.addWidget(widget, index, column, Qt.AlignmentFlag.AlignVCenter)
        grid.setColumnStretch(2, 1)
        return grid

    def _button_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        shapes = ((Verb.TOGGLE_RUN, Shape.PLAY), (Verb.RUN_LIMITS, None), (Verb.STEP, None), (Verb.STOP, Shape.SQUARE))
        for verb, shape in shapes:
            made = self.controls.make(verb, shape, small=True)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(made)
        self.controls.buttons[Verb.RUN_LIMITS].setAccessibleName("run a number of cycles")
        row.addStretch(1)
        return row

    def refresh(self, areas: Area) -> None:
        """Look at the state again."""
        state, now = self._feed.state, self._feed.now()
        for row in self.rows:
            row.show_state(state, now)
        self.picture.show_picture(state, now)
        if not areas & ~Area.TIME:
            return
        set_text(self.task, _task(state))
        was_on = "run" in state.was_on
        run = Colour.INFO if state.engine.run else Colour.WARN if was_on else Colour.TEXT
        self.controls.show(Verb.TOGGLE_RUN, colour=run, lit=state.engine.run or was_on)
        for verb in (Verb.RUN_LIMITS, Verb.STEP, Verb.STOP):
            self.controls.show(verb)
        if areas & Area.QUEUE:
            self.queue.show_lines(list(state.queue.values()))

    def _open_limits(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for cycles in (3, 10, 50):
            action = menu.addAction(f"{cycles} cycles")
            action.triggered.connect(lambda _checked=False, cycles=cycles: self._verbs.run(cycles))
        menu.addAction("until it is switched off").triggered.connect(lambda: self._verbs.fire(Verb.RUN))
        below = self.controls.buttons[Verb.RUN_LIMITS]
        menu.popup(below.mapToGlobal(QPoint(0, below.height())))


def _task(state: ShowState) -> str:
    engine = state.engine
    if engine.busy and engine.target:
        again = f" · attempt {engine.attempt}" if engine.attempt > 1 else ""
        return f"{engine.action or 'work'} {chapter_name(chapter_id(engine.target))}{again}"
    if engine.busy:
        return "choosing what to write"
    return f"cycle {engine.cycle} {engine.outcome}" if engine.outcome else "no cycle has run yet"
