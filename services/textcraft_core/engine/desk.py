"""What an engine works with, gathered once: files, brain, stream, clock; knows no cycle and takes no decision."""

import asyncio
import contextlib
import functools
import os
import stat
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field
from typing import Any, Final

from textcraft_bus.clock import Clock
from textcraft_bus.disk.durable import Folder, read_all
from textcraft_bus.errors import FileMissing, Unreadable
from textcraft_bus.records import dataclass
from textcraft_bus.tasks import Tasks
from textcraft_core.ai_services.client import Brain
from textcraft_core.ai_services.runtime import Emit, Runtime
from textcraft_core.engine.blocking import finish_in_thread
from textcraft_core.engine.book import Book, with_cost
from textcraft_core.engine.decisions import DecisionPayload
from textcraft_core.engine.input_queue import InputQueue
from textcraft_core.engine.planning import BriefChapter, NextChapter, Plan, brief_chapters, next_chapter
from textcraft_core.engine.recall import Recall
from textcraft_core.engine.situation import Orders, Situation, chapters_to_tell
from textcraft_core.errors import JournalError
from textcraft_core.events import Event, SpendAdded
from textcraft_core.options import EngineOptions
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.show.bible import Bible
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.writer import ShowWriter

MAX_BYTES: Final = 64 << 20


@dataclass(slots=True)
class Standing:
    """What was ordered and has not been carried out yet; each is dropped when the task it caused was dispatched."""

    orders: Orders | None = None
    assigned: DecisionPayload | None = None
    recovered: Plan | None = None
    room: Mapping[str, int | bool] = field(default_factory=dict)
    """What sensors know of the room; told to every plan."""
    temperature: float | None = None
    model: str = ""
    """Used instead of every persona's own when given, until something else is said."""
    cycle_seconds: float | None = None
    """The least time between two cycle starts of RUN; None is the one of the options."""

    def carried_out(self, done: "Standing") -> None:
        """Drop what was done, unless something else has been ordered meanwhile."""
        if self.orders is done.orders:
            self.orders = None
        if self.assigned is done.assigned:
            self.assigned = None
        if self.recovered is done.recovered:
            self.recovered = None

    def copy(self) -> "Standing":
        """Return what is ordered now."""
        return Standing(self.orders, self.assigned, self.recovered, self.room)


@dataclass(frozen=True)
class Desk:
    """The tools of a cycle; `permit` holds a brain call while the AI is paused."""

    show: ShowFolder
    bible: Bible
    writer: ShowWriter
    book: Book
    brain: Brain
    stream: EventStream
    journal: Journal | None
    clock: Clock
    options: EngineOptions
    permit: Callable[[], Awaitable[None]]
    tasks: Tasks = field(default_factory=Tasks)
    queue: InputQueue = field(default_factory=InputQueue)
    queue_turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by who takes or changes a waiting line, so that a line is either in a plan or the operator's, never both."""
    standing: Standing = field(default_factory=Standing)
    recall: Recall = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "recall", Recall(functools.partial(_text, self.show), self.show.memory))

    def runtime(self, cycle: int, emit: Emit) -> Runtime:
        """Return what a service of this cycle is handed."""
        survey = self.book.survey
        return Runtime(
            show=self.show,
            bible=self.bible,
            writer=self.writer,
            brain=self.brain,
            emit=emit,
            cycle=cycle,
            clock=self.clock,
            journal=self.journal,
            limits=self.options.limits,
            index=survey.index,
            locked=survey.locked_ids | self.book.protected,
            model=self.standing.model or self.options.model,
            temperature=self.standing.temperature,
            usual_temperature=self.options.temperature,
            stop_seconds=self.options.stop_seconds,
            tasks=self.tasks,
            permit=self.permit,
            spend=self.spend,
            memory=self._remembered,
        )

    def _remembered(self, task: Mapping[str, Any], context: Mapping[str, Any]) -> str:
        return self.recall.passages(task, context, self.book.matrix.content)

    async def summaries(self) -> dict[str, str]:
        """Return the summaries of the chapters a plan is told; a chapter is read once for as long as it is the same."""
        names, content = chapters_to_tell(self.book.survey, self.options), self.book.matrix.content
        known = self.recall.remembered(names, content)
        if known is not None:
            return known
        return await finish_in_thread(lambda: self.recall.summaries(names, content), lambda _found: None)

    def spend(self, source: str, usd: float, estimated: bool) -> None:
        """Keep account of what a call cost, USD."""
        self.book.change(with_cost(usd))
        self.stream.emit(SpendAdded(source=source, usd=usd, total=self.book.cost, estimated=estimated))

    def following(self) -> NextChapter:
        """Return the chapter to open next."""
        return next_chapter(self.book.survey, self.brief())

    def situation(self, cycle: int, orders: Orders | None = None, told: Mapping[str, str] | None = None) -> Situation:
        """Return all a cycle knows before it plans; `told` are the summaries of chapters."""
        conf, survey, brief = self.bible.conf(), self.book.survey, self.brief()
        used = self.queue.used_in(cycle)
        return Situation(
            cycle=cycle,
            matrix=self.book.matrix,
            survey=survey,
            brief=brief,
            following=next_chapter(survey, brief),
            options=self.options,
            target_words=conf.constraints.chapter_target_word_count,
            header_format=conf.formatting.chapter_header_format,
            lines=tuple(line.text for line in used if line.commands),
            visitors=tuple(line.text for line in used if not line.commands),
            room=self.standing.room,
            orders=orders,
            told=told or {},
        )

    def brief(self) -> tuple[BriefChapter, ...]:
        """Return the chapters of the story brief."""
        return brief_chapters(self.bible.brief().model_dump())

    async def commit(self, event: Event) -> None:
        """Commit an event, also when cancelled meanwhile: a record half-way to the disk is always told."""
        committing = self.tasks.start(_fault_as_value(functools.partial(self.stream.commit, event)), name="commit")
        try:
            await asyncio.wait({committing})
        except asyncio.CancelledError:
            await asyncio.wait({committing})
            raise
        fault = committing.result()
        if fault is not None:
            raise fault

    async def read(self, target: str) -> str:
        """Return the text of a file below manuscripts/, "" when there is none; broken bytes are shown as such.

        Raises SecurityError, Unreadable, OSError.
        """
        work = functools.partial(_text, self.show, target)
        return await finish_in_thread(work, lambda _text: None)


def _text(show: ShowFolder, target: str) -> str:
    """Read a chapter by its folder's handle and never through a link; looking its name up would cost a long listing."""
    if "/" in target:
        return _text_below(show, target)
    with Folder.at(show.manuscripts) as folder:
        seen = folder.look(target)
        if seen is None or not stat.S_ISREG(seen.st_mode):
            return ""
        opened = folder.open_to_read(target)
    try:
        data = read_all(opened, MAX_BYTES)
    finally:
        os.close(opened)
    if data is None:
        raise Unreadable(show.manuscripts / target, f"it is larger than {MAX_BYTES} bytes")
    return data.decode(errors="replace")


def _text_below(show: ShowFolder, target: str) -> str:
    with contextlib.suppress(FileMissing):
        return show.sandbox.read(f"manuscripts/{target}").decode(errors="replace")
    return ""


async def _fault_as_value(work: Callable[[], Awaitable[None]]) -> JournalError | None:
    """Return the fault instead of raising it: who waits for the task raises it. Cancelled at once, nothing began."""
    try:
        await work()
    except JournalError as fault:
        return fault
    return None
