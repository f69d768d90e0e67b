"""OSC in and out over UDP, loopback unless told otherwise: orders become verbs, the state goes back as lamps.

The same guards as for keys: two presses of one verb closer than 0.4 s are one, held verbs must be held, front of house
lets only the stops and the day through, and a flood or a stranger's datagram is counted, never acted upon.
"""

import logging
from collections.abc import Callable
from dataclasses import field
from typing import Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtNetwork import QHostAddress, QUdpSocket

from textcraft_bus.records import dataclass
from textcraft_gui.remote.addresses import MAX_BYTES, REFRESH, NotUnderstood, Order, Question, read
from textcraft_gui.remote.answers import answers
from textcraft_gui.remote.deeds import Deed, Deeds
from textcraft_gui.remote.feedback import DONE, REFUSED, Value, datagram, state_values
from textcraft_gui.remote.orders import Bible
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area, Severity
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.words.i18n import tr

log = logging.getLogger(__name__)

APART_SECONDS: Final = 0.4
HOLD_MS: Final = 1000
MOST_HELD: Final = 8
"""No hand holds more at once."""
MOST_PER_SECOND: Final = 50
MOST_AT_ONCE: Final = 64
"""Datagrams that are looked at before all else has its turn: a flood that never ends must not hold the window."""
TELL_MS: Final = 100
"""What changed is told ten times a second at most."""
WHOLE_MS: Final = 5000
"""The whole state is told again so often: a tablet may have been asleep."""
MOVING_MS: Final = 100
"""Of a fader that moves, the last of so long is carried out."""
HOW: Final = "osc"


@dataclass(frozen=True)
class OscPlace:
    """Where to listen, and whom to tell; nobody told is "" and port 0."""

    host: str = "127.0.0.1"
    port: int = 9100
    feedback_host: str = "127.0.0.1"
    feedback_port: int = 9101


class OscUnavailable(Exception):
    """The port cannot be used."""


@dataclass
class _Guard:
    """Counts what is asked in a second, and when each verb acted last."""

    second: int = 0
    count: int = 0
    acted: dict[object, float] = field(default_factory=dict)

    def admits(self, now: float) -> bool:
        """Whether one more datagram, or one more message of a bundle, may be looked at in this second."""
        if int(now) != self.second:
            self.second, self.count = int(now), 0
        self.count += 1
        return self.count <= MOST_PER_SECOND

    def is_double(self, what: object, now: float) -> bool:
        """Whether the same was asked a moment ago."""
        self.acted = {other: at for other, at in self.acted.items() if now - at < APART_SECONDS}
        if what in self.acted:
            return True
        self.acted[what] = now
        return False


