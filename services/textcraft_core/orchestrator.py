"""The engine: cycles one at a time, by step or by RUN, that stop, pause and fail without ever ending the engine.

Commands come down, events go up; it knows no window, no socket and no picture.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any, Final

from textcraft_bus.clock import Clock
from textcraft_core import commands
from textcraft_core.ai_services.client import Brain, BrainError, BrainFault
from textcraft_core.engine import recovery, tellings
from textcraft_core.engine.book import Book, with_project_status, with_task
from textcraft_core.engine.cycle import Cycle, CycleEnd
from textcraft_core.engine.desk import Desk
from textcraft_core.engine.draft_desk import COMMANDS as TEXT_COMMANDS
from textcraft_core.engine.draft_desk import DraftDesk
from textcraft_core.engine.history_commands import HistoryCommands
from textcraft_core.engine.illustrations import Illustrations
from textcraft_core.engine.input_queue import QueuedLine
from textcraft_core.engine.operator_commands import OperatorCommands
from textcraft_core.engine.run_loop import RunLoop, Turn
from textcraft_core.engine.situation import Orders
from textcraft_core.engine.stuck import StuckCounter
from textcraft_core.engine.trial import TrialDesk
from textcraft_core.errors import CommandRefused
from textcraft_core.events import (
    BookCompleted,
    CycleFailed,
    CycleFinished,
    CycleStarted,
    CycleStopped,
    EngineStarted,
    EngineState,
    EngineStateChanged,
    Event,
    InputDone,
    StoryDecided,
    StuckDetected,
    Warned,
)
from textcraft_core.options import AfterComplete, EngineOptions
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.scanner import Scanner
from textcraft_core.show.bible import Bible
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.leftovers import take_up_leftovers
from textcraft_core.show.matrix import Matrix, MatrixStore, ProjectStatus
from textcraft_core.show.writer import ShowWriter

CLOSE_SECONDS: Final = 10.0
MAX_REASON_CHARS: Final = 2000

ENGINE_COMMANDS: Final = (
    commands.Step,
    commands.Run,
    commands.Pause,
    commands.Stop,
    commands.Override,
    commands.Assign,
    commands.QueueInput,
    commands.EditInput,
    commands.MoveInput,
    commands.WithdrawInput,
    commands.LockChapter,
    commands.ForgetNotes,
    *TEXT_COMMANDS,
)


class Orchestrator:
    """One show's engine, on one event loop. `start` it first, `close` it last."""

    def __init__(
        self,
        show: ShowFolder,
        bible: Bible,
        writer: ShowWriter,
        store: MatrixStore,
        scanner: Scanner,
        brain: Brain,
        stream: EventStream,
        journal: Journal | None,
        clock: Clock,
        options: EngineOptions,
    ) -> None:
        self._emit = stream.emit
        self._ai_open = asyncio.Event()
        self._ai_open.set()
        self._book = Book(store, scanner, stream.emit, clock)
        self._desk = Desk(show, bible, writer, self._book, brain, stream, journal, clock, options, self._permit)
        self._loop = RunLoop(self._desk, self, self._ai_open.is_set)
        self._illustrations = Illustrations(self._desk)
        self._operator = OperatorCommands(self._desk)
        self.history = HistoryCommands(self._desk)
        self.drafts = DraftDesk(self._desk)
        self.trials = TrialDesk(self._desk, self._ai_open.is_set)
        self._stuck = StuckCounter(options.stuck_after)
        self._state = self._rest_state = EngineState.IDLE
        self._cycle = 0
        self._cycle_task: asyncio.Task[Turn] | None = None
        self._stopping = False
        self._forget_stream = stream.subscribe(self._on_event)

    # What it is doing

    @property
    def state(self) -> EngineState:
        """What the engine is doing."""
        return self._state

    @property
    def cycle(self) -> int:
        """The number of the last cycle that began, 0 before the first."""
        return self._cycle

    @property
    def matrix(self) -> Matrix:
        """The state of the book; frozen."""
        return self._book.matrix

    @property
    def metrics(self) -> dict[str, Any]:
        """The book's totals, as MatrixChanged tells them."""
        return self._book.metrics

    def spend(self, source: str, usd: float, estimated: bool) -> None:
        """Book to the show what somebody beside the engine paid, USD."""
        self._desk.spend(source, usd, estimated)

    @property
    def waiting_lines(self) -> tuple[QueuedLine, ...]:
        """The lines that wait for the next plan, in order."""
        return self._desk.queue.waiting

    @property
    def desk(self) -> Desk:
        """What its cycles work with: a replay puts the recorded inputs there."""
        return self._desk

    @property
    def is_free(self) -> bool:
        """Whether asking its brain costs nothing."""
        return self._desk.brain.free

    @property
    def running(self) -> bool:
        """Whether RUN is on."""
        return self._loop.on

    @property
    def in_cycle(self) -> bool:
        """Whether a cycle is in progress."""
        return self._cycle_task is not None

    # Life

    async def start(self) -> None:
        """Scan for the first time and take up what the last engine left: its queue and its task in hand."""
        await asyncio.to_thread(recovery.replay_input, self._desk)
        if self._desk.journal is not None:
            self._cycle = await asyncio.to_thread(recovery.last_cycle, self._desk.journal)
            for left in await asyncio.to_thread(take_up_leftovers, self._desk.show, self._desk.writer):
                self._emit(left)
            for written in await asyncio.to_thread(self._desk.writer.note_outside_changes):
                self._emit(written)
            await asyncio.to_thread(recovery.keep_matrix, self._desk)
            options = self._desk.options.model_dump(mode="json")
            self._emit(EngineStarted(brain=self._desk.brain.name, cycle=self._cycle, options=options))
        look = await self._book.scan()
        for problem in look.problems:
            self._emit(Warned(text=problem, source="scan"))
        await tellings.finish_half_begun(self._desk)
        await self._recover()
        await self._book.save()
        self._emit(EngineStateChanged(state=self._state))

    async def settle(self) -> None:
        """Wait until no cycle, no RUN and no illustration is in progress."""
        await self.cycle_ended()
        await self._illustrations.settle()
        await self._book.save_changes()

    async def cycle_ended(self) -> None:
        """Wait until no cycle and no RUN is in progress."""
        await self._loop.settle()
        while self._cycle_task is not None:
            await asyncio.wait({self._cycle_task})
            await asyncio.sleep(0)

    async def close(self) -> None:
        """Stop what runs, let illustrations end, save the book; the stream and journal stay open for their owner.

        Illustrations that are held by PAUSE AI, or do not end within 10 s, are stopped.
        """
        await self.stop(pictures=not self._ai_open.is_set())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._illustrations.settle()
        await self._illustrations.stop()
        await self._book.save_changes()
        await self._book.close()
        await asyncio.to_thread(self._desk.recall.close)
        await self._desk.tasks.stop()
        self._forget_stream()

    # One cycle

    async def step(self) -> bool:
        """Run one cycle and return whether it ended well. Raises CommandRefused while one runs or the AI is paused."""
        self._refuse_step()
        self._look_again()
        return (await self.run_cycle()).ok

    async def stop(self, *, pictures: bool = False) -> None:
        """End RUN and the running cycle within 250 ms; with `pictures`, what is being illustrated too."""
        self._loop.end("stopped")
        task = self._cycle_task
        if task is not None:
            if not self._stopping:
                self._stopping = True
                self.enter(EngineState.STOPPING)
                task.cancel()
            await asyncio.wait({task})
        if pictures:
            await self._illustrations.stop()
            await self.trials.stop()
        await self._loop.settle()

    async def run_cycle(self) -> Turn:
        """Run one cycle, after the one that runs; the caller has made sure that it may run."""
        while self._cycle_task is not None:
            await asyncio.wait({self._cycle_task})
        task = self._desk.tasks.start(self._guarded_cycle(), name=f"cycle {self._cycle + 1}")
        self._cycle_task = task
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            raise
        finally:
            self._cycle_task, self._stopping = None, False
            if not self._loop.on:
                self.rest()
        return Turn(False) if task.cancelled() else task.result()

    async def _guarded_cycle(self) -> Turn:
        """Run one cycle; this is the boundary where every failure becomes an event."""
        self._cycle += 1
        cycle = Cycle(self._desk, self._illustrations, self._cycle)
        began = self._desk.clock.monotonic()
        self.enter(EngineState.RUNNING)
        self._emit(CycleStarted(cycle=cycle.number))
        try:
            await self.drafts.take()
            end = await cycle.run()
            await self._on_ended(cycle, end, began)
        except asyncio.CancelledError:
            await self._abandon(cycle)
            self._emit(CycleStopped(cycle=cycle.number))
            return Turn(False)
        except Exception as fault:  # noqa: BLE001 - the boundary: whatever fails is shown, and the engine lives on
            await self._on_failed(cycle, fault)
            return Turn(False)
        return Turn(True, end.action, end.notes)

    async def _on_ended(self, cycle: Cycle, end: CycleEnd, began: float) -> None:
        if end.complete:
            await self._complete()
        seconds = self._desk.clock.monotonic() - began
        self._emit(CycleFinished(cycle=cycle.number, seconds=seconds, changed=end.changed))
        if end.dispatched:
            self._watch_stuck(cycle)

    async def _complete(self) -> None:
        """The book is done: begin anew where the show says so, else rest, and let the stage see to the walls."""
        policy = self._desk.options.after_complete
        await self._desk.commit(BookCompleted(policy=policy.value))
        if policy is AfterComplete.BEGIN_ANEW:
            await tellings.begin_anew(self._desk)
            return
        self._book.change(with_project_status(ProjectStatus.COMPLETE))
        await self._book.save()
        self.rest(EngineState.COMPLETE)
        self._loop.end("the book is complete")

    async def _on_failed(self, cycle: Cycle, fault: Exception) -> None:
        await self._abandon(cycle)
        reason = str(fault) or type(fault).__name__
        self._emit(CycleFailed(cycle=cycle.number, phase=cycle.phase, reason=reason[:MAX_REASON_CHARS]))
        if isinstance(fault, BrainError) and fault.kind is BrainFault.AUTH:
            self._emit(Warned(text=f"the brain refuses the key: {reason[:500]}", source="brain", fault=True))
            self.rest(EngineState.PAUSED)
            self._loop.end("the brain refuses the key")
        elif cycle.changed is not None:
            self._watch_stuck(cycle)

    async def _abandon(self, cycle: Cycle) -> None:
        try:
            await cycle.abandon()
        except Exception as fault:  # noqa: BLE001 - putting down must not hide why the cycle ended; it is shown too
            self._emit(Warned(text=f"the matrix could not be saved: {fault}", source="matrix", fault=True))

    def _watch_stuck(self, cycle: Cycle) -> None:
        if self._stuck.note(changed=bool(cycle.changed)):
            reason = f"nothing changed in {self._stuck.idle} cycles"
            self._emit(StuckDetected(cycles=self._stuck.idle, reason=reason))
            self.rest(EngineState.STUCK)
            self._loop.end(reason)

    # RUN and pauses

    def run(self, limits: commands.Run) -> None:
        """Run cycle after cycle until a limit; while RUN is on already, the new limits replace the old."""
        self._look_again()
        chapter = limits.until_chapter
        if chapter is not None:
            limits = limits.model_copy(update={"until_chapter": self._book.matrix.resolve(chapter) or chapter})
        self._loop.start(limits)

    def pause(self) -> None:
        """Let the running cycle end and start nothing new."""
        self._loop.end("paused")
        self.rest(EngineState.PAUSED)

    def pause_ai(self, on: bool) -> None:
        """Hold every new brain call, or let them go; the call that runs ends as it would."""
        if on:
            self._ai_open.clear()
        else:
            self._ai_open.set()
        self._loop.wake()

    def enter(self, state: EngineState, reason: str = "", seconds: float | None = None) -> None:
        """Say what the engine is doing, and for how long where that is known."""
        if state is not self._state:
            self._state = state
            self._emit(EngineStateChanged(state=state, reason=reason, seconds=seconds))

    def rest(self, state: EngineState | None = None) -> None:
        """Do nothing from now on, or as soon as what runs has ended; `state` says how."""
        self._rest_state = self._rest_state if state is None else state
        if self._cycle_task is None and not self._loop.on:
            self.enter(self._rest_state)

    async def _permit(self) -> None:
        """Hold a brain call while the AI is paused."""
        if self._ai_open.is_set():
            return
        if self._state is EngineState.RUNNING:
            self.enter(EngineState.WAITING, "PAUSE AI is on")
        await self._ai_open.wait()
        if self._state is EngineState.WAITING and self._cycle_task is not None:
            self.enter(EngineState.RUNNING)

    # Commands

    async def queue_line(self, text: str, source: str, input_id: str = "") -> str:
        """Put a line of anybody's (a visitor, a sensor) into the queue and return its id."""
        return await self._operator.queue_line(text, source, input_id)

    async def withdraw_line(self, input_id: str) -> None:
        """Take a line out if it still waits."""
        if any(line.id == input_id for line in self.waiting_lines):
            await self._operator.handle(commands.WithdrawInput(input_id=input_id))

    def order(self, instruction: str, target: str, source: str) -> Orders:
        """Order something for the next plan; an empty target is the Architect's choice. Raises CommandRefused."""
        return self._operator.order(instruction, target, source)

    def withdraw_order(self, source: str) -> None:
        """Take back what this source ordered and no task was dispatched for yet."""
        orders = self._desk.standing.orders
        if orders is not None and orders.source == source:
            self._desk.standing.orders = None

    def tune(self, *, temperature: float | None, model: str) -> None:
        """Use this temperature and model for every further call; None and "" leave each persona its own."""
        self._desk.standing.temperature, self._desk.standing.model = temperature, model

    @property
    def writer(self) -> ShowWriter:
        """The one writer of the show's texts."""
        return self._desk.writer

    def sense(self, room: Mapping[str, int | bool]) -> None:
        """Tell every further plan what sensors know of the room."""
        self._desk.standing.room = dict(room)

    async def handle(self, command: commands.Command) -> None:
        """Do one of the engine's commands; cycles go on by themselves afterwards. Raises CommandRefused."""
        match command:
            case commands.Step():
                self._refuse_step()
                self._look_again()
                self._desk.tasks.start(self.run_cycle(), name="step")
            case commands.Run():
                self.run(command)
            case commands.Pause():
                self.pause()
            case commands.Stop():
                await self.stop()
            case commands.PauseAI():
                self.pause_ai(command.on)
            case _ if isinstance(command, TEXT_COMMANDS):
                await self.drafts.handle(command)
            case _:
                await self._operator.handle(command)

    # Parts

    def _on_event(self, event: Event) -> None:
        self._desk.queue.apply(event)
        if isinstance(event, StoryDecided) and event.verdict == "forget":
            forget = asyncio.to_thread(self._desk.recall.forget)
            self._desk.tasks.start(forget, name="forget what was read")

    def _refuse_step(self) -> None:
        if self._cycle_task is not None or self._loop.on:
            raise CommandRefused("a cycle is running already")
        if not self._ai_open.is_set():
            raise CommandRefused("PAUSE AI is on: switch it off first")

    def _look_again(self) -> None:
        """An operator who steps or runs has looked: counting begins anew."""
        self._stuck.clear()
        self._rest_state = EngineState.IDLE
        if self._book.matrix.meta.project_status is ProjectStatus.COMPLETE:
            self._book.change(with_project_status(ProjectStatus.ACTIVE))

    async def _recover(self) -> None:
        task = self._book.matrix.active_task
        changed = self._book.tell()
        if task is None or not task.target:
            self._desk.queue.return_unfinished(None)
            return
        found = await recovery.recover(self._desk, task, changed)
        if found.told:
            self._emit(Warned(text=found.told, source="recovery"))
        self._desk.queue.return_unfinished(found.cycle)
        self._desk.standing.recovered = found.plan
        if found.plan is None:
            self._book.change(with_task(None))
            self._close_recovered(found.cycle)
        elif found.cycle is not None and found.cycle >= self._cycle:
            self._cycle = found.cycle - 1

    def _close_recovered(self, cycle: int | None) -> None:
        for line in self._desk.queue.used_in(cycle) if cycle is not None else ():
            self._emit(InputDone(input_id=line.id, cycle=line.used_in or 0))
