"""Band B with several walls: which is looked at, which is silent, and NEXT as it will be cropped."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QMenu

from tests.support import house
from tests.support import show_script as script
from tests.support.layout import inspect_window
from textcraft_bus.channel.messages import Layer, WallMap
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.events import StopName
from textcraft_gui.state.show_state import Area
from textcraft_gui.verbs.verb import Verb


@pytest.fixture
def band(qtbot, window, tell, tmp_path):
    paths = script.pictures(tmp_path, 3)
    for number, path in enumerate(paths):
        tell(*script.candidate(number, path))
    tell(*house.two_walls(), script.taken(0, "brick", "stairs"), script.taken(1, "brick", "stairs"))
    tell(*script.confirmed(1, 2, 2), ev.NextStaged(request_id="picture-0"))
    return window.program


def test_the_badge_chooses_a_wall_and_both_frames_look_at_it(qtbot, window, band, tell):
    assert band.badge.text() == "LIVE · all 2 walls ▾"
    tell(
        ev.WallMapSet(wall="stairs", map=WallMap(fit="fit")),
        ev.WallFollows(wall="stairs", follow=False, request_id="picture-2", sha256=script.sha(2)),
        ev.WallConfirmed(wall="stairs", layer=Layer.PROGRAM, sha256=script.sha(2), phase="first_frame", scene=9),
        ev.WallThumbnail(wall="stairs", data=house.jpeg(band.next_view.picture.path, (180, 180))),
    )
    qtbot.mouseClick(band.badge, Qt.MouseButton.LeftButton)
    menu = band.badge.findChild(QMenu)
    assert [action.text() for action in menu.actions()] == ["all walls", "brick", "stairs · pinned"]
    menu.actions()[2].trigger()
    menu.close()
    assert band.badge.text() == "LIVE · stairs · pinned ▾"
    assert band.live_view.picture.path.endswith("2.png")
    assert (band.next_view.picture.map.fit, band.next_view.picture.aspect) == ("fit", 1.0)
    assert inspect_window(window) == []


def test_next_is_painted_as_the_wall_will_crop_it(qtbot, band, tell):
    view = band.next_view

    def corner():
        return QColor(view.grab().toImage().pixel(view.width() // 4, view.height() // 2))

    qtbot.waitUntil(lambda: corner().lightness() > 30)
    tell(ev.WallMapSet(wall="brick", map=WallMap(corners=((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)))))
    qtbot.waitUntil(lambda: corner() == QColor("#000000"))


def test_a_silent_wall_is_named_and_may_be_sent_again_or_taken_back(qtbot, window, stage, band, tell):
    assert not band.silent.isVisible()
    tell(
        script.taken(0, "brick", "stairs"),
        ev.LiveCounted(request_id="picture-0", confirmed=1, reachable=2, walls=2),
        ev.WallSilent(wall="stairs", seconds=3.1),
    )
    assert "confirmed by 1 of 2 · stairs silent" in band.live_line.text()
    assert band.live_view.picture.path.endswith("1.png")
    assert inspect_window(window) == []
    qtbot.mouseClick(band.silent.again, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(band.silent.back, Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.SendAgain(wall="stairs"), cmd.Back()]
    tell(ev.WallConfirmed(wall="stairs", layer=Layer.PROGRAM, sha256=script.sha(0), phase="first_frame", scene=9))
    assert not band.silent.isVisible()


def test_the_list_says_pinned_lost_and_back(band, stage, window, tell):
    tell(ev.WallFollows(wall="stairs", follow=False))
    assert {row.name: row.value for row in band.walls.rows}["stairs"] == "pinned"
    tell(ev.ServiceLost(service="wall.brick", silent_s=4))
    assert band.walls.rows[0].value == "LOST"
    tell(ev.ServiceSeen(service="wall.brick", role="wall", pid=1, host="here"))
    assert {row.name: row.value for row in band.walls.rows}["brick"] == "BACK"
    stage.clock.advance(11)
    stage.emit(ev.ServiceBeat(service="wall.brick", state="showing", rss=1))
    window.feed.refreshed.emit(Area.TIME)
    assert {row.name: row.value for row in band.walls.rows}["brick"] == "0.0 s"


def test_black_on_one_wall_leaves_the_live_frame_alone(band, tell):
    tell(ev.StopChanged(stop=StopName.BLACK, on=True, walls=("stairs",)))
    assert band.live_view.picture.veil == ""
    tell(ev.StopChanged(stop=StopName.BLACK, on=True))
    assert band.live_view.picture.veil.startswith("BLACK")


def test_take_is_held_to_overrule_the_gate(qtbot, stage, band, tell, tmp_path):
    tell(*script.candidate(4, str(tmp_path / "x.png"), passed=False), ev.NextStaged(request_id="picture-4"))
    assert not band.controls.buttons[Verb.TAKE].isVisible()
    assert band.overrule.isVisible()
    qtbot.mouseClick(band.overrule, Qt.MouseButton.LeftButton)
    assert stage.handled == []
    qtbot.mousePress(band.overrule, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(stage.handled))
    qtbot.mouseRelease(band.overrule, Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.Overrule(request_id="picture-4", take=True)]
    tell(ev.GateOverruled(request_id="picture-4", checks=("picture",)))
    assert band.controls.buttons[Verb.TAKE].isVisible()


def test_skip_puts_the_next_candidate_into_next(qtbot, stage, band, tell):
    qtbot.mouseClick(band.controls.buttons[Verb.SKIP], Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.Stage(direction="next")]
    for number in (1, 2):
        tell(ev.CandidateDropped(request_id=f"picture-{number}", reason="rejected"))
    qtbot.mouseClick(band.controls.buttons[Verb.SKIP], Qt.MouseButton.LeftButton)
    assert len(stage.handled) == 1
