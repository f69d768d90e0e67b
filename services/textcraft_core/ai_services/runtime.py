"""What a service is handed to work with, and how a script without an engine gets one; knows no role."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import field
from typing import Any, Final, Protocol

from textcraft_bus.clock import Clock, SystemClock
from textcraft_bus.records import dataclass
from textcraft_bus.tasks import Tasks
from textcraft_core import agent_tools
from textcraft_core.agent_tools import ToolContext, ToolResult
from textcraft_core.ai_services.client import Brain
from textcraft_core.events import Event, FactRemembered, SpendAdded
from textcraft_core.options import ServiceLimits
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.show.bible import Bible, Persona
from textcraft_core.show.folder import ShowFolder, open_show
from textcraft_core.show.matrix import Matrix, MatrixStore
from textcraft_core.show.writer import ShowWriter

Emit = Callable[[Event], None]
MAX_FACT_CHARS: Final = 280
UNKNOWN_PRICE: Final = (150.0, 600.0)
"""USD per million prompt and completion tokens of a brain that does not tell its price: the dearest list price of a
text model we know of, so a guess is never too low."""


class Tools(Protocol):
    """What `textcraft_core.agent_tools` offers."""

    def schemas(self, allowed: Sequence[str]) -> list[dict[str, Any]]:
        """Return the schemas of the allowed tools."""
        ...

    def run(self, name: str, arguments: dict[str, Any], context: ToolContext, allowed: Sequence[str]) -> ToolResult:
        """Run one tool; blocking."""
        ...


async def _permitted() -> None:
    """Let every call through: the permission of a script, where nobody can pause."""


def _nothing_spent(source: str, usd: float, estimated: bool) -> None:
    """Keep no account."""


@dataclass(frozen=True)
class Runtime:
    """All a service may touch; what is left out has the default of a script."""

    show: ShowFolder
    bible: Bible
    writer: ShowWriter
    brain: Brain
    emit: Emit
    cycle: int
    """Counts from 1 and never repeats within a show; names the call in journal and replay."""
    clock: Clock = field(default_factory=SystemClock)
    journal: Journal | None = None
    tools: Tools = field(default_factory=lambda: agent_tools)
    limits: ServiceLimits = field(default_factory=ServiceLimits)
    index: Mapping[str, str] = field(default_factory=dict)
    """Chapter id → path relative to data/, of the chapters that exist."""
    locked: frozenset[str] = frozenset()
    """Ids of chapters no tool may write."""
    model: str = ""
    temperature: float | None = None
    """Used instead of every persona's when given."""
    usual_temperature: float | None = None
    """Used by personas that name none."""
    stop_seconds: float = 0.1
    """How long a brain that was cancelled is waited for, seconds; after that it is left to itself."""
    tasks: Tasks = field(default_factory=Tasks)
    permit: Callable[[], Awaitable[None]] = _permitted
    """Awaited before each brain call; holds it while the operator pauses the AI."""
    spend: Callable[[str, float, bool], None] = _nothing_spent
    """Told of each call's cost: who, USD, and whether it is estimated."""
    memory: Callable[[Mapping[str, Any], Mapping[str, Any]], str] = lambda _task, _context: ""
    """Passages of what was written that concern a task; blocking."""


def temperature_of(persona: Persona, runtime: Runtime) -> float:
    """Return how freely a persona answers now: the operator's word, else its own, else the show's."""
    if runtime.temperature is not None:
        return runtime.temperature
    named = "temperature" in persona.model_fields_set or runtime.usual_temperature is None
    return persona.temperature if named else runtime.usual_temperature or 0.0


def remember(fact: str, target: str, *, runtime: Runtime) -> None:
    """Leave a fact on a chapter for the next cycle: it reaches the matrix through its one writer.

    `target` is a chapter id or file name; at most 280 characters of the fact are kept. An empty fact is nothing.
    """
    fact = " ".join(fact.split())[:MAX_FACT_CHARS]
    if fact:
        runtime.emit(FactRemembered(chapter_id=target, fact=fact))


@asynccontextmanager
async def given(runtime: Runtime | None) -> AsyncIterator[Runtime]:
    """Yield the runtime given, or one of the show PROJECT_ENV names with the rehearsal brain, closed afterwards."""
    if runtime is not None:
        yield runtime
        return
    desk = ScriptDesk(open_show())
    try:
        yield desk.runtime()
    finally:
        desk.close()


class ScriptDesk:
    """What an engine keeps for its services, for one call of a script: journal, matrix and account of one show."""

    def __init__(self, show: ShowFolder) -> None:
        self.show = show
        self.clock = SystemClock()
        self.journal = Journal(show.journal, self.clock)
        self.stream = EventStream(self.journal)
        self.store = MatrixStore(show, self.clock)
        self.matrix: Matrix = self.store.load()
        self.stream.subscribe(self._on_event)

    def runtime(self) -> Runtime:
        """Return the runtime of one call."""
        from textcraft_core.brains import rehearsal  # noqa: PLC0415 - brains import this package: here is no circle

        index = {name: entry.path.removeprefix("data/") for name, entry in self.matrix.content.items()}
        return Runtime(
            show=self.show,
            bible=Bible(self.show, self.clock),
            writer=ShowWriter(self.show, self.journal),
            brain=rehearsal.RehearsalBrain(self.show),
            emit=self.stream.emit,
            cycle=self.journal.last_cycle() + 1,
            clock=self.clock,
            journal=self.journal,
            index=index,
            spend=self._spend,
        )

    def close(self) -> None:
        """Save the matrix and close the journal."""
        self.store.save(self.matrix)
        self.journal.close()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, FactRemembered) and (chapter := self.matrix.resolve(event.chapter_id)) is not None:
            self.matrix = self.matrix.with_notes(chapter, event.fact)

    def _spend(self, source: str, usd: float, estimated: bool) -> None:
        metrics = self.matrix.metrics
        total = metrics.session_cost + usd
        self.matrix = self.matrix.model_copy(update={"metrics": metrics.model_copy(update={"session_cost": total})})
        self.stream.emit(SpendAdded(source=source, usd=usd, total=total, estimated=estimated))
