"""Our core and displays of others: what a TAKE, a stop and a late joiner get on 5555, byte by byte, on a raw SUB."""

import asyncio
import base64
import io
import json

import pytest
import zmq
from PIL import Image

from tests.fakes.clock import FakeClock
from tests.interop.raw import RawPeer, until
from tests.textcraft_image_server.pictures import picture
from textcraft_bus import schemas_base as base
from textcraft_bus.channel.messages import Mode, Picture, RequestId, Transition
from textcraft_bus.pictures import sha256_of
from textcraft_bus.zmq.config import ControllerServiceConfig, PublisherConfig
from textcraft_bus.zmq.services import ControllerService
from textcraft_core import events as ev
from textcraft_core.events import StopName
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.stage.foreign.displays import ForeignDisplays
from textcraft_core.stage.foreign.pictures import DisplayPictures
from textcraft_core.stage.walls.playout import Playout
from textcraft_core.stage.walls.playout_state import Candidate

MEDIA = {
    "type", "content_type", "request_id", "uri", "image_data", "sequence_path", "video_path", "duration", "loop",
    "fade_in", "fade_out", "position", "size", "final_tile",
}  # fmt: skip
TEXT = {"type", "text_id", "content", "speaker", "duration", "style", "fade_duration"}


class Core:
    """A playout and the desk for foreign displays, on a real events port."""

    def __init__(self, folder, **options):
        clock = FakeClock()
        self.folder = folder
        self.controller = ControllerService(
            ControllerServiceConfig(publisher=PublisherConfig(port=0)), schemas=base.BASE_SCHEMAS
        )
        self.journal = Journal(folder / "journal.sqlite", clock)
        self.stream = EventStream(self.journal)
        mark = options.pop("watermark", "")
        self.playout = Playout(transition=Transition(seconds=0.5), watermark=mark)
        self.playout.change_mode(Mode.REHEARSE if mark else Mode.SHOW)
        (folder / "cache").mkdir()
        pictures = DisplayPictures(folder / "cache", options.pop("size", (1920, 1080)))
        self.desk = ForeignDisplays(self.playout.scene_for, self, self.stream, pictures, **options)
        self.sent = []
        self.stream.subscribe(lambda event: self.sent.append(event) if isinstance(event, ev.SentToDisplays) else None)

    publishes = True

    @property
    def has_displays(self):
        return self.controller.has_displays

    def publish(self, message):
        self.controller.say(message)

    async def open(self):
        await self.controller.start()
        self.desk.open()

    async def close(self):
        await self.desk.close()
        await self.controller.stop()
        await asyncio.to_thread(self.journal.close)

    async def tell(self, events):
        for event in events:
            if event.durability is ev.Durability.BEFORE:
                await self.stream.commit(event)
            else:
                self.stream.emit(event)

    async def take(self, name, caption, data=None, kind="png"):
        path = self.folder / "a folder % with äöü" / f"{name}.{kind}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data or picture(96, 64))
        shown = Picture(sha256=sha256_of(path.read_bytes()), uri=str(path), mime="image/png", width=96, height=64)
        candidate = Candidate(RequestId(name), shown, caption, approved=True)
        await self.tell([*self.playout.add(candidate), *self.playout.take(0.0)])
        return path

    async def stop(self, stop, on):
        await self.tell(self.playout.set_stop(stop, on))


class Display:
    """A display of somebody else's: subscribes and remembers."""

    def __init__(self, core, *topics):
        self.peer = RawPeer(zmq.SUB).connect(core.controller.ports["events"])
        for topic in topics or ("DisplayMedia ", "DisplayText ", "RemoveText "):
            self.peer.socket.subscribe(topic)

    def said(self, kind=None):
        split = [frames[0].partition(b" ") for frames in self.peer.read()]
        return [(topic.decode(), json.loads(body)) for topic, _, body in split if kind in (None, topic.decode())]

    def last(self, kind):
        found = self.said(kind)
        return found[-1][1] if found else None

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.peer.close()


@pytest.fixture
async def core(tmp_path):
    made = Core(tmp_path)
    await made.open()
    yield made
    await made.close()


def light(uri):
    with Image.open(uri.removeprefix("file://")) as image:
        return image.size, image.convert("L").getextrema()[1]


async def joined(core, display):
    """Until the display is sure to hear: it was told the scene as a late joiner."""
    await until(lambda: display.said("DisplayMedia"))
    core.sent.clear()


async def test_a_take_is_a_picture_and_its_words(core):
    with Display(core) as display:
        await joined(core, display)
        path = await core.take("r1", "The bell rang twice.")
        await until(lambda: display.said("DisplayText"))
        media, text = display.last("DisplayMedia"), display.last("DisplayText")
        assert {len(frames) for frames in display.peer.frames} == {1}
    assert (set(media), set(text)) == (MEDIA, TEXT)
    assert (media["content_type"], media["uri"], media["fade_in"]) == ("image", f"file://{path}", 0.5)
    assert len(media["request_id"]) == 36
    assert media["request_id"] != "r1"
    assert (text["content"], text["speaker"]) == ("The bell rang twice.", "agent")
    assert [(sent.request_id, sent.caption) for sent in core.sent] == [(media["request_id"], text["content"])]


