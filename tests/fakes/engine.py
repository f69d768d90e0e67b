"""A whole engine on a small show with a scripted brain: commands in, events and files out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.fakes.brain import ScriptedBrain, json_answer, tool_answer
from tests.fakes.show import words
from textcraft_bus.clock import Clock, SystemClock
from textcraft_core.ai_services.client import Purpose
from textcraft_core.events import Event
from textcraft_core.options import EngineOptions
from textcraft_core.orchestrator import Orchestrator
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.scanner import Scanner
from textcraft_core.show.bible import Bible
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.matrix import Matrix, MatrixStore
from textcraft_core.show.writer import ShowWriter

E = TypeVar("E", bound=Event)
FAST = EngineOptions(fail_backoff_seconds=0, wait_first_seconds=0, wait_most_seconds=0, illustrate=False)


@dataclass
class Bench:
    """One engine, what it told, and the files it works on."""

    show: ShowFolder
    brain: ScriptedBrain
    engine: Orchestrator
    journal: Journal
    stream: EventStream
    events: list[Event] = field(default_factory=list)

    def of(self, kind: type[E]) -> list[E]:
        """Return the events of one kind, in order."""
        return [event for event in self.events if type(event) is kind]

    def names(self) -> list[str]:
        """Return the names of all events but streamed tokens."""
        return [type(event).__name__ for event in self.events if type(event).__name__ != "TokensStreamed"]

    def text(self, name: str) -> str:
        return (self.show.manuscripts / name).read_text(encoding="utf-8")

    def saved(self) -> Matrix:
        """Return the matrix as it lies on the disk."""
        return MatrixStore(self.show, SystemClock()).load()


async def until(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait until a condition holds; fail after `seconds`."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.002)


@asynccontextmanager
async def engine_on(
    show: ShowFolder,
    brain: ScriptedBrain,
    options: EngineOptions = FAST,
    *,
    clock: Clock | None = None,
    close: bool = True,
) -> AsyncIterator[Bench]:
    """Yield a started engine; with `close` False it ends as if it was killed, keeping only what is on disk."""
    clock = clock or SystemClock()
    journal = Journal(show.journal, clock)
    stream, bible = EventStream(journal), Bible(show, clock)
    engine = Orchestrator(
        show,
        bible,
        ShowWriter(show, journal),
        MatrixStore(show, clock),
        Scanner(show, bible),
        brain,
        stream,
        journal,
        clock,
        options,
    )
    bench = Bench(show, brain, engine, journal, stream)
    stream.subscribe(bench.events.append)
    await engine.start()
    try:
        yield bench
    finally:
        brain.release()
        if close:
            await engine.close()
        journal.close()


def decision(action: str = "generate", target: str = "", agent: str = "narrator", **more: Any) -> dict[str, Any]:
    """Return an Architect's answer."""
    payload = {"action_type": action, "target_file": target, "assigned_agent": agent, "context_notes": "", **more}
    return json_answer(payload)


def writes(name: str, text: str, *, cost: float = 0.0) -> dict[str, Any]:
    """Return a Narrator's answer that replaces a manuscript."""
    return tool_answer(("write_file", {"path": f"manuscripts/{name}", "content": text}), cost=cost)


def appends(name: str, text: str) -> dict[str, Any]:
    """Return a Narrator's answer that adds to a manuscript."""
    return tool_answer(("append_file", {"path": f"manuscripts/{name}", "content": text}))


def verdict(word: Any, *notes: str) -> dict[str, Any]:
    """Return an Editor's answer."""
    return json_answer({"verdict": word, "notes": list(notes)})


def appending(purpose: Purpose) -> dict[str, Any] | str:
    """Answer any narrator call: first a passage at the end of the target, then a closing line."""
    if purpose.context["last"]:
        return "done"
    return appends(purpose.target, words(30, f"cycle{purpose.cycle}"))


def first_open(purpose: Purpose) -> dict[str, Any]:
    """Answer any architect call sensibly: review what is ready, write what is open, else begin the next chapter."""
    for chapter in purpose.context["summaries"]:
        if chapter["status"] == "REVIEW_READY":
            return decision("edit", chapter["id"], "editor")
        if chapter["status"] != "LOCKED":
            return decision("generate", chapter["id"])
    plan = purpose.context["plan"]
    return decision("outline", plan["next_file"] or f"{plan['next_id']}_Beyond.md")


def a_company() -> ScriptedBrain:
    """Return a brain whose roles all do their work."""
    brain = ScriptedBrain()
    brain.always("architect", first_open)
    brain.always("narrator", appending)
    brain.always("editor", lambda _purpose: verdict("PASS"))
    picture = {"prompt": "p", "negative_prompt": "n", "caption": "c", "alt": "a"}
    brain.always("illustrator", lambda _purpose: json_answer(picture))
    return brain
