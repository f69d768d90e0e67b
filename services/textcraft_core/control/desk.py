"""Carries out what other programs write into control.json, and clears an order once its task was dispatched."""

import asyncio
import functools
import hashlib
from collections.abc import Callable
from typing import Final, Protocol

from textcraft_bus.errors import BusError, FileMissing
from textcraft_bus.tasks import Tasks
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.control.control_file import (
    MAX_BYTES,
    Control,
    ControlOrder,
    SystemStatus,
    TornControl,
    cleared,
    parse,
    without_stop,
)
from textcraft_core.control.watch import FileWatch
from textcraft_core.engine.situation import Orders
from textcraft_core.errors import CommandRefused, EngineError
from textcraft_core.record.stream import EventStream
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.writer import ShowWriter

SOURCE: Final = "control"
FILE: Final = "control.json"
CLEAR_SECONDS: Final = 2.0
TORN_LOOKS: Final = 5
"""A file that is still torn after so many looks is told; programs that write in place are seen half-way."""


class EnginePort(Protocol):
    """The engine, as far as other programs reach it."""

    @property
    def running(self) -> bool:
        """Whether RUN is on."""
        ...

    async def handle(self, command: cmd.Command) -> None:
        """Do a command."""
        ...

    def order(self, instruction: str, target: str, source: str) -> Orders:
        """Order something for the next plan."""
        ...

    def withdraw_order(self, source: str) -> None:
        """Take an order back that nobody carried out yet."""
        ...

    def tune(self, *, temperature: float | None, model: str) -> None:
        """Use these for every further call."""
        ...


class _Unchanged(Exception):
    """There is nothing to write."""


