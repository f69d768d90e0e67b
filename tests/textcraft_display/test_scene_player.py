"""What a wall does with a scene: shows it, or keeps its picture and says why; it never claims what it did not paint."""

import asyncio
import base64
import io

import pytest
from PIL import Image

from tests.fakes.clock import FakeClock
from tests.support.waiting import until
from textcraft_bus.channel.messages import (
    Blob,
    Caption,
    CaptionStyle,
    Layer,
    NeedBlob,
    Picture,
    Shown,
    ShownPhase,
    ShowRefused,
    Transition,
    TransitionKind,
    WallMap,
    WallScene,
)
from textcraft_bus.pictures import sha256_of
from textcraft_bus.tasks import Tasks
from textcraft_display.errors import MapRefused
from textcraft_display.picture_store import PictureStore
from textcraft_display.scene_player import ScenePlayer


def jpeg(shade: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), (shade, 0, 0)).save(file, "JPEG")
    return file.getvalue()


class FakeView:
    """Paints at once, unless told that Qt cannot decode."""

    def __init__(self):
        self.asked = []
        self.can_decode = True

    async def load(self, picture):
        self.asked.append(("load", picture.sha256))
        return self.can_decode

    def go(self, words, kind, seconds):
        self.asked.append(("go", words, kind, seconds))

    def set_layer(self, layer, seconds):
        self.asked.append(("layer", layer, seconds))

    def set_words(self, text):
        self.asked.append(("words", text))

    def set_safe_look(self, path):
        self.asked.append(("safe look", path and path.stem))

    def set_caption_style(self, style):
        self.style = style

    def set_mark(self, text):
        self.mark = text

    def set_map(self, wall_map):
        if wall_map.brightness:
            raise MapRefused("no")
        self.map = wall_map

    def after_frames(self, callback):
        callback()

    when_still = after_frames


class Rig:
    def __init__(self, tmp_path):
        self.images = tmp_path / "images"
        self.images.mkdir()
        (tmp_path / "cache").mkdir()
        self.view = FakeView()
        self.sent = []
        self.tasks = Tasks()
        store = PictureStore(tmp_path / "cache", self.images, 1 << 20)
        self.player = ScenePlayer(self.view, store, self.sent.append, self.tasks, FakeClock())

    def picture(self, shade: int, *, there: bool = True) -> Picture:
        path = self.images / f"{shade}.jpg"
        if there:
            path.write_bytes(jpeg(shade))
        return Picture(sha256=sha256_of(jpeg(shade)), uri=str(path), mime="image/jpeg", width=64, height=64)

    async def play(self, scene: WallScene, **options):
        self.player.play(scene, **options)
        await self.idle()

    async def idle(self):
        await until(lambda: len(self.tasks) == 0, 30)

    def of(self, kind):
        return [message for message in self.sent if isinstance(message, kind)]


@pytest.fixture
def rig(tmp_path):
    return Rig(tmp_path)


def program(number: int, picture: Picture, text: str = "words", **more) -> WallScene:
    return WallScene(scene=number, layer=Layer.PROGRAM, program=picture, caption=Caption(text=text), **more)


async def test_a_picture_is_shown_and_confirmed_by_the_hash_of_its_own_bytes(rig):
    await rig.play(program(1, rig.picture(10)))
    assert [shown.phase for shown in rig.of(Shown)] == [ShownPhase.FIRST_FRAME, ShownPhase.SETTLED]
    assert {(shown.sha256, shown.layer, shown.caption) for shown in rig.of(Shown)} == {
        (sha256_of(jpeg(10)), Layer.PROGRAM, "words")
    }


async def test_a_wall_that_has_more_pixels_now_decodes_its_picture_again_and_cuts_to_it(rig):
    rig.player.resized((480, 270))
    await rig.play(program(1, rig.picture(10)))
    rig.view.asked.clear()
    for size in ((480, 270), (320, 180)):
        rig.player.resized(size)
        await rig.idle()
    assert rig.view.asked == []
    rig.player.resized((1920, 1080))
    await rig.idle()
    assert [asked[0] for asked in rig.view.asked] == ["load", "go"]
    assert rig.view.asked[1] == ("go", "words", TransitionKind.CUT, 0.0)
    rig.player.resized((1920, 1080))
    await rig.idle()
    assert len(rig.view.asked) == 2


