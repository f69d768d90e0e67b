"""From a wanted picture to a candidate: asks the image servers, takes results through the gate; knows no Qt.

A request ends exactly once, as a candidate or as RenderFailed; what failed the gate is kept on disk and told. A picture
that comes while the show is closed stays asked for: whoever plays it next hears of it, or asks again.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, Protocol
from uuid import uuid4

from textcraft_bus.channel import facts
from textcraft_bus.channel.messages import ImageReady, RenderRequest, RequestId
from textcraft_bus.clock import Clock
from textcraft_bus.foreign.pictures import FOREIGN
from textcraft_bus.records import dataclass
from textcraft_bus.tasks import Tasks
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.engine.illustrations import picture_seed
from textcraft_core.errors import BrainError, BrainFault, CommandRefused
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.stage.pictures.gate import local_path
from textcraft_core.stage.pictures.intake import Arrival, Intake
from textcraft_core.stage.pictures.purse import Purse

log = logging.getLogger(__name__)

GATE_SECONDS: Final = 2.0
"""So long pictures that came in time may take at the gate when the desk closes."""
MAX_ORDERS: Final = 256
"""Orders remembered for painting again; older ones are read from the journal."""


class RenderPort(Protocol):
    """What the desk asks of the bus."""

    def request(self, request: RenderRequest) -> None:
        """Give a job to an idle worker."""

    def cancel(self, request_id: RequestId) -> None:
        """Cancel a job."""

    def allow(self, request_id: RequestId, usd: float) -> None:
        """Let a job that waits go to workers that ask for up to so much, USD."""


@dataclass(slots=True)
class _Open:
    event: ev.RenderRequested
    asked_at: float
    backend: str = ""
    asked: bool = False
    begun: bool = False
    raising: bool = False


class PictureDesk:
    """Keeps what was asked for until it ended."""

    def __init__(
        self,
        bus: RenderPort,
        intake: Intake,
        stream: EventStream,
        clock: Clock,
        journal: Journal | None = None,
        purse: Purse | None = None,
        paused: Callable[[], bool] = lambda: False,
    ) -> None:
        self._bus = bus
        self._intake = intake
        self._stream = stream
        self._clock = clock
        self._journal = journal
        self._purse = purse or Purse(None)
        self._paused = paused
        self._open: dict[str, _Open] = {}
        self._orders: OrderedDict[str, ev.RenderRequested] = OrderedDict()
        self._tasks = Tasks()
        self._gates: set[asyncio.Task[None]] = set()
        self._late: list[facts.Fact] = []
        self._closed = False
        self.generator: Callable[[ev.RenderRequested], str | None] = lambda _event: None
        """Which backend is to paint a picture, None: the image server's own."""

    @property
    def open_renders(self) -> list[ev.RenderRequested]:
        """What was asked for and has not ended."""
        return [item.event for item in self._open.values()]

    def ask(self, event: ev.RenderRequested) -> None:
        """Ask for a picture; after a restart the same request is asked for again under its id."""
        item = _Open(event, self._clock.monotonic(), self.generator(event) or event.generator)
        self._open[event.request_id] = item
        self._orders[event.request_id] = event
        if len(self._orders) > MAX_ORDERS:
            self._orders.popitem(last=False)
        price = self._purse.price(item.backend)
        if price > 0:
            self._tasks.start(self._pay(event, price, then=self._request), name=f"pay for {event.request_id}")
        else:
            self._request(event)

    async def _pay(self, event: ev.RenderRequested, price: float, then: Callable[[ev.RenderRequested], None]) -> None:
        """Set the price of a picture aside, then go on; where that must not be, the picture ends here."""
        try:
            if self._paused():
                raise BrainError(BrainFault.REFUSED, "PAUSE AI is on, and this picture would cost money")
            await self._purse.set_aside(event.request_id, price)
        except BrainError as refusal:
            if self._open.pop(event.request_id, None) is not None:
                self._bus.cancel(RequestId(event.request_id))
                self._stream.emit(ev.RenderFailed(request_id=event.request_id, reason=str(refusal)))
            return
        if event.request_id in self._open:
            then(event)
        else:  # it was cancelled meanwhile
            self._purse.settle(event.request_id, 0.0)

    def _request(self, event: ev.RenderRequested) -> None:
        self._open[event.request_id].asked = True
        self._bus.request(
            RenderRequest(
                request_id=event.request_id,
                prompt=event.prompt,
                negative_prompt=event.negative_prompt or None,
                generator=self._open[event.request_id].backend or None,
                width=event.width,
                height=event.height,
                seed=event.seed,
                budget=self._purse.budget(event.request_id),
            )
        )

    def _allow(self, event: ev.RenderRequested) -> None:
        self._bus.allow(RequestId(event.request_id), self._purse.budget(event.request_id) or 0.0)

    def _pay_more(self) -> None:
        """Only dearer servers are there now: what still waits gets more set aside, once each."""
        for request_id, item in self._open.items():
            event = item.event
            if not item.begun and not item.raising and self._purse.falls_short(request_id, item.backend):
                item.raising = True
                price = self._purse.price(item.backend)
                self._tasks.start(self._pay(event, price, then=self._allow), name=f"pay for {request_id}")

    def cancel(self, request_id: str) -> None:
        """Cancel one job by its id."""
        item = self._open.get(request_id)
        if item is None:
            raise CommandRefused("This picture is not being painted.")
        if item.asked:
            self._bus.cancel(RequestId(request_id))
        else:  # its price is being set aside
            del self._open[request_id]
            self._stream.emit(ev.RenderFailed(request_id=request_id, reason="cancelled"))

    def on_fact(self, fact: facts.Fact) -> None:
        """Take in what became of a job, and who paints for how much."""
        self._purse.on_fact(fact)
        match fact:
            case facts.PeerSeen() | facts.PeerLost() if not self._closed:
                self._pay_more()
            case facts.RenderStarted(request_id, worker, attempt):
                if item := self._open.get(request_id):
                    item.begun = True
                self._stream.emit(ev.RenderAccepted(request_id=request_id, worker=worker, attempt=attempt))
            case facts.RenderProgressed(request_id, fraction):
                self._stream.emit(ev.RenderProgressed(request_id=request_id, fraction=fraction))
            case facts.RenderRetried(request_id, reason, _):
                log.warning("picture %s goes to another image server: %s", request_id, reason)
            case facts.RenderGaveUp(request_id, reason, _) if self._open.pop(request_id, None):
                self._purse.settle(request_id, fact.lost_cost, fact.unseen)
                self._stream.emit(ev.RenderFailed(request_id=request_id, reason=reason))
            case facts.RenderDone(request_id) if self._closed and request_id in self._open:
                self._late.append(fact)
            case facts.RenderDone(request_id, ready) if request_id in self._open:
                total = ready.cost + fact.lost_cost
                self._purse.settle(request_id, total, fact.unseen, estimated=ready.cost_estimated)
                self._let_in(self._open.pop(request_id), fact)

    async def rerender(self, command: cmd.Rerender) -> None:
        """Ask for a picture once more, as a new request that names the old one. Raises CommandRefused."""
        order = await self._order_of(command.request_id)
        request_id = str(uuid4())
        same = command.prompt is None and command.seed is None
        seed = command.seed if command.seed is not None else order.seed
        again = order.model_copy(
            update={
                "request_id": request_id,
                "of": order.request_id,
                "prompt": command.prompt or order.prompt,
                "generator": command.generator or order.generator,
                "seed": picture_seed(order.seed, order.cycle, request_id) if same else seed,
            }
        )
        self._stream.emit(again)

    async def close(self) -> None:
        """Let what stands at the gate come through, for two seconds; from now on nothing else goes in."""
        self._closed = True
        if self._gates:
            await asyncio.wait(self._gates, timeout=GATE_SECONDS)
        await self._tasks.stop()

    def late(self) -> list[facts.Fact]:
        """Return, once, the results that came after this desk was closed; they are still open here."""
        late, self._late = self._late, []
        return late

    def _let_in(self, item: _Open, done: facts.RenderDone) -> None:
        gate = self._tasks.start(self._through_gate(item, done), name=f"gate {done.request_id}")
        self._gates.add(gate)
        gate.add_done_callback(self._gates.discard)

    async def _through_gate(self, item: _Open, done: facts.RenderDone) -> None:
        try:
            await self._receive(item, done.ready)
        except asyncio.CancelledError:
            self._open[item.event.request_id] = item
            self._late.append(done)
            raise

    async def _receive(self, item: _Open, ready: ImageReady) -> None:
        await self._intake.take_in(
            Arrival(
                ready.request_id,
                partial(self._find, ready),
                ready.sha256,
                item.event.caption,
                worker=ready.worker,
                backend=ready.backend,
                seconds=self._clock.monotonic() - item.asked_at,
                cost=ready.cost,
            )
        )

    def _find(self, ready: ImageReady) -> Path:
        """Return where a result lies. Blocking. Raises PictureRefused."""
        path = local_path(ready.uri)
        if ready.worker == FOREIGN:  # a foreign one writes where it likes, and was measured when it answered
            return path
        return self._intake.allowed(path)

    async def _order_of(self, request_id: str) -> ev.RenderRequested:
        """Return what was once asked for. Raises CommandRefused."""
        known = self._orders.get(request_id)
        if known is None and self._journal is not None:
            records = await asyncio.to_thread(self._journal.select, ["RenderRequested"])
            orders = (record.event for record in reversed(records))
            known = next((o for o in orders if isinstance(o, ev.RenderRequested) and o.request_id == request_id), None)
        if known is None:
            raise CommandRefused("Nobody painted this picture here, so it cannot be painted again.")
        return known
