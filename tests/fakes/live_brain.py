"""A live brain with its account, stream and journal, against a scripted server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from pydantic import SecretStr

from tests.fakes.llm_server import LlmServer
from textcraft_bus.clock import Clock, SystemClock
from textcraft_core.ai_services.client import Employer, Purpose
from textcraft_core.ai_services.live import LiveBrain
from textcraft_core.ai_services.settings import LlmSettings
from textcraft_core.events import BrainWaiting, Event
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.spend import Ledger

E = TypeVar("E", bound=Event)
KEY = "sk-planted-0123456789abcdef"
ASK = [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}]


def purpose(role: str = "narrator", **more: Any) -> Purpose:
    return Purpose(role, 3, "ch01_A.md", 0, **more)


@dataclass
class Bench:
    brain: LiveBrain
    ledger: Ledger
    journal: Journal
    events: list[Event]
    text: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    spent: list[tuple[str, float, bool]] = field(default_factory=list)

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if type(event) is kind]

    def countdowns(self) -> list[float]:
        return [event.seconds for event in self.of(BrainWaiting)]

    async def ask(
        self,
        role: str = "narrator",
        *,
        model: str = "gpt-4o",
        tools: list[dict[str, Any]] | None = None,
        max_tokens: int = 500,
        messages: list[dict[str, Any]] | None = None,
    ) -> dict[str, Any]:
        return await self.brain.generate(
            messages or ASK, model, tools or [], 0.7, max_tokens, purpose=purpose(role), on_text=self.text.append
        )


@asynccontextmanager
async def live(
    server: LlmServer | None, folder: Path, *, clock: Clock | None = None, key: str = KEY, **settings: Any
) -> AsyncIterator[Bench]:
    """Yield a brain that waits without waiting; paid (gpt-4o's list price) unless `price` says otherwise."""
    clock = clock or SystemClock()
    given = {"price": "5/15", **settings}
    if server is not None:
        given["base_url"] = server.url
    made = LlmSettings(key=SecretStr(key), **given)
    journal = Journal(folder / "journal.sqlite", clock)
    stream = EventStream(journal)
    ledger = Ledger(made.caps, stream, journal, clock)
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    brain = LiveBrain(made, ledger, stream.emit, clock, Random(1), sleep)
    bench = Bench(brain, ledger, journal, [], waits=waits)
    stream.subscribe(bench.events.append)

    async def permit() -> None:
        return

    brain.work_for(Employer(lambda *entry: bench.spent.append(entry), permit))
    try:
        yield bench
    finally:
        journal.close()
