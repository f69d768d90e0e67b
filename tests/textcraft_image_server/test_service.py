"""The service between a worker's end of the wire and the easel: raw frames in, raw frames out."""

import asyncio
import json

import pytest
import zmq

from tests.interop.raw import RawPeer
from tests.support.waiting import until
from tests.textcraft_image_server.servers import ImagesAPI
from textcraft_image_server.config import ImageServerConfig
from textcraft_image_server.image_server import MAX_ENDED, ImageServerService

NAME = b"image_server.painter"


@pytest.fixture
async def core():
    """A core that says only what the test says, and that it is there: a core that is silent would be given up."""
    with RawPeer(zmq.ROUTER) as router:
        router.port = router.bind()
        beating = asyncio.get_running_loop().create_task(beat(router))
        yield router
        beating.cancel()


async def beat(router):
    while True:
        await asyncio.sleep(0.5)
        router.send(NAME, b'{"type": "Heartbeat"}')


@pytest.fixture
async def api():
    async with ImagesAPI().serving() as made:
        yield made


@pytest.fixture
async def service(core, api, tmp_path):
    config = ImageServerConfig(
        core=f"tcp://127.0.0.1:{core.port}", images=tmp_path / "images", queue=1, openai={"base_url": api.base_url}
    )
    made = ImageServerService(config)
    await made.start()
    await until(lambda: core.of("ServiceHello"))
    core.send(NAME, b'{"type": "CoreSnapshot"}')
    yield made
    await made.stop()


def ask(core, name, **more):
    asked = {"type": "RenderRequest", "request_id": name, "prompt": "p", "width": 96, "height": 64, **more}
    core.send(NAME, json.dumps(asked).encode())


async def test_a_job_sent_twice_is_one_job_and_sent_after_its_end_gets_the_same_answer(core, service, tmp_path):
    ask(core, "a")
    ask(core, "a")
    await until(lambda: core.of("ImageReady"))
    assert len(core.of("RenderAccepted")) == 2
    kept = sorted(path.stat().st_mtime_ns for path in (tmp_path / "images").iterdir())
    ask(core, "a")
    await until(lambda: len(core.of("ImageReady")) == 2)
    one, two = ({**message, "seq": 0, "sent_at": 0} for message in core.of("ImageReady"))
    assert one == two
    assert kept == sorted(path.stat().st_mtime_ns for path in (tmp_path / "images").iterdir())


async def test_another_attempt_is_another_job(core, service):
    ask(core, "a")
    await until(lambda: core.of("ImageReady"))
    ask(core, "a", attempt=2)
    await until(lambda: len(core.of("ImageReady")) == 2)
    assert [message["attempt"] for message in core.of("ImageReady")] == [1, 2]


async def test_beyond_its_queue_it_refuses_and_says_so(core, service, api):
    api.way = "silent"
    ask(core, "a", generator="openai")
    await until(lambda: api.requests)
    for name in "bcd":
        ask(core, name)
    await until(lambda: len(core.of("RenderFailed")) == 2)
    refused = core.of("RenderFailed")
    assert [(one["request_id"], one["reason"], one["retryable"]) for one in refused] == [
        ("c", "its queue is full", True), ("d", "its queue is full", True),
    ]  # fmt: skip
    core.send(NAME, b'{"type": "CancelRender", "request_id": "a"}')
    await until(lambda: len(core.of("ImageReady")) == 1)
    ask(core, "c")
    await until(lambda: len(core.of("ImageReady")) == 2)


async def test_a_size_that_cannot_be_painted_fails_for_good(core, service):
    ask(core, "a", width=8)
    await until(lambda: core.of("RenderFailed"))
    (failed,) = core.of("RenderFailed")
    assert (failed["retryable"], failed["attempt"]) == (False, 1)


async def test_beats_tell_what_it_does(core, service, api):
    api.way = "silent"
    for name in "ab":
        ask(core, name, generator="openai")
    await until(lambda: any((beat["state"], beat["queue"]) == ("painting", 2) for beat in core.of("Heartbeat")))
    await until(lambda: core.of("Heartbeat")[-1]["oldest_job_age"] > 0.5)
    for name in "ab":
        core.send(NAME, b'{"type": "CancelRender", "request_id": "%s"}' % name.encode())
    await until(lambda: core.of("Heartbeat")[-1]["state"] == "idle")
    last = core.of("Heartbeat")[-1]
    assert (last["queue"], last["oldest_job_age"], last["rss"] > 1 << 20) == (0, 0.0, True)


async def test_odd_frames_change_nothing(core, service):
    for odd in (b"", b"soup", b"[]", b'{"type": "RenderRequest"}', b'{"type": "RenderRequest", "request_id": 3}'):
        core.send(NAME, odd)
    core.send(NAME, b'{"type": "CancelRender", "request_id": "nobody"}')
    ask(core, "a")
    await until(lambda: core.of("ImageReady"))


async def test_remembered_answers_are_bounded(core, service):
    for number in range(MAX_ENDED + 2):
        ask(core, str(number), width=8)
        await until(lambda number=number: len(core.of("RenderFailed")) == number + 1)
    assert len(service._ended) == MAX_ENDED
