"""What every backend must do, whatever paints behind it."""

import asyncio
import contextlib
import json
import time

import pytest

from tests.textcraft_image_server.pictures import picture
from tests.textcraft_image_server.servers import ComfyServer, ImagesAPI
from textcraft_bus.pictures import check
from textcraft_image_server.backends import BackendError, Order, create_backend, known_backends
from textcraft_image_server.config import ImageServerConfig

ORDER = Order("a harbour at dusk", "people", 7, 96, 64)
WORKFLOW = {"6": {"inputs": {"text": "{{prompt}}", "seed": "{{seed}}"}}}
# What is left out of a configuration, and what the complaint must name.
LACKING = {"folder": "folder.path", "comfyui": "comfyui.workflow", "diffusers": "diffusers"}


@contextlib.asynccontextmanager
async def procedural(_folder):
    yield ImageServerConfig()


@contextlib.asynccontextmanager
async def black(_folder):
    yield ImageServerConfig()


@contextlib.asynccontextmanager
async def folder(place):
    (place / "one.png").write_bytes(picture())
    yield ImageServerConfig(folder={"path": place})


@contextlib.asynccontextmanager
async def openai(_folder):
    async with ImagesAPI().serving() as server:
        yield ImageServerConfig(openai={"base_url": server.base_url})


@contextlib.asynccontextmanager
async def comfyui(place):
    (place / "workflow.json").write_text(json.dumps(WORKFLOW))
    async with ComfyServer().serving() as server:
        yield ImageServerConfig(comfyui={"base_url": server.url, "workflow": place / "workflow.json"})


@contextlib.asynccontextmanager
async def diffusers(place):
    yield ImageServerConfig(diffusers={"model": place, "steps": 4})


KINDS = {kind.__name__: kind for kind in (procedural, black, folder, openai, comfyui, diffusers)}


@pytest.fixture(params=sorted(KINDS))
async def backend(request, tmp_path, fake_libraries):
    async with KINDS[request.param](tmp_path) as config:
        made = create_backend(request.param, config)
        yield made
        await made.close()


def test_every_backend_is_tried_here():
    assert sorted(KINDS) == known_backends()


async def test_it_paints_a_picture_and_says_how_far_it_is(backend):
    told = []
    painted = await backend.paint(ORDER, told.append)
    info = check(painted.data)
    assert info.width > 0
    assert painted.cost == 0.0
    assert told[0] == 0.0
    assert told == sorted(told)
    assert all(0 <= fraction <= 1 for fraction in told)


async def test_the_same_order_gives_the_same_picture(backend):
    one, two = await backend.paint(ORDER, print), await backend.paint(ORDER, print)
    assert one.data == two.data


async def test_cancelling_ends_it_at_once_and_the_next_order_is_painted(backend):
    begun = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        work = group.create_task(backend.paint(ORDER, lambda _fraction: begun.set()))
        await begun.wait()
        asked = time.monotonic()
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
    assert work.cancelled()
    assert time.monotonic() - asked < 5
    assert (await backend.paint(ORDER, print)).data


async def test_it_may_be_closed_twice(backend):
    await backend.paint(ORDER, print)
    await backend.close()
    await backend.close()


@pytest.mark.parametrize("name", sorted(LACKING))
def test_what_is_not_configured_is_named_and_no_retry_helps(name, fake_libraries):
    with pytest.raises(BackendError, match=LACKING[name]) as caught:
        create_backend(name, ImageServerConfig())
    assert not caught.value.retryable


def test_an_unknown_name_is_answered_with_those_there_are():
    with pytest.raises(BackendError, match="comfyui, diffusers, folder, openai, procedural"):
        create_backend("../procedural", ImageServerConfig())
