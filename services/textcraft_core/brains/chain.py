"""The chain of brains behind the first one, as `[textcraft] fallback` names it; makes none and asks none."""

from collections.abc import Sequence
from typing import Final

from textcraft_bus.channel.messages import Mode
from textcraft_bus.records import dataclass
from textcraft_core.ai_services.settings import SettingsError

RESERVE: Final = "reserve"
REHEARSAL: Final = "rehearsal"


@dataclass(frozen=True, slots=True)
class NextServer:
    """Another server of the chain; an empty model is the first server's."""

    base_url: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """What is asked after the first brain, in order; `told` says what was left out, "" when nothing was."""

    servers: tuple[NextServer, ...] = ()
    rehearsal: bool = False
    reserve: bool = False
    told: str = ""


def chain_of(listed: Sequence[str] | None, mode: Mode, *, rehearsal_in_show: bool = False) -> Chain:
    """Read a chain: `ADDRESS [MODEL]` for a server, then `rehearsal`, then `reserve` for the reserve reel.

    Nothing listed is the reserve reel in SHOW and nothing elsewhere. In SHOW the rehearsal brain is left out unless
    the show says that it may play there. Raises SettingsError for what is none of these, or stands behind `reserve`.
    """
    words = ([RESERVE] if mode is Mode.SHOW else []) if listed is None else [word.strip() for word in listed]
    if RESERVE in words[:-1]:
        raise SettingsError("[textcraft] fallback: reserve must be the last, nothing is asked after it")
    rehearsal, told = REHEARSAL in words, ""
    if rehearsal and mode is Mode.SHOW and not rehearsal_in_show:
        rehearsal, told = False, "the rehearsal brain is left out of the chain: [textcraft] rehearsal_in_show allows it"
    servers = tuple(_server(word) for word in words if word not in {RESERVE, REHEARSAL})
    return Chain(servers, rehearsal, RESERVE in words, told)


def _server(word: str) -> NextServer:
    address, _, model = word.partition(" ")
    if not address.startswith(("http://", "https://")):
        raise SettingsError(f"[textcraft] fallback: {word[:40]!r} is no address, and neither rehearsal nor reserve")
    return NextServer(address, model.strip())
