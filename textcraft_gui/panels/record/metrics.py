"""METRICS: six plots of the running show, with a crosshair and export; drawn only while somebody looks."""

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from textcraft_bus.disk.files import write_durably
from textcraft_bus.errors import WriteFailed
from textcraft_gui.metrics import CHARTS, Metrics
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Severity
from textcraft_gui.verbs import reading_rules
from textcraft_gui.widgets.steady import SteadyBox
from textcraft_gui.widgets.words import button, describe, label
from textcraft_gui.words.i18n import later, tr, translated

if TYPE_CHECKING:
    from textcraft_gui.panels.record.plots import PlotCard

DRAW_MS: Final = 500
"""Twice a second one plot after the other is drawn anew: a curve costs milliseconds on the main thread."""
_SPANS: Final = ((later("10 minutes"), 600.0), (later("1 hour"), 3600.0), (later("the whole evening"), 86_400.0))
_LOW: Final = 440
"""A panel lower than this has three plots in a row, a higher one two."""


_ROW: Final = 114
"""A row of plots in which a curve can be read; where two have no room, they scroll."""


class MetricsPanel(QWidget):
    """All plots, their span and their export."""

    def __init__(self, feed: Feed, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Two plots in a row need more height than a small window has: that must not push the other pages' feet out.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._feed = feed
        self.metrics = metrics
        self._turn = 0
        self._columns = 0
        self.cards: list[PlotCard] = []
        self._timer = QTimer(self, interval=DRAW_MS // len(CHARTS))
        self._timer.timeout.connect(self._draw_next)
        self.span = SteadyBox()
        for words, seconds in _SPANS:
            self.span.addItem(translated(words), seconds)
        self.span.setAccessibleName(tr("how far back"))
        describe(self.span, tr("How far back the plots reach"))
        self.save = button(
            tr("export"), hint=tr("Write all figures as CSV and the plots as PNG into the show's folder")
        )
        self.save.clicked.connect(self._on_save)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(label(tr("Minutes before now; point at a plot to read it there."), "quiet", elide=True), 1)
        head.addWidget(self.span)
        head.addWidget(self.save)
        self._sheet = QWidget()
        self._sheet.setObjectName("form")
        self._grid = QGridLayout(self._sheet)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(10)
        area = QScrollArea()
        area.setWidget(self._sheet)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(tr("METRICS"))
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 10, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(area, 1)

    def _make_cards(self) -> None:
        """Plots are made when they are looked at for the first time: a start must not wait for them."""
        from textcraft_gui.panels.record.plots import PlotCard  # noqa: PLC0415 - the plot library costs half a second

        self.cards = [PlotCard(chart) for chart in CHARTS]
        self._arrange()

    def _arrange(self) -> None:
        columns = 3 if self.height() < _LOW else 2
        if columns == self._columns or not self.cards:
            return
        self._columns = columns
        for number, card in enumerate(self.cards):
            self._grid.addWidget(card, number // columns, number % columns)
            self._grid.setRowMinimumHeight(number // columns, _ROW)

    def _draw_next(self) -> None:
        self._turn = (self._turn + 1) % len(self.cards)
        self.cards[self._turn].draw(self.metrics, self._feed.now().mono, self.span.currentData())

    def draw_all(self) -> None:
        """Draw every plot now."""
        for card in self.cards:
            card.draw(self.metrics, self._feed.now().mono, self.span.currentData())

    def _on_save(self) -> None:
        if reason := reading_rules.no_change(self._feed.state):  # what is saved lies in the show's folder
            self._feed.tell(tr("The figures could not be saved: {why}", why=reason), Severity.WARN)
            return
        folder = Path(self._feed.state.folder) / "exports"
        try:
            folder.mkdir(exist_ok=True)
            stem = f"metrics-{self._feed.now().date:%Y%m%d-%H%M%S}"
            write_durably(folder / f"{stem}.csv", _csv(self.metrics).encode())
            saved = self._sheet.grab().save(str(folder / f"{stem}.png"))
        except (OSError, WriteFailed) as error:
            self._feed.tell(tr("The figures could not be saved: {why}", why=error), Severity.WARN)
            return
        what = tr("Figures and picture") if saved else tr("The figures")
        self._feed.tell(tr("{what} are in {folder}.", what=what, folder=folder))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Draw only while somebody can see it."""
        super().showEvent(event)
        if not self.cards:
            self._make_cards()
        self.draw_all()
        self._timer.start()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Two plots in a row or three, as there is room."""
        super().resizeEvent(event)
        self._arrange()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        """Rest; figures are still taken in."""
        super().hideEvent(event)
        self._timer.stop()


def _csv(metrics: Metrics) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("chart", "line", "seconds", "value"))
    writer.writerows(metrics.rows())
    return out.getvalue()
