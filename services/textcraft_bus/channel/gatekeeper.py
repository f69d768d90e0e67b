"""Who may connect from another machine: answers the library's question for each key, and counts who was refused.

Runs on the bus thread, one for each context. Knows no messages.
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection
from typing import Final

import zmq
from zmq.utils import z85
from zmq.utils.monitor import parse_monitor_message

from textcraft_bus.transport.sockets import ZAP_DOMAIN, BusSocket, bind_zap, make_socket
from textcraft_bus.transport.thread import BusThread, Frames, Pump

log = logging.getLogger(__name__)

VERSION: Final = b"1.0"
REFUSED_EVENTS: Final = (
    zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
)
WATCHED_EVENTS: Final = REFUSED_EVENTS | zmq.EVENT_ACCEPTED | zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED
FRAMES_OF_A_QUESTION: Final = 7


class Gatekeeper:
    """Answers for one context; `on_refused(reason)` is called on the bus thread for each refused connection."""

    def __init__(self, thread: BusThread, allowed: Collection[str], on_refused: Callable[[str], None]) -> None:
        self._thread = thread
        self._allowed = frozenset(allowed)
        self._on_refused = on_refused
        self._pumps: list[Pump] = []
        self._answers: Pump | None = None
        self.counts: Counter[str] = Counter()

    def open(self) -> None:
        """Begin to answer; before any socket with keys is bound, for without an answer all are let in."""
        socket = make_socket(self._thread.context, zmq.REP)
        bind_zap(socket)
        self._answers = Pump(self._thread.loop, socket, self._on_question)
        self._pumps.append(self._answers)

    def watch(self, socket: BusSocket) -> None:
        """Count the connections a socket refuses."""
        monitor, arrivals = socket.get_monitor_socket(WATCHED_EVENTS), Arrivals()
        self._pumps.append(Pump(self._thread.loop, monitor, lambda frames: self._on_monitor(frames, arrivals)))

    def close(self) -> None:
        """Stop answering; the sockets with keys are closed before."""
        for pump in self._pumps:
            pump.close()
        self._pumps.clear()

    def _on_question(self, frames: Frames) -> None:
        if self._answers is None:
            return
        request_id = frames[1] if len(frames) > 1 else b""
        ok = self._may_enter(frames)
        status = (b"200", b"OK") if ok else (b"400", b"unknown key")
        self._answers.send([VERSION, request_id, *status, b"", b""])

    def _may_enter(self, frames: Frames) -> bool:
        if len(frames) != FRAMES_OF_A_QUESTION or frames[0] != VERSION:
            return False
        domain, mechanism, credentials = frames[2], frames[5], frames[6]
        if domain != ZAP_DOMAIN or mechanism != b"CURVE" or len(credentials) != 32:
            return False
        return z85.encode(credentials).decode("ascii") in self._allowed

    def _on_monitor(self, frames: Frames, arrivals: "Arrivals") -> None:
        told = parse_monitor_message(frames)
        event = int(told["event"])
        was_stranger = arrivals.after(event, int(told["value"]))
        if event == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
            self._refuse("a machine whose key is not allowed")
        elif event & REFUSED_EVENTS:
            self._refuse("a connection without keys, or with wrong ones")
        elif was_stranger:
            self._refuse("a connection that spoke something else")

    def _refuse(self, reason: str) -> None:
        self.counts[reason] += 1
        self._on_refused(reason)


class Arrivals:
    """Who came to one socket and went without having shaken hands or being refused by name; pure.

    The library does not say who shook hands, so it may be the wrong one of two that are told apart a moment too late:
    their number is right.
    """

    def __init__(self) -> None:
        self._unknown: set[int] = set()
        self._shaken = 0
        """Handshakes of those who are unknown."""
        self._refused = 0
        """Refused by name, and not gone yet."""

    def after(self, event: int, connection: int) -> bool:
        """Take in an event of a socket's monitor; whether it says that a stranger went."""
        was_stranger = False
        if event == zmq.EVENT_ACCEPTED:
            self._unknown.add(connection)
        elif event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
            self._shaken += 1
        elif event & REFUSED_EVENTS:
            self._refused += 1
        elif event == zmq.EVENT_DISCONNECTED:
            was_stranger = self._gone(connection)
        if self._shaken >= len(self._unknown):
            self._unknown.clear()
            self._shaken = 0
        return was_stranger

    def _gone(self, connection: int) -> bool:
        was_unknown = connection in self._unknown
        self._unknown.discard(connection)
        if self._refused:
            self._refused -= 1
            return False
        return was_unknown
