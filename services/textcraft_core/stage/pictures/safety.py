"""The gate's last look: whether a picture and its words are safe to show, asked of somebody else, beside everything.

Pluggable: whatever satisfies SafetyCheck. The queue is bounded and each look has its time; no answer is no verdict,
and what no verdict means is the policy's to say (`GatePolicy`). Knows no server.
"""

import asyncio
import logging
from typing import Final, Literal, Protocol

from textcraft_bus.channel.messages import Mode
from textcraft_bus.records import dataclass

log = logging.getLogger(__name__)

AT_ONCE: Final = 2
MOST_WAITING: Final = 16
"""Pictures that may wait for a look; what comes beyond gets none."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Safe, not safe, or, with None, nobody could say; why, as the end of a sentence."""

    safe: bool | None
    reason: str = ""


class SafetyCheck(Protocol):
    """Looks at one picture."""

    async def look(self, picture: bytes, words: str) -> Verdict:
        """Return what it thinks; whatever goes wrong is a verdict of None, or an exception, which is taken as one."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class SideQueue:
    """Asks a check, a few pictures at once, each for at most `seconds`; never raises but when cancelled."""

    def __init__(self, check: SafetyCheck, seconds: float) -> None:
        self._check = check
        self._seconds = seconds
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def verdict(self, picture: bytes, words: str) -> Verdict:
        """Return the verdict on a picture; the time counts from now, waiting included."""
        if self._waiting >= MOST_WAITING:
            return Verdict(None, f"{MOST_WAITING} pictures wait to be looked at already")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._seconds), self._turns:
                return await self._check.look(picture, words)
        except TimeoutError:
            return Verdict(None, f"nobody said within {self._seconds:g} s whether it is safe")
        except Exception as error:  # noqa: BLE001 - a boundary: a check is code of others, and the show goes on
            log.warning("the safety check failed: %s", type(error).__name__)
            return Verdict(None, "the safety check failed")
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """Let go of the check."""
        await self._check.close()


Unchecked = Literal["hand", "pass", "refuse"]


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """What the gate does with a picture that passed its checks, and with one nobody could call safe."""

    by_hand: bool
    unchecked: Unchecked
    placeholder: Literal["hand", "refuse"]


def policy(mode: Mode, *, attended: bool, by_hand: bool, unchecked: Unchecked) -> GatePolicy:
    """Return the policy of a mode. Where nobody is there no question waits: what would, is refused."""
    if mode is Mode.SHOW and not attended:
        return GatePolicy(False, "pass" if unchecked == "pass" else "refuse", "refuse")
    return GatePolicy(by_hand, unchecked, "hand")
