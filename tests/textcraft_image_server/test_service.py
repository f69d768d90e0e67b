"""The service between a worker's end of the wire and the easel: raw frames in, raw frames out."""

import pytest
import zmq

from tests.interop.raw import RawPeer
from tests.support.waiting import until
from textcraft_image_server.config import ImageServerConfig
from textcraft_image_server.image_server import MAX_ENDED, ImageServerService

NAME = b"image_server.painter"


@pytest.fixture
async def core():
    """A core that says only what the test says."""
    with RawPeer(zmq.ROUTER) as router:
        router.port = router.bind()
        yield router


@pytest.fixture
async def service(core, tmp_path):
    config = ImageServerConfig(core=f"tcp://127.0.0.1:{core.port}", images=tmp_path / "images", queue=1)
    made = ImageServerService(config)
    await made.start()
    await until(lambda: core.of("ServiceHello"))
    core.send(NAME, b'{"type": "CoreSnapshot"}')
    yield made
    await made.stop()


def ask(core, name, attempt=1, width=96):
    sized = f'"width": {width}, "height": 64'
    asked = f'{{"type": "RenderRequest", "request_id": "{name}", "prompt": "p", "attempt": {attempt}, {sized}}}'
    core.send(NAME, asked.encode())


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


async def test_beyond_its_queue_it_refuses_and_says_so(core, service):
    for name in "abcd":
        ask(core, name, width=512)
    await until(lambda: len(core.of("ImageReady")) == 2)
    refused = core.of("RenderFailed")
    assert [(one["request_id"], one["reason"], one["retryable"]) for one in refused] == [
        ("c", "its queue is full", True), ("d", "its queue is full", True),
    ]  # fmt: skip
    ask(core, "c")
    await until(lambda: len(core.of("ImageReady")) == 3)


async def test_a_size_that_cannot_be_painted_fails_for_good(core, service):
    ask(core, "a", width=8)
    await until(lambda: core.of("RenderFailed"))
    (failed,) = core.of("RenderFailed")
    assert (failed["retryable"], failed["attempt"]) == (False, 1)


async def test_beats_tell_what_it_does(core, service):
    ask(core, "a", width=2048)
    ask(core, "b", width=2048)
    await until(lambda: [beat for beat in core.of("Heartbeat") if beat["state"] == "painting"] or core.of("ImageReady"))
    await until(lambda: len(core.of("ImageReady")) == 2)
    await until(lambda: core.of("Heartbeat")[-1]["state"] == "idle")
    assert core.of("Heartbeat")[-1]["rss"] > 1 << 20
    assert core.of("Heartbeat")[-1]["queue"] == 0


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