class ControlDesk:
    """One show's control.json. A torn file changes nothing; our own writing is no news.

    `may_run` says whether a stop stands against RUN.
    """

    def __init__(
        self, show: ShowFolder, engine: EnginePort, writer: ShowWriter, stream: EventStream, may_run: Callable[[], bool]
    ) -> None:
        self._show = show
        self._engine = engine
        self._writer = writer
        self._stream = stream
        self._may_run = may_run
        self._seen = ""
        self._control = Control()
        self._refused: ControlOrder | None = None
        self._torn = 0
        self._clearing: asyncio.Task[None] | None = None
        self._closed = False
        self._tasks = Tasks()
        self._looking = asyncio.Lock()
        self._watch = FileWatch(show.control, self.look_soon)
        self._unsubscribe = stream.subscribe(self._on_event)

    @property
    def paused(self) -> bool:
        """Whether the file asks that the engine rests."""
        return self._control.status in {SystemStatus.PAUSED, SystemStatus.STOP}

    async def open(self) -> None:
        """Take in what the file says; a STOP of an earlier session is taken out, and then watch it."""
        await self._write(without_stop)
        await self._look()
        self._watch.start()

    async def close(self) -> None:
        """Look no more."""
        self._closed = True
        self._unsubscribe()
        await self._watch.close()
        await self._finish_clearing()
        await self._tasks.stop()

    async def _finish_clearing(self) -> None:
        """An order that was carried out in the last moment is cleared before the end."""
        if self._clearing is not None and not self._clearing.done():
            await asyncio.wait({self._clearing}, timeout=CLEAR_SECONDS)

    def look_soon(self) -> None:
        """Look at the file; returns at once."""
        if not self._closed and len(self._tasks) < 2:
            self._tasks.start(self._look(), name=f"look at {FILE}")

    # Reading

    async def _look(self) -> None:
        async with self._looking:
            data = await asyncio.to_thread(self._read)
            if data is None or (seen := _hash(data)) == self._seen:
                return
            try:
                control = parse(data)
            except TornControl as torn:
                self._on_torn(torn)
                return
            self._seen, self._torn = seen, 0
            before, self._control = self._control, control
            await self._apply(before, control)

    def _read(self) -> bytes | None:
        try:
            return self._show.sandbox.read(FILE, max_bytes=MAX_BYTES)
        except FileMissing:
            return None
        except (BusError, OSError):
            return b""

    def _on_torn(self, torn: TornControl) -> None:
        self._torn += 1
        if self._torn == TORN_LOOKS:
            self._warn(f"{FILE} cannot be read ({torn}): what it said last still holds")

    # Acting

    async def _apply(self, before: Control, control: Control) -> None:
        for text in control.ignored if control.ignored != before.ignored else ():
            self._warn(f"{FILE}: {text}")
        self._engine.tune(temperature=control.temperature, model=control.model)
        # STOP acts however often it is written; the others when they change.
        if control.status is SystemStatus.STOP or control.status is not before.status:
            await self._obey(control.status, was=before.status)
        if control.order != before.order:
            self._place(control.order)
        if _says_nothing(before) and _says_nothing(control):
            return
        self._stream.emit(
            ev.ControlRead(
                status=control.status or "",
                instruction=control.order.instruction if control.order else "",
                target=control.order.target if control.order else "",
                temperature=control.temperature,
                model=control.model,
            )
        )

    async def _obey(self, status: SystemStatus | None, *, was: SystemStatus | None) -> None:
        """Do what is asked; RUNNING takes back what the file itself asked before, and is no start of its own."""
        if status is SystemStatus.STOP:
            await self._engine.handle(cmd.Stop())
            await self._engine.handle(cmd.Pause())
        elif status is SystemStatus.PAUSED:
            await self._engine.handle(cmd.Pause())
        elif status is SystemStatus.RUNNING and was is not None and not self._engine.running and self._may_run():
            await self._engine.handle(cmd.Run())

    def _place(self, order: ControlOrder | None) -> None:
        self._refused = None
        if order is None:
            self._engine.withdraw_order(SOURCE)
            return
        try:
            self._engine.order(order.instruction, order.target, SOURCE)
        except CommandRefused as refusal:
            # What cannot be written now may be so after the next cycle: the order stands in the file, and is kept.
            self._refused = order
            self._engine.withdraw_order(SOURCE)
            self._warn(f"{FILE}: {refusal.reason}")

    def _on_event(self, event: ev.Event) -> None:
        if isinstance(event, ev.OrderCarriedOut) and event.source == SOURCE:
            order = ControlOrder(event.instruction, event.wanted)
            clear = self._write(functools.partial(cleared, order=order))
            self._clearing = self._tasks.start(clear, name=f"clear {FILE}")
        elif isinstance(event, ev.CycleFinished) and self._refused is not None:
            self._try_again(self._refused)

    def _try_again(self, order: ControlOrder) -> None:
        try:
            self._engine.order(order.instruction, order.target, SOURCE)
        except CommandRefused:
            return
        self._refused = None

    # Writing

    async def _write(self, change: Callable[[bytes | None], bytes | None]) -> None:
        async with self._looking:
            try:
                written = await asyncio.to_thread(
                    self._writer.update, FILE, functools.partial(_changed, change), SOURCE
                )
            except _Unchanged:
                return
            except (BusError, EngineError, OSError) as fault:
                self._warn(f"{FILE} could not be written: {fault}")
                return
            self._stream.emit(written)
            data = await asyncio.to_thread(self._read)
            if data is not None and _hash(data) == written.sha256:
                self._seen, self._control = written.sha256, parse(data)

    def _warn(self, text: str) -> None:
        self._stream.emit(ev.Warned(text=text, source=SOURCE))


def _says_nothing(control: Control) -> bool:
    """Whether a file asks for nothing: RUNNING is how every such file begins, and no start of its own."""
    usual = control.status in {None, SystemStatus.RUNNING}
    return usual and control.order is None and control.temperature is None and not control.model


def _changed(change: Callable[[bytes | None], bytes | None], old: bytes | None) -> bytes:
    new = change(old)
    if new is None:
        raise _Unchanged
    return new


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
