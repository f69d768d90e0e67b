"""A gallery's day that opens and closes itself by the town's clock, is left alone, and is reported in the morning."""

import asyncio
import html
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.support.evening import Evening, evening
from tests.support.qt_loop import run_on_qt
from tests.support.waiting import until
from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import SystemClock
from textcraft_bus.disk.folders import config_folder
from textcraft_core import events as ev
from textcraft_core.events import DayState, StopName
from textcraft_gui.app import Start
from textcraft_gui.session.working_copy import the_show
from textcraft_gui.verbs.verb import Verb

ZONE = ZoneInfo("Europe/Berlin")
PIN = "2468"
SETTINGS = {
    "ports": "free",
    "textcraft": {"auto_seconds": 1.0, "cycle_seconds": 0.0},
    "day": {
        "zone": "Europe/Berlin",
        "hours": ("mon-sun 10:00-18:00",),
        "preroll_minutes": 10,
        "end_card": "Until tomorrow",
        "end_card_seconds": 1.0,
    },
}


class TownClock(SystemClock):
    """The date can be set; seconds go on as they do."""

    def __init__(self) -> None:
        self._ahead = timedelta()
        self._today = datetime.now(ZONE).date()
        self.set(9, 40)

    def at(self, hour: int, minute: int, second: int = 0) -> datetime:
        """A moment of the test's day, which stays the same should the machine's midnight come meanwhile."""
        return datetime.combine(self._today, time(hour, minute, second), ZONE)

    def set(self, hour: int, minute: int) -> None:
        """It is so late in the town, today."""
        self._ahead = self.at(hour, minute, 1).astimezone(UTC) - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead


@pytest.fixture
def town(monkeypatch):
    clock = TownClock()
    monkeypatch.setattr("textcraft_gui.app.SystemClock", lambda: clock)
    return clock


async def day_is(night: Evening, state: DayState) -> None:
    await until(lambda: night.window.feed.state.day.state is state, 60, f"the day to be {state}")


async def held(button, condition, what: str) -> None:
    """Hold a button until it did what it does."""
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    await until(condition, 30, what)
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)


async def it_opens_by_itself(night: Evening, town: TownClock) -> None:
    """Closed, then the pre-roll with its pre-flight under the safe look, then pictures that go up by themselves."""
    await day_is(night, DayState.CLOSED)
    town.set(9, 51)
    await day_is(night, DayState.OPENING)
    await until(lambda: night.of(ev.PreflightEnded), 90, "the pre-flight")
    assert night.window.feed.state.has(StopName.SAFE_LOOK)
    town.set(10, 0)
    await day_is(night, DayState.OPEN)
    await until(lambda: night.of(ev.LiveConfirmed), 90, "the first picture, by itself")
    assert night.window.feed.state.engine.run
    assert night.window.feed.state.auto


async def choose_a_pin(night: Evening) -> None:
    """In EDIT's settings: the same twice, Enter after each."""
    night.window.verbs.fire(Verb.SET_PIN)
    for _ in range(2):
        QTest.keyClicks(night.window.focusWidget(), PIN)
        QTest.keyClick(night.window.focusWidget(), Qt.Key.Key_Return)
        await asyncio.sleep(0)
    await until((config_folder() / "pin.json").is_file, 30, "the PIN to be kept")
    QTest.keyClick(night.window.windowHandle(), Qt.Key.Key_Escape)
    await until(lambda: not night.window.overlays.is_open(), 30, "the form to be put away")


