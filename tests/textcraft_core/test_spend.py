import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.clock import FakeClock
from textcraft_core.errors import BrainError, BrainFault, JournalError
from textcraft_core.events import CapReached, SpendReserved, SpendSettled, Warned
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.spend import Caps, Ledger

ZONE = timezone(timedelta(hours=2))


class Desk:
    """A ledger with what it writes to; `again` is the same show after the program was killed."""

    def __init__(self, folder, clock, caps, journal=None):
        self.clock, self.caps, self.folder = clock, caps, folder
        self.journal = journal or Journal(folder / "journal.sqlite", clock)
        self.stream = EventStream(self.journal)
        self.events = []
        self.stream.subscribe(self.events.append)
        self.ledger = Ledger(caps, self.stream, self.journal, clock, ZONE)
        self.told = []

    def again(self):
        self.journal.close()
        return Desk(self.folder, self.clock, self.caps)

    def of(self, kind):
        return [event for event in self.events if type(event) is kind]


@pytest.fixture
def clock():
    return FakeClock(datetime(2030, 5, 1, 12, 0, tzinfo=UTC))


@pytest.fixture
def desk_of(tmp_path, clock):
    made = []

    def make(day=None, show=None):
        made.append(Desk(tmp_path, clock, Caps(day, show)))
        return made[-1]

    yield make
    for desk in made:
        desk.journal.close()


async def spend(ledger, call_id, most, usd):
    held = await ledger.reserve(call_id, "narrator", most)
    ledger.settle(held, usd)


async def test_money_is_on_disk_before_it_can_be_spent(desk_of):
    desk = desk_of()
    held = await desk.ledger.reserve("a", "narrator", 2.0)
    assert [record.event for record in desk.journal.last()] == [SpendReserved(call_id="a", usd=2.0)]
    assert desk.ledger.reserved == 2.0
    desk.ledger.settle(held, 0.5)
    desk.ledger.settle(held, 0.5)
    assert (desk.ledger.reserved, desk.ledger.spent, desk.ledger.spent_today) == (0.0, 0.5, 0.5)
    assert desk.of(SpendSettled) == [SpendSettled(call_id="a", usd=0.5)]


@pytest.mark.parametrize("name", ["day", "show"])
async def test_a_cap_refuses_what_could_pass_it(desk_of, name):
    desk = desk_of(**{name: 1.0})
    await spend(desk.ledger, "a", 0.6, 0.6)
    with pytest.raises(BrainError, match=rf"cap of \$1.00 for the {name}") as caught:
        await desk.ledger.reserve("b", "narrator", 0.5)
    assert caught.value.kind is BrainFault.REFUSED
    assert desk.of(CapReached) == [CapReached(cap=name, usd=1.0)]
    assert len(desk.of(SpendReserved)) == 1
    await spend(desk.ledger, "c", 0.4, 0.4)


async def test_two_calls_at_once_cannot_both_take_the_last_cent(desk_of):
    desk = desk_of(day=1.0)
    results = await asyncio.gather(
        *(desk.ledger.reserve(str(n), "narrator", 0.3) for n in range(10)), return_exceptions=True
    )
    assert sum(isinstance(result, BrainError) for result in results) == 7
    assert desk.ledger.reserved == pytest.approx(0.9)


async def test_a_new_day_has_a_new_cap_and_begins_at_local_midnight(desk_of, clock):
    desk = desk_of(day=1.0)
    await spend(desk.ledger, "a", 1.0, 1.0)
    clock.advance(9.9 * 3600)  # 23:54 where the show is, 21:54 UTC
    with pytest.raises(BrainError):
        await desk.ledger.reserve("b", "narrator", 0.1)
    clock.advance(0.2 * 3600)
    assert desk.ledger.spent_today == 0
    await spend(desk.ledger, "c", 1.0, 1.0)
    assert desk.ledger.spent == 2.0


async def test_a_call_over_midnight_counts_to_the_day_it_began(desk_of, clock):
    desk = desk_of(day=1.0)
    clock.advance(9.9 * 3600)
    held = await desk.ledger.reserve("a", "narrator", 1.0)
    clock.advance(3600)
    await spend(desk.ledger, "b", 1.0, 0.25)
    desk.ledger.settle(held, 1.0)
    assert desk.ledger.spent_today == 0.25


