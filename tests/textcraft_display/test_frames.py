"""How often a wall paints, and that what spares it work changes no pixel."""

import asyncio

import pytest
from PIL import Image, ImageChops
from PySide6.QtQuick import QQuickItem

from tests.textcraft_display.rig import BLUE, RED, flat, on_wall
from textcraft_bus.channel.messages import Transition, WallMap
from textcraft_display.picture_file import read_picture

LONG = 600.0


def test_what_is_loaded_has_nothing_painted_and_what_is_asked_for_one_frame(tmp_path):
    async def play(rig):
        await rig.show(rig.picture(flat(RED)))
        rig.view.frames._pulse.stop()
        await rig.painted()
        before = rig.view.frames.painted
        path = tmp_path / "blue.png"
        flat(BLUE).save(path)
        assert await rig.view.load(read_picture(path))
        await rig.painted()  # a frame that the loading had asked for would be told before this one
        assert rig.view.frames.painted == before + 1
        assert rig.screen().getcolors() == [(480 * 270, RED)]
        await rig.painted()
        assert rig.view.frames.painted == before + 2

    on_wall(tmp_path, play)


def test_what_is_asked_while_frames_are_under_way_is_on_the_screen_when_it_is_told(tmp_path):
    async def play(rig):
        pictures = [rig.picture(flat(colour)) for colour in (RED, BLUE)]
        for number in range(30):
            for _ in range(number % 4):  # the render thread is at work as the scene comes, or about to be
                rig.view.update()
                await asyncio.sleep(0)
            await rig.began(rig.play(pictures[number % 2], transition=Transition(kind="cut")))
            assert rig.screen().getcolors() == [(480 * 270, (RED, BLUE)[number % 2])]

    on_wall(tmp_path, play)


@pytest.mark.parametrize(
    ("size", "wall_map", "filtered"),
    [
        ((480, 270), WallMap(), False),
        ((480, 270), WallMap(rotate=180), False),
        ((480, 300), WallMap(), False),
        ((300, 200), WallMap(), True),
        ((480, 270), WallMap(crop=(0.25, 0.25, 0.5, 0.5)), True),
        ((270, 480), WallMap(rotate=90), True),
        ((480, 270), WallMap(corners=((0.1, 0.0), (1.0, 0.1), (0.9, 1.0), (0.0, 0.9))), True),
    ],
)
def test_a_picture_keeps_every_pixel_when_something_begins_to_move(tmp_path, size, wall_map, filtered):
    async def play(rig):
        await rig.show(rig.picture(Image.effect_noise(size, 90).convert("RGB")), map=wall_map)
        still = rig.screen()
        assert filters(rig) == {True}
        rig.view.link.words.emit("later", LONG)  # they move from now on, and are not to be seen for minutes
        await rig.painted()
        assert filters(rig) == {filtered}
        assert ImageChops.difference(rig.screen(), still).getbbox() is None

    on_wall(tmp_path, play)


def test_the_ground_is_seen_where_no_picture_lies(tmp_path):
    async def play(rig):
        grey = rig.picture(flat((120, 120, 120, 0)))
        await rig.show(grey)
        assert rig.screen().getcolors() == [(480 * 270, (0, 0, 0))]
        await rig.show(rig.picture(flat(RED)), transition=Transition(kind="through_black", seconds=0.2))
        image = await rig.view.grab()
        assert image.pixelColor(20, 20).getRgb() == (*RED, 255)
        await rig.show(rig.picture(flat(RED)), map=WallMap(corners=((0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7))))
        image = await rig.view.grab()
        assert image.pixelColor(20, 20).getRgb() == (0, 0, 0, 255)

    on_wall(tmp_path, play)


def filters(rig):
    """Whether the pictures that are there are filtered between their pixels."""
    items = rig.view.rootObject().findChildren(QQuickItem)
    images = [item for item in items if item.metaObject().className() == "QQuickImage" and item.isVisible()]
    return {image.smooth() for image in images}
