"""The day as its panel shows it: state and times, the pre-flight line by line, waivers held, the report."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea

from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.events import CheckState, DayState
from textcraft_gui.verbs.facade import Refused
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.signs import ACTIVE, NOT_YET
from textcraft_gui.words.day_words import local, when
from textcraft_gui.words.sentence import sentence

NAMES = ("power", "disk", "walls")


@pytest.fixture
def panel(window):
    window.right.open(window.day)
    return window.day


def changed(state, hours=2):
    now = datetime(2030, 1, 1, 20, 13, 30, tzinfo=UTC)
    later = None if hours is None else now + timedelta(hours=hours)
    opens = later if state in {DayState.CLOSED, DayState.OPENING} else None
    return ev.DayChanged(state=state, by="operator", opens_at=opens, closes_at=later)


def test_hours_are_told_in_the_zone_they_are_written_in(window, panel, tell):
    closes = datetime(2030, 1, 1, 23, 30, tzinfo=UTC)
    tell(ev.DayChanged(state=DayState.OPEN, by="schedule", closes_at=closes, zone="Asia/Kathmandu"))
    assert panel.when.text() == "closes 05:15 +0545"
    tell(ev.DayChanged(state=DayState.CLOSED, by="schedule", opens_at=closes, zone="Australia/Sydney"))
    assert "10:30" in sentence(window.feed.state, window.feed.now())


NIGHT = datetime(2030, 1, 1, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "at", "told"),
    [
        ("UTC", NIGHT, "23:30"),
        ("Europe/Berlin", NIGHT - timedelta(hours=4), "20:30 CET"),
        ("Europe/Berlin", NIGHT, "Wed 00:30 CET"),
        ("America/New_York", NIGHT + timedelta(hours=1), "19:30 EST"),
        ("Nowhere/Atlantis", NIGHT, f"{NIGHT.astimezone():%H:%M}"),
    ],
)
def test_today_is_today_where_the_house_stands(zone, at, told):
    assert local(at, datetime(2030, 1, 1, 20, 13, tzinfo=UTC), zone).startswith(told)


def checked(name, state, found="as it is", advice=""):
    return ev.PreflightChecked(check=name, state=state, found=found, advice=advice)


def test_state_and_clock_are_told(panel, tell):
    tell(changed(DayState.OPEN))
    closes = (datetime(2030, 1, 1, 22, 13, 30, tzinfo=UTC)).astimezone()
    assert (panel.state.text(), closes.strftime("%H:%M") in panel.when.text()) == ("OPEN", True)
    tell(changed(DayState.OPEN, None))
    assert panel.when.text() == "closes by hand"


NEXT = [(None, "by hand"), (DayState.CLOSED, "by itself"), (DayState.OPENING, "at")]


@pytest.mark.parametrize(("state", "word"), NEXT)
def test_when_says_what_the_clock_does(window, tell, state, word):
    if state is not None:
        tell(changed(state, 30))
    assert word in when(window.feed.state.day, window.feed.now().date)


def test_the_pre_flight_is_shown_line_by_line(panel, tell):
    assert panel.empty.isVisible()
    tell(ev.PreflightStarted(checks=NAMES), checked("power", CheckState.OK, "on mains"))
    assert [line.lamp.sign for line in panel.lines][1:] == [ACTIVE, NOT_YET]
    assert panel.lines[1].found.text() == "looking…"
    deaf = checked("walls", CheckState.FAIL, "brick did not obey", "restart it")
    tell(checked("disk", CheckState.WARN, "2 GiB"), deaf)
    tell(ev.PreflightEnded(ready=False))
    assert panel.ready.text().startswith("Not ready")
    assert not panel.findChild(QScrollArea).isAncestorOf(panel.ready)  # in sight however many lines there are
    assert [line.waive.isVisible() for line in panel.lines] == [False, False, True]
    assert "restart it" in panel.lines[2].found.accessibleDescription()
    assert not panel.empty.isVisible()


def test_a_waiver_is_held_and_then_shown(qtbot, stage, panel, tell):
    tell(ev.PreflightStarted(checks=("walls",)), checked("walls", CheckState.FAIL), ev.PreflightEnded(ready=False))
    button = panel.lines[0].waive
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert stage.handled == []
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: stage.handled == [cmd.WaiveCheck(check="walls")])
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    tell(ev.PreflightWaived(check="walls"), ev.PreflightEnded(ready=True))
    assert panel.lines[0].found.text().startswith("waived")
    assert (panel.ready.text(), button.isVisible()) == ("Ready.", False)


def test_each_verb_is_refused_when_it_makes_no_sense(stage, window, panel, tell):
    refused = lambda verb: isinstance(window.verbs.availability(verb), Refused)  # noqa: E731
    assert refused(Verb.CLOSE_DAY)
    assert refused(Verb.EXTEND_DAY)
    tell(changed(DayState.OPEN))
    assert [refused(verb) for verb in (Verb.OPEN_DAY, Verb.CLOSE_DAY, Verb.EXTEND_DAY, Verb.PREFLIGHT)] == [
        True,
        False,
        False,
        True,
    ]
    tell(ev.ModeChanged(mode=Mode.EDIT), changed(DayState.CLOSED))
    assert refused(Verb.OPEN_DAY)


def test_the_day_is_opened_and_put_off_by_buttons(qtbot, stage, panel, tell):
    qtbot.mouseClick(panel.controls.buttons[Verb.OPEN_DAY], Qt.MouseButton.LeftButton)
    tell(changed(DayState.OPEN))
    qtbot.mouseClick(panel.controls.buttons[Verb.EXTEND_DAY], Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.OpenDay(), cmd.ExtendDay(minutes=15)]


def test_the_report_says_where_it_is_and_what_it_holds(panel, tell):
    tell(ev.ReportWritten(path="reports/2030-01-01.html", takes=12, spend=3.1))
    assert panel.report.text() == "12 takes, $3.10"
    assert panel.open_report.isVisible()


def test_there_is_no_pdf_of_a_day_that_never_began(qtbot, window, panel, tell):
    assert not panel.print.isVisible()
    tell(ev.ReportWritten(path="reports/2030-01-01.html", takes=12, spend=3.1))
    qtbot.mouseClick(panel.print, Qt.MouseButton.LeftButton)
    assert window.feed.state.lane[-1].text == "The PDF could not be written: No day has begun yet."
    assert panel.print.isEnabled()


def test_visitors_words_are_in_a_report_only_when_ticked(qtbot, stage, panel, tell):
    assert not panel.visitors.isVisible()
    tell(changed(DayState.OPEN), ev.ReportWritten(path="reports/2030-01-01.html", takes=12, spend=3.1))
    qtbot.mouseClick(panel.controls.buttons[Verb.REPORT], Qt.MouseButton.LeftButton)
    panel.visitors.click()
    qtbot.mouseClick(panel.controls.buttons[Verb.REPORT], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.print, Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.WriteReport(), cmd.WriteReport(visitors=True)]
    assert stage.visitors_asked


def test_who_comes_back_is_told_of_the_night(window, panel, tell):
    assert not panel.away.isVisible()
    tell(ev.AwaySummed(seconds=33120, takes=214, cycles=310, failed=2, faults=3, spend=4.2, fault_lines=("a", "b")))
    assert panel.away.text() == "While nobody was here, 9:12:00: 214 takes, 310 cycles, 2 failed, 3 faults, $4.20."
    line = window.feed.state.lane[-1]
    assert (line.text, line.details, line.acknowledged) == (panel.away.text(), "a\nb", False)


def test_the_report_of_last_night_is_there_after_a_restart(open_console, stage, tmp_path):
    stage.opening = [ev.ReportWritten(path=str(tmp_path / "r.html"), takes=12, spend=1.5), *stage.opening]
    window = open_console()
    window.right.open(window.day)
    assert "12 takes" in window.day.report.text()
    assert window.day.open_report.isVisibleTo(window.day)
    assert window.feed.state.warnings == 0


def test_what_failed_is_scrolled_into_sight_in_the_smallest_window(qtbot, window, panel, tell):
    window.resize(1280, 720)
    names = [f"look {number}" for number in range(20)]
    area = panel.findChild(QScrollArea)

    def in_sight(line):
        top = line.mapTo(area.viewport(), line.rect().topLeft()).y()
        return top >= 0 and top + line.height() <= area.viewport().height()

    tell(ev.PreflightStarted(checks=tuple(names)), *(checked(name, CheckState.OK) for name in names[:-1]))
    qtbot.waitUntil(lambda: len(panel.lines) == len(names) and not in_sight(panel.lines[-1]))
    tell(checked(names[-1], CheckState.FAIL), ev.PreflightEnded(ready=False))
    qtbot.waitUntil(lambda: in_sight(panel.lines[-1]))
