"""A core of the ecosystem as somebody else's program binds it, before a display of ours; knows no test."""

import io
import json

import zmq
from PIL import Image

from tests.interop.raw import RawPeer
from tests.support.screen import capture, mean
from tests.support.waiting import until

AT, SIZE = (60, 80), (480, 270)
BOX = (*AT, AT[0] + SIZE[0], AT[1] + SIZE[1])


def png(colour, size=SIZE) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


class ForeignCore:
    """A core as somebody else's program binds it: XPUB of events, SUB of updates."""

    def __init__(self, folder):
        self.folder = folder
        self.images = folder / "a show's pictures"
        self.images.mkdir()
        self.events, self.updates = RawPeer(zmq.XPUB), RawPeer(zmq.SUB)
        self.updates.socket.subscribe = b""
        self.ports = self.events.bind(), self.updates.bind()

    def arguments(self, *more):
        events, updates = (f"tcp://127.0.0.1:{port}" for port in self.ports)
        where = ["--windowed", "--position", f"{AT[0]},{AT[1]}", "--size", f"{SIZE[0]}x{SIZE[1]}"]
        return ["--foreign", "--events", events, "--updates", updates, "--images", str(self.images), *where, *more]

    async def joined(self):
        wanted = {b"\x01DisplayMedia ", b"\x01DisplayText ", b"\x01RemoveText "}
        await until(lambda: {frames[0] for frames in self.events.read()} == wanted, 60, "three subscriptions")
        await until(lambda: mean(capture(BOX)) > 20, what="the safe look")

    def say(self, kind, **fields):
        self.events.send(f"{kind} {json.dumps({'type': kind, **fields})}".encode())

    def media(self, content_type="image", **fields):
        self.say("DisplayMedia", content_type=content_type, **fields)

    def file(self, colour, name="a picture.png", size=SIZE):
        path = self.images / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(colour, size))
        return path

    def alerts(self):
        return [json.loads(frames[0].partition(b" ")[2])["message"] for frames in self.updates.read()]

    async def alerted(self, words):
        try:
            await until(lambda: any(words in told for told in self.alerts()), what="an alert")
        except AssertionError:
            raise AssertionError(f"no alert about {words}; the wall says:\n{self.program.output}") from None

    def close(self):
        self.events.close()
        self.updates.close()
