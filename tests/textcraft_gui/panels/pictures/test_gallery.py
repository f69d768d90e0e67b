"""The gallery: found by words, staged through the gate, smooth with thousands."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.support import gallery
from tests.support import show_script as script
from textcraft_core import commands as cmd
from textcraft_core import events as ev


@pytest.fixture
def open_gallery(qtbot, window, tmp_path):
    def make(count):
        paths = gallery.fill(tmp_path / "images", count) if count else []
        window.right.open(window.rooms.gallery)
        qtbot.waitUntil(lambda: not window.rooms.gallery.reader.busy)
        assert window.rooms.gallery.model.total == count
        return window.rooms.gallery, paths

    return make


def _choose(panel, row):
    panel.list.setCurrentIndex(panel.model.index(row))


def test_it_teaches_when_there_is_none(open_gallery):
    panel, _ = open_gallery(0)
    assert panel.empty.isVisible()
    assert "No picture yet" in panel.empty.text()
    assert not panel.buttons["stage"].isEnabled()


def test_search_leaves_what_holds_the_words_and_counts(qtbot, open_gallery):
    panel, _ = open_gallery(9)
    qtbot.keyClicks(panel.search, "number 3")
    assert panel.model.rowCount() == 1
    assert panel.count.text() == "1 of 9"
    panel.search.setText("nowhere")
    assert "No picture holds these words" in panel.empty.text()
    panel.search.clear()
    assert panel.count.text() == "9"


def test_reveal_shows_prompt_seed_and_cost(qtbot, open_gallery):
    panel, _ = open_gallery(2)
    _choose(panel, 0)
    qtbot.mouseClick(panel.buttons["reveal"], Qt.MouseButton.LeftButton)
    told = panel.story.toPlainText()
    assert panel.story.isVisible()
    for words in ("a lamp over water, number 1", "seed 1001", "free", "procedural", "Chapter 1"):
        assert words in told


def test_enter_brings_a_picture_through_the_gate_and_then_stages_it(qtbot, stage, open_gallery, tell):
    panel, paths = open_gallery(3)
    _choose(panel, 0)
    panel.list.setFocus()
    QTest.keyClick(panel.window().windowHandle(), Qt.Key.Key_Return)
    assert stage.handled == [cmd.AddCard(path=str(paths[2]), caption="lamp 2")]
    tell(
        ev.CandidateAdded(
            request_id="card-1", path=str(paths[2]), sha256=paths[2].stem, caption="", approved=True,
            width=320, height=180, mime="image/png",
        )
    )  # fmt: skip
    assert stage.handled[-1] == cmd.Stage(request_id="card-1")
    tell(ev.NextStaged(request_id="card-1"))
    assert len(stage.handled) == 2


def test_a_candidate_is_staged_at_once_and_may_be_pinned_from_here(qtbot, stage, open_gallery, tell):
    panel, paths = open_gallery(2)
    _choose(panel, 1)
    assert not panel.buttons["pin"].isEnabled()
    tell(*script.candidate(0, str(paths[0])))
    qtbot.mouseClick(panel.buttons["pin"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.buttons["stage"], Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.Pin(request_id="picture-0", on=True), cmd.Stage(request_id="picture-0")]
    tell(ev.CandidatePinned(request_id="picture-0", on=True))
    assert panel.buttons["pin"].text() == "unpin"
    qtbot.mouseClick(panel.pinned, Qt.MouseButton.LeftButton)
    assert panel.model.rowCount() == 1


def test_a_new_picture_appears_by_itself(qtbot, tmp_path, open_gallery, tell):
    panel, _ = open_gallery(1)
    path = tmp_path / "images" / f"{9:064x}.png"
    script.paint(path, 3, (320, 180))
    gallery.sidecar(path, 9)
    tell(ev.PictureNoted(request_id="r", path=str(path)))
    qtbot.waitUntil(lambda: panel.model.total == 2)


def test_three_thousand_pictures_stay_smooth(qtbot, open_gallery):
    panel, _ = open_gallery(3000)
    bar = panel.list.verticalScrollBar()
    slowest = 0.0
    for place in range(0, 100, 4):
        bar.setValue(bar.maximum() * place // 100)
        began = time.thread_time()
        panel.list.viewport().repaint()
        slowest = max(slowest, time.thread_time() - began)
        qtbot.wait(0)
    began = time.thread_time()
    panel.search.setText("number 2999")
    searched = time.thread_time() - began
    assert panel.model.rowCount() == 2  # its number, and another one's seed
    assert slowest < 0.25
    assert searched < 0.5


def test_thumbnails_of_the_place_scrolled_to_come_first(qtbot, open_gallery):
    panel, _ = open_gallery(400)
    bar = panel.list.verticalScrollBar()
    for place in (20, 40, 60, 80, 100):
        bar.setValue(bar.maximum() * place // 100)
        panel.list.viewport().repaint()

    def all_painted():
        image = panel.list.viewport().grab().toImage()
        boxes = [panel.list.visualRect(panel.model.index(row)) for row in range(399, 396, -1)]
        return all(image.pixelColor(box.center()).saturation() > 40 for box in boxes)

    qtbot.waitUntil(all_painted)
