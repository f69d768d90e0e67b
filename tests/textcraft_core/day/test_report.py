"""What the report of a day holds, and that no text of a show can be anything but text in it."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from tests.fakes.clock import FakeClock
from textcraft_core import events as ev
from textcraft_core.day.report import gather
from textcraft_core.day.report_page import to_html, to_print
from textcraft_core.events import StopName
from textcraft_core.record.journal import Journal

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def journal(tmp_path, clock):
    made = Journal(tmp_path / "journal.sqlite", clock)
    yield made
    made.close()


def _picture(folder: Path) -> Path:
    path = folder / "picture.png"
    Image.effect_noise((64, 36), 90).convert("RGB").save(path)
    return path


@pytest.fixture
def report(tmp_path, journal, clock):
    journal.write(ev.TakenLive(request_id="r0", sha256="00", caption="the day before", walls=("brick",)))
    clock.advance(3600)
    began = clock.now()
    picture = str(_picture(tmp_path))
    revision = journal.keep_revision("data/manuscripts/ch01.md", b"One line.\n", "narrator", "x")
    for event in (
        ev.ImageArrived(
            request_id="r1", path=picture, sha256="aa", width=1, height=1, worker="w", backend="b", seconds=1
        ),
        ev.TakenLive(request_id="r1", sha256="aa", caption=SCRIPT, walls=("brick",), by="auto"),
        ev.StopChanged(stop=StopName.HOLD, on=True),
        ev.Marked(note="the lights went out"),
        ev.SpendAdded(source="brain", usd=0.5, total=0.5),
        ev.SpendAdded(source="brain", usd=0.25, total=0.75),
        ev.CycleFinished(cycle=1, seconds=9),
        ev.ServiceLost(service="wall.stairs", silent_s=4),
        ev.AudienceHeard(story_id="s", text="my grandmother's secret"),
        ev.PreflightWaived(check="walls"),
        ev.FileWritten(path="data/manuscripts/ch01.md", sha256="x", size=1, by="narrator", revision=revision),
        ev.FileWritten(path="data/story_bible/personas.json", sha256="x", size=1, by="operator", revision=None),
    ):
        journal.write(event)
        clock.advance(1)
    text = f"One line.\nAnother line {SCRIPT}.\n"
    return gather(journal, f"A show {SCRIPT}", began, clock.now(), lambda _path: text)


def test_it_holds_this_day_only(report):
    assert [take.caption for take in report.takes] == [SCRIPT]
    assert (report.cycles, report.visitors, len(report.faults)) == (1, 1, 1)
    assert report.spend == {"brain": 0.75}
    assert [line.text for line in report.stops] == ["HOLD on, by operator"]
    assert [line.text for line in report.marks] == ["the lights went out"]


def test_what_was_written_is_what_was_added(report):
    assert report.written == {"data/manuscripts/ch01.md": f"Another line {SCRIPT}."}


def test_the_page_shows_everything_and_runs_nothing(report):
    page = to_html(report, ZoneInfo("Europe/Berlin"))
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page
    assert "data:image/jpeg;base64," in page
    assert "default-src 'none'" in page
    assert "$0.75" in page


def test_visitors_are_counted_and_their_words_stay_out(report):
    assert "grandmother" not in to_html(report)


def test_what_visitors_said_is_told_only_where_it_was_asked_for(journal, clock):
    began = clock.now()
    journal.write(ev.AudienceHeard(story_id="s", text=f"my grandmother's {SCRIPT}", speaker="Ada"))
    told = gather(journal, "A show", began, clock.now(), lambda _path: "", visitors=True)
    for page in (to_html(told), to_print(told)):
        assert "Ada: my grandmother" in page
        assert SCRIPT not in page
    assert "What visitors said" not in to_html(gather(journal, "A show", began, clock.now(), lambda _path: ""))


def test_a_picture_that_is_gone_leaves_its_line(report):
    report.takes[0].path.unlink()
    page = to_html(report)
    assert "data:image" not in page
    assert "&lt;script&gt;" in page


def test_an_empty_day_says_none(journal, clock):
    page = to_html(gather(journal, "A show", clock.now(), clock.now(), lambda _path: ""))
    assert page.count(">none<") == 4


async def test_a_day_is_its_own_events_in_their_order_whatever_the_date_did(journal, clock):
    clock.jump(365 * 86400.0)
    journal.write(ev.Marked(note="of a day whose date was wrong")).result()
    clock.jump(-365 * 86400.0)
    began = clock.now()
    journal.write(ev.DayChanged(state=ev.DayState.OPENING, by="operator")).result()
    for number, seconds in enumerate((60.0, -365 * 86400.0, 3600.0)):
        clock.jump(seconds)
        journal.write(ev.Marked(note=str(number))).result()
    told = gather(journal, "t", began, clock.now(), lambda _path: "")
    assert [mark.text for mark in told.marks] == ["0", "1", "2"]
