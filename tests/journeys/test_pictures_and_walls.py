"""An operator's pictures and walls in the real programs: again, pin, undo, a card, two walls, a map seen in pixels."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.support.evening import Evening, evening
from tests.support.qt_loop import run_on_qt
from tests.support.screen import apart_from_words, as_on_wall, capture, mean, mean_difference
from tests.support.show_script import paint
from tests.support.waiting import until
from textcraft_core import events as ev
from textcraft_gui.session.wanted import wall_place
from textcraft_gui.state.show_state import Candidate
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.wall_thumb import decode

AT_ONCE = {"textcraft": {"auto_seconds": 600.0}}


class Room:
    """The pages of pictures and walls, with hands."""

    def __init__(self, night: Evening) -> None:
        self.night = night
        self.window = night.window
        self.panel = night.window.candidates

    async def choose(self, request_id: str) -> None:
        await until(lambda: self.panel.model.row_of(request_id) is not None, 30, "its thumbnail")
        row = self.panel.model.row_of(request_id) or 0
        self.panel.list.setCurrentIndex(self.panel.model.index(row))

    async def press(self, verb: Verb) -> None:
        button = self.panel.buttons[verb]
        await until(button.isEnabled, 30, f"{verb} to be possible")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    @property
    def candidates(self) -> dict[str, Candidate]:
        return self.window.feed.state.candidates

    async def first_picture(self) -> Candidate:
        self.night.click(Verb.STEP)
        await until(lambda: self.candidates, 40, "the first candidate")
        return next(iter(self.candidates.values()))

    async def live(self, sha256: str) -> None:
        def is_live():
            return any(event.sha256 == sha256 for event in self.night.of(ev.LiveConfirmed))

        await until(is_live, 30, "LIVE")
        await self.night.settled(sha256)


def _box(number: int) -> tuple[tuple[int, int, int, int], tuple[int, int]]:
    place = wall_place(QGuiApplication.primaryScreen().availableGeometry(), number)
    box = (place.x(), place.y(), place.x() + place.width(), place.y() + place.height())
    return box, (place.width(), place.height())


@pytest.mark.timeout(180)
def test_again_pin_reject_undo_and_a_card(tmp_path):
    async def journey():
        async with evening(**AT_ONCE) as night:
            room = Room(night)
            first = await room.first_picture()
            await room.choose(first.request_id)
            await room.press(Verb.PIN)
            await until(lambda: first.request_id in night.window.feed.state.reel, 30, "the reel")

            await room.press(Verb.AGAIN)
            asked = night.window.feed.state.origins[first.request_id]
            assert room.panel.form.prompt.toPlainText() == asked.prompt
            room.panel.form.seed.setText("4242")
            QTest.mouseClick(room.panel.form.go, Qt.MouseButton.LeftButton)
            await until(lambda: len(room.candidates) == 2, 40, "the other picture")
            other = list(room.candidates.values())[1]
            assert night.of(ev.RenderRequested)[-1].seed == 4242
            assert other.sha256 != first.sha256

            await room.choose(other.request_id)
            await room.press(Verb.REJECT)
            await until(lambda: other.request_id not in room.candidates, 30, "the reject")
            await room.press(Verb.UNDO)
            await until(lambda: other.request_id in room.candidates, 30, "the undo")

            own = tmp_path / "own.png"
            paint(own, 3, (960, 540))
            night.click(Verb.CARD)
            night.window.rooms.card.path.setText(str(own))
            QTest.mouseClick(night.window.rooms.card.add_picture, Qt.MouseButton.LeftButton)
            await until(lambda: any(id_.startswith("card-") for id_ in room.candidates), 30, "the card")
            card = next(c for id_, c in room.candidates.items() if id_.startswith("card-"))
            night.window.verbs.stage(card.request_id)
            await until(lambda: night.window.feed.state.next_id == card.request_id, 30, "NEXT")
            night.click(Verb.TAKE)
            await room.live(card.sha256)
            assert night.painted_differs(card.path) <= 3

            gallery = night.window.rooms.gallery
            night.window.right.open(gallery)
            await until(lambda: gallery.model.total >= 3, 30, "the gallery")
            gallery.search.setText(asked.prompt.split()[-1])
            assert gallery.model.rowCount() >= 1

    run_on_qt(journey(), timeout=170)


@pytest.mark.timeout(180)
def test_two_walls_one_pinned_and_a_map_seen_in_its_pixels():
    async def journey():
        async with evening(**AT_ONCE, walls=("brick", "stairs")) as night:
            room = Room(night)
            await until(lambda: len(night.stage.playout.walls) == 2, 30, "two walls")
            first = await room.first_picture()
            await until(lambda: night.window.feed.state.next_id, 30, "NEXT")
            night.click(Verb.TAKE)
            await room.live(first.sha256)

            walls = night.window.rooms.walls
            night.window.right.open(walls)
            walls.choose("stairs")
            QTest.mouseClick(walls.buttons["keep"], Qt.MouseButton.LeftButton)
            await until(lambda: not night.window.feed.state.walls["stairs"].follow, 30, "the pin")
            night.window.right.open(room.panel)
            await room.choose(first.request_id)
            night.window.verbs.fire(Verb.AGAIN)
            QTest.mouseClick(room.panel.form.go, Qt.MouseButton.LeftButton)
            await until(lambda: len(room.candidates) == 2, 40, "another picture")
            second = list(room.candidates.values())[1]
            night.window.verbs.stage(second.request_id)
            await until(lambda: night.window.feed.state.next_id == second.request_id, 30, "NEXT")
            night.click(Verb.TAKE)
            await room.live(second.sha256)
            (brick, size), (stairs, _) = _box(0), _box(1)
            assert _differs(brick, second.path, size) <= 2
            assert _differs(stairs, first.path, size) <= 2

            night.window.rooms.open_map("brick")
            await until(night.window.rooms.map.isVisible, 30, "the sheet")
            assert night.window.rooms.map.canvas.move_corner(0, (0.5, 0.0))
            assert night.window.rooms.map.canvas.move_corner(3, (0.5, 1.0))
            left = (brick[0] + 10, brick[1] + 40, brick[0] + size[0] // 2 - 10, brick[3] - 10)
            await until(lambda: mean(capture(left)) < 0.5, 30, "the left half to be black")
            assert mean(capture((left[2] + 30, left[1], brick[2] - 10, left[3]))) > 4
            await until(lambda: _dark_left(night), 30, "the thumbnail to show it")
            QTest.mouseClick(night.window.rooms.map.as_it_was, Qt.MouseButton.LeftButton)
            await until(lambda: _differs(brick, second.path, size) <= 2, 30, "the wall to be as it was")

            walls.choose("stairs")
            QTest.mouseClick(walls.buttons["follow"], Qt.MouseButton.LeftButton)
            await until(lambda: _differs(stairs, second.path, size) <= 2, 30, "stairs to follow")

    run_on_qt(journey(), timeout=170)


def _differs(box, path, size) -> float:
    wall = apart_from_words(capture(box))
    return mean_difference(wall, apart_from_words(as_on_wall(path, size)))


def _dark_left(night: Evening) -> bool:
    """What the wall says it shows, in the console: black on the left."""
    image = decode(night.window.feed.state.walls["brick"].thumb)
    if image.isNull():
        return False
    return image.pixelColor(image.width() // 4, image.height() // 2).lightness() < 12
