"""The phases of a cycle as rows of FLOW: sign, word, bar and the time in each."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from textcraft_core.events import Phase
from textcraft_gui.state.show_state import Moment, ShowState
from textcraft_gui.theme import Colour
from textcraft_gui.widgets.bar import Bar
from textcraft_gui.widgets.lamp import Lamp
from textcraft_gui.widgets.signs import ACTIVE, NOT_YET, OK
from textcraft_gui.widgets.words import label, set_look, set_text
from textcraft_gui.words.i18n import tr, translated
from textcraft_gui.words.wording import lasted

ROWS: Final = (
    ("scan", (Phase.SCAN,)),
    ("plan", (Phase.PLAN,)),
    ("write", (Phase.DISPATCH, Phase.EXECUTE)),
    ("verify", (Phase.VERIFY,)),
)
"""What stands on a row → the phases it stands for."""
ROW_HEIGHT: Final = 18
_TOLD_AT_ONCE: Final = 0.05
"""Seconds; no picture is described and painted in less."""


class PhaseRow:
    """One phase: sign, word, bar and time."""

    def __init__(self, word: str, phases: tuple[Phase, ...]) -> None:
        self.phases = phases
        self._word = word
        self.lamp = Lamp(NOT_YET, 11)
        self.name = label(translated(word), "quiet", elide=True)
        self.bar = Bar()
        self.time = label("", "quiet-figure", name=tr("time of {phase}", phase=translated(word)))
        self.time.setFixedWidth(58)
        self.time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.name.setFixedWidth(74)

    def set_visible(self, on: bool) -> None:
        """Show the row, or leave its place to others."""
        for widget in (self.lamp, self.name, self.bar, self.time):
            widget.setVisible(on)

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
            # A show that is opened tells its last picture all at once: how long that took is not known.
            known = took if took and took >= _TOLD_AT_ONCE else None
            self._show(self._word, known, None if took is None else 1.0, active=False)
            return
        told = next((render.fraction for render in reversed(state.renders.values())), None)
        usual = state.picture_seconds or 0.0
        share = told if told is not None else min(0.96, (now.mono - since) / usual) if usual else 0.5
        self._show(self._word, now.mono - since, share, active=True)

    def _show(self, word: str, seconds: float | None, share: float | None, active: bool) -> None:
        self.lamp.show_sign(ACTIVE if active else NOT_YET if share is None else OK)
        set_look(self.name, "strong" if active else "quiet")
        set_text(self.name, translated(word))
        set_text(self.time, "" if share is None or seconds is None else lasted(seconds))
        set_look(self.time, "figure" if active else "quiet-figure")
        self.bar.show_fraction(share, Colour.INFO if active else Colour.DIM)


def phase_grid(rows: tuple[PhaseRow, ...]) -> QGridLayout:
    """Lay rows out under one another."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(0)
    for index, row in enumerate(rows):
        row.name.setMinimumHeight(ROW_HEIGHT)
        for column, widget in enumerate((row.lamp, row.name, row.bar, row.time)):
            grid.addWidget(widget, index, column, Qt.AlignmentFlag.AlignVCenter)
    grid.setColumnStretch(2, 1)
    return grid
