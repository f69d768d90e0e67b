"""A rehearsal in which things go wrong, as a fault profile says; knows neither the engine nor the walls.

It fails as a server fails: what may pass is tried again by the one retry policy, with its countdown; what does not pass
ends the call. What is answered is what the rehearsal brain would have said at once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from textcraft_bus.records import dataclass
from textcraft_core.ai_services.client import Brain, BrainError, BrainFault, OnText, Purpose
from textcraft_core.ai_services.retry import Retry
from textcraft_core.brains.faults import BrainTrouble, FaultProfile
from textcraft_core.brains.rehearsal import Latency
from textcraft_core.brains.scene import chance
from textcraft_core.events import BrainWaiting, Event, FaultRehearsed

Sleep = Callable[[float], Awaitable[None]]
_PASSING: Final = {BrainTrouble.BUSY: BrainFault.RATE, BrainTrouble.TIMEOUT: BrainFault.TIMEOUT}


@dataclass(frozen=True, slots=True)
class ProfilePace:
    """The pace of a profile, call by call; `scale` 0 takes no time at all."""

    profile: FaultProfile
    seed: int
    scale: float = 1.0

    def of(self, purpose: Purpose) -> Latency:
        """Return how quickly a call is answered."""
        if self.scale <= 0:
            return Latency()
        first = self.profile.first_token_s(self.seed, purpose) * self.scale
        return Latency(first, self.profile.tokens_per_s(self.seed, purpose) / self.scale)


class FaultyBrain:
    """Lets a brain answer, save where the profile says that the attempt goes wrong. `scale` stretches its waits."""

    def __init__(
        self,
        inner: Brain,
        profile: FaultProfile,
        seed: int,
        emit: Callable[[Event], None],
        *,
        scale: float = 1.0,
        retry: Retry | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._inner = inner
        self._profile = profile
        self._seed = seed
        self._emit = emit
        self._scale = scale
        self._retry = retry or Retry()
        self._sleep = sleep
        self.name = f"{inner.name} ({profile.name})" if profile.name else inner.name
        self.free = inner.free

    async def generate(
        self,
        messages: list[dict[str, Any]],
        model: str,
        tools: list[dict[str, Any]],
        temperature: float,
        max_tokens: int,
        *,
        purpose: Purpose,
        on_text: OnText,
    ) -> dict[str, Any]:
        """Return the answer, or what went wrong in its place. Raises BrainError when an attempt too many failed."""
        attempt = 0
        while (trouble := self._profile.trouble(self._seed, purpose, attempt)) in _PASSING:
            await self._fail(purpose, attempt, trouble)
            attempt += 1
        if trouble is None:
            return await self._inner.generate(
                messages, model, tools, temperature, max_tokens, purpose=purpose, on_text=on_text
            )
        self._tell(purpose, trouble)
        said = self._profile.words(self._seed, purpose, attempt, trouble)
        on_text(said)
        return _spoken(said)

    async def _fail(self, purpose: Purpose, attempt: int, trouble: BrainTrouble) -> None:
        """Let an attempt fail and wait for the next one, or raise the fault when there is to be none."""
        self._tell(purpose, trouble)
        kind = _PASSING[trouble]
        seconds = self._profile.seconds(self._seed, purpose, attempt, trouble)
        asked = seconds if kind is BrainFault.RATE else None
        if kind is BrainFault.TIMEOUT:
            await self._sleep(seconds * self._scale)
        reason = f"{self.name}: {trouble}, as the rehearsal wants it"
        rng = chance(self._seed, f"retry {purpose.role}", purpose.cycle, purpose.target, purpose.attempt)
        wait = self._retry.wait(kind, attempt, asked, rng)
        if wait is None:
            raise BrainError(kind, reason, asked)
        await self._wait(wait * self._scale, reason)

    async def _wait(self, seconds: float, reason: str) -> None:
        self._emit(BrainWaiting(seconds=seconds, reason=reason))
        try:
            await self._sleep(seconds)
        finally:
            self._emit(BrainWaiting(seconds=0.0))

    def _tell(self, purpose: Purpose, trouble: BrainTrouble) -> None:
        self._emit(FaultRehearsed(fault=trouble, cycle=purpose.cycle, role=purpose.role, target=purpose.target))


def _spoken(text: str) -> dict[str, Any]:
    data = {"content": text, "tool_calls": [], "finish_reason": "stop"}
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0, "cost_estimate": 0.0}
    return {"status": "success", "data": data, "usage": usage}
