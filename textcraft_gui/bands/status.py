"""Band A: the mode as the biggest word, what the engine does, time, money and warnings; and the sentence below."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from textcraft_bus.channel.messages import Mode
from textcraft_core.events import EngineState
from textcraft_gui.bands.day_strip import DayStrip
from textcraft_gui.bands.modes import ModeButtons
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area, ShowState
from textcraft_gui.theme import MARGIN, Colour, ui
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.widgets.bar import Bar
from textcraft_gui.widgets.lamp import Lamp
from textcraft_gui.widgets.shapes import Shape
from textcraft_gui.widgets.signs import ACTIVE, OK, UNKNOWN, WARN, Sign
from textcraft_gui.widgets.words import describe, label, set_look, set_text
from textcraft_gui.words.i18n import counted, tr, translated
from textcraft_gui.words.sentence import sentence
from textcraft_gui.words.wording import clock_time, minutes

HEIGHT = 74
_SENTENCE_PX = 15
ALMOST = 0.8
"""From this share of a cap on its bar warns."""
ROOMY = 1400
"""A narrower window has no room for that bar beside the words."""
CALM_HEIGHT = 52
_MODE_SIGNS = {
    Mode.EDIT: Sign(Shape.DIAMOND, Colour.TEXT),
    Mode.REHEARSE: Sign(Shape.RING, Colour.TEXT),
    Mode.SHOW: Sign(Shape.DOT, Colour.TEXT),
}


class StatusBand(QWidget):
    """The strip an operator reads first."""

    def __init__(self, feed: Feed, verbs: Verbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self.setObjectName("status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self.modes = ModeButtons(verbs)
        self.day = DayStrip(feed, verbs)
        self._make_left()
        self._make_right()
        self.sentence = label("", "sentence", elide=True, name=tr("what happens next"))
        self._lay_out()
        feed.follow(self.refresh)

    def _make_left(self) -> None:
        self.mode_lamp = Lamp(UNKNOWN, 15)
        self.mode = label(tr("NO SHOW"), "mode", name=tr("mode"))
        self.run_lamp = Lamp(OK)
        self.run = label(tr("RUN"), "strong", name=tr("RUN"))
        self.doing = label("", "quiet", name=tr("engine"))
        self.time_in_phase = label("", "figure", name=tr("time in phase"))
        self.cycle_word = label(tr("cycle"), "quiet")
        self.cycle = label("–", "figure", name=tr("cycle"))

    def _make_right(self) -> None:
        self.clock = label("", "clock", name=tr("time of day"))
        self.spend = label("", "figure", name=tr("spend"))
        self.spend_note = label("", "quiet")
        self.spend_bar = Bar()
        self.spend_bar.setFixedWidth(64)
        self.spend_bar.setAccessibleName(tr("how much of the cap is gone"))
        self.warning_lamp = Lamp(OK)
        self.warnings = label("", "quiet", name=tr("warnings"))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        groups = (
            (self.mode_lamp, self.mode),
            (self.modes,),
            (self.run_lamp, self.run),
            (self.doing, self.time_in_phase),
            (self.cycle_word, self.cycle),
        )
        for group in groups:
            for widget in group:
                top.addWidget(widget)
            top.addSpacing(12)
        top.addStretch(1)
        top.addWidget(self.clock)
        # What it holds hides itself, so it is put away as a whole.
        self._extras = QWidget()
        extras = QHBoxLayout(self._extras)
        extras.setContentsMargins(0, 0, 0, 0)
        extras.addWidget(self.day)
        top.addWidget(self._extras)
        top.addSpacing(16)
        money: tuple[QWidget, ...] = (self.spend, self.spend_note, self.spend_bar)
        for figure in money:
            top.addWidget(figure)
        top.addSpacing(16)
        for warning in (self.warning_lamp, self.warnings):
            top.addWidget(warning)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 8, MARGIN, 8)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self.sentence)

    def _show_sentence(self, words: str) -> None:
        """A long one is written smaller before any of it is cut off."""
        set_text(self.sentence, words)
        room = self.width() - 2 * MARGIN
        fits = QFontMetrics(ui(_SENTENCE_PX)).horizontalAdvance(words) <= room
        set_look(self.sentence, "sentence" if fits else "long-sentence")

    def calm(self, on: bool) -> None:
        """Front of house: the mode and how things stand, without its buttons; the sentence stands below, large."""
        self.modes.setVisible(not on)
        self._extras.setVisible(not on)
        self.sentence.setVisible(not on)
        self.setFixedHeight(CALM_HEIGHT if on else HEIGHT)

    def refresh(self, areas: Area) -> None:
        """Look at the state again."""
        state, now = self._feed.state, self._feed.now()
        self._show_sentence(sentence(state, now))
        set_text(self.clock, clock_time(now.date))
        self._show_engine(state)
        if areas & (Area.DAY | Area.TIME):
            self.day.refresh()
        if areas & Area.SHOW:
            self._show_mode(state)
            self.modes.show_state(state)
        if areas & (Area.SPEND | Area.SHOW):
            self._show_spend(state)
        if areas & Area.LANE:
            self._show_warnings(state)

    def _show_mode(self, state: ShowState) -> None:
        set_text(self.mode, _mode_word(state))
        self.mode_lamp.show_sign(_mode_sign(state))
        describe(self.mode, f"{state.title}\n{state.folder}" if state.folder else "")

    def _show_engine(self, state: ShowState) -> None:
        engine, now = state.engine, self._feed.now()
        blinking = "run" in state.was_on
        set_text(self.run, tr("RUN was on") if blinking else tr("RUN") if engine.run else tr("RUN off"))
        set_look(self.run, "info" if engine.run else "warn" if blinking else "quiet")
        sign = ACTIVE if engine.run else WARN if blinking else OK
        self.run_lamp.show_sign(sign, dark=blinking and int(now.mono) % 2 == 1)
        busy = engine.busy and engine.phase is not None
        set_text(self.doing, _doing(state))
        set_text(self.time_in_phase, minutes(now.mono - engine.phase_since) if busy else "")
        set_look(self.doing, "warn" if engine.state is EngineState.STUCK else "strong" if busy else "quiet")
        set_text(self.cycle, f"{engine.cycle}" if engine.cycle else "–")

    def _show_spend(self, state: ShowState) -> None:
        free = state.spent == 0 and state.mode is Mode.REHEARSE
        cap = None if free else state.cap
        set_text(self.spend, f"${cap.spent:.2f}" if cap else f"${state.spent:.2f}")
        self.spend_bar.setVisible(cap is not None and self.width() >= ROOMY)
        if cap is not None:
            self.spend_bar.show_fraction(cap.share, Colour.WARN if cap.share >= ALMOST else Colour.QUIET)
            set_text(self.spend_note, tr("of ${cap:g}", cap=cap.usd))
            which = tr("today") if cap.name == "day" else tr("for this show")
            hint = tr("The cap {which}: beyond it nothing more is paid, and the walls go on", which=which)
            describe(self.spend_note, hint)
            return
        set_text(self.spend_note, tr("free") if free else tr("estimated") if state.spend_estimated else tr("spent"))

    def _show_warnings(self, state: ShowState) -> None:
        count = state.warnings + bool(state.insecure_lan)  # that one cannot be acknowledged away
        self.warning_lamp.show_sign(WARN if count else OK)
        set_text(self.warnings, f"{count}")
        set_look(self.warnings, "warn" if count else "quiet")
        said = (
            counted(count, "{n} warning to acknowledge", "{n} warnings to acknowledge") if count else tr("no warnings")
        )
        if state.insecure_lan:
            said += tr(
                "; the ecosystem's ports are open without keys at {insecure_lan}", insecure_lan=state.insecure_lan
            )
        describe(self.warnings, said)


def _mode_sign(state: ShowState) -> Sign:
    if state.reading is not None:
        return Sign(Shape.RING, Colour.INFO)
    return _MODE_SIGNS[state.mode] if state.mode else UNKNOWN


def _mode_word(state: ShowState) -> str:
    if state.changing_to is not None:
        return f"→ {translated(state.changing_to.upper())}"
    if state.reading is not None:
        return tr("READING")
    if state.mode is None:
        return tr("NO SHOW")
    if not state.locked:
        return translated(state.mode.upper())
    return tr("SHOW locked") if state.attended else tr("SHOW UNATTENDED")


def _doing(state: ShowState) -> str:
    engine = state.engine
    if engine.busy and engine.phase:
        return translated(engine.role if engine.role and engine.phase == "execute" else engine.phase.value)
    return translated(engine.state.value) if engine.state else tr("engine unknown")
