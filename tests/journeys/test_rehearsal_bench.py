"""The rehearsal bench in the real programs: a rehearsal seen again, a storm at 20×, EDIT by hand."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.support.evening import evening
from tests.support.qt_loop import run_on_qt
from tests.support.waiting import until
from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_gui.app import Start
from textcraft_gui.panels.rehearsal.rehearsal import BENCH, REPLAY
from textcraft_gui.session.working_copy import the_show
from textcraft_gui.verbs.facade import Refused
from textcraft_gui.verbs.verb import Verb

FREE = {"ports": "free"}
"""Other tests of this machine may have the fixed ports."""


async def press(button):
    """The panel looks within a batch, so what was just allowed is waited for."""
    await until(lambda: button.isVisible() and button.isEnabled(), 30, f"the button {button.text()}")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


async def step(night, number):
    night.click(Verb.STEP)
    engine = night.stage.engine
    await until(lambda: engine.cycle == number and not engine.in_cycle, 60, f"cycle {number}")


def book(night):
    """Each chapter's words as the panels show them."""
    return {name: entry.get("word_count") for name, entry in night.window.feed.state.matrix.items()}


async def shows(night, wanted):
    await until(lambda: book(night) == wanted, 30, f"the book to be {wanted}")


async def stands_at(night, place):
    state = night.window.feed.state
    await until(lambda: state.replay is not None and state.replay.position == place, 30, f"place {place}")


@pytest.mark.timeout(200)
def test_a_recorded_rehearsal_is_seen_again_with_the_scrub_bar(tmp_path):
    async def journey():
        async with evening(**FREE) as night:
            books = [book(night)]
            for number in (1, 2):
                await step(night, number)
                await until(lambda: not night.window.feed.state.engine.busy, 30, "the panels")
                books.append(book(night))
            assert books[0] != books[2]
            await until(lambda: night.stage.playout.state.next_id, 40, "a picture in NEXT")
            staged = night.stage.playout.state.candidates[night.stage.playout.state.next_id].picture.sha256
            panel, state, shown = night.window.rehearsal, night.window.feed.state, night.stage.show.root
            night.window.right.open(panel)
            panel.open_page(REPLAY)
            await until(lambda: panel.replay.list.count() == 1, 30, "the recording")
            await press(panel.replay.start)
            await until(lambda: state.replay is not None and panel.replay.player.isVisible(), 40, "the replay")
            assert (state.replay.length, book(night)) == (2, books[0])
            assert isinstance(night.window.verbs.availability(Verb.STEP), Refused)
            with pytest.raises(CommandRefused, match="leave the replay"):
                await night.console.session.handle(cmd.Step())
            assert panel.replay.pictures.words[0].text() == "NEXT then: empty"
            panel.replay.bar.setFocus()
            for place, key in ((2, Qt.Key.Key_End), (1, Qt.Key.Key_Left)):
                QTest.keyClick(panel.replay.bar, key)
                await stands_at(night, place)
                await shows(night, books[place])
                if place == state.replay.length:
                    await until(lambda: state.replay.staged is not None, 30, "the recorded picture")
                    assert state.replay.staged.sha256 == staged
                    view = panel.replay.pictures.staged
                    await until(lambda view=view: Path(view.picture.path).stem == staged, 30, "its file")
                    night.window.grab_png(tmp_path / "replay.png")
            await press(panel.replay.speed.buttons[-1])
            await until(lambda: state.replay.speed == 0, 30, "another speed")
            await press(panel.replay.play)
            await until(lambda: state.replay.position == 2 and not state.replay.playing, 60, "the end")
            assert state.replay.diverged is None
            await shows(night, books[2])
            await press(panel.replay.leave)
            await until(lambda: state.replay is None, 30, "where one was")
            assert (book(night), state.mode, night.stage.show.root) == (books[2], Mode.REHEARSE, shown)
            assert [path.name for path in the_show(None).rehearsals.iterdir()] == [shown.name]
            await step(night, 3)

    run_on_qt(journey(), timeout=190)


@pytest.mark.timeout(200)
def test_a_storm_at_twenty_times_is_set_while_it_plays():
    async def journey():
        async with evening(**FREE) as night:
            panel, state = night.window.rehearsal, night.window.feed.state
            night.window.right.open(panel)
            panel.open_page(BENCH)
            form = panel.form
            await until(lambda: form.faults.findData("storm") > 0, 30, "the profiles")
            scene = night.stage.playout.scene_for("wall", 1)
            assert scene.watermark == "REHEARSAL"
            form.mark.click()
            await until(lambda: night.stage.playout.scene_for("wall", 1).watermark == "", 30, "no watermark")
            form.speed.buttons[3].click()
            form.faults.setCurrentIndex(form.faults.findData("storm"))
            form.faults.activated.emit(form.faults.currentIndex())
            await until(lambda: state.bench.settings.fault_profile == "storm", 30, "the storm")
            assert state.bench.settings.speed == 20
            assert (night.stage.engine.desk.standing.cycle_seconds, night.stage.playout.auto_seconds) == (3.0, 2.25)
            night.click(Verb.TOGGLE_RUN)
            await until(lambda: night.of(ev.FaultRehearsed), 100, "something that goes wrong")
            await until(lambda: "storm" in night.stage.engine.desk.brain.name, 30, "the brain's name")
            night.click(Verb.TOGGLE_RUN)

    run_on_qt(journey(), timeout=190)


@pytest.mark.timeout(120)
def test_edit_asks_nothing_by_itself():
    async def journey():
        async with evening(Start(the_show(None), mode=Mode.EDIT), **FREE) as night:
            refused = night.window.verbs.availability(Verb.TOGGLE_RUN)
            assert isinstance(refused, Refused)
            assert "by hand" in refused.reason
            with pytest.raises(CommandRefused, match="by hand"):
                await night.console.session.handle(cmd.Run())
            await step(night, 1)

    run_on_qt(journey(), timeout=110)
