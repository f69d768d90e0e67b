"""The real process, over real sockets, with a real hub at the other end."""

import argparse
import json
import signal
import time

import pytest

from tests.support.programs import programs
from tests.support.waiting import until
from tests.textcraft_image_server.cores import Core
from tests.textcraft_image_server.servers import ComfyServer, ImagesAPI
from textcraft_bus.channel import facts
from textcraft_bus.config import ConfigError
from textcraft_bus.disk.uris import path_of
from textcraft_bus.pictures import sha256_of
from textcraft_bus.processes import EXIT_NAME_TAKEN
from textcraft_image_server.image_server import run_image_server

SERVER = "textcraft-image-server"
KEY = "planted-key-4711"


@pytest.fixture
async def core(tmp_path):
    made = Core(tmp_path)
    made.port = await made.hub.start()
    yield made
    await made.hub.stop()


@pytest.fixture
def started(tmp_path):
    with programs(tmp_path) as made:
        yield made


@pytest.fixture
async def api():
    async with ImagesAPI().serving() as made:
        yield made


def asking(api):
    return ["--generator", "openai", "--openai.base-url", api.base_url, "--openai.price", "0.04"]


async def test_a_job_is_accepted_painted_and_told_with_all_it_needs(core, started):
    server = started.start(SERVER, *core.arguments())
    await core.seen()
    hello = core.of(facts.PeerSeen)[0].hello
    assert (hello.pid, hello.show, hello.capabilities[-1]) == (server.pid, "test", "procedural")
    request = core.ask(seed=5)
    ready = (await core.ended(request)).ready
    assert core.about(request) == ["RenderStarted", "RenderProgressed", "RenderDone"]
    data = path_of(ready.uri).read_bytes()
    assert (sha256_of(data), ready.mime, ready.width, ready.height) == (ready.sha256, "image/jpeg", 96, 64)
    assert (ready.seed, ready.backend, ready.worker, ready.cost) == (5, "procedural", "painter", 0.0)

    core.hub.quit("image_server.painter")
    assert server.wait() == 0
    assert "Traceback" not in server.output


async def test_backends_are_chosen_by_request_and_money_is_told(core, started, api, tmp_path):
    (tmp_path / "workflow.json").write_text('{"6": {"inputs": {"text": "{{prompt}}"}}}')
    (tmp_path / "image_server.toml").write_text('[comfyui]\nworkflow = "workflow.json"\n')
    (tmp_path / ".env").write_text(f"IMAGE_API_KEY={KEY}\n")
    async with ComfyServer().serving() as comfy:
        more = [
            "--config",
            str(tmp_path / "image_server.toml"),
            "--comfyui.base-url",
            comfy.url,
            "--log-level",
            "DEBUG",
        ]
        server = started.start(SERVER, *core.arguments(*asking(api), *more))
        await core.seen()
        paid, followed = core.ask(), core.ask(generator="comfyui")
        unknown, lacking = core.ask(generator="oil on canvas"), core.ask(generator="folder")
        ready = (await core.ended(paid)).ready
        assert (ready.backend, ready.cost) == ("openai", 0.04)
        sidecar = json.loads(path_of(ready.uri).with_suffix(".json").read_text())
        assert (sidecar["cost"], sidecar["backend"], sidecar["prompt"]) == (0.04, "openai", paid.prompt)
        assert (await core.ended(followed)).ready.backend == "comfyui"
    told = [fact.fraction for fact in core.of(facts.RenderProgressed) if fact.request_id == followed.request_id]
    assert told == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert "oil on canvas" in (await core.ended(unknown)).reason
    gave_up = await core.ended(lacking)
    assert (gave_up.attempts, "folder.path" in gave_up.reason) == (1, True)
    assert api.requests[0].headers["authorization"] == f"Bearer {KEY}"

    api.way = "too_often"
    gave_up = await core.ended(core.ask())
    assert (gave_up.attempts, "slow down" in gave_up.reason) == (2, True)
    assert len(api.requests) == 3
    assert "DEBUG" in server.output
    logs = "".join(path.read_text() for path in _logs())
    assert KEY not in server.output + logs


def _logs():
    from textcraft_bus.disk.folders import log_folder

    return list(log_folder().glob("*.log"))


async def test_cancelling_while_waiting_and_while_painting(core, started, api):
    api.way = "silent"
    started.start(SERVER, *core.arguments(*asking(api)))
    await core.seen()
    painting, waiting = core.ask(), core.ask()
    await until(lambda: api.requests)
    core.cancel(waiting)
    core.cancel(painting)
    await until(lambda: api.left == 1, 30, "the connection to close")
    api.way = "ok"
    assert isinstance(await core.ended(core.ask()), facts.RenderDone)
    assert len(api.requests) == 2  # what was cancelled while it waited was never asked for
    assert [(await core.ended(one)).reason for one in (painting, waiting)] == ["cancelled", "cancelled"]


async def test_after_quitting_its_job_goes_to_the_next_server(core, started, api):
    api.way = "silent"
    server = started.start(SERVER, *core.arguments(*asking(api)))
    await core.seen()
    request = core.ask()
    await until(lambda: api.requests)
    server.process.send_signal(signal.SIGTERM)
    assert server.wait() == 0
    started.start(SERVER, *core.arguments())
    assert (await core.ended(request)).ready.attempt == 2
    assert len(core.of(facts.RenderRetried)) == 1


async def test_quitting_does_not_wait_for_a_large_picture(core, started):
    server = started.start(SERVER, *core.arguments())
    await core.seen()
    core.ask(width=4096, height=4096)
    await until(lambda: core.of(facts.RenderProgressed))
    core.hub.quit("image_server.painter")
    assert server.wait() == 0
    assert not core.of(facts.RenderDone)
    assert "Traceback" not in server.output


async def test_without_a_core_it_ends(core, started):
    server = started.start(SERVER, *core.arguments("--lonely-seconds", "1"))
    began = time.monotonic()
    await core.seen()
    await core.hub.stop()
    assert server.wait(40) == 0
    assert "no core" in server.output
    assert time.monotonic() - began > 1


async def test_with_a_core_that_never_comes_it_ends_too(started):
    server = started.start(SERVER, "--core", "tcp://127.0.0.1:9", "--lonely-seconds", "0.5")
    assert server.wait(40) == 0


async def test_a_second_server_of_one_name_ends_with_a_clear_line(core, started):
    first = started.start(SERVER, *core.arguments())
    await core.seen()
    second = started.start(SERVER, *core.arguments())
    assert second.wait() == EXIT_NAME_TAKEN
    assert str(first.pid) in second.output
    assert first.process.poll() is None


def test_help_names_the_settings_of_every_backend(started):
    server = started.start(SERVER, "--help")
    assert server.wait() == 0
    for flag in ("--folder.path", "--openai.base-url", "--comfyui.workflow", "--diffusers.model", "--foreign"):
        assert flag in server.output


def test_what_the_operator_can_mend_is_one_line(started):
    server = started.start(SERVER, "--generator", "oil")
    assert server.wait() == 1
    assert "generator: 'oil' is none of black, comfyui" in server.output
    assert "Traceback" not in server.output


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"core": "nowhere"}, "nowhere is not an address"),
        ({"foreign": True, "results": "nowhere"}, "nowhere is not an address"),
        ({"queue": "0"}, "queue:"),
    ],
)
async def test_settings_that_cannot_be_are_refused_at_the_start(setting, words):
    for _ in range(2):  # the name was given back the first time
        with pytest.raises(ConfigError, match=words):
            await run_image_server(args=argparse.Namespace(**setting))
