"""Which OSC address is which verb, and how one datagram is read: pure, without sockets and without Qt.

`/textcraft/take` and the like act on a press (no argument, or one above 0; 0 is a button let go and means nothing).
Switches need their argument, 1 or 0, so that a message said twice does no harm. What must be held is held here too: 1,
and 0 when it is let go. `/textcraft/nudge` takes a text. Verbs that choose a picture, a wall or a file: see `choices`.
"""

from typing import Final

from pythonosc.osc_bundle import OscBundle, ParseError
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message import ParseError as MessageParseError

from textcraft_bus.records import dataclass
from textcraft_gui.remote.choices import NAMES, BadArgument, Chosen, choose, switch
from textcraft_gui.verbs.verb import Verb

PREFIX: Final = "/textcraft/"
MAX_BYTES: Final = 2048
"""A datagram larger than this is nothing a desk sends."""
MAX_TEXT: Final = 1000
_BUNDLE: Final = b"#bundle\0"
TRIGGERS: Final = {
    "take": Verb.TAKE,
    "back": Verb.BACK,
    "step": Verb.STEP,
    "stop": Verb.STOP,
    "next": Verb.STAGE_NEXT,
    "previous": Verb.STAGE_PREVIOUS,
    "delay_auto": Verb.DELAY_AUTO,
    "skip": Verb.SKIP,
    "panic": Verb.PANIC,
    "mark": Verb.MARK,
    "undo": Verb.UNDO,
    "start_parked": Verb.START_PARKED,
    "open_day": Verb.OPEN_DAY,
    "extend_day": Verb.EXTEND_DAY,
    "preflight": Verb.PREFLIGHT,
    "report": Verb.REPORT,
    "leave_alone": Verb.LEAVE_ALONE,
    "edit_mode": Verb.EDIT_MODE,
    "rehearse_mode": Verb.REHEARSE_MODE,
    "show_mode": Verb.SHOW_MODE,
}
SWITCHES: Final = {
    "hold": Verb.HOLD,
    "safe_look": Verb.SAFE_LOOK,
    "black": Verb.BLACK,
    "pause_ai": Verb.PAUSE_AI,
    "auto": Verb.AUTO,
    "run": Verb.TOGGLE_RUN,
}
HELD: Final = {"restore": Verb.RESTORE, "close_day": Verb.CLOSE_DAY, "lock": Verb.LOCK}
"""1 begins the hold, 0 ends it; it acts after one second, like its button."""


@dataclass(frozen=True)
class Trigger:
    """A verb was pressed."""

    verb: Verb


@dataclass(frozen=True)
class Switch:
    """A verb is to be on, or off."""

    verb: Verb
    on: bool


@dataclass(frozen=True)
class Holding:
    """A verb that must be held is held, or let go."""

    verb: Verb
    down: bool


@dataclass(frozen=True)
class Say:
    """A line for the Architect."""

    text: str


@dataclass(frozen=True)
class Refresh:
    """Tell the whole state once more."""


Order = Trigger | Switch | Holding | Say | Refresh | Chosen


class NotUnderstood(Exception):
    """A datagram nobody can act on, and why."""


def read(datagram: bytes) -> list[Order]:
    """Return what a datagram asks for; a flat bundle asks for several things. Raises NotUnderstood."""
    if len(datagram) > MAX_BYTES:
        raise NotUnderstood("too large")
    try:
        return [order for message in _messages(datagram) if (order := _order(message)) is not None]
    except BadArgument as error:
        raise NotUnderstood(str(error)) from error
    except (ParseError, MessageParseError, ValueError, IndexError, OverflowError) as error:
        raise NotUnderstood("not OSC") from error


def _messages(datagram: bytes) -> list[OscMessage]:
    if datagram[:1] == b"/":
        return [OscMessage(datagram)]
    if not datagram.startswith(_BUNDLE) or datagram.count(_BUNDLE) > 1:
        raise NotUnderstood("not OSC, or bundles within bundles")
    return [message for message in OscBundle(datagram) if isinstance(message, OscMessage)]


def _order(message: OscMessage) -> Order | None:
    """Return the order of a message; None for a button that was let go."""
    address, values = message.address, message.params
    name = address.removeprefix(PREFIX)
    if name == address:
        raise NotUnderstood(f"an address that is not {PREFIX}…")
    if name == "refresh":
        return Refresh()
    if name in TRIGGERS:
        return Trigger(TRIGGERS[name]) if not values or switch(values[0]) else None
    if name in SWITCHES:
        return Switch(SWITCHES[name], switch(_only(values, name)))
    if name in HELD:
        return Holding(HELD[name], switch(_only(values, name)))
    if name == "nudge":
        return Say(_text(_only(values, name)))
    if name in NAMES:
        return choose(name, values)
    raise NotUnderstood(f"no verb {name[:40]!r}")


def _only(values: list[object], name: str) -> object:
    if len(values) != 1:
        raise NotUnderstood(f"{name} needs one argument")
    return values[0]


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
        raise NotUnderstood("a nudge that is no text, or too long")
    return value
