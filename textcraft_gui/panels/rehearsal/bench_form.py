"""How rehearsals are played: brain, faults, latency, speed, watermark; each says when it holds."""

from typing import Final

from PySide6.QtCore import QSignalBlocker, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core.bench import SPEEDS, BenchSettings
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import ShowState
from textcraft_gui.theme import Colour
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.choice import Choice, Turn
from textcraft_gui.widgets.steady import SteadyBox, SteadyFigure
from textcraft_gui.widgets.verb_button import Face, HoldButton
from textcraft_gui.widgets.words import describe, label, set_look, set_text
from textcraft_gui.words.i18n import tr

REST_MS: Final = 300
"""A slider that is turned is not told at every step."""
_FILE: Final = "file"
_NONE: Final = ""
_USUAL_SUM: Final = 1.0


class BenchForm(QWidget):
    """Shows what holds and asks for what is changed; the panel hands in the fault profiles."""

    def __init__(self, feed: Feed, verbs: Verbs) -> None:
        super().__init__()
        self._feed, self._verbs = feed, verbs
        self._words: dict[str, str] = {}
        self._wanted: dict[str, object] = {}
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._ask)
        self.state = label("", "strong", name=tr("what holds now"))
        self.state.setWordWrap(True)
        self._make_brain()
        self._make_faults()
        self._make_times()
        self._lay_out()

    # Its parts

    def _make_brain(self) -> None:
        options = [
            ("rehearsal", tr("rehearsal"), tr("Every role from the show's own data: no network, no key, no cost")),
            ("live", tr("live"), tr("The server of the settings, where it is free")),
        ]
        self.brain = Choice(tr("brain of the rehearsal"), options)
        self.brain.chosen.connect(lambda kind: self._change(brain=kind, most_usd=0.0))
        self.live = label("", "quiet", elide=True, name=tr("about the live brain"))
        self.sum = SteadyFigure()
        self.sum.setRange(0.1, 1000.0)
        self.sum.setPrefix("≤ $ ")
        self.sum.setValue(_USUAL_SUM)
        self.sum.setProperty("look", "bare")
        self.sum.setAccessibleName(tr("what a live rehearsal may cost"))
        describe(self.sum, tr("At this sum the live brain is asked no more"))
        self.pay = HoldButton(Face(tr("live"), colour=Colour.WARN), small=True)
        self.pay.held.connect(lambda: self._change(brain="live", most_usd=self.sum.value()))
        self.sum.valueChanged.connect(lambda _value: self._show_price())
        self._show_price()

    def _show_price(self) -> None:
        price = tr("live for ≤ ${sum}", sum=f"{self.sum.value():.2f}")
        self.pay.show_face(Face(price, colour=Colour.WARN))
        self.pay.setAccessibleName(price)
        self.pay.explain(tr("Held 1 s: let the live brain play this rehearsal, which costs money up to this sum"))

    def _make_faults(self) -> None:
        self.faults = SteadyBox()
        self.faults.setAccessibleName(tr("fault profile"))
        describe(self.faults, tr("What goes wrong in this rehearsal, and how slowly the brain answers"))
        self.faults.activated.connect(lambda _index: self._on_fault())
        self.file = QLineEdit()
        self.file.setPlaceholderText(tr("my-faults.toml, from the show's folder on"))
        self.file.setAccessibleName(tr("file of the fault profile"))
        self.file.setMaxLength(1000)
        describe(self.file, tr("A TOML file with a profile of one's own; Enter takes it"))
        self.file.returnPressed.connect(lambda: self._change(fault_profile=self.file.text().strip()))
        self.about = label("", "quiet", name=tr("about the fault profile"))
        self.about.setWordWrap(True)
        self.show_profiles({})

    def _make_times(self) -> None:
        self.first = Turn(
            tr("first word"), tr("Seconds until the brain says its first word"), (0.0, 10.0), step=0.1, unit=" s"
        )
        self.pace = Turn(
            tr("words"), tr("Words a second the brain writes; 0 is all at once"), (0.0, 200.0), step=1.0, unit="/s"
        )
        self.first.turned.connect(lambda value: self._change(first_token_s=value))
        self.pace.turned.connect(lambda value: self._change(tokens_per_s=round(value * 4 / 3, 2)))
        usual = (0.0, tr("quick"), tr("A rehearsal's own pace: a cycle every few seconds"))
        evening = [
            (speed, f"{speed:g}×", tr("An evening of SHOW, {speed} as fast", speed=f"{speed:g}×"))
            for speed in SPEEDS[1:]
        ]
        self.speed = Choice(tr("speed of the rehearsal"), [usual, *evening])
        self.speed.chosen.connect(lambda speed: self._change(speed=speed))
        self.evening = label("", "quiet", name=tr("what this speed means"))
        self.evening.setWordWrap(True)
        self.mark = QCheckBox(tr("REHEARSAL on the walls"))
        self.mark.setAccessibleName(tr("watermark on the walls"))
        describe(self.mark, tr("At once: the word REHEARSAL lies on every wall of the rehearsal"))
        self.mark.clicked.connect(lambda on: self._change(watermark=on))
        self.when = label("", "quiet", name=tr("when it holds"))
        self.when.setWordWrap(True)

    def _lay_out(self) -> None:
        paid = QHBoxLayout()
        paid.setSpacing(6)
        paid.addWidget(self.sum)
        paid.addWidget(self.pay)
        paid.addStretch(1)
        self.paid = QWidget()
        self.paid.setLayout(paid)
        paid.setContentsMargins(0, 0, 0, 0)
        rows = QFormLayout()
        rows.setHorizontalSpacing(8)
        rows.setVerticalSpacing(5)
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows.addRow(label(tr("brain"), "quiet"), self.brain)
        rows.addRow(self.paid)
        rows.addRow(self.live)
        rows.addRow(label(tr("faults"), "quiet"), self.faults)
        rows.addRow(self.file)
        rows.addRow(self.about)
        rows.addRow(label(tr("first word"), "quiet"), self.first)
        rows.addRow(label(tr("words"), "quiet"), self.pace)
        rows.addRow(label(tr("speed"), "quiet"), self.speed)
        rows.addRow(self.evening)
        rows.addRow(label(tr("walls"), "quiet"), self.mark)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(6)
        column.addWidget(self.state)
        column.addLayout(rows)
        column.addWidget(self.when)
        column.addStretch(1)

    def _fit(self) -> None:
        """Give each sentence the height it needs at this width: a row of a form keeps that of the last one."""
        wide = self.width() - self.layout().contentsMargins().right()  # type: ignore[union-attr]  # laid out by then
        for words in (self.about, self.evening, self.when):
            words.setMinimumHeight(max(0, words.heightForWidth(wide)))

    def show_profiles(self, words: dict[str, str]) -> None:
        """Offer these profiles; `words` are name → what it is like."""
        self._words = words
        chosen = self.faults.currentData()
        blocker = QSignalBlocker(self.faults)
        self.faults.clear()
        self.faults.addItem(tr("none: everything goes well"), _NONE)
        for name in words:
            self.faults.addItem(name, name)
        self.faults.addItem(tr("a file of one's own…"), _FILE)
        self.faults.setCurrentIndex(max(0, self.faults.findData(chosen)))
        del blocker

    # What is asked

    def _on_fault(self) -> None:
        chosen = self.faults.currentData()
        self.file.setVisible(chosen == _FILE)
        if chosen != _FILE:
            self._change(fault_profile=chosen)
            return
        self.file.setFocus()

    def _change(self, **changed: object) -> None:
        self._wanted |= changed
        self._rest.start()

    def _ask(self) -> None:
        wanted, self._wanted = self._wanted, {}
        settings = self._feed.state.bench.settings.model_copy(update=wanted)
        if not self._verbs.ask(Verb.SET_BENCH, cmd.SetBench(settings=BenchSettings(**settings.model_dump()))):
            self.show_state(self._feed.state)

    # What is shown

    def show_state(self, state: ShowState) -> None:
        """Show how rehearsals are played now; what is being changed is left alone."""
        if self._rest.isActive():
            return
        bench, settings = state.bench, state.bench.settings
        set_text(self.state, _now(state))
        self.brain.show_value(settings.brain)
        self.brain.buttons[1].setVisible(bench.live != "paid")
        self.brain.buttons[1].setEnabled(bool(bench.live))
        self.paid.setVisible(bench.live == "paid")
        set_text(self.live, bench.live_words if bench.live else tr("no live brain: {why}", why=bench.live_words))
        describe(self.live, bench.live_words)
        rehearsed = settings.brain == "rehearsal"
        self._show_faults(settings, offered=rehearsed)
        own = rehearsed and not settings.fault_profile
        for turn in (self.first, self.pace):
            turn.setEnabled(own)
        self.first.show_value(settings.first_token_s)
        self.pace.show_value(settings.tokens_per_s * 3 / 4)
        self.speed.show_value(settings.speed)
        set_text(self.evening, _pace(settings))
        self.mark.setChecked(settings.watermark)
        set_text(self.when, _when(state))
        set_look(self.when, "warn" if bench.from_cycle else "quiet")
        self._fit()

    def _show_faults(self, settings: BenchSettings, *, offered: bool) -> None:
        self.faults.setEnabled(offered)
        name = settings.fault_profile
        known = name in self._words or not name
        if not (self.faults.currentData() == _FILE and self.file.hasFocus()):
            self.faults.setCurrentIndex(max(0, self.faults.findData(name if known else _FILE)))
            self.file.setVisible(not known)
            if not known and not self.file.hasFocus():
                self.file.setText(name)
        words = self._words.get(name, "") if known else ""
        if name:
            words = f"{words} {tr('Its own latency takes the place of the two below.')}".strip()
        set_text(self.about, words)
        self.about.setVisible(bool(words))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """A narrower one is higher."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()


def _now(state: ShowState) -> str:
    if state.mode is Mode.REHEARSE:
        return tr("This rehearsal is played like this:")
    return tr("The next REHEARSE is played like this:")


def _pace(settings: BenchSettings) -> str:
    if not settings.speed:
        return tr("A rehearsal's own pace: a cycle every 5 s, AUTO after 8 s, the brain as slow as set above.")
    cycle, auto = settings.cycle_seconds(0), settings.auto_seconds(0)
    told = tr(
        "An evening at {speed}: a cycle every {cycle} s at most, AUTO after {auto} s, an hour in {hour} min.",
        speed=f"{settings.speed:g}×", cycle=f"{cycle:.3g}", auto=f"{auto:.3g}", hour=f"{60 / settings.speed:.3g}",
    )  # fmt: skip
    if settings.speed == 1:
        return told
    brain = (
        tr("A live brain keeps its own time, and so do")
        if settings.brain == "live"
        else tr("The brain answers {speed} as fast; these keep their own time:", speed=f"{settings.speed:g}×")
    )
    return f"{told} {brain} {tr('painting and transitions.')}"


def _when(state: ShowState) -> str:
    if state.mode is not Mode.REHEARSE:
        return tr("It holds from the moment REHEARSE is entered.")
    if state.bench.from_cycle:
        return tr(
            "▲ Brain, faults and pace wait for cycle {cycle}; the running one ends as it began.",
            cycle=state.bench.from_cycle,
        )
    return tr(
        "Watermark and AUTO: at once. Faults, latency, pace: with the next cycle. "
        "Another brain: at once, RUN and the running cycle end."
    )
