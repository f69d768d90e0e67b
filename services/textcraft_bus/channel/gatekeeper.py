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
        monitor = socket.get_monitor_socket(REFUSED_EVENTS)
        self._pumps.append(Pump(self._thread.loop, monitor, self._on_monitor))

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

    def _on_monitor(self, frames: Frames) -> None:
        event = parse_monitor_message(frames)["event"]
        is_key = event == zmq.EVENT_HANDSHAKE_FAILED_AUTH
        reason = "a machine whose key is not allowed" if is_key else "a connection without keys, or with wrong ones"
        self.counts[reason] += 1
        self._on_refused(reason)