async def test_the_same_picture_again_has_a_new_request_id(core):
    with Display(core) as display:
        await joined(core, display)
        await core.take("r1", "one")
        await until(lambda: display.said("DisplayText"))
        await core.take("r2", "two", picture(96, 48))
        await until(lambda: (display.last("DisplayText") or {}).get("content") == "two")
        await core.tell(core.playout.back(0.0))
        await until(lambda: len(display.said("DisplayText")) == 3)
        shown = [media["request_id"] for _, media in display.said("DisplayMedia")]
        kinds = [kind for kind, _ in display.said() if kind != "DisplayMedia"]
        removed = [said["text_id"] for _, said in display.said("RemoveText")]
        texts = [said["text_id"] for _, said in display.said("DisplayText")]
    assert len(set(shown[-3:])) == 3
    assert kinds == ["DisplayText", "RemoveText", "DisplayText", "RemoveText", "DisplayText"]
    assert removed == texts[:2]


async def test_black_is_a_black_picture_without_words_and_the_program_comes_back(core):
    with Display(core) as display:
        await joined(core, display)
        path = await core.take("r1", "words")
        await until(lambda: display.said("DisplayText"))
        await core.stop(StopName.BLACK, True)
        await until(lambda: display.said("RemoveText") and display.last("DisplayMedia")["uri"] != f"file://{path}")
        black = display.last("DisplayMedia")
        await core.stop(StopName.BLACK, False)
        await until(lambda: len(display.said("DisplayText")) == 2)
        await until(lambda: display.last("DisplayMedia")["uri"] == f"file://{path}")
    assert black["content_type"] == "image"
    assert light(black["uri"]) == ((1920, 1080), 0)


async def test_before_the_first_picture_and_in_a_safe_look_it_is_not_black(core):
    with Display(core) as display:
        await joined(core, display)
        gentle = display.last("DisplayMedia")
    size, brightest = light(gentle["uri"])
    assert size == (1920, 1080)
    assert brightest > 8


async def test_a_late_joiner_is_told_the_scene_once_more_words_included(core):
    with Display(core) as first:
        await joined(core, first)
        await core.take("r1", "words")
        await until(lambda: first.said("DisplayText"))
        with Display(core) as late:
            await until(lambda: late.said("DisplayMedia") and late.said("DisplayText"), within=12)
            assert late.last("DisplayMedia") == first.last("DisplayMedia"), "who has shown it already ignores its id"
            assert late.last("DisplayText") == first.last("DisplayText")


async def test_pictures_are_scaled_and_converted_before_they_are_sent(tmp_path):
    core = Core(tmp_path, size=(640, 360))
    await core.open()
    large, webp = io.BytesIO(), io.BytesIO()
    Image.effect_noise((1920, 1080), 50).convert("RGB").save(large, "JPEG")
    Image.effect_noise((320, 180), 50).convert("RGB").save(webp, "WEBP")
    with Display(core) as display:
        await joined(core, display)
        await core.take("large", "", large.getvalue(), "jpg")
        await until(lambda: len(display.said("DisplayMedia")) >= 2)
        assert light(display.last("DisplayMedia")["uri"])[0] == (640, 360)
        await core.take("webp", "", webp.getvalue(), "webp")
        await until(lambda: display.last("DisplayMedia")["uri"].endswith("320x180-640x360.jpg"))
    await core.close()


async def test_displays_of_another_machine_get_the_whole_picture_as_a_data_url(tmp_path):
    core = Core(tmp_path, by="data")
    await core.open()
    with Display(core) as display:
        await joined(core, display)
        path = await core.take("r1", "")
        await until(lambda: (display.last("DisplayMedia") or {}).get("image_data", "").startswith("data:image/png"))
        media = display.last("DisplayMedia")
    head, _, data = media["image_data"].partition(",")
    assert (head, base64.b64decode(data)) == ("data:image/png;base64", path.read_bytes())
    assert media["uri"] is None
    await core.close()


async def test_a_picture_that_is_gone_is_told_and_the_next_one_shown(core):
    warned = []
    core.stream.subscribe(lambda event: warned.append(event) if isinstance(event, ev.Warned) else None)
    with Display(core) as display:
        await joined(core, display)
        path = await core.take("r1", "one")
        await until(lambda: display.said("DisplayText"))
        path.unlink()
        core.desk._shown = None
        core.desk._changed.set()
        await until(lambda: warned)
        await core.take("r2", "two")
        await until(lambda: (display.last("DisplayText") or {}).get("content") == "two")
    assert "Foreign displays keep their picture" in warned[0].text


async def test_a_rehearsal_says_that_it_is_one(tmp_path):
    core = Core(tmp_path, watermark="REHEARSAL")
    await core.open()
    with Display(core) as display:
        await joined(core, display)
        await until(lambda: display.said("DisplayText"))
        mark = display.last("DisplayText")
        assert (mark["text_id"], mark["content"], mark["speaker"]) == ("watermark", "REHEARSAL", "system")
        await core.take("r1", "words")
        await until(lambda: (display.last("DisplayText") or {}).get("content") == "words")
        assert "watermark" not in [said["text_id"] for _, said in display.said("RemoveText")]
    await core.close()
