"""A chain of brains: when one fails, the next answers, and it is said; knows neither servers nor money."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from textcraft_bus.clock import Clock
from textcraft_core.ai_services.answers import check_answer
from textcraft_core.ai_services.client import Brain, BrainError, BrainFault, Employer, OnText, PaidBrain, Purpose
from textcraft_core.ai_services.prices import Price, price_at
from textcraft_core.events import BrainChanged, Event, ReserveWanted, Warned

REST_SECONDS: Final = 60.0
"""A brain that could not be reached is not asked again before this, so that its retries do not slow every call."""
RESTING: Final = frozenset({BrainFault.RATE, BrainFault.SERVER, BrainFault.TIMEOUT})


class FallbackBrain:
    """Asks each brain of a chain in turn until one answers; every change of brain is shown, never silent.

    A brain whose key was refused is not asked again. With `reserve` the reserve reel is wanted while none answers.
    """

    def __init__(
        self,
        brains: Sequence[Brain],
        emit: Callable[[Event], None],
        clock: Clock,
        rest_seconds: float = REST_SECONDS,
        *,
        reserve: bool = False,
    ) -> None:
        if not brains:
            raise ValueError("a chain needs a brain")
        self._brains = tuple(brains)
        self._emit = emit
        self._clock = clock
        self._rest_seconds = rest_seconds
        self._rests_until: dict[int, float] = {}
        self._employer: Employer | None = None
        self._last = 0
        self._reserve = reserve
        self._out = False
        self._why = ""
        self.name = " → ".join(brain.name for brain in brains)
        self.free = all(brain.free for brain in brains)

    def price(self, model: str) -> Price:
        """Return the dearest price a call may have, whichever brain answers it."""
        return max((price_at(brain, model) for brain in self._brains), key=lambda price: price.of(1, 1))

    def work_for(self, employer: Employer) -> None:
        """Let every brain of the chain that is paid book to this employer."""
        self._employer = employer
        for brain in self._brains:
            if isinstance(brain, PaidBrain):
                brain.work_for(employer)

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
        """Return the first usable answer; raise the last brain's BrainError when none gives one."""
        fault: BrainError | None = None
        order = self._order()
        for place, following in zip(order, [*order[1:], None], strict=True):
            fault = None
            try:
                answer = await self._brains[place].generate(
                    messages, model, tools, temperature, max_tokens, purpose=purpose, on_text=on_text
                )
                # An answer that is no use must fail here, where another brain can still be asked.
                cost = check_answer(answer).usage.cost
            except BrainError as raised:
                fault = raised
            if fault is None:
                self._on_answered(place, purpose, cost)
                return answer
            self._on_failed(place, fault, following)
            if following is not None and self._employer is not None:
                await self._employer.permit()
        fault = fault or BrainError(BrainFault.MISSING, "no brain is left to ask")
        self._on_silence(fault)
        raise fault

    def _order(self) -> list[int]:
        """Return the brains to ask, those that rest left out; when all rest, all that have a usable key."""
        now = self._clock.monotonic()
        places = [place for place in range(len(self._brains)) if self._rests_until.get(place, now) != float("inf")]
        awake = [place for place in places if self._rests_until.get(place, now) <= now]
        return awake or places or [len(self._brains) - 1]

    def _on_answered(self, place: int, purpose: Purpose, cost: float | None) -> None:
        brain = self._brains[place]
        self._rests_until.pop(place, None)
        if place != self._last:
            self._emit(Warned(text=f"{brain.name} answers now", source="brain"))
            why = self._why if place > self._last else ""
            self._emit(BrainChanged(brain=brain.name, place=place, of=len(self._brains), reason=why))
        self._last = place
        if self._out:
            self._out = False
            self._emit(ReserveWanted(on=False, reason=f"{brain.name} answers again"))
        if self._employer is not None and not isinstance(brain, PaidBrain) and cost:
            self._employer.spend(purpose.role, cost, False)

    def _on_failed(self, place: int, fault: BrainError, following: int | None) -> None:
        brain = self._brains[place]
        self._why = f"{brain.name}: {fault}"
        if fault.kind in RESTING:
            self._rests_until[place] = self._clock.monotonic() + self._rest_seconds
        elif fault.kind is BrainFault.AUTH:
            self._rests_until[place] = float("inf")
        if following is not None:
            text = f"{brain.name} did not answer ({fault}): {self._brains[following].name} is asked"
            self._emit(Warned(text=text, source="brain", fault=fault.kind is BrainFault.AUTH))

    def _on_silence(self, fault: BrainError) -> None:
        """Nobody answered: the walls must be kept alive from what was approved before."""
        if self._reserve and not self._out:
            self._out = True
            self._emit(ReserveWanted(on=True, reason=str(fault)))