async def test_a_wall_without_a_picture_decodes_nothing_when_it_grows(rig):
    rig.player.resized((480, 270))
    await rig.play(WallScene(scene=1, layer=Layer.BLACK))
    rig.player.resized((1920, 1080))
    await rig.idle()
    assert "load" not in [asked[0] for asked in rig.view.asked]


async def test_words_are_set_as_the_scene_says_whatever_layer_shows(rig):
    style = CaptionStyle(size=2, plate=False, place="top", margin=0.1)
    await rig.play(WallScene(scene=1, layer=Layer.BLACK, caption_style=style))
    assert rig.view.style == style


async def test_the_first_picture_comes_without_a_crossing_the_second_crosses(rig):
    await rig.play(program(1, rig.picture(10)))
    await rig.play(program(2, rig.picture(20)))
    await rig.play(program(3, rig.picture(30), transition=Transition(kind=TransitionKind.CUT, seconds=3)))
    assert [call[2:] for call in rig.view.asked if call[0] == "go"] == [("cut", 0.0), ("fade", 1.2), ("cut", 0.0)]


async def test_a_truncated_file_is_refused_and_the_old_picture_stays(rig):
    await rig.play(program(1, rig.picture(10)))
    broken = rig.picture(20)
    (rig.images / "20.jpg").write_bytes(jpeg(20)[:-30])
    before = list(rig.view.asked)
    await rig.play(program(2, broken))
    assert rig.of(ShowRefused)[0].sha256 == broken.sha256
    assert rig.player.shown == sha256_of(jpeg(10))
    assert rig.view.asked == before
    assert rig.of(Shown)[-1].sha256 == sha256_of(jpeg(10))


async def test_what_qt_cannot_decode_is_refused(rig):
    rig.view.can_decode = False
    await rig.play(program(1, rig.picture(10)))
    assert rig.of(ShowRefused)
    assert rig.player.shown is None
    assert rig.player.layer is Layer.SAFE_LOOK


async def test_black_waits_for_no_picture_and_is_obeyed_when_the_picture_fails(rig):
    await rig.play(program(1, rig.picture(10)))
    missing = rig.picture(20)
    (rig.images / "20.jpg").write_bytes(b"nothing")
    await rig.play(WallScene(scene=2, layer=Layer.BLACK, program=missing, layer_seconds=0.5))
    assert ("layer", Layer.BLACK, 0.5) in rig.view.asked
    assert rig.of(Shown)[-1].layer is Layer.BLACK


async def test_the_same_picture_with_other_words_is_not_loaded_again(rig):
    picture = rig.picture(10)
    await rig.play(program(1, picture, "one"))
    await rig.play(program(2, picture, "two"))
    assert [call for call in rig.view.asked if call[0] == "load"] == [("load", picture.sha256)]
    assert rig.view.asked[-1] == ("words", "two")


async def test_an_older_scene_is_ignored_unless_a_new_core_sent_it(rig):
    await rig.play(program(7, rig.picture(10)))
    await rig.play(program(3, rig.picture(20)))
    assert rig.player.shown == sha256_of(jpeg(10))
    await rig.play(program(3, rig.picture(20)), fresh=True)
    assert rig.player.shown == sha256_of(jpeg(20))


async def test_a_picture_that_cannot_be_read_here_is_asked_for_by_value(rig):
    picture = rig.picture(10, there=False)
    rig.player.play(program(1, picture))
    await until(lambda: rig.of(NeedBlob), 30)
    assert rig.of(NeedBlob)[0].sha256 == picture.sha256
    blob = Blob(sha256=picture.sha256, mime="image/jpeg", data=base64.b64encode(jpeg(10)).decode())
    rig.player.on_blob(blob.sha256, base64.b64decode(blob.data))
    await rig.idle()
    assert rig.player.shown == picture.sha256


async def test_a_wrong_blob_is_refused(rig):
    picture = rig.picture(10, there=False)
    rig.player.play(program(1, picture))
    await until(lambda: rig.of(NeedBlob), 30)
    rig.player.on_blob(picture.sha256, jpeg(99))
    await rig.idle()
    assert rig.of(ShowRefused)
    assert rig.player.shown is None


async def test_a_lonely_wall_goes_to_the_safe_look(rig):
    await rig.play(program(1, rig.picture(10)))
    rig.player.lonely()
    assert rig.view.asked[-1][:2] == ("layer", Layer.SAFE_LOOK)


