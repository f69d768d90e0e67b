"""A show that another program holds: what happens is told, everything that would change it is refused, by name."""

import asyncio
from datetime import UTC, datetime

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.show import make_show
from tests.support.footprint import changed, footprint, without_marks
from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import SystemClock
from textcraft_bus.tasks import Tasks
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.record.journal import Journal
from textcraft_core.record.timeline import Query
from textcraft_core.show.holder import Holder, ShowHeld
from textcraft_core.stage.walls.playout import PlayoutState
from textcraft_core.stage.walls.restore import Restore
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.session import reading_along
from textcraft_gui.session.session import Session
from textcraft_gui.session.session_plan import Farewell, How

ANNA = Holder("textcraft", 4711, datetime(2020, 5, 4, 19, 2, tzinfo=UTC), "anna")
EVERY_COMMAND = [getattr(cmd, name) for name in cmd.__all__ if name != "Command"]


@pytest.fixture
def show(tmp_path):
    made = make_show(tmp_path / "show", {"ch01_one": 20})
    kept = Restore(playout=PlayoutState(mode=Mode.SHOW))
    made.restore.write_bytes(kept.model_dump_json().encode())
    return made


@pytest.fixture
def journal(show):
    made = Journal(show.journal, FakeClock())
    yield made
    made.close()


@pytest.fixture
def holder(monkeypatch):
    """Who holds the show, to be changed by the test."""
    found = [ANNA]
    monkeypatch.setattr(reading_along, "holder_of", lambda _show: found[0])
    monkeypatch.setattr(reading_along, "LOOK_SECONDS", 0.02)
    return found


def session_of(show):
    return Session(show, ConsoleConfig(ports="free"), SystemClock(), lambda _secret: None, How(windowed=True))


@pytest.fixture
async def session(show, journal, holder):
    made = session_of(show)
    await made.read_along(ANNA)
    yield made
    await made.close(Farewell.CLOSE)


def touched(show):
    return without_marks(footprint(show.root))


async def told(session, kind, seconds=5.0):
    """Wait for an event of a kind."""
    heard = asyncio.get_running_loop().create_future()
    forget = session.subscribe(lambda event: heard.done() or not isinstance(event, kind) or heard.set_result(event))
    try:
        return await asyncio.wait_for(heard, seconds)
    finally:
        forget()


async def test_the_opening_tells_the_show_and_who_holds_it(session, show):
    events = session.opening_events()
    assert [event.path for event in events if isinstance(event, ev.ShowOpened)] == [str(show.root)]
    assert [event.who for event in events if isinstance(event, ev.ReadingAlong)] == [ANNA.words]
    assert session.mode is None
    assert not session.asks_before_it_ends
    assert not session.walls_open


async def test_every_command_is_refused_in_one_place_and_nothing_is_touched(session, show):
    before = touched(show)
    assert len(EVERY_COMMAND) > 50
    for kind in EVERY_COMMAND:
        with pytest.raises(CommandRefused, match="anna, textcraft, process 4711"):
            await session.handle(kind.model_construct())
    with pytest.raises(CommandRefused, match="process 4711"):
        await session.export_timeline(Query())
    with pytest.raises(CommandRefused, match="process 4711"):
        await session.printed_report()
    session.verb_used("take", "operator", "key")
    assert changed(before, touched(show)) == []


async def test_what_happens_there_is_told_here(session, journal):
    journal.write(ev.Marked(note="the lamp fell"))
    assert (await told(session, ev.Marked)).note == "the lamp fell"
    assert any(isinstance(event, ev.Marked) for event in session.opening_events()), "for whoever listens later"


async def test_what_is_read_is_the_show_as_it_is(session, journal):
    journal.write(ev.Marked(note="one"))
    journal.flush()
    assert [record.event.note for record in await session.timeline(Query(names=("Marked",)))] == ["one"]
    assert await session.timeline_place(datetime(2000, 1, 1, tzinfo=UTC)) == 1
    assert session.manuscript("data/manuscripts/ch01_one.md")
    assert session.personas()
    assert session.writing.bible("personas")


async def test_a_holder_that_ended_is_told_and_another_one_too(session, holder):
    holder[0] = None
    assert (await told(session, ev.ReadingAlong)).ended
    holder[0] = Holder("textcraft-core", 4712, datetime.now(UTC))
    again = await told(session, ev.ReadingAlong)
    assert (again.pid, again.ended) == (4712, False)


async def test_it_is_opened_for_work_only_when_that_is_asked(session, holder, show):
    taken, works = [], []
    session.hold, session.works = lambda: taken.append(True), lambda: works.append(True)
    with pytest.raises(CommandRefused, match="process 4711"):
        await session.handle(cmd.OpenForWork())
    holder[0] = None
    await told(session, ev.ReadingAlong)
    assert taken == []
    with pytest.raises(CommandRefused, match="nobody holds this show"):
        await session.handle(cmd.Step())


async def test_who_was_faster_has_it(session, holder):
    holder[0] = None
    await told(session, ev.ReadingAlong)

    def late():
        raise ShowHeld("show", Holder("textcraft", 4713, datetime.now(UTC), "bert"))

    session.hold = late
    with pytest.raises(CommandRefused, match="bert, textcraft, process 4713"):
        await session.handle(cmd.OpenForWork())
    assert session.mode is None


async def test_trouble_with_the_journal_is_told_once(show, journal, holder):
    warned = []
    along = reading_along.ReadingAlong(show, lambda e: isinstance(e, ev.Warned) and warned.append(e), lambda: None)
    await along.open(ANNA)
    journal.close()
    show.journal.write_bytes(b"no journal any more" * 100)
    await along.look()
    await along.look()
    assert len(warned) == 1


async def test_a_long_evening_is_read_anew_in_between(show, journal, holder, monkeypatch):
    monkeypatch.setattr(reading_along, "MOST_TOLD", 30)
    anew = []
    along = reading_along.ReadingAlong(show, lambda _event: None, lambda: anew.append(True))
    await along.open(ANNA)
    for number in range(40):
        journal.write(ev.Marked(note=f"{number}"))
    journal.flush()
    await along.look()
    assert anew == [True]
    assert sum(isinstance(event, ev.Marked) for event in along.opening_events()) == 40


async def test_it_follows_until_it_is_ended(show, journal, holder):
    tasks = Tasks()
    along = reading_along.ReadingAlong(show, lambda _event: None, lambda: None)
    await along.open(ANNA)
    task = along.follow(tasks)
    task.cancel()
    await tasks.stop()
    assert task.done()
