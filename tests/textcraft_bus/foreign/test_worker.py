import asyncio
import json

import pytest
import zmq

from tests.interop.raw import RawPeer, until
from textcraft_bus import schemas_base as base
from textcraft_bus.channel.messages import BadFrame
from textcraft_bus.foreign.worker import ForeignWorker


class ForeignCore:
    """Binds PUSH and PULL, as a core of the ecosystem does."""

    def __init__(self):
        self.requests, self.results = RawPeer(zmq.PUSH), RawPeer(zmq.PULL)
        self.addresses = {
            "requests": f"tcp://127.0.0.1:{self.requests.bind()}",
            "results": f"tcp://127.0.0.1:{self.results.bind()}",
        }

    def close(self):
        self.requests.close()
        self.results.close()


@pytest.fixture
async def core():
    core = ForeignCore()
    yield core
    core.close()


@pytest.fixture
async def worker(core):
    heard = []
    worker = ForeignWorker(heard.append, asyncio.get_running_loop(), **core.addresses)
    worker.heard = heard
    await worker.start()
    yield worker
    await worker.stop()


async def send(core, *frames):
    await until(lambda: core.requests.socket.poll(0, zmq.POLLOUT))
    core.requests.send(*frames)


async def test_a_request_is_heard_with_the_project_s_fields(core, worker):
    await send(core, b'{"type": "RenderRequest", "request_id": "r1", "prompt": "a door", "era": "now", "style": null}')
    request = (await until(lambda: worker.heard))[0]
    assert isinstance(request, base.RenderRequest)
    assert (request.request_id, request.prompt, request.era, request.width) == ("r1", "a door", "now", 1024)


async def test_an_answer_is_one_frame_of_json(core, worker):
    worker.answer(base.ImageReady(request_id="r1", uri="file:///pictures/a b.png", prompt="a door", era="now"))
    (frame,) = (await until(core.results.read))[0]
    assert json.loads(frame) == {
        "type": "ImageReady", "request_id": "r1", "uri": "file:///pictures/a b.png", "prompt": "a door", "era": "now",
    }  # fmt: skip


async def test_one_id_twice_is_heard_twice(core, worker):
    for _ in range(2):
        await send(core, b'{"type":"RenderRequest","request_id":"r1","prompt":"a door"}')
    await until(lambda: len(worker.heard) == 2)


async def test_what_is_no_valid_request_is_dropped_and_told(core, worker, caplog):
    bad = [
        b"soup", b"[]", b'{"type":"Alert"}', b'{"type":"RenderRequest"}', b'{"type":"RenderRequest","prompt":"  "}',
        b'{"type":"RenderRequest","prompt":"p","request_id":"../x"}',
        b'{"type":"RenderRequest","prompt":"p","width":0}',
    ]  # fmt: skip
    for frame in bad:
        await send(core, frame)
    await send(core, b"{}", b"{}")
    await send(core, b'{"prompt":"a door"}')
    assert (await until(lambda: worker.heard))[0].prompt == "a door"
    assert worker.dropped == len(bad) + 1
    assert "more than one frame" in caplog.text


async def test_an_answer_that_cannot_be_written_is_refused_where_it_is_made(worker):
    with pytest.raises(BadFrame):
        worker.answer(base.ImageReady(request_id="r", uri="file:///x", era="\ud800"))


async def test_an_address_that_is_none_is_refused(core):
    worker = ForeignWorker(print, asyncio.get_running_loop(), requests="nowhere")
    with pytest.raises(ValueError, match="not an address"):
        await worker.start()
