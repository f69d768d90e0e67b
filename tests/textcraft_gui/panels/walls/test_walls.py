"""Walls as cards: named, pinned, put on a screen, blacked one by one; locked before an audience."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from tests.support import house
from tests.support import show_script as script
from textcraft_bus.channel.messages import CaptionStyle, Mode, TransitionKind
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.events import StopName


@pytest.fixture
def panel(window, tell, tmp_path):
    paths = script.pictures(tmp_path, 2)
    tell(*script.candidate(0, paths[0]), *script.candidate(1, paths[1]), ev.NextStaged(request_id="picture-0"))
    tell(*house.two_walls(), script.taken(1, "brick", "stairs"), *script.confirmed(1, 2, 2))
    tell(ev.WallThumbnail(wall="brick", data=house.jpeg(paths[1])))
    window.right.open(window.rooms.walls)
    return window.rooms.walls


def _press(qtbot, panel, key):
    panel.ensureWidgetVisible(panel.buttons[key])
    qtbot.mouseClick(panel.buttons[key], Qt.MouseButton.LeftButton)


def test_it_teaches_when_there_is_no_wall(window):
    window.right.open(window.rooms.walls)
    assert window.rooms.walls.empty.isVisible()
    assert not window.rooms.walls.settings.isVisible()


def test_each_wall_has_a_card_and_a_lost_one_says_so(panel, tell):
    assert list(panel.cards) == ["brick", "stairs"]
    assert panel.cards["brick"].face.thumb
    tell(ev.ServiceLost(service="wall.stairs", silent_s=4))
    assert (panel.cards["stairs"].face.word, panel.cards["stairs"].face.loud) == ("LOST", True)
    tell(ev.ServiceSeen(service="wall.stairs", role="wall", pid=4105, host="here"))
    assert panel.cards["stairs"].face.word == "BACK"


def test_a_screen_that_is_gone_is_lost_too(panel, tell):
    tell(ev.WallPlaced(wall="brick", screen=house.SCREENS[0], away=True, present=house.SCREENS[1:]))
    assert panel.cards["brick"].face.word == "LOST"
    assert "screen is gone" in panel.cards["brick"].face.line


def test_a_wall_is_named_and_escape_takes_the_words_back(qtbot, window, stage, panel, tell):
    panel.name.setFocus()
    qtbot.keyClicks(panel.name, "courtyard")
    QTest.keyClick(panel.name, Qt.Key.Key_Return)
    assert stage.handled == [cmd.NameWall(wall="brick", title="courtyard")]
    tell(ev.WallNamed(wall="brick", title="courtyard"))
    assert panel.cards["brick"].face.name == "courtyard"
    panel.name.setFocus()
    qtbot.keyClicks(panel.name, " new")
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
    assert panel.name.text() == "courtyard"
    assert len(stage.handled) == 1


def test_a_wall_is_pinned_to_next_and_follows_again(qtbot, stage, panel, tell):
    qtbot.mouseClick(panel.cards["stairs"], Qt.MouseButton.LeftButton)
    assert not panel.buttons["follow"].isEnabled()
    _press(qtbot, panel, "pin")
    assert stage.handled == [cmd.FollowWall(wall="stairs", follow=False, request_id="picture-0")]
    tell(ev.WallFollows(wall="stairs", follow=False, request_id="picture-0", sha256=script.sha(0)))
    assert panel.cards["stairs"].face.line == "pinned to its own picture"
    _press(qtbot, panel, "follow")
    assert stage.handled[-1] == cmd.FollowWall(wall="stairs", follow=True)


def test_identify_test_card_black_and_send_again(qtbot, stage, panel, tell):
    for key in ("identify", "test", "black", "again"):
        _press(qtbot, panel, key)
    assert stage.handled == [
        cmd.Identify(wall="brick"),
        cmd.TestCard(wall="brick", on=True),
        cmd.Black(on=True, walls=("brick",)),
        cmd.SendAgain(wall="brick"),
    ]
    tell(ev.StopChanged(stop=StopName.BLACK, on=True, walls=("brick",)))
    assert panel.buttons["black"].isChecked()
    _press(qtbot, panel, "black")
    assert stage.handled[-1] == cmd.Black(on=False, walls=("brick",))


def test_a_screen_is_chosen_among_the_free_ones(qtbot, stage, panel):
    qtbot.mouseClick(panel.place, Qt.MouseButton.LeftButton)
    menu = panel.findChild(QMenu)
    assert [action.text() for action in menu.actions()][2] == "Dell U2720Q · DP-2 · 3840×2160"
    menu.actions()[2].trigger()
    menu.close()
    assert stage.handled == [cmd.AssignScreen(wall="brick", screen=house.SCREENS[1])]


def test_the_transition_is_chosen_by_kind_and_seconds(qtbot, stage, panel, tell):
    assert panel.kind.buttons[1].isChecked()
    panel.ensureWidgetVisible(panel.kind)
    qtbot.mouseClick(panel.kind.buttons[4], Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.SetTransition(kind=TransitionKind.WIPE, seconds=1.2)]
    tell(ev.TransitionSet(kind=TransitionKind.WIPE, seconds=1.2))
    panel.seconds.slider.setFocus()
    QTest.keyClick(panel.seconds.slider, Qt.Key.Key_Right)
    assert stage.handled[-1] == cmd.SetTransition(kind=TransitionKind.WIPE, seconds=1.3)
    tell(ev.TransitionSet(kind=TransitionKind.CUT, seconds=0))
    assert not panel.seconds.isEnabled()


def test_show_locks_what_an_audience_must_not_see(panel, tell):
    tell(ev.ModeChanged(mode=Mode.SHOW))
    for key in ("identify", "test", "map"):
        assert not panel.buttons[key].isEnabled()
        assert "locked in SHOW" in panel.buttons[key].toolTip()
    assert not panel.name.isEnabled()
    assert panel.buttons["black"].isEnabled()
    assert panel.buttons["again"].isEnabled()


def test_after_show_a_kept_wall_may_be_released(qtbot, stage, panel, tell):
    assert not panel.buttons["release"].isVisible()
    tell(ev.WallKept(wall="brick"))
    _press(qtbot, panel, "release")
    assert stage.handled == [cmd.ReleaseWall(wall="brick")]


def test_a_kept_wall_that_refuses_the_test_card_does_not_look_as_if_it_had_one(qtbot, stage, panel, tell):
    tell(ev.WallKept(wall="brick"))
    _press(qtbot, panel, "test")
    tell(ev.ServiceSeen(service="wall.stairs", role="wall", pid=4105, host="here"))
    assert not panel.buttons["test"].isChecked()


def test_the_safe_look_is_chosen_among_pinned_and_approved_pictures(qtbot, stage, panel, tell):
    tell(ev.CandidatePinned(request_id="picture-1", on=True))
    panel.ensureWidgetVisible(panel.safe)
    qtbot.mouseClick(panel.safe, Qt.MouseButton.LeftButton)
    menu = panel.findChild(QMenu)
    assert [action.text() for action in menu.actions()] == [
        "each wall's own", f"“{script.CAPTIONS[1]}”", f"“{script.CAPTIONS[0]}”"
    ]  # fmt: skip
    menu.actions()[1].trigger()
    menu.close()
    assert stage.handled == [cmd.SetSafeLook(request_id="picture-1")]
    tell(ev.SafeLookSet(request_id="picture-1", sha256=script.sha(1), path="x", caption=script.CAPTIONS[1]))
    assert script.CAPTIONS[1] in panel.safe.toolTip()


def test_captions_are_chosen_and_each_change_goes_to_the_walls(qtbot, stage, panel, tell):
    tell(ev.CaptionsSet(on=True, style=CaptionStyle()))
    form = panel.captions
    panel.ensureWidgetVisible(form.margin)
    qtbot.mouseClick(form.plate.buttons[1], Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.SetCaptions(on=True, style=CaptionStyle(plate=False))]
    tell(ev.CaptionsSet(on=True, style=CaptionStyle(plate=False)))
    form.scaling.slider.setFocus()
    QTest.keyClick(form.scaling.slider, Qt.Key.Key_Right)
    assert stage.handled[-1] == cmd.SetCaptions(on=True, style=CaptionStyle(plate=False, size=1.1))
    form.margin.slider.setFocus()
    QTest.keyClick(form.margin.slider, Qt.Key.Key_Right)
    assert stage.handled[-1] == cmd.SetCaptions(on=True, style=CaptionStyle(plate=False, margin=0.07))
    qtbot.mouseClick(form.on.buttons[1], Qt.MouseButton.LeftButton)
    assert stage.handled[-1] == cmd.SetCaptions(on=False, style=CaptionStyle(plate=False))
    tell(ev.CaptionsSet(on=False, style=CaptionStyle(plate=False, place="top")))
    assert not form.scaling.isEnabled()
    assert form.place.buttons[1].isChecked()


@pytest.mark.parametrize("which", ["closed", "end"])
def test_a_card_is_a_picture_or_a_text_and_is_tried(qtbot, stage, panel, tell, which):
    row = panel.house_cards.rows[which]
    panel.ensureWidgetVisible(row.words)
    assert not row.see.isEnabled()
    qtbot.mouseClick(row.picture, Qt.MouseButton.LeftButton)
    menu = row.findChild(QMenu)
    menu.actions()[1].trigger()
    menu.close()
    assert stage.handled[-1] == cmd.SetCard(which=which, request_id="picture-0")
    row.words.setFocus()
    qtbot.keyClicks(row.words, "Good night")
    QTest.keyClick(row.words, Qt.Key.Key_Return)
    assert stage.handled[-1] == cmd.SetCard(which=which, text="Good night")
    tell(ev.CardChosen(which=which, text="Good night", request_id="c", sha256=script.sha(3), path="/x"))
    assert "text card" in row.picture.toolTip()
    qtbot.mouseClick(row.see, Qt.MouseButton.LeftButton)
    assert stage.handled[-1] == cmd.TryCard(which=which)
    tell(ev.CardTried(which=which))
    assert row.see.isChecked()
    qtbot.mouseClick(row.see, Qt.MouseButton.LeftButton)
    assert stage.handled[-1] == cmd.TryCard(which=None)
    tell(ev.ModeChanged(mode=Mode.SHOW))
    assert not row.see.isEnabled()
    assert "locked in SHOW" in row.see.toolTip()


def test_a_closed_house_says_what_its_walls_show(panel, tell):
    assert not panel.house_cards.closed.isVisible()
    tell(ev.HouseClosed(on=True))
    assert panel.house_cards.closed.isVisible()
