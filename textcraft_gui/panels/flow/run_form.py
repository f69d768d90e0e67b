"""RUN ▾: how far RUN goes, by number, time, money or chapter; an inline form, nothing modal."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from textcraft_gui.state.show_state import ShowState
from textcraft_gui.widgets.steady import SteadyBox, SteadyFigure, SteadyNumber
from textcraft_gui.widgets.words import button, describe, label, set_text
from textcraft_gui.words.i18n import tr


class RunForm(QWidget):
    """Every field left alone is no limit."""

    asked = Signal(object)
    """The limits, as the fields of the command Run."""
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cycles = _whole(tr("cycles"), 9999)
        self.minutes = _figure(tr("minutes"), 24 * 60.0, 5.0)
        self.spend = _figure(tr("dollars"), 10_000.0, 0.5)
        self.spend.setPrefix("$ ")
        self.chapter = SteadyBox()
        self.chapter.setAccessibleName(tr("until this chapter is locked"))
        self.chapter.setMinimumContentsLength(8)
        describe(self.chapter, tr("RUN ends when this chapter is locked"))
        self.price = label("", "quiet", elide=True, name=tr("price of a cycle"))
        self.go = button(tr("▶ RUN"), hint=tr("RUN until the first of these limits"))
        self.leave = button(tr("leave"), "link", hint=tr("Change nothing"))
        self._lay_out()
        self.go.clicked.connect(self._ask)
        self.leave.clicked.connect(self.left)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        grid.addWidget(self.cycles, 0, 0)
        grid.addWidget(self.minutes, 0, 1)
        grid.addWidget(self.spend, 1, 0)
        grid.addWidget(self.chapter, 1, 1)
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self.go)
        foot.addWidget(self.leave)
        foot.addWidget(self.price, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(grid)
        column.addLayout(foot)
        column.addStretch(1)

    def open(self, state: ShowState) -> None:
        """Begin anew with the chapters there are."""
        for field in (self.cycles, self.minutes, self.spend):
            field.setValue(0)
        self.chapter.clear()
        self.chapter.addItem(tr("any chapter"), "")
        for key, entry in state.matrix.items():
            if entry.get("status") != "LOCKED":
                self.chapter.addItem(tr("until {chapter}", chapter=key), key)
        cost = state.steering.usual_cost
        set_text(self.price, tr("≈ ${cost} a cycle", cost=f"{cost:.2f}") if cost else "")
        self.cycles.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.cycles.selectAll()

    def limits(self) -> dict[str, Any]:
        """Return what is set, as the fields of the command Run."""
        given = {
            "cycles": self.cycles.value() or None,
            "minutes": self.minutes.value() or None,
            "spend": self.spend.value() or None,
            "until_chapter": self.chapter.currentData() or None,
        }
        return {key: value for key, value in given.items() if value is not None}

    def _ask(self) -> None:
        self.asked.emit(self.limits())


def _whole(unit: str, most: int) -> QSpinBox:
    made = SteadyNumber()
    made.setRange(0, most)
    made.setProperty("look", "bare")
    made.setSpecialValueText(tr("any {unit}", unit=unit))
    made.setSuffix(f" {unit}")
    made.setAccessibleName(tr("at most so many {unit}", unit=unit))
    describe(made, tr("RUN ends after so many {unit}", unit=unit))
    return made


def _figure(unit: str, most: float, step: float) -> QDoubleSpinBox:
    made = SteadyFigure()
    made.setRange(0.0, most)
    made.setDecimals(2 if step < 1 else 0)
    made.setSingleStep(step)
    made.setProperty("look", "bare")
    made.setSpecialValueText(tr("any {unit}", unit=unit))
    made.setSuffix("" if step < 1 else f" {unit}")
    made.setAccessibleName(tr("at most so many {unit}", unit=unit))
    describe(made, tr("RUN ends after so many {unit}", unit=unit))
    return made