async def test_the_account_is_rebuilt_from_the_journal(desk_of, clock):
    desk = desk_of(day=5.0)
    await spend(desk.ledger, "a", 2.0, 1.5)
    clock.advance(24 * 3600)
    await spend(desk.ledger, "b", 2.0, 0.25)
    await desk.ledger.reserve("lost", "narrator", 3.0)
    again = desk.again()
    await again.ledger.open()
    assert (again.ledger.spent, again.ledger.spent_today) == (4.75, 3.25)
    assert again.of(SpendSettled) == [SpendSettled(call_id="lost", usd=3.0, estimated=True)]
    assert "presumed spent" in again.of(Warned)[0].text
    again.ledger.tell(lambda *entry: again.told.append(entry))
    assert again.told == [("recovered", 3.0, True)]
    third = again.again()
    await third.ledger.open()
    assert third.ledger.spent == 4.75
    assert third.of(Warned) == []
    third.journal.close()


async def test_what_was_spent_is_told(desk_of):
    desk = desk_of()
    told = []
    await spend(desk.ledger, "a", 1.0, 0.5)
    desk.ledger.tell(lambda *entry: told.append(entry))
    held = await desk.ledger.reserve("b", "editor", 1.0)
    desk.ledger.settle(held, 0.25, estimated=True)
    await spend(desk.ledger, "c", 1.0, 0.0)
    assert told == [("narrator", 0.5, False), ("editor", 0.25, True)]


async def test_a_bill_above_the_reservation_is_counted_and_shown(desk_of):
    desk = desk_of(show=1.0)
    await spend(desk.ledger, "a", 0.5, 1.5)
    assert desk.of(Warned)[0].fault
    assert desk.ledger.spent == 1.5
    with pytest.raises(BrainError):
        await desk.ledger.reserve("b", "narrator", 0.01)


class StuckJournal:
    """A journal that answers when told to, or fails."""

    def __init__(self, journal, fault=None):
        import concurrent.futures

        self.future = concurrent.futures.Future()
        self.select = journal.select
        self.write = lambda event: self.future
        if fault:
            self.future.set_exception(fault)


async def test_a_call_cancelled_while_its_money_is_set_aside_costs_nothing(tmp_path, clock):
    journal = Journal(tmp_path / "j.sqlite", clock)
    stream = EventStream(StuckJournal(journal))
    ledger = Ledger(Caps(show=1.0), stream, journal, clock)
    task = asyncio.get_running_loop().create_task(ledger.reserve("a", "narrator", 1.0))
    async with asyncio.timeout(5):
        while not ledger.reserved:  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (ledger.reserved, ledger.spent) == (0.0, 0.0)
    journal.close()


async def test_nothing_is_spent_while_the_journal_is_out_of_order(tmp_path, clock):
    journal = Journal(tmp_path / "j.sqlite", clock)
    stream = EventStream(StuckJournal(journal, JournalError("disk full")))
    ledger = Ledger(Caps(), stream, journal, clock)
    with pytest.raises(BrainError, match="disk full"):
        await ledger.reserve("a", "narrator", 1.0)
    assert ledger.reserved == 0.0
    journal.close()


async def test_settling_after_the_end_is_presumed_spent_at_the_next_start(desk_of):
    desk = desk_of()
    held = await desk.ledger.reserve("a", "narrator", 1.0)
    again = desk.again()
    desk.ledger.settle(held, 0.1)
    await again.ledger.open()
    assert again.ledger.spent == 1.0
    again.journal.close()


STEPS = st.lists(
    st.tuples(st.sampled_from(["reserve", "settle", "fail", "day"]), st.floats(0.001, 0.6), st.floats(0, 1)),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_no_order_of_calls_passes_a_cap(steps):
    asyncio.run(_walk(steps))


async def _walk(steps):
    clock = FakeClock(datetime(2030, 5, 1, tzinfo=UTC))
    ledger = Ledger(Caps(1.0, 2.0), EventStream(None), None, clock, ZONE)
    held = []
    for number, (step, usd, part) in enumerate(steps):
        if step == "reserve":
            try:
                held.append(await ledger.reserve(str(number), "narrator", usd))
            except BrainError as fault:
                assert fault.kind is BrainFault.REFUSED
        elif step == "day":
            clock.advance(usd * 48 * 3600)
        elif held:
            one = held.pop(int(part * (len(held) - 1)))
            ledger.settle(one, one.usd * part if step == "settle" else 0.0)
        assert ledger.spent + ledger.reserved <= 2.0 + 1e-6
        assert ledger.spent_today <= 1.0 + 1e-6


@pytest.mark.parametrize(("caps", "name"), [(Caps(10, 100), "day"), (Caps(10, 5), "show"), (Caps(None, 5), "show")])
async def test_the_narrower_cap_is_the_one_that_leaves_less(caps, name):
    ledger = Ledger(caps, EventStream(None), None, FakeClock())
    held = await ledger.reserve("c", "brain", 1.0)
    ledger.settle(held, 0.5)
    assert (ledger.narrower.cap, ledger.narrower.spent) == (name, 0.5)
    assert Ledger(Caps(), EventStream(None), None, FakeClock()).narrower is None
