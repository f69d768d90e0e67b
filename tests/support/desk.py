"""A lighting desk or tablet at the other end of OSC: another process than the console it steers."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.support.ports import free_udp_port

STATE = "/textcraft/state/"


class OscDesk:
    """Sends orders and remembers the lamps it was told."""

    def __init__(self, wire: socket.socket, port: int) -> None:
        self._wire = wire
        self.port = port
        """Where the console is to listen."""
        self.lamps: dict[str, int | str] = {}
        self.answers: list[tuple[str, list[object]]] = []
        """What was told that is no lamp: address and arguments, oldest first."""

    @property
    def flags(self) -> list[str]:
        """What tells a console of this desk."""
        told = str(self._wire.getsockname()[1])
        return ["--osc.on", "--osc.port", str(self.port), "--osc.feedback-port", told]

    def send(self, name: str, *values: float | str) -> None:
        """Press a button of the desk."""
        builder = OscMessageBuilder(f"/textcraft/{name}")
        for value in values:
            builder.add_arg(value)
        self.raw(builder.build().dgram)

    def raw(self, datagram: bytes) -> None:
        """Send any bytes."""
        self._wire.sendto(datagram, ("127.0.0.1", self.port))

    def hold(self, name: str, until: dict[str, int | str]) -> None:
        """Hold a button until lamps are so, then let it go."""
        self.send(name, 1)
        self.see(**until)
        self.send(name, 0)

    def see(self, seconds: float = 30.0, **wanted: int | str) -> None:
        """Read what the console tells until these lamps are so; fails after `seconds`."""
        deadline = time.monotonic() + seconds
        while any(self.lamps.get(name) != value for name, value in wanted.items()):
            assert time.monotonic() < deadline, f"wanted {wanted}, told {self.lamps}"
            self._hear()

    def see_at_least(self, name: str, least: int, seconds: float = 30.0) -> None:
        """As `see`, for a lamp that counts on and may have passed the number already."""
        deadline = time.monotonic() + seconds
        while int(self.lamps.get(name, least - 1)) < least:
            assert time.monotonic() < deadline, f"wanted {name} ≥ {least}, told {self.lamps}"
            self._hear()

    def see_word(self, name: str, seconds: float = 60.0) -> str:
        """Wait until a lamp that is a text says something, and return it."""
        deadline = time.monotonic() + seconds
        while not self.lamps.get(name):
            assert time.monotonic() < deadline, f"{name} stays empty, told {self.lamps}"
            self._hear()
        return str(self.lamps[name])

    def ask(self, name: str, *values: float | str, done: str = "", refused: str = "", seconds: float = 30.0) -> None:
        """Send an order and wait until its verb is told as done, or a reason that holds these words."""
        self.answers.clear()
        self.send(name, *values)
        self.answer("done" if done else "refused", done or refused, seconds)

    def answer(self, name: str, words: str = "", seconds: float = 30.0) -> list[object]:
        """Wait for an answer that holds these words, and return all it says; fails after `seconds`."""
        deadline = time.monotonic() + seconds
        while True:
            for address, values in self.answers:
                if address == f"/textcraft/{name}" and words in str(values[-1]):
                    return values
            assert time.monotonic() < deadline, f"no {name} {words}, but {self.answers}"
            self._hear()

    def listen(self, seconds: float) -> None:
        """Hear what is told within a time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._hear()

    def forget(self) -> None:
        """Know nothing of what was told so far: another console speaks from here on."""
        self._wire.setblocking(False)
        try:
            while True:
                self._wire.recv(4096)
        except BlockingIOError:
            self.lamps.clear()
        finally:
            self._wire.settimeout(0.1)

    def _hear(self) -> None:
        try:
            message = OscMessage(self._wire.recv(4096))
        except TimeoutError:
            return
        if message.address.startswith(STATE):
            self.lamps[message.address.removeprefix(STATE)] = message.params[0]
        else:
            self.answers.append((message.address, message.params))


@contextmanager
def osc_desk() -> Iterator[OscDesk]:
    """A desk on a port of its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind(("127.0.0.1", 0))
        wire.settimeout(0.1)
        yield OscDesk(wire, free_udp_port())
