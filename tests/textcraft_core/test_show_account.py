"""What a rehearsal spends on its copy is counted in the show's own account, on disk there before it is spent."""

import asyncio
import shutil
from datetime import UTC, datetime

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.show import make_show
from tests.support.footprint import changed, footprint
from textcraft_core.errors import BrainError
from textcraft_core.events import CapReached, SpendReserved, SpendSettled, Warned
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.show.folder import rehearsal_copy
from textcraft_core.show_account import ShowAccount
from textcraft_core.spend import Caps, Ledger

MOST = Caps(5.0, 5.0)
"""What the operator let one rehearsal cost."""
SHOWS = Caps(1.0, 100.0)


class Rehearsal:
    """The ledger of a rehearsal on a fresh copy, as a stage makes it."""

    def __init__(self, show, clock, caps=SHOWS):
        self.copy = rehearsal_copy(show, clock)
        self.journal = Journal(self.copy.journal, clock)
        self.stream = EventStream(self.journal)
        self.events = []
        self.stream.subscribe(self.events.append)
        self.payer = ShowAccount(show, caps, clock, self.copy.root.name)
        self.payer.tell = self.stream.emit
        self.ledger = Ledger(MOST, self.stream, self.journal, clock, UTC, payer=self.payer)

    async def spend(self, call_id, most, usd):
        self.ledger.settle(await self.ledger.reserve(call_id, "narrator", most), usd)

    async def close(self):
        await self.payer.close()
        self.journal.close()

    def of(self, kind):
        return [event for event in self.events if type(event) is kind]


@pytest.fixture
def clock():
    return FakeClock(datetime(2030, 5, 1, 12, 0, tzinfo=UTC))


@pytest.fixture
def show(tmp_path):
    return make_show(tmp_path / "show", {"ch01_one": 20})


@pytest.fixture
async def rehearse(show, clock):
    made = []

    def begin(caps=SHOWS):
        clock.advance(60)
        made.append(Rehearsal(show, clock, caps))
        return made[-1]

    yield begin
    for each in made:
        await each.close()


def of_the_show(show, clock):
    journal = Journal(show.journal, clock)
    try:
        return [record.event for record in journal.last() if isinstance(record.event, SpendReserved | SpendSettled)]
    finally:
        journal.close()


async def test_it_is_on_disk_in_both_journals_before_it_can_be_spent(rehearse, show, clock):
    rehearsal = rehearse()
    held = await rehearsal.ledger.reserve("a", "narrator", 0.5)
    name = rehearsal.copy.root.name
    assert rehearsal.of(SpendReserved) == [SpendReserved(call_id="a", usd=0.5)]
    rehearsal.ledger.settle(held, 0.2)
    await rehearsal.close()
    assert of_the_show(show, clock) == [
        SpendReserved(call_id=f"{name}:a", usd=0.5),
        SpendSettled(call_id=f"{name}:a", usd=0.2),
    ]


async def test_the_day_of_the_show_is_one_for_all_rehearsals_and_the_show_itself(rehearse, show, clock):
    first = rehearse()
    await first.spend("a", 0.5, 0.5)
    await first.close()
    second = rehearse()
    await second.spend("a", 0.4, 0.4)
    with pytest.raises(BrainError, match=r"cap of \$1.00 for the day"):
        await second.ledger.reserve("b", "narrator", 0.2)
    assert second.of(CapReached) == [CapReached(cap="day", usd=1.0)]
    assert second.ledger.reserved == 0.0
    assert second.ledger.left == pytest.approx(0.1)
    assert second.ledger.narrower.cap == "day"
    await second.close()
    journal = Journal(show.journal, clock)
    own = Ledger(SHOWS, EventStream(journal), journal, clock, UTC)
    await own.open()
    assert own.spent_today == pytest.approx(0.9)
    journal.close()


async def test_a_copy_that_is_thrown_away_has_cost_what_it_cost(rehearse, show):
    first = rehearse()
    await first.spend("a", 0.9, 0.9)
    await first.close()
    shutil.rmtree(first.copy.root)
    with pytest.raises(BrainError, match="for the day"):
        await rehearse().ledger.reserve("a", "narrator", 0.2)


async def test_another_day_has_a_cap_of_its_own(rehearse, clock):
    first = rehearse()
    await first.spend("a", 0.9, 0.9)
    await first.close()
    clock.advance(24 * 3600)
    await rehearse().spend("a", 0.9, 0.9)


async def test_what_was_cut_off_is_presumed_spent_in_the_show_too(rehearse, show, clock):
    first = rehearse()
    await first.ledger.reserve("a", "narrator", 0.7)
    await first.close()  # as after a kill: nobody settled
    second = rehearse()
    with pytest.raises(BrainError, match="for the day"):
        await second.ledger.reserve("a", "narrator", 0.5)
    assert any("presumed spent" in warned.text for warned in second.of(Warned))


async def test_the_sum_of_the_rehearsal_holds_as_well(rehearse):
    rehearsal = rehearse(Caps(100.0, 100.0))
    await rehearsal.spend("a", 4.9, 4.9)
    with pytest.raises(BrainError, match=r"cap of \$5.00"):
        await rehearsal.ledger.reserve("b", "narrator", 0.2)


async def test_what_costs_nothing_leaves_the_show_as_it_is(rehearse, show):
    rehearsal = rehearse()
    before = {name: seen for name, seen in footprint(show.root).items() if not name.startswith("rehearsals")}
    await rehearsal.spend("a", 0.0, 0.0)
    await rehearsal.close()
    after = {name: seen for name, seen in footprint(show.root).items() if not name.startswith("rehearsals")}
    assert changed(before, after) == []


async def test_two_calls_at_once_do_not_both_take_the_last_cent(rehearse):
    rehearsal = rehearse()
    answers = await asyncio.gather(
        *(rehearsal.ledger.reserve(f"{n}", "narrator", 0.3) for n in range(6)), return_exceptions=True
    )
    assert sum(not isinstance(answer, BaseException) for answer in answers) == 3
    assert rehearsal.ledger.reserved == pytest.approx(0.9)


async def test_a_call_that_was_given_up_gives_back_what_was_set_aside(rehearse):
    rehearsal = rehearse()
    await rehearsal.spend("a", 0.1, 0.0)
    asked = asyncio.get_running_loop().create_task(rehearsal.ledger.reserve("b", "narrator", 0.9))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert rehearsal.ledger.reserved == 0.0
    await rehearsal.spend("c", 0.9, 0.9)


async def test_after_the_rehearsal_nothing_is_spent(rehearse):
    rehearsal = rehearse()
    await rehearsal.payer.close()
    with pytest.raises(BrainError, match="has ended"):
        await rehearsal.ledger.reserve("a", "narrator", 0.1)


async def test_a_broken_journal_of_the_show_lets_nothing_be_spent(rehearse, show):
    show.journal.mkdir()
    with pytest.raises(BrainError, match="no money may be spent"):
        await rehearse().ledger.reserve("a", "narrator", 0.1)
