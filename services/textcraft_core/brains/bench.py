"""The brain of a rehearsal on the bench: another latency or fault profile plays from the next cycle on."""

from collections.abc import Callable
from typing import Any

from textcraft_core.ai_services.client import Brain, OnText, Purpose
from textcraft_core.bench import BenchSettings
from textcraft_core.brains.faults import FaultProfile
from textcraft_core.brains.faulty import FaultyBrain, ProfilePace
from textcraft_core.brains.rehearsal import Latency, RehearsalBrain, RehearsedShow
from textcraft_core.events import CycleStarted, Event

MakeInner = Callable[[BenchSettings, FaultProfile | None], Brain]


def inner_maker(show: RehearsedShow, seed: int, emit: Callable[[Event], None]) -> MakeInner:
    """Return what makes the rehearsal brain of a show by the settings of the bench and a profile, or without one."""

    def make(settings: BenchSettings, profile: FaultProfile | None) -> Brain:
        if profile is None:
            quick = Latency(settings.first_token_s * settings.scale, settings.tokens_per_s / settings.scale)
            return RehearsalBrain(show, seed, quick)
        brain = RehearsalBrain(show, seed, ProfilePace(profile, seed, settings.scale))
        return FaultyBrain(brain, profile, seed, emit, scale=settings.scale)

    return make


class BenchBrain:
    """Lets one brain answer all of a cycle. `on_event` hears when the next one begins."""

    free = True

    def __init__(self, make: MakeInner, settings: BenchSettings, profile: FaultProfile | None) -> None:
        self._make = make
        self._inner = make(settings, profile)
        self._next: Brain | None = None
        self.name = self._inner.name

    def change(self, settings: BenchSettings, profile: FaultProfile | None, *, busy: bool) -> None:
        """Play by other settings: with the next cycle while one is `busy`, else at once."""
        self._next = self._make(settings, profile)
        if not busy:
            self._take()

    def on_event(self, event: Event) -> None:
        """A cycle that begins is played by what was set last."""
        if isinstance(event, CycleStarted):
            self._take()

    def _take(self) -> None:
        if self._next is not None:
            self._inner, self._next = self._next, None
            self.name = self._inner.name

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
        """Return the answer of the brain in play. Raises BrainError."""
        return await self._inner.generate(
            messages, model, tools, temperature, max_tokens, purpose=purpose, on_text=on_text
        )
