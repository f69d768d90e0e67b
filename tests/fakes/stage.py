"""A stage without engine, pictures or walls: it keeps the commands it was given and tells what a test wants told."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.fakes.bench import FakeBench
from tests.fakes.clock import FakeClock
from tests.fakes.writing import FakeWriting
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.commands import Command
from textcraft_core.engine.draft_desk import COMMANDS as TEXT_COMMANDS
from textcraft_core.errors import CommandRefused
from textcraft_core.events import Event, StopName
from textcraft_core.record.journal import Record
from textcraft_core.record.timeline import Query

PERSONAS = {
    "architect": {
        "name": "Planner", "role_type": "orchestrator", "model": "local-small", "temperature": 0.3, "max_tokens": 900,
        "system_prompt": "You plan {{title}}.", "allowed_tools": ["read_file", "list_files"],
    },
    "narrator": {
        "name": "Creative Writer", "role_type": "generator", "model": "local-large", "temperature": 0.9,
        "max_tokens": 2000, "system_prompt": "You write in {{tone}}.", "allowed_tools": ["write_file", "append_file"],
    },
    "editor": {
        "name": "Ruthless Critic", "role_type": "critic", "model": "local-large", "temperature": 0.2,
        "max_tokens": 800, "system_prompt": "You judge.", "allowed_tools": ["read_file"], "confirm": True,
    },
}  # fmt: skip


class FakeStage:
    """Satisfies `StagePort`. `answers=True` lets simple commands have their events at once."""

    def __init__(self, clock: FakeClock | None = None, *, answers: bool = False) -> None:
        self._clock = clock or FakeClock()
        self._answers = answers
        self._listeners: list[Callable[[Event], None]] = []
        self.opening: list[Event] = []
        self.handled: list[Command] = []
        self.verbs_used: list[tuple[str, str, str]] = []
        self.refusal: str | None = None
        self.manuscripts: dict[str, str] = {}
        self.raw_personas: dict[str, dict[str, Any]] = {role: dict(raw) for role, raw in PERSONAS.items()}
        self.bench = FakeBench()
        self.writing = FakeWriting()
        self.writing.files["personas"] = self.raw_personas
        self.writing.manuscripts = self.manuscripts
        self._lines = 0
        self.records: list[Record] = []
        self.queries: list[Query] = []
        self.report: tuple[str, str, Path] | None = None

    @property
    def clock(self) -> FakeClock:
        return self._clock

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def opening_events(self) -> list[Event]:
        return list(self.opening)

    def emit(self, *events: Event) -> None:
        """Tell events, in order."""
        for event in events:
            for listener in list(self._listeners):
                listener(event)

    async def handle(self, command: Command) -> None:
        self.handled.append(command)
        if self.refusal is not None:
            raise CommandRefused(self.refusal)
        if self._answers:
            self.emit(*self._answer(command))

    async def timeline(self, query: Query) -> list[Record]:
        self.queries.append(query)
        fitting = [
            record
            for record in reversed(self.records)
            if (not query.names or type(record.event).__name__ in query.names)
            and query.text.casefold() in record.event.model_dump_json().casefold()
            and (query.before is None or record.seq < query.before)
        ]
        return fitting[: query.count]

    async def timeline_place(self, at: datetime) -> int:
        return next((record.seq for record in self.records if record.at >= at), len(self.records) + 1)

    async def export_timeline(self, query: Query) -> tuple[Path, int, bool]:
        self.queries.append(query)
        return Path("exports/timeline.csv"), len(self.records), False

    async def printed_report(self, *, visitors: bool = False) -> tuple[str, str, Path]:
        self.visitors_asked = visitors
        if self.report is None:
            raise CommandRefused("No day has begun yet.")
        return self.report

    def verb_used(self, verb: str, who: str, how: str) -> None:
        self.verbs_used.append((verb, who, how))

    def personas(self) -> dict[str, dict[str, Any]]:
        return {role: dict(raw) for role, raw in self.raw_personas.items()}

    def manuscript(self, path: str) -> str:
        if path not in self.manuscripts:
            raise FileNotFoundError(2, "No such file", path)
        return self.manuscripts[path]

    def _answer(self, command: Command) -> list[Event]:
        match command:
            case cmd.Hold(on=on):
                return [ev.StopChanged(stop=StopName.HOLD, on=on)]
            case cmd.SafeLook(on=on):
                return [ev.StopChanged(stop=StopName.SAFE_LOOK, on=on)]
            case cmd.Black(on=on):
                return [ev.StopChanged(stop=StopName.BLACK, on=on)]
            case cmd.PauseAI(on=on):
                return [ev.StopChanged(stop=StopName.PAUSE_AI, on=on)]
            case cmd.Panic():
                return [ev.StopChanged(stop=StopName.PANIC, on=True), ev.AutoChanged(on=False)]
            case cmd.Restore():
                return [ev.StopChanged(stop=StopName.PANIC, on=False), ev.WallsRestored(was_on=())]
            case cmd.Auto(on=on):
                return [ev.AutoChanged(on=on)]
            case cmd.EditCaption(request_id=request_id, text=text):
                return [ev.CaptionEdited(request_id=request_id, text=text)]
            case cmd.Stage(request_id=str(request_id)):
                return [ev.NextStaged(request_id=request_id)]
            case cmd.QueueInput(text=text):
                self._lines += 1
                return [ev.InputQueued(input_id=f"line-{self._lines}", text=text, source="operator")]
            case cmd.SavePersona(role=role, persona=persona):
                self.raw_personas[role] = dict(persona)
                return [ev.PersonaSaved(role=role, sha256=f"{len(self.handled):064x}")]
            case _ if isinstance(command, TEXT_COMMANDS):
                return self.writing.answer(command)
        return []


class InlineTasks:
    """Runs each coroutine to its end at once: enough for verbs on a stage that never waits."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def start(self, coro: Coroutine[Any, Any, Any], *, name: str) -> None:
        self.names.append(name)
        try:
            coro.send(None)
        except StopIteration:
            return
        coro.close()
        raise AssertionError(f"{name} waited for something")
