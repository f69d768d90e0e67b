"""FLOW: the phases of the cycle with their times, RUN, step and stop, and the hand on the story."""

# Every import within a function here waits until its form is wanted.
# ruff: noqa: PLC0415

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget

from textcraft_core import commands as cmd
from textcraft_core.events import Phase
from textcraft_gui.bands.controls import Controls
from textcraft_gui.late import Late, MadeLate
from textcraft_gui.panels.flow.phase_rows import ROWS, PhaseRow, phase_grid
from textcraft_gui.panels.flow.queue_pane import QueuePane
from textcraft_gui.panels.flow.visitors import VisitorsInbox
from textcraft_gui.session.ports import StagePort
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area, LineState, ShowState, chapter_id
from textcraft_gui.theme import Colour
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.shapes import Shape
from textcraft_gui.widgets.words import button, describe, keep_place, label, set_look, set_text
from textcraft_gui.words.flow_status import flow_status
from textcraft_gui.words.i18n import tr, translated
from textcraft_gui.words.wording import chapter_name

if TYPE_CHECKING:
    from textcraft_gui.panels.flow.assign_form import AssignForm
    from textcraft_gui.panels.flow.run_form import RunForm

_MAX_LINE: Final = 4000
_QUEUE, _VISITORS = 0, 1
RUNS: Final = (3, 10, 50)
_USUAL, _TIGHT = 18, 13
"""Room beside the words of a button; prices on two of them leave less."""
ROOM_FOR_ALL: Final = 290
"""From this height on every phase has its row."""