class OscRemote(QObject):
    """Opens on `open`, closes with `shut`; one for each window."""

    def __init__(
        self, feed: Feed, verbs: Verbs, place: OscPlace, files: Callable[[], Bible], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._feed, self._verbs, self._place = feed, verbs, place
        self._socket = QUdpSocket(self)
        self._socket.readyRead.connect(self._on_ready)
        self._guard = _Guard()
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._on_ready)
        self._told: dict[str, Value] = {}
        self._deeds = Deeds(verbs, feed.state, HOW, files, lambda: feed.now().mono)
        self._held: dict[object, QTimer] = {}
        self._moving: dict[object, Order] = {}
        self._rest = QTimer(self, singleShot=True, interval=MOVING_MS)
        self._rest.timeout.connect(self._do_moved)
        self._others_hear = verbs.on_refused
        self.refuses: Callable[[Verb], str] = lambda _verb: ""
        """Why a verb does nothing from afar now; "" when it works. Set by whoever put the window together."""
        self.touched: Callable[[], object] = lambda: None
        """Called when a hand at the other end did something: the show is not left alone then."""
        self.dropped = 0
        """Datagrams nobody could act on."""
        self._tell = QTimer(self, singleShot=True, interval=TELL_MS)
        self._tell.timeout.connect(self.tell_changes)
        self._whole = QTimer(self, interval=WHOLE_MS)
        self._whole.timeout.connect(self.tell_all)
        feed.refreshed.connect(self._on_refreshed)

    @property
    def port(self) -> int:
        """Where it listens; 0 while it is shut."""
        return int(self._socket.localPort())

    def open(self) -> None:
        """Begin to listen and to tell. Raises OscUnavailable."""
        if not self._socket.bind(QHostAddress(self._place.host), self._place.port):
            why = self._socket.errorString()
            raise OscUnavailable(f"OSC cannot listen on {self._place.host}:{self._place.port}: {why}")
        self._others_hear, self._verbs.on_refused = self._verbs.on_refused, self._hear_refusal
        self._verbs.on_done = self._hear_done
        self._whole.start()
        self.tell_all()

    @property
    def is_loopback(self) -> bool:
        """Whether only programs of this machine can reach it."""
        return QHostAddress(self._place.host).isLoopback()

    def shut(self) -> None:
        """Listen no more; what is being held is let go."""
        for timer in (*self._held.values(), self._rest, self._more):
            timer.stop()
        if self._verbs.on_done == self._hear_done:
            self._verbs.on_done = lambda _verb, _how: None
        if self._verbs.on_refused == self._hear_refusal:
            self._verbs.on_refused = self._others_hear
        self._whole.stop()
        self._tell.stop()
        self._socket.close()

    # In

    def _on_ready(self) -> None:
        for _ in range(MOST_AT_ONCE):
            if not self._socket.hasPendingDatagrams():
                return
            size = self._socket.pendingDatagramSize()
            data = bytes(self._socket.receiveDatagram(MAX_BYTES + 1).data().data())
            self._take(data if size <= MAX_BYTES else b"")
        self._more.start()

    def _take(self, data: bytes) -> None:
        now = self._feed.now().mono
        if not self._guard.admits(now):
            self._drop("too many in a second")
            return
        try:
            asked = read(data)
        except NotUnderstood as error:
            self._drop(str(error), error.name)
            return
        for number, each in enumerate(asked):
            if number and not self._guard.admits(now):  # a bundle may hold a hundred
                self._drop("too many in a second")
                return
            self._answer(each) if isinstance(each, Question) else self.obey(each)

    def _answer(self, question: Question) -> None:
        if self._guard.is_double(question, self._feed.now().mono):  # one question may be a hundred datagrams
            return
        if question.name == REFRESH:
            self.tell_all()
            return
        for address, texts in answers(question, self._feed.state):
            self._write(datagram(address, *texts))

    def obey(self, order: Order) -> None:
        """Carry out one order, unless the same came a moment ago."""
        self.touched()
        address = order.address
        if refused := self.refuses(address.verb):
            self._verbs.on_refused(address.verb, refused)
        elif order.down is not None:
            self._hold((address.name, order.values), lambda: self._deeds.prepare(order), down=order.down)
        elif address.fader:
            self._moving[address.name, order.values[0]] = order
            if not self._rest.isActive():
                self._rest.start()
        elif not self._guard.is_double((address.name, order.values), self._feed.now().mono):
            self._deeds.do(order)

    def _do_moved(self) -> None:
        moved, self._moving = self._moving, {}
        for order in moved.values():
            self._deeds.do(order)

    def _hold(self, what: object, find: Callable[[], Deed | None], *, down: bool) -> None:
        """Begin or end a hold; what it will do is found when it begins, so that a list that moves changes nothing."""
        if not down:
            self._let_go(what)
        elif what not in self._held and len(self._held) < MOST_HELD and (deed := find()):
            timer = self._held[what] = QTimer(self, singleShot=True, interval=HOLD_MS)
            timer.timeout.connect(lambda: self._let_go(what))
            timer.timeout.connect(deed)
            timer.start()

    def _let_go(self, what: object) -> None:
        if timer := self._held.pop(what, None):
            timer.stop()
            timer.deleteLater()

    def _drop(self, reason: str, name: str = "") -> None:
        self.dropped += 1
        if name:  # it was meant for us: whoever wired that button wants to know
            self._send({REFUSED: f"{name}: {reason}"})
        if self.dropped == 1:
            text = tr("An OSC message was ignored: {why}. Others like it are only counted.", why=reason)
            self._feed.tell(text, Severity.WARN)
        log.info("osc: ignored: %s", reason)

    # Out

    def _on_refreshed(self, _areas: Area) -> None:
        if self.port and not self._tell.isActive():
            self._tell.start()

    def tell_changes(self) -> None:
        """Tell what is not as it was told last."""
        values = state_values(self._feed.state, self._feed.now())
        self._send({address: value for address, value in values.items() if self._told.get(address) != value})
        self._told = values

    def _hear_refusal(self, verb: Verb | None, reason: str) -> None:
        self._others_hear(verb, reason)
        self._send({REFUSED: f"{verb}: {reason}" if verb else reason})

    def _hear_done(self, verb: Verb, how: str) -> None:
        if how == HOW:
            self._send({DONE: verb.value})

    def tell_all(self) -> None:
        """Tell everything."""
        self._told = {}
        self.tell_changes()

    def _send(self, values: dict[str, Value]) -> None:
        for address, value in values.items():
            self._write(datagram(address, value))

    def _write(self, data: bytes) -> None:
        if self._place.feedback_port:
            target = QHostAddress(self._place.feedback_host)
            self._socket.writeDatagram(data, target, self._place.feedback_port)
