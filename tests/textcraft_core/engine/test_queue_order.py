"""Whatever is done to the queue, and wherever a kill falls: the order that is stored is the order that was seen."""

import shutil
from random import Random

import pytest

from tests.fakes.brain import Hang
from tests.fakes.engine import a_company, engine_on, until
from tests.fakes.show import make_show
from textcraft_bus.tasks import Tasks
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.engine.input_queue import HANDLED, InputQueue
from textcraft_core.show.folder import ShowFolder

STEPS, EVENINGS = 40, 12


class Evening:
    """A random sequence of what an operator and the cycles do, one or two things at a time."""

    def __init__(self, rng, bench, cycle):
        self.rng, self.bench, self.cycle = rng, bench, cycle
        self.desk = bench.engine.desk
        self.tasks = Tasks()

    @property
    def seen(self):
        """The lines of the queue as an operator sees them."""
        return [(line.id, line.text, line.used_in) for line in self.desk.queue._lines]

    def stored(self):
        """The same as whoever is started after a kill reads them."""
        queue = InputQueue()
        for record in self.bench.journal.select(HANDLED):
            queue.apply(record.event)
        return queue

    async def step(self):
        kinds = [self.add, self.add, self.move, self.move, self.move, self.withdraw, self.use, self.end]
        at_once = [self.tasks.start(kind(), name=kind.__name__) for kind in self.rng.sample(kinds, 2)]
        for task in at_once:
            await task

    async def add(self):
        await self.bench.engine.queue_line(f"line {self.rng.random()}", "operator")

    async def move(self):
        if waiting := self.bench.engine.waiting_lines:
            line = self.rng.choice(waiting)
            await self._ask(cmd.MoveInput(input_id=line.id, index=self.rng.randrange(len(waiting) + 1)))

    async def withdraw(self):
        if (waiting := self.bench.engine.waiting_lines) and len(waiting) > 3:
            await self._ask(cmd.WithdrawInput(input_id=self.rng.choice(waiting).id))

    async def _ask(self, command):
        async with self.desk.queue_turn:
            waits = any(line.id == command.input_id for line in self.desk.queue.waiting)
        if waits:
            await self.bench.engine.handle(command)

    async def use(self):
        """A plan takes the first lines, as a cycle does; the one before has ended by then."""
        await self.end()
        self.cycle += 1
        async with self.desk.queue_turn:
            for line in self.desk.queue.next_lines(50):
                await self.desk.commit(ev.InputUsed(input_id=line.id, cycle=self.cycle))

    async def end(self):
        """Its cycle comes to nothing, or ends well: told at once, whatever is on its way to the disk."""
        if self.rng.random() < 0.7:
            self.desk.stream.emit(ev.CycleFailed(cycle=self.cycle, phase=ev.Phase.PLAN, reason="r"))
            return
        for line in self.desk.queue.used_in(self.cycle):
            self.desk.stream.emit(ev.InputDone(input_id=line.id, cycle=self.cycle))


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", range(EVENINGS))
async def test_a_kill_after_any_step_finds_the_order_that_was_seen(seed, tmp_path):
    """Each start but the first gives lines of plans that never ended back, of which no row tells."""
    rng, show, cycle = Random(seed), make_show(tmp_path, {"ch01_One.md": 20}), 0
    seen = None
    for _start in range(3):
        async with engine_on(show, a_company(), close=False) as bench:
            evening = Evening(rng, bench, cycle)
            if seen is not None:
                assert [line[:2] for line in evening.seen] == seen, "a start found another order"
            for _ in range(STEPS):
                await evening.step()
                after_a_kill = evening.stored()
                after_a_kill.return_unfinished(None)
                assert [(line.id, line.text) for line in after_a_kill.waiting] == [line[:2] for line in evening.seen]
            seen, cycle = [line[:2] for line in evening.seen], evening.cycle


def test_a_move_among_lines_that_are_in_a_plan_keeps_its_place_when_they_wait_again():
    queue = InputQueue()
    for name in "abcd":
        queue.apply(ev.InputQueued(input_id=name, text=name, source="operator"))
    queue.apply(ev.InputUsed(input_id="a", cycle=1))
    assert queue.before("d", 0) == "b"
    assert queue.before("d", 1) == "c"
    assert queue.before("d", 2) == queue.before("d", 9) == ""
    moved = ev.InputMoved(input_id="d", index=0, before="b")
    ended = ev.CycleStopped(cycle=1)
    for order in ((moved, ended), (ended, moved)):
        queue.apply(ev.InputMoved(input_id="d", index=9, before=""))
        queue.apply(ev.InputUsed(input_id="a", cycle=1))
        for event in order:
            queue.apply(event)
        assert [line.id for line in queue.waiting] == ["a", "d", "b", "c"]


def test_a_move_of_an_older_journal_is_read_by_its_place_alone():
    queue = InputQueue()
    for name in "abc":
        queue.apply(ev.InputQueued(input_id=name, text=name, source="operator"))
    queue.apply(ev.InputMoved.model_validate_json('{"input_id": "c", "index": 0}'))
    assert [line.id for line in queue.waiting] == ["c", "a", "b"]


async def test_two_kills_in_a_row_lose_no_line_to_a_plan_that_never_had_it(tmp_path):
    """Killed while it planned, a cycle gives its number away; the next of that number has a plan without the line."""
    show, copy = make_show(tmp_path / "first", {"ch01_One.md": 60}), tmp_path / "second"
    async with engine_on(show, brain := a_company().say("architect", Hang()), close=False) as bench:
        await bench.engine.handle(cmd.QueueInput(text="rain"))
        await bench.engine.handle(cmd.Step())
        await until(brain.hanging.is_set)
        bench.journal.flush()
        shutil.copytree(show.root, copy)
    async with engine_on(ShowFolder(copy), brain := a_company().say("narrator", Hang()), close=False) as bench:
        await bench.engine.handle(cmd.Assign(payload={"action": "generate", "target": "ch01"}))
        await bench.engine.handle(cmd.Step())
        await until(brain.hanging.is_set)
        bench.journal.flush()
        shutil.copytree(copy, last := tmp_path / "third")
    async with engine_on(ShowFolder(last), a_company()) as bench:
        assert await bench.engine.step()
        assert [line.text for line in bench.engine.waiting_lines] == ["rain"]
