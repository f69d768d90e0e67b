"""Band E: the message that matters most now, with its time and shape; details open the history above it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from textcraft_core import commands as cmd
from textcraft_gui.projection import lane
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area, Message, Severity
from textcraft_gui.theme import MARGIN
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.lamp import Lamp
from textcraft_gui.widgets.signs import OK, SEVERITY
from textcraft_gui.widgets.words import button, label, set_look, set_text
from textcraft_gui.words.i18n import tr
from textcraft_gui.words.wording import clock_time

HEIGHT = 40
_LOOKS = {Severity.NOTE: "", Severity.WARN: "", Severity.FAULT: "fault"}


class MessageLane(QWidget):
    """One line; errors come here and never in a dialog."""

    details_wanted = Signal()

    def __init__(self, feed: Feed, verbs: Verbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._verbs = verbs
        self.shown: Message | None = None
        self.setObjectName("lane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self.time = label("", "quiet-figure", name=tr("time of the message"))
        self.lamp = Lamp(OK)
        self.text = label(tr("No messages yet."), "quiet", elide=True, name=tr("message"))
        hint = tr("Start again what ended too often to be started by itself")
        self.start_again = button(tr("start again"), hint=hint)
        self.start_again.clicked.connect(self._on_start_again)
        self.details = button(tr("details"), "link", hint=tr("Show this message whole, and those before it"))
        self.acknowledge = button(tr("acknowledge"), hint=tr("Seen: count it no longer"))
        self.details.clicked.connect(self.details_wanted)
        self.acknowledge.clicked.connect(self._on_acknowledge)
        self._lay_out()
        feed.follow(self.refresh)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 4, MARGIN, 4)
        row.setSpacing(12)
        row.addWidget(self.time)
        row.addWidget(self.lamp)
        row.addWidget(self.text, 1)
        row.addWidget(self.start_again)
        row.addWidget(self.details)
        row.addWidget(self.acknowledge)
        self.time.hide()
        self.start_again.hide()
        self.details.setEnabled(False)
        self.acknowledge.setEnabled(False)

    def refresh(self, areas: Area) -> None:
        """Look at the state again."""
        if not areas & (Area.LANE | Area.TIME):
            return
        self.start_again.setVisible(bool(self._feed.state.parked_services))
        self.shown = lane.front(self._feed.state, self._feed.now())
        if self.shown is not None:
            self._show(self.shown)

    def _show(self, message: Message) -> None:
        times = f"  ×{message.times}" if message.times > 1 else ""
        self.time.show()
        set_text(self.time, tr("earlier") if message.earlier else clock_time(message.at))
        set_text(self.text, message.text + times)
        set_look(self.text, "quiet" if message.acknowledged else _LOOKS[message.severity])
        fault = message.severity is Severity.FAULT and not message.acknowledged
        self.lamp.show_sign(SEVERITY[message.severity], dark=fault and int(self._feed.now().mono * 2) % 2 == 1)
        self.details.setEnabled(True)
        self.acknowledge.setEnabled(not message.acknowledged)

    def _on_start_again(self) -> None:
        self._verbs.ask(Verb.START_PARKED, cmd.StartParked())

    def _on_acknowledge(self) -> None:
        if self.shown:
            self._feed.acknowledge(self.shown.number)
            self._feed.flush()
