"""The console on a fake stage: it follows events, sends commands, and closes only when it is told to."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.support import show_script as script
from textcraft_bus.channel.messages import Layer, Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.events import Phase, StopName
from textcraft_gui.state.show_state import Area
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.verb_button import HOLD_MS


def test_closing_is_only_asked_for(qtbot, window):
    with qtbot.waitSignal(window.close_requested):
        window.close()
    assert window.isVisible()
    window.shut()
    assert not window.isVisible()
    window.shut()


LISTENERS = 2
"""The feed, and the keys of walls."""


def test_shut_it_listens_no_more(window, stage):
    assert stage.listeners == LISTENERS
    window.shut()
    assert stage.listeners == 0


def test_hidden_and_shown_again_it_listens_once(window, stage):
    window.hide()
    window.show()
    assert stage.listeners == LISTENERS


def test_the_title_and_the_biggest_word(window):
    assert window.windowTitle() == "Test Show — TextCraft"
    assert window.status.mode.text() == "REHEARSE"
    sizes = [label.font().pixelSize() for label in window.findChildren(type(window.status.mode))]
    assert window.status.mode.font().pixelSize() == max(sizes)


def test_the_status_strip_follows_the_engine(window, stage, tell):
    tell(ev.RunStarted(), *script.cycle_until(47, Phase.EXECUTE))
    stage.clock.advance(9)
    window.feed.refreshed.emit(Area.TIME)
    status = window.status
    assert (status.run.text(), status.doing.text(), status.time_in_phase.text()) == ("RUN", "narrator", "0:09")
    assert status.cycle.text() == "47"
    tell(ev.SpendAdded(source="brain", usd=1, total=3.1))
    assert (status.spend.text(), status.spend_note.text()) == ("$3.10", "spent")


def test_the_sentence_is_never_older_than_a_second(qtbot, window, stage, tell):
    tell(*script.candidate(0, "a.png"), script.taken(0))
    assert "sent 0.0 s ago" in window.status.sentence.text()
    stage.clock.advance(2.5)
    qtbot.waitUntil(lambda: "sent 2.5 s ago" in window.status.sentence.text())


def test_live_shows_only_what_walls_confirmed(window, stage, tell, tmp_path):
    (path,) = script.pictures(tmp_path, 1)
    live, line = window.program.live_view, window.program.live_line
    tell(*script.services())
    assert live.picture.title == "Nothing is live yet"
    tell(*script.candidate(0, path), script.taken(0))
    assert (live.picture.path, live.picture.title, line.text()) == ("", "Sent, waiting", "sent, waiting 0.0 s")
    tell(*script.confirmed(0))
    assert live.picture.path == path
    assert live.picture.badge == "LIVE · 1 wall"
    stage.clock.advance(82)
    tell(*script.beats())
    assert line.text() == "confirmed by 1 of 1 · shown 1:22"


def test_the_old_picture_stays_live_until_the_new_one_is_confirmed(window, tell, tmp_path):
    paths = script.pictures(tmp_path, 2)
    tell(*script.candidate(0, paths[0]), *script.candidate(1, paths[1]), script.taken(0), *script.confirmed(0))
    tell(script.taken(1))
    assert window.program.live_view.picture.path == paths[0]
    assert "waiting" in window.program.live_line.text()


def test_a_stop_veils_live_and_counts_walls(window, tell, tmp_path):
    (path,) = script.pictures(tmp_path, 1)
    tell(*script.services(), *script.candidate(0, path), script.taken(0), *script.confirmed(0))
    tell(ev.StopChanged(stop=StopName.BLACK, on=True))
    assert window.program.live_view.picture.veil.startswith("BLACK\nconfirmed by 0 of 1 wall")
    tell(ev.WallConfirmed(wall="brick", layer=Layer.BLACK, sha256=None, phase="settled", scene=4))
    assert "confirmed by 1 of 1 wall" in window.program.live_view.picture.veil
    tell(ev.StopChanged(stop=StopName.BLACK, on=False))
    assert window.program.live_view.picture.veil == ""


def test_the_gate_never_calls_unknown_ok(window, tell):
    from textcraft_gui.widgets.signs import UNKNOWN

    tell(*script.candidate(0, "a.png"), ev.NextStaged(request_id="picture-0"))
    lamp, word = window.program.gate["safe"]
    assert lamp.sign == UNKNOWN
    assert word.accessibleDescription() == "safe: not checked yet"
    assert window.program.gate["words"][1].accessibleDescription() == "words: passed"


def test_the_stops_are_lamps_and_buttons(qtbot, window, stage):
    for verb, command in ((Verb.HOLD, cmd.Hold), (Verb.SAFE_LOOK, cmd.SafeLook), (Verb.BLACK, cmd.Black)):
        button = window.stops.controls.buttons[verb]
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        window.feed.flush()
        assert button.face.lit
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        window.feed.flush()
        assert not button.face.lit
        assert stage.handled[-2:] == [command(on=True), command(on=False)]


def test_restore_is_held_for_a_second(qtbot, window, stage, tell):
    tell(ev.StopChanged(stop=StopName.PANIC, on=True))
    restore = window.stops.controls.buttons[Verb.RESTORE]
    qtbot.mouseClick(restore, Qt.MouseButton.LeftButton)
    assert stage.handled == []
    began = time.monotonic()
    QTest.mousePress(restore, Qt.MouseButton.LeftButton)
    assert stage.handled == []
    qtbot.waitUntil(lambda: stage.handled == [cmd.Restore()])
    assert time.monotonic() - began >= HOLD_MS / 1000 * 0.95
    QTest.mouseRelease(restore, Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.Restore()]


def test_after_restore_run_and_auto_blink_and_take_one_press(qtbot, window, stage, tell):
    tell(ev.WallsRestored(was_on=("run", "auto")))
    assert window.status.run.text() == "RUN was on"
    assert window.program.controls.buttons[Verb.AUTO].face.figure == "was on"
    qtbot.mouseClick(window.program.controls.buttons[Verb.AUTO], Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.Auto(on=True)]


def test_a_refused_take_flashes_why_and_tells_the_lane(qtbot, window, stage, tell):
    tell(
        *script.candidate(0, "a.png"),
        ev.NextStaged(request_id="picture-0"),
        ev.StopChanged(stop=StopName.HOLD, on=True),
    )
    qtbot.mouseClick(window.program.controls.buttons[Verb.TAKE], Qt.MouseButton.LeftButton)
    window.feed.flush()
    assert stage.handled == []
    assert window.program.controls.buttons[Verb.TAKE].flashes == "HOLD is on"
    assert window.lane.text.text() == "TAKE did nothing: HOLD is on."
    assert window.feed.state.warnings == 0


def test_a_reason_longer_than_its_button_is_not_written_into_it(window, stage, tell):
    """It would be cut to a few letters; the lane has the whole of it."""
    tell(ev.ShowOpened(path="show", title="Show", mode=Mode.EDIT))
    button = window.flow.controls.buttons[Verb.RUN_LIMITS]
    window.verbs.fire(Verb.RUN_LIMITS)
    window.feed.flush()
    assert button.flashes == ""
    assert "EDIT asks nothing by itself" in window.lane.text.text()


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (Verb.TOGGLE_RUN, "RUN did nothing: "),
        (Verb.DELAY_AUTO, "+10 s did nothing: "),
        (Verb.RUN_LIMITS, "Run limits"),
    ],
)
def test_what_did_nothing_is_called_as_on_its_button(window, verb, said):
    window._on_refused(verb, "Because.")
    assert window.feed.state.lane[-1].text.startswith(said)


def test_auto_counts_down(qtbot, window, stage, tell):
    tell(*script.candidate(0, "a.png"), ev.NextStaged(request_id="picture-0"))
    tell(ev.AutoChanged(on=True), ev.AutoScheduled(seconds=38))
    button = window.program.controls.buttons[Verb.AUTO]
    assert button.face.figure == "0:38"
    stage.clock.advance(8)
    qtbot.waitUntil(lambda: button.face.figure == "0:30")


def test_walls_and_services_grow_old_in_sight(qtbot, window, stage, tell):
    tell(*script.services())
    stage.clock.advance(4)
    qtbot.waitUntil(lambda: window.program.walls.rows[0].value == "4.0 s")
    quiet = window.program.walls.rows[0]
    stage.clock.advance(8)
    qtbot.waitUntil(lambda: window.program.walls.rows[0].loud)
    assert (quiet.loud, quiet.sign.shape.value) == (False, "unknown")
    assert window.program.walls.rows[0].sign.shape.value == "▲"
    tell(ev.ServiceLost(service="wall.brick", silent_s=12))
    assert window.program.walls.rows[0].value == "LOST"


def test_the_lane_shows_counts_and_is_acknowledged(qtbot, window, tell):
    tell(
        ev.Warned(text="<b>disk</b> is nearly full", source="disk"),
        ev.Warned(text="<b>disk</b> is nearly full", source="disk"),
    )
    assert window.lane.text.text() == "<b>disk</b> is nearly full  ×2"
    assert window.status.warnings.text() == "1"
    qtbot.mouseClick(window.lane.acknowledge, Qt.MouseButton.LeftButton)
    assert window.status.warnings.text() == "0"
    assert not window.lane.acknowledge.isEnabled()


def test_details_open_the_messages_as_plain_text(qtbot, window, tell):
    tell(ev.Warned(text="first"), ev.Warned(text="<img src=x>", source="where"))
    qtbot.mouseClick(window.lane.details, Qt.MouseButton.LeftButton)
    text = window.overlays.history.text.toPlainText()
    assert text.index("<img src=x>") < text.index("first")
    assert "where" in text
    qtbot.mouseClick(window.lane.details, Qt.MouseButton.LeftButton)
    assert not window.overlays.history.isVisible()


def test_a_screenshot_is_written(window, tmp_path):
    from PIL import Image

    window.grab_png(tmp_path / "shot.png")
    with Image.open(tmp_path / "shot.png") as image:
        assert image.size == (1280, 720)
    with pytest.raises(OSError, match="could not be written"):
        window.grab_png(tmp_path)


def test_no_window_is_ever_modal(window, tell):
    from PySide6.QtWidgets import QApplication

    tell(ev.Warned(text="x", fault=True), ev.CycleFailed(cycle=1, phase=Phase.PLAN, reason="y"))
    assert QApplication.activeModalWidget() is None
    assert [top for top in QApplication.topLevelWidgets() if top.isVisible()] == [window]