async def test_a_core_that_only_stood_still_gets_its_scene_back(rig):
    await rig.play(program(3, rig.picture(10)))
    rig.player.go_on()
    asked = len(rig.view.asked)
    rig.player.go_on()
    assert len(rig.view.asked) == asked, "it was not lonely: nothing is done"
    rig.player.lonely()
    rig.player.go_on()
    await until(lambda: rig.view.asked[-1][:2] == ("layer", Layer.PROGRAM))
    assert rig.player.shown == sha256_of(jpeg(10))


async def test_a_core_that_counts_from_the_beginning_is_obeyed(rig):
    await rig.play(program(57, rig.picture(10)))
    rig.player.forget_number()
    await rig.play(program(1, rig.picture(20)))
    assert rig.player.shown == sha256_of(jpeg(20))


async def test_a_map_that_cannot_be_is_refused_and_the_picture_shown(rig):
    await rig.play(program(1, rig.picture(10), map=WallMap(brightness=0.5)))
    assert [refused.sha256 for refused in rig.of(ShowRefused)] == [None]
    assert rig.player.shown == sha256_of(jpeg(10))


async def test_the_newest_of_a_thousand_scenes_is_shown_and_the_others_leave_nothing(rig):
    pictures = [rig.picture(shade) for shade in range(0, 200, 10)]
    for number in range(1000):
        rig.player.play(program(number, pictures[number % 20], f"{number}"))
        await asyncio.sleep(0)
    await rig.idle()
    assert rig.player.caption == "999"
    assert rig.player.shown == pictures[999 % 20].sha256
    assert [shown.caption for shown in rig.of(Shown)][-1] == "999"


async def test_a_closer_crop_decodes_the_same_picture_once_more_and_a_wider_one_does_not(rig):
    picture = rig.picture(10)
    await rig.play(program(1, picture))
    for number, crop in enumerate([(0, 0, 0.5, 1), (0.5, 0, 0.5, 1), (0, 0, 1, 1)], start=2):
        await rig.play(program(number, picture, map=WallMap(crop=crop)))
    loads = [call for call in rig.view.asked if call[0] in ("load", "go")]
    assert loads[2:] == [("load", picture.sha256), ("go", "words", "cut", 0.0)]


async def test_a_chosen_safe_look_is_verified_kept_and_given_back(rig):
    chosen = rig.picture(20)
    await rig.play(program(1, rig.picture(10), safe_look=chosen))
    await rig.play(program(2, rig.picture(10), safe_look=chosen))
    await rig.play(program(3, rig.picture(10)))
    assert [call[1] for call in rig.view.asked if call[0] == "safe look"] == [chosen.sha256, None]


async def test_a_broken_safe_look_is_refused_and_the_program_plays(rig):
    broken = rig.picture(20)
    (rig.images / "20.jpg").write_bytes(jpeg(20)[:-30])
    await rig.play(program(1, rig.picture(10), safe_look=broken))
    assert [refused.sha256 for refused in rig.of(ShowRefused)] == [broken.sha256]
    assert rig.player.shown == sha256_of(jpeg(10))
    assert not [call for call in rig.view.asked if call[0] == "safe look"]


async def test_a_scene_that_is_told_again_while_its_picture_is_on_its_way_is_shown(rig, monkeypatch):
    async def at_once(work):
        return work()

    monkeypatch.setattr("textcraft_display.scene_player.asyncio.to_thread", at_once)
    picture = rig.picture(10, there=False)
    rig.player.play(program(1, picture))
    await until(lambda: len(rig.of(NeedBlob)) == 1)
    rig.player.play(program(1, picture), fresh=True)
    await until(lambda: len(rig.of(NeedBlob)) == 2)
    await asyncio.sleep(0)  # the first one ends
    await asyncio.sleep(0)
    rig.player.on_blob(picture.sha256, jpeg(10))
    await rig.idle()
    assert rig.player.shown == picture.sha256


async def test_a_picture_that_comes_as_its_scene_is_given_up_is_not_shown(rig):
    late, newer = rig.picture(10, there=False), rig.picture(20)
    rig.player.play(program(1, late))
    await until(lambda: rig.of(NeedBlob))
    rig.player.on_blob(late.sha256, jpeg(10))
    await rig.play(program(2, newer))
    assert rig.player.shown == newer.sha256
    assert [asked for asked in rig.view.asked if asked[0] == "load"] == [("load", newer.sha256)]
