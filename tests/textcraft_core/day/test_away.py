"""What somebody who comes back is told of the night: only what happened meanwhile, in one event."""

import pytest

from tests.fakes.clock import FakeClock
from tests.support.waiting import until
from textcraft_bus.tasks import Tasks
from textcraft_core import events as ev
from textcraft_core.day.away import AwayDesk, sum_up
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def journal(tmp_path, clock):
    made = Journal(tmp_path / "journal.sqlite", clock)
    yield made
    made.close()


def a_night(journal, clock):
    for event in (
        ev.CycleFailed(cycle=1, phase=ev.Phase.EXECUTE, reason="before it was left"),
        ev.AttendanceChanged(attended=False),
        ev.TakenLive(request_id="r", sha256="aa", caption="in the night", walls=("brick",), by="auto"),
        ev.CycleFinished(cycle=2, seconds=9),
        ev.CycleFailed(cycle=3, phase=ev.Phase.EXECUTE, reason="no answer"),
        ev.SpendAdded(source="brain", usd=0.5, total=0.5),
        ev.AudienceHeard(story_id="s", text="my grandmother's secret"),
    ):
        journal.write(event)
        clock.advance(3600)


def test_it_sums_up_what_happened_since_somebody_left(journal, clock):
    a_night(journal, clock)
    told = sum_up(journal, clock.now())
    assert (told.takes, told.cycles, told.failed, told.visitors, told.faults) == (1, 1, 1, 1, 1)
    assert (told.spend, told.seconds) == (0.5, 6 * 3600)
    assert "no answer" in told.fault_lines[0]
    assert "grandmother" not in told.model_dump_json()


def test_where_nobody_ever_left_there_is_nothing_to_tell(journal, clock):
    journal.write(ev.CycleFinished(cycle=2, seconds=9))
    assert sum_up(journal, clock.now()) is None


async def test_it_is_told_once_somebody_is_back(journal, clock):
    stream, tasks, told = EventStream(journal), Tasks(), []
    AwayDesk(journal, stream, clock, tasks)
    stream.subscribe(lambda event: told.append(event) if isinstance(event, ev.AwaySummed) else None)
    await stream.commit(ev.AttendanceChanged(attended=False))
    await stream.commit(ev.AttendanceChanged(attended=True))
    await until(lambda: told, 30, "the summary")
    await tasks.stop()
    assert len(told) == 1


async def test_how_long_nobody_was_here_is_measured_and_not_read_off_the_date(journal, clock):
    stream, tasks, told = EventStream(journal), Tasks(), []
    AwayDesk(journal, stream, clock, tasks)
    stream.subscribe(lambda event: told.append(event) if isinstance(event, ev.AwaySummed) else None)
    await stream.commit(ev.AttendanceChanged(attended=False))
    clock.advance(90)
    clock.jump(365 * 86400.0)
    await stream.commit(ev.Warned(text="meanwhile", source="s", fault=True))
    await stream.commit(ev.AttendanceChanged(attended=True))
    await until(lambda: told, 30, "the summary")
    assert (told[0].seconds, told[0].faults) == (90, 1)
