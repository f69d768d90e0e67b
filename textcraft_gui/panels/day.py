"""DAY: whether the house is open, until when, what the pre-flight found, and the report of the day."""

import asyncio
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from textcraft_bus.errors import BusError
from textcraft_core.errors import EngineError
from textcraft_core.events import CheckState
from textcraft_gui.bands.controls import Controls
from textcraft_gui.machine.report_pdf import write_pdf
from textcraft_gui.session.ports import StagePort, Starter
from textcraft_gui.state.day import CheckRow, Day
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area, Severity
from textcraft_gui.theme import Colour
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.lamp import Lamp
from textcraft_gui.widgets.shapes import Shape
from textcraft_gui.widgets.signs import ACTIVE, DAY, NOT_YET, UNKNOWN, WARN, Sign
from textcraft_gui.widgets.verb_button import Face, HoldButton
from textcraft_gui.widgets.words import button, describe, label, set_look, set_text
from textcraft_gui.words.day_words import when, word_of
from textcraft_gui.words.i18n import counted, tr, translated

_GOOD: Final = Sign(Shape.CHECK, Colour.NEXT)
_SIGNS: Final = {
    None: NOT_YET,
    CheckState.OK: _GOOD,
    CheckState.WARN: WARN,
    CheckState.FAIL: Sign(Shape.SQUARE, Colour.FAULT),
    CheckState.UNKNOWN: UNKNOWN,
}


class CheckLine(QWidget):
    """One check: its sign, its name, what was found, and a way to open in spite of it."""

    def __init__(self, verbs: Verbs) -> None:
        super().__init__()
        self.name = ""
        self.lamp = Lamp(NOT_YET)
        self.title = label("", "strong")
        self.found = label("", "quiet", elide=True)
        self.waive = HoldButton(Face(tr("waive"), colour=Colour.INFO), flat=True)
        self.waive.explain(tr("Held 1 s: open in spite of it; this stands in the report"))
        self.waive.held.connect(lambda: verbs.waive(self.name))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.title.setFixedWidth(66)
        row.addWidget(self.lamp)
        row.addWidget(self.title)
        row.addWidget(self.found, 1)
        row.addWidget(self.waive)

    def show_check(self, check: CheckRow, *, now: bool) -> None:
        """Show one check; `now`: it is being made."""
        self.name = check.name
        self.lamp.show_sign(ACTIVE if now else _SIGNS[check.state])
        set_text(self.title, translated(check.name))
        waived = tr("waived: ") if check.waived else ""
        set_text(self.found, waived + (check.found or (tr("looking…") if now else "")))
        set_look(self.found, "warn" if check.state is CheckState.FAIL and not check.waived else "quiet")
        describe(self.found, f"{check.found}\n{check.advice}".strip())
        self.waive.setVisible(check.state in {CheckState.FAIL, CheckState.UNKNOWN} and not check.waived)
        self.waive.setAccessibleName(tr("waive {name}", name=check.name))


