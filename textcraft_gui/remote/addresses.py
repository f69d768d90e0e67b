"""How one datagram is read, by the table of addresses: pure, without sockets and without Qt.

A press acts on no argument or one above 0; 0 is a button let go and means nothing. Switches need their argument, 1 or
0, so that a message said twice does no harm. What must be held is held here too: 1, and 0 when it is let go.
"""

from collections.abc import Sequence
from typing import Final

from pythonosc.osc_bundle import OscBundle, ParseError
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message import ParseError as MessageParseError

from textcraft_bus.records import dataclass
from textcraft_gui.remote.arguments import MAX_ID, Argument, BadArgument, Value, read_switch, text
from textcraft_gui.remote.table import ADDRESSES, PREFIX, Address, Kind

MAX_BYTES: Final = 2048
"""A datagram larger than this is nothing a desk sends."""
_BUNDLE: Final = b"#bundle\0"
REFRESH: Final = "refresh"
HELP: Final = "help"
LIST: Final = "list"
QUESTIONS: Final = {
    REFRESH: "tell every lamp again",
    HELP: "tell every address and its arguments, or those of one",
    LIST: "tell what can be named: `pictures`, `walls`, `chapters`, `lines`, `stories` or `checks`",
}
"""What changes nothing and is answered to the desk alone."""


@dataclass(frozen=True)
class Order:
    """An address and what was said with it; `down` is True or False where it must be held."""

    address: Address
    values: tuple[Value, ...] = ()
    down: bool | None = None


@dataclass(frozen=True)
class Question:
    """Something a desk wants to know."""

    name: str
    about: str = ""


class NotUnderstood(Exception):
    """A datagram nobody can act on, and why. `name` is the address it was sent to, where that could be read."""

    def __init__(self, reason: str, name: str = "") -> None:
        super().__init__(reason)
        self.name = name


def read(datagram: bytes) -> list[Order | Question]:
    """Return what a datagram asks for; a flat bundle asks for several things. Raises NotUnderstood."""
    if len(datagram) > MAX_BYTES:
        raise NotUnderstood("too large")
    try:
        return [asked for message in _messages(datagram) if (asked := _read(message)) is not None]
    except (ParseError, MessageParseError, ValueError, IndexError, OverflowError) as error:
        raise NotUnderstood("not OSC") from error


def _messages(datagram: bytes) -> list[OscMessage]:
    if datagram[:1] == b"/":
        return [OscMessage(datagram)]
    if not datagram.startswith(_BUNDLE) or datagram.count(_BUNDLE) > 1:
        raise NotUnderstood("not OSC, or bundles within bundles")
    return [message for message in OscBundle(datagram) if isinstance(message, OscMessage)]


def _read(message: OscMessage) -> Order | Question | None:
    """Return what a message asks for; None for a button that was let go."""
    name = message.address.removeprefix(PREFIX)
    if name == message.address:
        raise NotUnderstood(f"an address that is not {PREFIX}…")
    try:
        if name in QUESTIONS:
            return Question(name, str(_only_text(message.params)))
        address = ADDRESSES.get(name)
        if address is None:
            raise BadArgument("no such address; /textcraft/help tells them all")
        return _order(address, message.params)
    except BadArgument as error:
        raise NotUnderstood(str(error), name[:MAX_ID]) from error


def _order(address: Address, values: list[object]) -> Order | None:
    if address.kind is Kind.PRESS:
        return Order(address) if not values or read_switch(values[0]) else None
    if address.pairs:
        return Order(address, _pairs(address.pairs, values))
    if address.kind is Kind.HELD:
        if len(values) != len(address.arguments) + 1:
            raise BadArgument(f"it wants {wants(address)}")
        return Order(address, _said(address, values[:-1]), read_switch(values[-1]))
    return Order(address, _said(address, values))


def _said(address: Address, values: list[object]) -> tuple[Value, ...]:
    arguments = address.arguments
    least = sum(not argument.optional for argument in arguments)
    if not least <= len(values) <= len(arguments):
        raise BadArgument(f"it wants {wants(address)}")
    return tuple(_value(argument, value) for argument, value in zip(arguments, values, strict=False))


def _value(argument: Argument, value: object) -> Value:
    try:
        return argument.read(value)
    except BadArgument as error:
        raise BadArgument(f"{argument.name}: {error}") from error


def _pairs(limits: Sequence[Argument], values: list[object]) -> tuple[Value, ...]:
    """Pairs of a name and a value, each name once."""
    known = {limit.name: limit for limit in limits}
    names = values[::2]
    if not values or len(values) % 2 or len(set(map(str, names))) < len(names):
        raise BadArgument("it wants pairs of a name and a value, each name once")
    said: list[Value] = []
    for name, value in zip(names, values[1::2], strict=True):
        if not isinstance(name, str) or name not in known:
            raise BadArgument(f"a name that is none of {', '.join(known)}")
        said += (name, _value(known[name], value))
    return tuple(said)


def wants(address: Address) -> str:
    """Name the arguments of an address."""
    words = [f"[{each.name}]" if each.optional else each.name for each in address.arguments]
    if address.kind is Kind.HELD:
        words.append("1 or 0")
    return ", ".join(words)


def _only_text(values: list[object]) -> Value:
    return text("about", MAX_ID, "", empty=True).read(values[0]) if values else ""
