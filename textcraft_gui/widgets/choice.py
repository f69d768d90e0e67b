"""One of a few words to choose from, as buttons side by side; and a value to turn, as a slider with its figure."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from textcraft_gui.widgets.steady import SteadySlider
from textcraft_gui.widgets.words import button, describe, label, set_text
from textcraft_gui.words.i18n import tr


class Choice(QWidget):
    """`chosen` carries the value of the button that was pressed, never what was shown by code."""

    chosen = Signal(object)

    def __init__(self, name: str, options: Sequence[tuple[object, str, str]]) -> None:
        """Make it; `options` are (value, word, hint)."""
        super().__init__()
        self.setAccessibleName(name)
        self._values = [value for value, _, _ in options]
        self.buttons = [button(word, "choice", hint=hint, name=f"{name}: {word}") for _, word, hint in options]
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for number, made in enumerate(self.buttons):
            made.setCheckable(True)
            self._group.addButton(made, number)
            row.addWidget(made)
        row.addStretch(1)
        self._group.idClicked.connect(lambda number: self.chosen.emit(self._values[number]))

    def show_value(self, value: object) -> None:
        """Show what is chosen."""
        if value in self._values:
            self.buttons[self._values.index(value)].setChecked(True)


class Turn(QWidget):
    """A value between two ends; `turned` carries it while it is turned, never what was shown by code."""

    turned = Signal(float)

    def __init__(self, name: str, hint: str, ends: tuple[float, float], *, step: float = 0.01, unit: str = "") -> None:
        super().__init__()
        self._step = step
        self._unit = unit
        self.slider = SteadySlider()
        self.slider.setRange(round(ends[0] / step), round(ends[1] / step))
        self.slider.setAccessibleName(name)
        self.slider.setPageStep(max(1, (self.slider.maximum() - self.slider.minimum()) // 10))
        describe(self.slider, hint)
        self.figure = label("", "quiet-figure", name=tr("{name}: value", name=name))
        self.figure.setMinimumWidth(52)
        self.figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.slider, 1)
        row.addWidget(self.figure)
        self.slider.valueChanged.connect(self._on_turned)
        self._show_figure()

    @property
    def value(self) -> float:
        """What it stands at."""
        return round(self.slider.value() * self._step, 4)

    def show_value(self, value: float) -> None:
        """Show a value without calling it a turn; while it is dragged the hand is right."""
        if self.slider.isSliderDown():
            return
        blocker = QSignalBlocker(self.slider)
        self.slider.setValue(round(value / self._step))
        del blocker
        self._show_figure()

    def _on_turned(self) -> None:
        self._show_figure()
        self.turned.emit(self.value)

    def _show_figure(self) -> None:
        digits = 0 if self._step >= 1 else 1 if self._step >= 0.1 else 2
        sign = "+" if self.value > 0 and self.slider.minimum() < 0 else ""
        set_text(self.figure, f"{sign}{self.value:.{digits}f}{self._unit}")
