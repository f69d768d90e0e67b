"""Thumbnails are small, rare and never taken while something moves."""

import asyncio
import base64
import io
import random

from PIL import Image
from PySide6.QtGui import QImage

from tests.textcraft_display.rig import RED, flat, near, on_wall
from textcraft_bus.channel.messages import Transition, WallThumb
from textcraft_bus.tasks import Tasks
from textcraft_display.thumbs import APART_S, MAX_BYTES, SIZE, Thumbs, encode_small


def noise(width, height):
    data = random.Random(1).randbytes(width * height * 4)
    return QImage(data, width, height, QImage.Format.Format_RGB32).copy()


def test_the_worst_picture_fits_into_64_kib():
    data = encode_small(noise(320, 180))
    assert 1000 < len(data) <= MAX_BYTES
    assert Image.open(io.BytesIO(data)).size == (320, 180)
    assert encode_small(noise(1600, 900)) == b""  # what fits at no quality is not sent


class Still:
    def __init__(self):
        self.still, self.grabs = True, 0

    def is_still(self):
        return self.still

    async def grab(self, most):
        assert most == SIZE
        self.grabs += 1
        return noise(32, 18)


async def test_at_most_two_a_second_and_none_while_something_moves():
    source, sent, tasks = Still(), [], Tasks()
    thumbs = Thumbs(source, sent.append)
    tasks.start(thumbs.run(), name="thumbnails")
    loop = asyncio.get_running_loop()
    began = loop.time()
    while len(sent) < 3:
        thumbs.want()
        await asyncio.sleep(0.01)
    assert loop.time() - began >= 2 * APART_S * 0.95
    source.still = False
    seen = source.grabs
    thumbs.want()
    await asyncio.sleep(APART_S + 0.1)
    assert source.grabs == seen
    await tasks.stop()


def test_a_real_wall_gives_what_it_shows_and_nothing_during_a_transition(tmp_path):
    async def play(rig):
        await rig.show(rig.picture(flat(RED)))
        data = encode_small(await rig.view.grab(SIZE))
        thumb = WallThumb(data=base64.b64encode(data).decode())
        picture = Image.open(io.BytesIO(base64.b64decode(thumb.data)))
        assert picture.size == (320, 180)
        assert near(picture.getpixel((160, 90)), RED)
        number = rig.play(rig.picture(flat((0, 200, 0))), transition=Transition(kind="fade", seconds=0.5))
        await rig.began(number)
        assert await rig.view.grab(SIZE) is None
        await rig.settled(number)
        assert await rig.view.grab(SIZE) is not None
        rig.view.withdraw()
        assert await rig.view.grab(SIZE) is None

    on_wall(tmp_path, play)
