"""The real process in front of somebody else's core: raw frames on PULL and PUSH, byte for byte."""

import json

import pytest

from tests.support.programs import programs
from tests.support.waiting import until
from tests.textcraft_image_server.cores import ForeignCore
from tests.textcraft_image_server.servers import ImagesAPI
from textcraft_bus import schemas_base as base
from textcraft_bus.channel.messages import BadFrame
from textcraft_bus.disk.files import read_bytes
from textcraft_bus.pictures import check
from textcraft_bus.project import Project
from textcraft_image_server import foreign_server
from textcraft_image_server.config import ImageServerConfig
from textcraft_image_server.easel import CLOSING
from textcraft_image_server.foreign_server import ForeignImageServerService

SERVER = "textcraft-image-server"
ASKED = (
    b'{"type": "RenderRequest", "request_id": "r1", "prompt": "a \\"door\\" in \xc3\xa9t\xc3\xa9", "width": 96, '
    b'"height": 64, "seed": null, "era": "present", "biome": {"kind": "marsh"}, "uri": "file:///theirs", "later": [1]}'
)


@pytest.fixture
def core():
    made = ForeignCore()
    yield made
    made.close()


async def test_answers_are_byte_for_byte_what_foreign_cores_read(core, tmp_path):
    images = tmp_path / "a folder % with äöü"
    with programs(tmp_path) as started:
        server = started.start(SERVER, *core.arguments(images))
        await core.connected()
        core.requests.send(ASKED)
        core.requests.send(ASKED)
        core.requests.send(b'{"type": "RenderRequest", "request_id": "r2", "prompt": "p", "width": 8, "height": 8}')
        frames = await core.answers(3)
    assert [len(parts) for parts in frames] == [1, 1, 1]
    one, two, alert = (json.loads(parts[0]) for parts in frames)
    for answer in (one, two):
        name = answer["uri"].rpartition("/")[2]
        assert answer["uri"] == f"file://{images}/{name}"
        assert check(read_bytes(images / name)).width == 96
        assert {key: value for key, value in answer.items() if key != "uri"} == {
            "type": "ImageReady", "request_id": "r1", "prompt": 'a "door" in été',
            "era": "present", "biome": {"kind": "marsh"}, "later": [1],
        }  # fmt: skip
    assert one["uri"] != two["uri"]
    first = frames[0][0].decode()
    assert first.startswith('{"type":"ImageReady","request_id":"r1","uri":"file:///')
    assert "%20" not in first
    assert (alert["type"], alert["request_id"], alert["severity"]) == ("Alert", "r2", "error")
    assert "8 × 8" in alert["message"]
    assert "job r2 failed" in server.output


async def test_every_failure_is_an_alert(core, tmp_path):
    def ask(name):
        core.requests.send(json.dumps({"request_id": name, "prompt": "p"}).encode())

    async with ImagesAPI("fault").serving() as api:
        with programs(tmp_path) as started:
            more = ["--generator", "openai", "--openai.base-url", api.base_url, "--queue", "1"]
            server = started.start(SERVER, *core.arguments(tmp_path / "images", *more))
            await core.connected()
            ask("fault")
            await core.answers(1)
            api.way = "silent"
            ask("painting")
            await until(lambda: len(api.requests) == 2)
            ask("waiting")
            ask("too many")
            await core.answers(2)
            server.process.terminate()
            frames = await core.answers(4)
            assert server.wait(5) == 0
    messages = [json.loads(parts[0]) for parts in frames]
    assert {message["type"] for message in messages} == {"Alert"}
    told = {message["request_id"]: message["message"] for message in messages}
    assert set(told) == {"fault", "painting", "waiting", "too many"}
    assert "500" in told["fault"]
    assert told["too many"] == "its queue is full"
    assert told["painting"] == told["waiting"] == CLOSING


async def test_what_takes_too_long_is_an_alert_in_time(core, tmp_path, monkeypatch):
    monkeypatch.setattr(foreign_server, "ANSWER_SECONDS", 0.3)
    async with ImagesAPI("silent").serving() as api:
        service = await serving(core, tmp_path, generator="openai", openai={"base_url": api.base_url})
        core.requests.send(b'{"request_id": "r1", "prompt": "p"}')
        (frame,) = (await core.answers(1))[0]
        await service.stop()
    assert "within 0.3 s" in json.loads(frame)["message"]
    assert foreign_server.ANSWER_SECONDS < 25


async def test_an_answer_that_cannot_be_written_becomes_an_alert(core, tmp_path, monkeypatch):
    service = await serving(core, tmp_path)
    real, refused = service._worker.answer, []

    def answer(message):
        if message.type == "ImageReady":
            refused.append(message)
            raise BadFrame("cannot be written as JSON")
        real(message)

    monkeypatch.setattr(service._worker, "answer", answer)
    core.requests.send(b'{"request_id": "r1", "prompt": "p", "width": 96, "height": 64}')
    (frame,) = (await core.answers(1))[0]
    assert (json.loads(frame)["type"], len(refused)) == ("Alert", 1)
    await service.stop()


async def serving(core, folder, **more):
    _, _, requests, _, results, *_ = core.arguments(folder)
    service = ForeignImageServerService(ImageServerConfig(requests=requests, results=results, **more), folder)
    await service.start()
    await core.connected()
    return service


async def test_fields_a_project_declared_are_echoed_like_any_other(core, tmp_path, monkeypatch):
    class Extended(base.RenderRequest):
        era: str | None = None

    project = Project(schemas={**base.BASE_SCHEMAS, "RenderRequest": Extended})
    monkeypatch.setattr(foreign_server, "current_project", lambda: project)
    service = await serving(core, tmp_path)
    core.requests.send(b'{"request_id":"r1","prompt":"p","width":96,"height":64,"era":"now","later":{"n":1}}')
    (frame,) = (await core.answers(1))[0]
    await service.stop()
    answer = json.loads(frame)
    assert (answer["type"], answer["era"], answer["later"]) == ("ImageReady", "now", {"n": 1})
    assert "seed" not in answer
