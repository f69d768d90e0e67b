"""Whatever a picture fails at, the last good one stays on a real wall: AUTO is on, and the pixels are read."""

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image

from tests.faults.show_rig import Play, play
from tests.faults.wall_rig import AT, BOX, SIZE
from tests.support.programs import programs
from tests.support.screen import capture, mean_difference
from tests.support.waiting import until
from textcraft_bus.channel.messages import PeerName
from textcraft_bus.pictures import sha256_of
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.stage.keeper import ServiceKeeper, Wanted
from textcraft_core.stage.pictures.intake import Arrival, GateOptions
from textcraft_core.stage.pictures.safety import SideQueue, Verdict
from textcraft_core.stage.stage import StageOptions

AUTO_SECONDS = 0.4
OPTIONS = StageOptions(auto_seconds=AUTO_SECONDS, gate=GateOptions(words=("forbidden",)))


def striped(hue: int, size: tuple[int, int] = SIZE) -> bytes:
    """A picture the gate lets pass: two halves of different light."""
    image = Image.new("RGB", size, (hue, 40, 40))
    image.paste((hue, 200, 200), (0, 0, size[0], size[1] // 2))
    return encoded(image)


def encoded(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


GOOD = striped(220)
SOUND = striped(20)
"""Would pass, if it were not for what is done to it."""
BOMB = SOUND[:16] + (60_000).to_bytes(4, "big") * 2 + SOUND[24:]
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><rect width='900' height='900'/></svg>"
FAILURES = {
    "no file": (None, "", True),
    "another file than announced": (SOUND + b"x", sha256_of(SOUND), True),
    "cut off": (SOUND[: len(SOUND) // 2], "", True),
    "no picture": (b"not a picture at all", "", True),
    "a drawing": (SVG, "", True),
    "a decompression bomb": (BOMB, "", True),
    "one colour": (encoded(Image.new("RGB", SIZE, (20, 120, 160))), "", False),
    "black": (encoded(Image.new("RGB", SIZE, (1, 1, 1))), "", False),
    "too small": (striped(20, (32, 32)), "", False),
    "words": (SOUND, "", False),
    "unsafe": (striped(60), "", False),
}
"""Failure → the bytes, the hash that is announced (empty: the true one), and whether there is nothing to be shown."""


class Unsafe:
    """Calls every picture unsafe."""

    async def look(self, _picture: bytes, _words: str) -> Verdict:
        return Verdict(False, "it shows what must not be shown")

    async def close(self) -> None:
        """Nothing is open."""


def the_wall_shows(data: bytes) -> bool:
    return mean_difference(capture(BOX), Image.open(io.BytesIO(data)).convert("RGB").resize(SIZE)) <= 2


async def arrives(played: Play, name: str, data: bytes | None, announced: str = "") -> None:
    path = played.show.images / f"{sha256_of(name.encode())[:12]}.png"
    if data is not None:
        path.write_bytes(data)
    sha256 = announced or sha256_of(data or b"nothing")
    await played.stage.intake.take_in(Arrival(name, path, sha256, "forbidden fruit" if name == "words" else "fruit"))


async def open_wall(played: Play) -> None:
    where = ("--windowed", "--position", f"{AT[0]},{AT[1]}", "--size", f"{SIZE[0]}x{SIZE[1]}")
    core = ("--core", played.endpoint, "--show", "faults", "--wall", "brick", "--images", str(played.show.images))
    wanted = Wanted(PeerName("wall.brick"), "textcraft-display", (*core, *where))
    await played.stage.keep_services(ServiceKeeper("faults", [wanted], played.stage.stream))
    await arrives(played, "good", GOOD)
    await played.stage.handle(cmd.Auto(on=True))
    await until(lambda: the_wall_shows(GOOD), 60, "the good picture on the wall")


async def fails(played: Play, name: str) -> None:
    """One failure: it is told, it cannot be taken, AUTO passes it by, and nothing moves on the wall."""
    data, announced, is_lost = FAILURES[name]
    played.stage.intake._safety = SideQueue(Unsafe(), 5.0) if name == "unsafe" else None
    await arrives(played, name, data, announced)
    told = [event for kind in (ev.GateDecided, ev.RenderFailed) for event in played.of(kind)]
    assert [event for event in told if event.request_id == name and not getattr(event, "passed", False)], name
    assert any(one.request_id == name for one in played.of(ev.CandidateAdded)) is not is_lost, name
    end = asyncio.get_running_loop().time() + AUTO_SECONDS * 2  # AUTO's turn comes meanwhile
    while asyncio.get_running_loop().time() < end:
        assert the_wall_shows(GOOD), name
        await asyncio.sleep(0.1)
    with pytest.raises(CommandRefused):
        await played.stage.handle(cmd.Stage(request_id=name))
        await played.stage.handle(cmd.Take())
    assert the_wall_shows(GOOD), name
    if not is_lost:
        await played.stage.handle(cmd.Reject(request_id=name))


@pytest.mark.timeout(150)
async def test_no_failure_on_the_way_takes_the_last_good_picture_from_the_wall(tmp_path: Path):
    with programs(tmp_path):
        async with play(tmp_path, options=OPTIONS) as played:
            try:
                await open_wall(played)
                for name in FAILURES:
                    await fails(played, name)
                assert not played.of(ev.WallRefused)
                played.stage.intake._safety = None
                await arrives(played, "sound", SOUND)
                await until(lambda: the_wall_shows(SOUND), 30, "the next good picture, which AUTO takes")
            finally:
                await played.stage.keeper.close()
