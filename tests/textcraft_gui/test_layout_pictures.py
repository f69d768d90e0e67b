"""The pages of pictures and walls at every size: nothing clipped, nothing overlapping, everything readable."""

import pytest
from PySide6.QtCore import QItemSelectionModel

from tests.support import gallery, house
from tests.support import show_script as script
from tests.support.layout import inspect_sizes
from textcraft_bus.channel.messages import Mode
from textcraft_core import events as ev
from textcraft_gui.verbs.verb import Verb

LONG = "a wall with a very long name in the second courtyard"


@pytest.fixture
def window(open_console, stage, tmp_path):
    opened = open_console()
    paths = gallery.fill(tmp_path / "images", 30)
    for number in range(5):
        stage.emit(*script.candidate(number, str(paths[number]), approved=number != 4, passed=number != 3))
    stage.emit(*house.two_walls(), script.taken(0, "brick", "stairs"), script.taken(1, "brick", "stairs"))
    stage.emit(*script.confirmed(1, 2, 2), ev.NextStaged(request_id="picture-0"))
    stage.emit(ev.WallNamed(wall="brick", title=LONG[:40]), ev.WallThumbnail(wall="brick", data=house.jpeg(paths[0])))
    stage.emit(ev.CandidatePinned(request_id="picture-2", on=True))
    for number in range(4):
        stage.emit(
            ev.RenderRequested(
                request_id=f"r{number}", prompt="p", seed=1, width=64, height=64, cycle=1, target="ch05_x.md"
            )
        )
    opened.feed.flush()
    return opened


def _choose(panel, row):
    panel.list.selectionModel().select(panel.model.index(row), QItemSelectionModel.SelectionFlag.ClearAndSelect)


@pytest.mark.parametrize("row", [0, 2, 3])
def test_candidates(window, row):
    _choose(window.candidates, row)
    assert inspect_sizes(window) == []
    window.candidates.acts[Verb.AGAIN]()
    assert inspect_sizes(window) == []


def test_the_gallery(qtbot, window):
    page = window.rooms.gallery
    window.right.open(page)
    qtbot.waitUntil(lambda: page.model.total == 30)
    _choose(page, 1)
    page.buttons["reveal"].setChecked(True)
    assert inspect_sizes(window) == []
    page.search.setText("nothing like it")
    assert inspect_sizes(window) == []


@pytest.mark.parametrize("mode", [Mode.REHEARSE, Mode.SHOW])
def test_walls_and_look(window, stage, mode):
    window.right.open(window.rooms.walls)
    stage.emit(ev.ModeChanged(mode=mode), ev.ServiceLost(service="wall.stairs", silent_s=4), ev.WallKept(wall="brick"))
    window.feed.flush()
    assert inspect_sizes(window) == []
    viewport = window.rooms.walls.viewport()
    assert window.rooms.walls.widget().width() <= viewport.width()


def test_a_silent_wall_and_a_refused_picture(window, stage):
    stage.emit(
        script.taken(2, "brick", "stairs"),
        ev.LiveCounted(request_id="picture-2", confirmed=1, reachable=2, walls=2),
        ev.WallSilent(wall="brick", seconds=3.1),
        ev.NextStaged(request_id="picture-3"),
    )
    window.feed.flush()
    assert inspect_sizes(window) == []


@pytest.mark.parametrize("sheet", ["map", "card", "compare"])
def test_the_sheets(window, sheet):
    if sheet == "map":
        window.rooms.open_map("brick")
    elif sheet == "card":
        window.rooms.open_card()
    else:
        _choose(window.candidates, 1)
        window.candidates.acts[Verb.COMPARE]()
    assert getattr(window.rooms, sheet).isVisible()
    assert inspect_sizes(window) == []
