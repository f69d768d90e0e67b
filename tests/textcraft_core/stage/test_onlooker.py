"""A show is read along from outside: the opening tells how it stands, each look what happened, and no file changes."""

import orjson
import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.show import make_show
from tests.support.footprint import changed, footprint, without_marks
from textcraft_bus.channel.messages import Mode
from textcraft_core import events as ev
from textcraft_core.errors import BibleError
from textcraft_core.events import StopName
from textcraft_core.record.journal import Journal
from textcraft_core.record.timeline import Query
from textcraft_core.show.folder import rehearsal_copy
from textcraft_core.stage.onlooker import Onlooker, played_folder
from textcraft_core.stage.walls.playout import PlayoutState
from textcraft_core.stage.walls.restore import Restore


@pytest.fixture
def show(tmp_path):
    return make_show(tmp_path / "show", {"ch01_one": 20, "ch02_two": 30})


@pytest.fixture
def journal(show):
    made = Journal(show.journal, FakeClock())
    yield made
    made.close()


def touched(show):
    return without_marks(footprint(show.root))


def keep(show, mode=Mode.SHOW, *, closed=False, **playout):
    show.root.mkdir(parents=True, exist_ok=True)
    kept = Restore(closed=closed, playout=PlayoutState(mode=mode, **playout))
    show.restore.write_bytes(kept.model_dump_json().encode())


def write(journal, *events):
    for event in events:
        journal.write(event)
    journal.flush()


def matrix(show, **words):
    content = {key: {"title": key, "path": f"data/manuscripts/{key}.md", "word_count": n} for key, n in words.items()}
    show.matrix.write_bytes(orjson.dumps({"meta": {}, "metrics": {"chapter_count": len(words)}, "content": content}))


def of(events, kind):
    return [event for event in events if isinstance(event, kind)]


def test_the_opening_tells_how_the_show_stands(show, journal):
    matrix(show, ch01=20)
    keep(show, Mode.SHOW, stops={StopName.HOLD})
    write(
        journal,
        ev.ServiceSeen(service="wall.old", role="wall", pid=1),
        ev.Marked(note="yesterday"),
        ev.ModeChanged(mode=Mode.SHOW),
        ev.ServiceSeen(service="wall.brick", role="wall", pid=2),
        ev.InputQueued(input_id="i1", text="more rain", source="operator"),
        ev.CycleStarted(cycle=4),
    )
    before = touched(show)
    events = Onlooker(show).open()
    assert changed(before, touched(show)) == []
    assert of(events, ev.ShowOpened)[0].mode is Mode.SHOW
    assert [event.service for event in of(events, ev.ServiceSeen)] == ["wall.brick"], "an old session's is no more"
    assert of(events, ev.Marked), "what happened is told"
    assert of(events, ev.StopChanged)[0].stop is StopName.HOLD
    assert "ch01" in of(events, ev.MatrixChanged)[0].entries
    assert of(events, ev.InputQueued)[0].text == "more rain"
    assert of(events, ev.CycleStarted)


def test_each_look_tells_what_happened_since(show, journal):
    matrix(show, ch01=20, ch02=30)
    keep(show)
    onlooker = Onlooker(show)
    onlooker.open()
    assert onlooker.look() == []
    write(journal, ev.Marked(note="now"))
    matrix(show, ch01=25)
    before = touched(show)
    marked, book = onlooker.look()
    assert marked == ev.Marked(note="now")
    assert book.entries["ch01"]["word_count"] == 25
    assert book.removed == ("ch02",)
    assert onlooker.look() == []
    assert changed(before, touched(show)) == []


def test_far_behind_it_catches_up_in_pieces(show, journal, monkeypatch):
    monkeypatch.setattr("textcraft_core.stage.onlooker.MOST_ROWS", 10)
    keep(show)
    onlooker = Onlooker(show)
    onlooker.open()
    write(journal, *(ev.Marked(note=f"{number}") for number in range(25)))
    found = [[event.note for event in onlooker.look()] for _ in range(4)]
    assert [len(each) for each in found] == [10, 10, 5, 0]
    assert [note for each in found for note in each] == [f"{number}" for number in range(25)]


def test_a_rehearsal_is_read_in_its_copy(show, journal):
    keep(show, Mode.EDIT)
    onlooker = Onlooker(show)
    onlooker.open()
    copy = rehearsal_copy(show, FakeClock())
    assert onlooker.look() == []
    keep(copy, Mode.REHEARSE)
    keep(show, Mode.EDIT, closed=True)
    assert played_folder(show).root == copy.root
    assert onlooker.look() is None, "what was told is of another folder"
    assert of(onlooker.open(), ev.ShowOpened)[0].path == str(copy.root)
    keep(show, Mode.EDIT)
    assert onlooker.look() is None
    assert of(onlooker.open(), ev.ShowOpened)[0].path == str(show.root)


def test_a_journal_that_was_begun_anew_is_read_from_its_start(show, journal):
    keep(show)
    write(journal, *(ev.Marked(note="old") for _ in range(5)))
    onlooker = Onlooker(show)
    onlooker.open()
    journal.close()
    show.journal.unlink()
    anew = Journal(show.journal, FakeClock())
    write(anew, ev.Marked(note="new"))
    assert onlooker.look() is None
    assert [event.note for event in of(onlooker.open(), ev.Marked)] == ["new"]
    anew.close()


def test_broken_files_stay_where_they_are(show, journal):
    keep(show)
    matrix(show, ch01=20)
    onlooker = Onlooker(show)
    onlooker.open()
    show.matrix.write_bytes(b'{"content": ')
    (show.bible / "personas.json").write_bytes(b"no json")
    show.restore.write_bytes(b"torn")
    before = touched(show)
    assert onlooker.look() == []
    assert onlooker.personas() == {}
    assert changed(before, touched(show)) == []


def test_without_a_journal_there_is_a_show_all_the_same(show):
    before = touched(show)
    onlooker = Onlooker(show)
    assert of(onlooker.open(), ev.ShowOpened)
    assert onlooker.look() == []
    assert onlooker.timeline(Query()) == []
    assert changed(before, touched(show)) == []


async def test_editors_read_and_no_prompt_is_put_together(show, journal):
    keep(show)
    desk = Onlooker(show).writing
    assert desk.bible("personas")
    assert desk.draft("story_bible/personas.json") is None
    assert desk.stamp("manuscripts/ch01_one.md") is not None
    with pytest.raises(BibleError, match="the program that holds the show"):
        await desk.prompt("narrator", {})