class DayPanel(QWidget):
    """The day in one column."""

    def __init__(
        self, feed: Feed, stage: StagePort, tasks: Starter, verbs: Verbs, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._feed, self._stage, self._tasks = feed, stage, tasks
        self._verbs = verbs
        self.controls = Controls(verbs)
        self.lamp = Lamp(UNKNOWN, 14)
        self.state = label("", "strong", name=tr("state of the day"))
        self.when = label("", "figure", elide=True, name=tr("what the clock does next"))
        self.empty = label(
            tr("No pre-flight yet. It looks at power, disk, clock, money and services, asks each wall for black and "
               "the safe look, and sends one picture through the whole chain."),
            "quiet",
        )  # fmt: skip
        self.empty.setWordWrap(True)
        self.lines: list[CheckLine] = []
        self.ready = label("", "strong", name=tr("outcome of the pre-flight"))
        self.ready.setWordWrap(True)
        self.ready.hide()
        self.report = label("", "quiet", elide=True, name=tr("report of the day"))
        self.open_report = button(tr("look at it"), "link", hint=tr("Open the report in the browser of this machine"))
        self.open_report.clicked.connect(self._on_open_report)
        self.print = button(tr("PDF"), "link", hint=tr("Print the report of this day, or of the last one, to a PDF"))
        self.print.clicked.connect(self._on_print)
        self.visitors = QCheckBox(tr("with visitors' words"))
        self.visitors.setAccessibleName(tr("report with visitors' words"))
        describe(self.visitors, tr("The next report and PDF hold what visitors said; without it they are only counted"))
        self.visitors.toggled.connect(self._on_visitors)
        self.away = label("", "quiet", elide=True, name=tr("while nobody was here"))
        self._lay_out()
        feed.follow(self.refresh)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        for widget in (self.lamp, self.state):
            head.addWidget(widget)
        head.addWidget(self.when, 1, Qt.AlignmentFlag.AlignRight)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for verb in (Verb.OPEN_DAY, Verb.CLOSE_DAY, Verb.EXTEND_DAY):
            buttons.addWidget(self.controls.make(verb, small=True))
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 10, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addLayout(buttons)
        column.addWidget(self.away)
        column.addWidget(self._checks(), 1)
        column.addWidget(self.ready)  # below what scrolls: the outcome is always in sight
        column.addWidget(self.visitors)
        column.addLayout(self._foot())

    def _checks(self) -> QScrollArea:
        sheet = QWidget()
        sheet.setObjectName("form")
        self._rows = QVBoxLayout(sheet)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(3)
        self._rows.addWidget(self.empty)
        self._rows.addStretch(1)
        area = self._area = QScrollArea()
        area.setWidget(sheet)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(tr("pre-flight"))
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self.controls.make(Verb.PREFLIGHT, small=True))
        foot.addWidget(self.controls.make(Verb.REPORT, small=True))
        foot.addWidget(self.report, 1)
        foot.addWidget(self.open_report)
        foot.addWidget(self.print)
        return foot

    def refresh(self, areas: Area) -> None:
        """Look at the state again."""
        if not areas & (Area.DAY | Area.SHOW | Area.TIME):
            return
        day = self._feed.state.day
        self.lamp.show_sign(DAY[day.state])
        set_text(self.state, word_of(day.state))
        set_text(self.when, when(day, self._feed.now().date))
        for verb in (Verb.OPEN_DAY, Verb.CLOSE_DAY, Verb.EXTEND_DAY, Verb.PREFLIGHT, Verb.REPORT):
            self.controls.show(verb)
        if areas & Area.DAY:
            self._show_checks(day)
            self._show_report(day)
            self._show_away(day)
        if areas & (Area.DAY | Area.SHOW):
            self.visitors.setVisible(day.state is not None)
            self.visitors.setChecked(day.with_visitors)

    def _show_checks(self, day: Day) -> None:
        while len(self.lines) < len(day.checks):
            line = CheckLine(self._verbs)
            self._rows.insertWidget(len(self.lines), line)
            self.lines.append(line)
        for line, check in zip(self.lines, day.checks.values(), strict=False):
            line.show_check(check, now=check is day.check_now)
        for number, line in enumerate(self.lines):
            line.setVisible(number < len(day.checks))
        self.empty.setVisible(not day.checks)
        ended = self.ready.isHidden() and day.ready is not None
        self.ready.setVisible(day.ready is not None)
        set_text(self.ready, tr("Ready.") if day.ready else tr("Not ready: mend what is marked, or waive it."))
        set_look(self.ready, "next" if day.ready else "warn")
        if ended and not day.ready:
            self._show_first_failure(day)

    def _show_first_failure(self, day: Day) -> None:
        """What is to be mended may lie below the edge of a small window."""
        rows = zip(self.lines, day.checks.values(), strict=False)
        failed = [line for line, check in rows if check.state is CheckState.FAIL and not check.waived]
        if failed:
            self._rows.activate()
            self._area.ensureWidgetVisible(failed[0])

    def _show_report(self, day: Day) -> None:
        there = bool(day.report)
        self.open_report.setVisible(there)
        self.print.setVisible(there)
        told = tr(
            "{takes}, ${spend:.2f}", takes=counted(day.report_takes, "{n} take", "{n} takes"), spend=day.report_spend
        )
        set_text(self.report, told if there else "")
        describe(self.report, day.report)

    def _show_away(self, day: Day) -> None:
        self.away.setVisible(bool(day.away))
        set_text(self.away, day.away)
        describe(self.away, f"{day.away}\n{day.away_more}".strip())

    def _on_visitors(self, ticked: bool) -> None:
        self._feed.state.day.with_visitors = ticked

    def _on_open_report(self) -> None:
        path = Path(self._feed.state.day.report)
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self._feed.tell(tr("No browser opened. The report lies at {path}.", path=path))

    def _on_print(self) -> None:
        self.print.setEnabled(False)
        self._tasks.start(self._print(), name="print the report")

    async def _print(self) -> None:
        try:
            page, title, path = await self._stage.printed_report(visitors=self._feed.state.day.with_visitors)
            await asyncio.to_thread(write_pdf, page, title, path)
        except (EngineError, BusError, OSError) as error:
            self._feed.tell(tr("The PDF could not be written: {why}", why=error), Severity.WARN)
        else:
            self._feed.tell(tr("The report is printed to {path}.", path=path))
        finally:
            self.print.setEnabled(True)