class NudgeLine(QLineEdit):
    """Enter queues the line; Ctrl+Enter queues it and runs a cycle."""

    def __init__(self, verbs: Verbs) -> None:
        super().__init__()
        self._verbs = verbs
        self.setPlaceholderText(tr("Nudge the Architect…"))
        self.setMaxLength(_MAX_LINE)
        self.setAccessibleName(tr("line for the Architect"))
        describe(self, tr("Enter queues the line for the next plan; Ctrl+Enter also runs a cycle at once"))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Enter and Ctrl+Enter send."""
        if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)
            return
        and_step = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if self._verbs.nudge(self.text(), and_step=and_step):
            self.clear()


class FlowPanel(QWidget):
    """The engine at work, and the hand on it."""

    def __init__(self, feed: Feed, verbs: Verbs, stage: StagePort, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._verbs, self._stage = verbs, stage
        self.controls = Controls(verbs)
        self.rows = [PhaseRow(word, phases) for word, phases in ROWS]
        self.picture = PhaseRow("picture", (Phase.ILLUSTRATE,))
        self.task = label("", "quiet", elide=True, name=tr("active task"))
        self.status = label("", "quiet", elide=True, name=tr("what the engine waits for"))
        self.nudge = NudgeLine(verbs)
        self.lines = QueuePane(verbs)
        self.queue = self.lines.list
        self.visitors = VisitorsInbox(verbs)
        self._make_tabs()
        self._lay_out()
        self._connect()

    @MadeLate
    def assign_form(self) -> "AssignForm":
        """The whole plan of the next cycle."""
        from textcraft_gui.panels.flow.assign_form import AssignForm

        made = AssignForm(lambda: list(self._stage.personas()))
        made.asked.connect(self._assign)
        return made

    @MadeLate
    def run_form(self) -> "RunForm":
        """How far RUN goes."""
        from textcraft_gui.panels.flow.run_form import RunForm

        made = RunForm()
        made.asked.connect(self._run)
        return made

    def late_parts(self) -> list[Late[Any]]:
        """What of it is made when it is first looked at."""
        return [FlowPanel.assign_form.of(self), FlowPanel.run_form.of(self)]

    def _add_form(self, form: "AssignForm | RunForm") -> None:
        form.left.connect(self._close_form)
        self.pages.addWidget(form)

    def _make_tabs(self) -> None:
        self.queue_tab = button(tr("QUEUE"), "tab", hint=tr("Lines that wait for the next plan"))
        self.visitors_tab = button(tr("VISITORS"), "tab", hint=tr("What visitors said"))
        self.assign = button(tr("assign…"), "link", hint=tr("Hand in the whole plan of the next cycle"))
        for place, tab in enumerate((self.queue_tab, self.visitors_tab)):
            tab.setCheckable(True)
            tab.setAutoExclusive(True)
            tab.clicked.connect(lambda _checked=False, place=place: self._open_list(place))
        self.queue_tab.setChecked(True)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(11, 3, 10, 6)
        column.setSpacing(6)
        column.addLayout(phase_grid((*self.rows, self.picture)))
        column.addWidget(self.status)
        column.addLayout(self._button_row())
        column.addWidget(self._hand(), 1)
        keep_place(self.status)
        self.status.hide()

    def _button_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        shapes = ((Verb.TOGGLE_RUN, Shape.PLAY), (Verb.RUN_LIMITS, None), (Verb.STEP, None), (Verb.STOP, Shape.SQUARE))
        for verb, shape in shapes:
            made = self.controls.make(verb, shape, small=True)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(made)
        self.controls.buttons[Verb.RUN_LIMITS].setAccessibleName(tr("how far RUN goes"))
        row.addStretch(1)
        return row

    def _hand(self) -> QStackedWidget:
        """Line and lists, or one of the two forms in their place."""
        tabs = QHBoxLayout()
        tabs.setSpacing(12)
        tabs.addWidget(self.queue_tab)
        tabs.addWidget(self.visitors_tab)
        tabs.addStretch(1)
        tabs.addWidget(self.assign)
        self.lists = QStackedWidget()
        self.lists.addWidget(self.lines)
        self.lists.addWidget(self.visitors)
        self._lines = hand = QWidget()
        column = QVBoxLayout(hand)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.nudge)
        column.addLayout(tabs)
        column.addWidget(self.lists, 1)
        self.pages = QStackedWidget()
        self.pages.addWidget(hand)
        for form in self.late_parts():
            form.join(self._add_form)
        return self.pages

    def _connect(self) -> None:
        self._verbs.serve(Verb.RUN_LIMITS, self._open_limits)
        self._feed.follow(self.refresh)
        self.assign.clicked.connect(lambda: self.assign_to(""))

    # What is shown

    def refresh(self, areas: Area) -> None:
        """Look at the state again."""
        state, now = self._feed.state, self._feed.now()
        for row in self.rows:
            row.show_state(state, now)
        self.picture.show_picture(state, now)
        self._show_status()
        if not areas & ~Area.TIME:
            return
        set_text(self.task, _task(state))
        self._show_buttons(state)
        if areas & Area.QUEUE:
            self.lines.show_lines(list(state.queue.values()))
        if areas & (Area.QUEUE | Area.VISITORS | Area.SHOW):
            self.visitors.show_state(state)
            self._show_tabs(state)

    def _show_status(self) -> None:
        told = flow_status(self._feed.state, self._feed.now())
        self.status.setVisible(bool(told.text))
        set_text(self.status, told.text)
        set_look(self.status, told.look)
        describe(self.status, told.more)

    def _show_buttons(self, state: ShowState) -> None:
        was_on = "run" in state.was_on
        run = Colour.INFO if state.engine.run else Colour.WARN if was_on else Colour.TEXT
        price = _price(state)
        self.controls.show(Verb.TOGGLE_RUN, colour=run, lit=state.engine.run or was_on, figure=price)
        self.controls.show(Verb.RUN_LIMITS)
        self.controls.show(Verb.STEP, figure=price)
        self.controls.show(Verb.STOP, bare=bool(price))
        for made in self.controls.buttons.values():
            made.pad(_TIGHT if price else _USUAL)

    def _show_tabs(self, state: ShowState) -> None:
        waiting = sum(line.state is LineState.WAITING for line in state.queue.values())
        stories, policy = len(state.steering.visitors), state.steering.policy
        self.queue_tab.setText(tr("QUEUE {number}", number=waiting) if waiting else tr("QUEUE"))
        word = tr("VISITORS {number}", number=stories) if stories else tr("VISITORS")
        self.visitors_tab.setText(f"{word} · {translated(policy)}" if policy else word)
        if stories and not waiting and not self._is_at_work():
            self._open_list(_VISITORS)
        elif waiting and not stories and not self._is_at_work():
            self._open_list(_QUEUE)

    def _is_at_work(self) -> bool:
        """Whether the operator has a list under the hands: then it is not exchanged."""
        focus = self.focusWidget()
        inside = focus is not None and focus.hasFocus() and self.lists.isAncestorOf(focus)
        return inside or self.visitors.is_editing

    def _open_list(self, place: int) -> None:
        self.lists.setCurrentIndex(place)
        (self.queue_tab, self.visitors_tab)[place].setChecked(True)

    # Plans and limits

    def assign_to(self, path: str) -> None:
        """Open the form of a whole plan, for a chapter by its path or for the first that is open."""
        self.pages.setCurrentWidget(self.assign_form)
        self.assign_form.open(self._feed.state, path)

    def _assign(self, payload: dict[str, object]) -> None:
        if self._verbs.ask(Verb.ASSIGN, cmd.Assign(payload=payload)):
            self._close_form()

    def _run(self, limits: dict[str, Any]) -> None:
        if self._verbs.run(**limits):
            self._close_form()

    def _close_form(self) -> None:
        self.pages.setCurrentWidget(self._lines)

    def _open_limits(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for cycles in RUNS:
            action = menu.addAction(self._priced(tr("{number} cycles", number=cycles), cycles))
            action.triggered.connect(lambda _checked=False, cycles=cycles: self._verbs.run(cycles))
        menu.addAction(tr("until it is switched off")).triggered.connect(lambda: self._verbs.fire(Verb.RUN))
        menu.addAction(tr("until a time, a sum or a chapter…")).triggered.connect(self._open_run_form)
        below = self.controls.buttons[Verb.RUN_LIMITS]
        menu.popup(below.mapToGlobal(QPoint(0, below.height())))

    def _priced(self, text: str, cycles: int) -> str:
        cost = self._feed.state.steering.usual_cost * cycles
        return f"{text}  ≈ ${cost:.2f}" if cost else text

    def _open_run_form(self) -> None:
        self.pages.setCurrentWidget(self.run_form)
        self.run_form.open(self._feed.state)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Where there is little room the two quick phases leave theirs to the lists."""
        super().resizeEvent(event)
        for row in (self.rows[0], self.rows[3]):
            row.set_visible(self.height() >= ROOM_FOR_ALL)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """The phases, the buttons and the line; the lists scroll."""
        return QSize(max(240, super().minimumSizeHint().width()), 200)


def _task(state: ShowState) -> str:
    engine = state.engine
    if engine.busy and engine.target:
        again = tr(" · attempt {number}", number=engine.attempt) if engine.attempt > 1 else ""
        return f"{translated(engine.action) or tr('work')} {chapter_name(chapter_id(engine.target))}{again}"
    if engine.busy:
        return tr("choosing what to write")
    told = tr("cycle {number} {outcome}", number=engine.cycle, outcome=engine.outcome)
    return told if engine.outcome else tr("no cycle has run yet")


def _price(state: ShowState) -> str:
    """What a cycle costs as a rule; a paid one whose price is not known yet never looks free."""
    if cost := state.steering.usual_cost:
        return f"≈${cost:.2f}"
    return "" if state.brain_free else "$ ?"
