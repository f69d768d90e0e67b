"""1,000 races on the operator's queue: whatever comes at once, wherever a crash falls, no line is lost or doubled."""

import asyncio
import contextlib
from collections import Counter
from random import Random

import pytest

from tests.fakes.engine import a_company, engine_on
from tests.fakes.show import make_show
from textcraft_bus.tasks import Tasks
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.engine.input_queue import HANDLED, InputQueue
from textcraft_core.errors import CommandRefused

RACES = 1000


class Races:
    """Plays the operator, and the cycles that use the lines, all at once."""

    def __init__(self, bench, seed):
        self.rng = Random(seed)
        self.desk = bench.engine.desk
        self.engine = bench.engine
        self.journal = bench.journal
        self.tasks = Tasks()
        self.cycle = 0
        self.queued = {}
        self.gone = set()
        self.found = InputQueue()
        """The queue as a new engine finds it, read on from where it was read to: that is the same as from the start."""
        self.read_to = 0
        self.ended = set()

    async def queue(self):
        text = f"line {len(self.queued)} {self.rng.random()}"
        made = await self.engine.queue_line(text, "operator")
        self.queued[made] = text

    async def edit(self):
        if line := self._any():
            await self.engine.handle(cmd.EditInput(input_id=line.id, text=f"other {self.rng.random()}"))

    async def move(self):
        if line := self._any():
            await self.engine.handle(cmd.MoveInput(input_id=line.id, index=self.rng.randrange(5)))

    async def withdraw(self):
        if line := self._any():
            await self.engine.handle(cmd.WithdrawInput(input_id=line.id))
            self.gone.add(line.id)

    async def use(self):
        """What a cycle does with the queue, from its plan to its end."""
        self.cycle += 1
        number = self.cycle
        async with self.desk.queue_turn:
            for line in self.desk.queue.next_lines(200):
                await self.desk.commit(ev.InputUsed(input_id=line.id, cycle=number))
        await asyncio.sleep(0)
        if self.rng.random() < 0.4:
            self.desk.stream.emit(ev.CycleFailed(cycle=number, phase=ev.Phase.PLAN, reason="r"))
            return
        for line in self.desk.queue.used_in(number):
            self.desk.stream.emit(ev.InputDone(input_id=line.id, cycle=number))
            self.gone.add(line.id)
        self.desk.stream.emit(ev.CycleFinished(cycle=number, seconds=0.0))

    def _any(self):
        waiting = self.desk.queue.waiting
        return self.rng.choice(waiting) if waiting else None

    async def race(self):
        """Let several begin at once, and cancel some on their way."""
        kinds = [self.queue, self.queue, self.edit, self.move, self.withdraw, self.use]
        chosen = self.rng.sample(kinds, self.rng.randint(3, len(kinds)))
        before = set(self.queued)
        running = [self.tasks.start(self._try(kind), name=kind.__name__) for kind in chosen]
        if self.rng.random() < 0.3:
            await asyncio.sleep(0)
            self.rng.choice([each for each in running if each.get_name() != "use"]).cancel()
        await asyncio.wait(running)
        assert before <= set(self.queued)

    async def _try(self, kind):
        with contextlib.suppress(CommandRefused):
            await kind()


def reopened(races):
    """The queue as a new engine finds it."""
    for record in races.journal.select(HANDLED, after=races.read_to):
        races.found.apply(record.event)
        races.read_to = record.seq
        if isinstance(record.event, ev.InputWithdrawn | ev.InputDone):
            races.ended.add(record.event.input_id)
    return races.found


def check(races):
    live, found, gone = races.desk.queue, reopened(races), races.ended
    assert found._lines == live._lines, "what is stored is not what was seen, line by line"
    counted = Counter(line.id for line in live._lines)
    assert not [line for line, times in counted.items() if times > 1]
    assert races.gone <= gone, "an end was told and not kept"
    assert races.queued.keys() - gone <= counted.keys(), "a line was lost"
    assert not gone & counted.keys(), "a line came back that was done"


@pytest.mark.timeout(240)
async def test_a_thousand_races_lose_and_double_nothing(tmp_path):
    show = make_show(tmp_path, {"ch01_One.md": 20})
    async with engine_on(show, a_company()) as bench:
        races = Races(bench, 7)
        for number in range(RACES):
            await races.race()
            if number % 10 == 9:
                check(races)
                for line in list(bench.engine.desk.queue.waiting)[12:]:  # a queue of hundreds would only be slow
                    await bench.engine.handle(cmd.WithdrawInput(input_id=line.id))
                    races.gone.add(line.id)
        await races.queue()  # the last cycle may have used up all there was
        check(races)
        lines = list(bench.engine.desk.queue._lines)
        assert len(races.queued) > 500
    async with engine_on(show, a_company()) as bench:
        again = bench.engine.desk.queue
        assert {line.id for line in again.waiting} == {line.id for line in lines}
        assert [line.text for line in again.waiting if line.id in races.queued]
