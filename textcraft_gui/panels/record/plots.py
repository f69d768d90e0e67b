"""The plots of METRICS: curves of one chart with a crosshair, under a title and the newest values; keeps no figures."""

from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from textcraft_gui.metrics import Chart, Metrics, title_of
from textcraft_gui.theme import Colour, mono
from textcraft_gui.widgets.words import label
from textcraft_gui.words.i18n import tr

_LINES: Final = (Colour.INFO, Colour.NEXT, Colour.WARN, Colour.LIVE, Colour.TEXT, Colour.QUIET)
Newest = list[tuple[str, float]]
"""Each line with its newest value."""


class Plot(pg.PlotWidget):  # type: ignore[misc]  # the library has no types
    """One chart: a curve for each of its lines, and the value under the pointer."""

    def __init__(self, chart: Chart) -> None:
        super().__init__(background=Colour.PANEL.value)
        self.chart = chart
        self._curves: dict[str, Any] = {}
        self.setMenuEnabled(False)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.setAccessibleName(title_of(chart))
        self.setMinimumSize(120, 44)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._dress()
        self._cross = pg.InfiniteLine(angle=90, pen=pg.mkPen(Colour.DIM.value, width=1))
        self._cross.hide()
        self.addItem(self._cross, ignoreBounds=True)
        self.scene().sigMouseMoved.connect(self._on_moved)

    def _dress(self) -> None:
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(Colour.LINE.value))
            axis.setTextPen(pg.mkPen(Colour.QUIET.value))
            axis.setTickFont(mono(10))
            axis.enableAutoSIPrefix(False)
        self.getAxis("left").setWidth(46)
        self.showGrid(x=False, y=True, alpha=0.15)

    def draw(self, metrics: Metrics, now: float, span: float) -> Newest:
        """Draw the last `span` seconds; return each line with its newest value."""
        newest = []
        for number, (line, series) in enumerate(metrics.series[self.chart.key].items()):
            times, values = series.since(now - span)
            colour = _LINES[number % len(_LINES)]
            curve = self._curves.get(line) or self._add_curve(line, colour)
            x = [(at - now) / 60 for at in times]
            if values:
                newest.append((line, values[-1]))
                reach = [0.0] if self.chart.steps else []
                curve.setData([*x, *reach], [*values, *values[-1:][: len(reach)]])
        self.setXRange(-span / 60, 0, padding=0.01)
        return newest

    def _add_curve(self, line: str, colour: Colour) -> Any:
        curve = self.plot([], [], pen=pg.mkPen(colour.value, width=1.6), stepMode="right" if self.chart.steps else None)
        self._curves[line] = curve
        return curve

    def _on_moved(self, at: QPointF) -> None:
        inside = self.sceneBoundingRect().contains(at)
        self._cross.setVisible(inside)
        if inside:
            self._cross.setPos(self.plotItem.vb.mapSceneToView(at).x())

    @property
    def pointed(self) -> float | None:
        """Minutes from now under the pointer; None while it is elsewhere."""
        return float(self._cross.value()) if self._cross.isVisible() else None


class PlotCard(QWidget):
    """A plot under its title and newest values."""

    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self.plot = Plot(chart)
        self.figures = label("", "quiet-figure", elide=True, name=title_of(chart))
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(label(title_of(chart), "strong"))
        head.addWidget(self.figures, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.plot, 1)

    def draw(self, metrics: Metrics, now: float, span: float) -> None:
        """Draw the plot and write its figures."""
        newest = self.plot.draw(metrics, now, span)
        pointed = self.plot.pointed
        if pointed is not None:
            newest = _at(metrics, self.plot.chart, now + pointed * 60, newest)
        self.figures.setText("   ".join(_figure(line, value) for line, value in newest) or tr("nothing yet"))


def _at(metrics: Metrics, chart: Chart, at: float, newest: Newest) -> Newest:
    """Return each line with its last value not after a time; a line that had none yet is left out."""
    found = []
    for line, _ in newest:
        series = metrics.series[chart.key][line]
        before = [value for time, value in zip(series.times, series.values, strict=True) if time <= at]
        if before:
            found.append((line, before[-1]))
    return found


def _figure(line: str, value: float) -> str:
    shown = f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"
    return f"{line} {shown}".strip()