async def it_is_left_alone_and_taken_over(night: Evening) -> None:
    """By itself after a time; then keys are off, Ctrl+L held asks for the PIN, and who is back hears of the night."""
    night.window.idle.minutes = 0.0
    await until(lambda: not night.window.feed.state.attended, 30, "the show to be left alone")
    night.window.idle.minutes = 60.0
    await until(night.window.front_view.isVisible, 30, "the front-of-house view")
    night.key(Qt.Key.Key_Period)
    await asyncio.sleep(0.5)
    assert not night.window.feed.state.has(StopName.BLACK)
    front = night.window.front_view
    window = night.window.windowHandle()
    QTest.keyPress(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    await until(front.pin.isVisible, 30, "the PIN to be asked for")
    QTest.keyRelease(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    for given, said in (("1357", "Wrong PIN"), (PIN, "")):
        QTest.keyClicks(front.pin, given)
        QTest.keyClick(front.pin, Qt.Key.Key_Return)
        await until(lambda said=said: front.said.text() == said, 30, "the answer")
    await until(lambda: night.window.feed.state.attended, 30, "somebody to be here")
    await until(night.window.day.away.text, 30, "what happened meanwhile")
    assert night.console.session.mode is Mode.SHOW


async def it_closes_by_itself_later(night: Evening, town: TownClock) -> None:
    """A quarter of an hour more, the end card, then the safe look; nothing is paid after that."""
    town.set(17, 50)
    night.window.day.controls.buttons[Verb.EXTEND_DAY].click()
    await until(lambda: night.window.feed.state.day.closes_at == town.at(18, 15), 30, "closing time to be put off")
    town.set(18, 10)
    await asyncio.sleep(2.0)  # two ticks of the day: it must not close yet
    assert night.window.feed.state.day.state is DayState.OPEN
    town.set(18, 15)
    await day_is(night, DayState.CLOSED)
    assert night.of(ev.EndCardShown)
    assert night.window.feed.state.has(StopName.SAFE_LOOK)
    assert not night.window.feed.state.engine.run
    assert not night.window.feed.state.auto
    assert not night.window.verbs.fire(Verb.STEP), "PAUSE AI lets nothing be paid"
    await night.layer("safe_look")


async def it_is_reported(night: Evening) -> None:
    """The page by itself and without visitors' words; with them, and as PDF, when asked."""
    await until(lambda: night.of(ev.ReportWritten), 60, "the report")
    path = Path(night.of(ev.ReportWritten)[-1].path)
    page = contents(path).decode()
    caption = night.of(ev.LiveConfirmed)[0].caption
    for part in (html.escape(caption), "HOLD on", "data:image/jpeg;base64,", "<h2>Faults</h2>", "<b>$0.00</b>", "<h3>"):
        assert part in page, part
    assert "grandmother" not in page
    day = night.window.day
    night.window.right.open(day)
    day.visitors.click()
    night.events.clear()
    QTest.mouseClick(day.controls.buttons[Verb.REPORT], Qt.MouseButton.LeftButton)
    await until(lambda: night.of(ev.ReportWritten), 60, "the report with words")
    assert b"grandmother" in contents(path)
    QTest.mouseClick(day.print, Qt.MouseButton.LeftButton)
    pdf = path.with_suffix(".pdf")
    await until(lambda: contents(pdf) and day.print.isEnabled(), 60, "the PDF")
    printed = contents(pdf)
    assert printed.startswith(b"%PDF-")
    assert b"/Subtype /Image" in printed


def contents(path: Path) -> bytes:
    """Return what is in a file; nothing while it is not there."""
    return path.read_bytes() if path.is_file() else b""


async def end_with_a_question(night: Evening) -> None:
    """Closing the window of a SHOW asks, in the window; the wall stays until it is answered."""
    night.window.close()
    question = night.window.overlays.question
    await until(question.isVisible, 30, "the question")
    assert night.window.isVisible()
    assert len(question.buttons) >= 3
    QTest.keyClick(night.window.windowHandle(), Qt.Key.Key_Escape)
    await until(lambda: not question.isVisible(), 30, "to stay")
    assert night.stage is not None


@pytest.mark.timeout(300)
def test_a_day_opens_and_closes_by_itself_and_is_reported(town):
    async def journey():
        async with evening(Start(the_show(None), mode=Mode.EDIT), **SETTINGS) as night:
            await choose_a_pin(night)
            night.click(Verb.SHOW_MODE)
            await until(lambda: night.console.session.mode is Mode.SHOW and night.stage is not None, 60, "SHOW")
            await until(lambda: night.stage.playout.walls, 60, "the wall")
            night.events.clear()
            await it_opens_by_itself(night, town)
            await night.stage.stream.commit(ev.AudienceHeard(story_id="s", text="my grandmother rang it"))
            night.click(Verb.HOLD)
            await until(lambda: night.window.feed.state.has(StopName.HOLD), 30, "HOLD")
            await asyncio.sleep(0.45)  # two presses of a stop closer than 400 ms are one
            night.click(Verb.HOLD)
            await until(lambda: not night.window.feed.state.has(StopName.HOLD), 30, "HOLD to end")
            await it_is_left_alone_and_taken_over(night)
            await it_closes_by_itself_later(night, town)
            await it_is_reported(night)
            await end_with_a_question(night)

    run_on_qt(journey(), timeout=290)
