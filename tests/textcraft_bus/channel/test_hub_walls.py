"""What a core sends to walls, hears from them and serves to them."""

import base64
import hashlib

import pytest

from tests.interop.raw import until
from tests.support.core import a_picture
from textcraft_bus.channel.facts import (
    WallKeyPressed,
    WallRefused,
    WallShown,
    WallThumbnail,
)
from textcraft_bus.channel.messages import BadFrame, Caption, WallScene


async def test_a_wall_gets_its_scene_now_and_on_each_hello(core, join):
    core.hub.set_scene("brick", WallScene(scene=1))
    wall = join(core, "wall.brick")
    assert (await wall.hello())["scene"]["scene"] == 1
    core.hub.set_scene("wall.brick", WallScene(scene=2, caption=Caption(text="two")))
    assert (await until(lambda: wall.of("WallScene")))[0]["caption"]["text"] == "two"
    again = join(core, "wall.brick")
    assert (await again.hello())["scene"]["scene"] == 2
    other = join(core, "wall.stairs")
    assert (await other.hello())["scene"] is None


async def test_a_scene_that_cannot_be_written_is_refused_where_it_is_made(core):
    with pytest.raises(BadFrame):
        core.hub.set_scene("brick", WallScene(scene=1, note="\ud800"))


async def test_what_a_wall_says_is_told(core, join):
    wall = join(core, "wall.brick")
    await wall.hello()
    wall.say(type="Shown", scene=1, layer="program", sha256="0" * 64, phase="first_frame", painted_at=1.5)
    wall.say(type="ShowRefused", scene=1, reason="too large")
    wall.say(type="WallThumb", data="AAAA")
    wall.say(type="WallKey", key=65)
    await core.one(WallKeyPressed)
    told = [type(fact) for fact in core.told(WallShown, WallRefused, WallThumbnail, WallKeyPressed)]
    assert told == [WallShown, WallRefused, WallThumbnail, WallKeyPressed]


async def test_a_picture_of_a_scene_is_served_by_value(core, join, tmp_path):
    picture = a_picture(tmp_path / "a picture%20.png", bytes(range(256)) * 4096)
    core.hub.set_scene("brick", WallScene(scene=1, program=picture))
    wall = join(core, "wall.brick")
    await wall.hello()
    wall.say(type="NeedBlob", sha256=picture.sha256)
    blob = (await until(lambda: wall.of("Blob")))[0]
    assert hashlib.sha256(base64.b64decode(blob["data"])).hexdigest() == blob["sha256"] == picture.sha256


async def test_no_other_file_is_served(core, join, tmp_path, caplog):
    picture = a_picture(tmp_path / "a.png")
    core.hub.set_scene("brick", WallScene(scene=1, program=picture))
    (tmp_path / "a.png").write_bytes(b"something else by now")
    wall = join(core, "wall.brick")
    await wall.hello()
    wall.say(type="NeedBlob", sha256=hashlib.sha256(b"another file").hexdigest())
    wall.say(type="NeedBlob", sha256=picture.sha256)
    await until(lambda: "changed since" in caplog.text)
    assert "no scene named" in caplog.text
    assert wall.of("Blob") == []


async def test_a_file_on_the_same_disk_is_named(core, join):
    uri = (await join(core, "wall.brick").hello())["nonce_uri"]
    path = core.hub._nonce._path
    assert uri == path.as_uri()
    assert path.exists()
    await core.hub.stop()
    assert not path.exists()


async def test_nonces_of_crashed_cores_are_swept_and_those_of_live_ones_kept(tmp_path, open_core):
    (tmp_path / "core-999999999-ab.nonce").touch()
    first = await open_core()
    await open_core()
    assert first.hub._nonce._path.exists()
    assert len(list(tmp_path.iterdir())) == 2
