"""The Images API over real sockets: what is asked, what is taken, what is refused, and where the key never shows up."""

import asyncio
import resource
import time
import traceback

import pytest

from tests.support.waiting import until
from tests.textcraft_image_server.pictures import bomb, picture
from tests.textcraft_image_server.servers import ImagesAPI
from textcraft_image_server.backends import BackendError, Order, create_backend
from textcraft_image_server.backends.openai import nearest_size, picture_in
from textcraft_image_server.config import DEAREST_USD, ImageServerConfig, OpenAIOptions

ORDER = Order("a harbour at dusk", "people", 7, 1920, 1080)
KEY = "planted-key-4711"


@pytest.fixture
async def server():
    async with ImagesAPI().serving() as made:
        yield made


def options(server, **more):
    return ImageServerConfig(openai={"base_url": server.base_url, "timeout": 5, "deadline": 5, **more})


async def paint(server, order=ORDER, **more):
    backend = create_backend("openai", options(server, **more))
    try:
        return await backend.paint(order, lambda _fraction: None)
    finally:
        await backend.close()


async def refusal(server, way, **more) -> BackendError:
    server.way = way
    with pytest.raises(BackendError) as caught:
        await paint(server, **more)
    return caught.value


async def test_what_is_asked(server, monkeypatch):
    monkeypatch.setenv("IMAGE_API_KEY", KEY)
    await paint(server, model="some-model")
    (request,) = server.requests
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["accept-encoding"] == "identity"
    assert request.json() == {
        "model": "some-model", "prompt": ORDER.prompt, "n": 1, "size": "1536x1024", "response_format": "b64_json",
    }  # fmt: skip


async def test_newer_models_are_not_asked_for_a_format_and_seeds_go_only_where_they_are_wanted(server):
    await paint(server, model="gpt-image-1", sizes="", seeds=True)
    body = server.requests[0].json()
    assert "response_format" not in body
    assert (body["size"], body["seed"], body["negative_prompt"]) == ("1920x1080", 7, "people")


async def test_the_picture_comes_as_it_is_and_costs_what_was_said(server):
    painted = await paint(server, price=0.04)
    assert painted.data == server.data
    assert (painted.cost, painted.cost_estimated) == (0.04, False)


async def test_a_data_url_is_a_picture_too(server):
    server.way = "data_url"
    assert (await paint(server)).data == server.data


@pytest.mark.parametrize(
    ("way", "reason", "retryable"),
    [
        ("html", "something else", True),
        ("list", "something else", True),
        ("empty", "something else", True),
        ("deep", "something else", True),
        ("number", "without a picture", True),
        ("truncated", "broken base64", True),
        ("cut_picture", "does not decode", True),
        ("wrong_kind", "no PNG, JPEG or WebP", True),
        ("broken_off", "broke off", True),
        ("too_often", "too often.*slow down", True),
        ("fault", "500", True),
        ("policy", "400: not this prompt", False),
        ("refused", "401", False),
        ("redirect", "redirects", False),
        ("address", "never fetched", False),
        ("packed", "packed", True),
    ],
)
async def test_what_cannot_be_used_is_a_failure_with_a_reason(server, way, reason, retryable):
    failure = await refusal(server, way)
    with pytest.raises(BackendError, match=reason):
        raise failure
    assert failure.retryable is retryable
    assert server.paths() == ["/v1/images/generations"]  # asked once, and nobody else


async def test_an_answer_that_claims_a_bomb_is_refused_by_its_header(server):
    server.data = bomb()
    assert "too many" in str(await refusal(server, "ok"))


async def test_nobody_there(server):
    gone = ImageServerConfig(openai={"base_url": "http://127.0.0.1:9"})
    with pytest.raises(BackendError, match="cannot be reached") as caught:
        await create_backend("openai", gone).paint(ORDER, lambda _fraction: None)
    assert caught.value.retryable


async def test_silence_and_a_drip_both_end(server):
    assert "silent" in str(await refusal(server, "silent", timeout=0.2))
    began = time.monotonic()
    assert "within 0.5 s" in str(await refusal(server, "drip", deadline=0.5))
    assert time.monotonic() - began < 10  # it would be for ever


async def test_a_huge_answer_is_not_read_to_its_end(server):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "larger" in str(await refusal(server, "huge", timeout=20, deadline=20))
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 150  # MiB; 300 were offered


async def test_cancelling_closes_the_connection(server):
    server.way = "silent"
    backend = create_backend("openai", options(server))
    async with asyncio.TaskGroup() as group:
        work = group.create_task(backend.paint(ORDER, lambda _fraction: None))
        await until(lambda: server.requests)
        work.cancel()
    await until(lambda: server.left)
    await backend.close()


async def test_the_key_is_in_no_reason_and_no_traceback(server, monkeypatch, caplog):
    monkeypatch.setenv("IMAGE_API_KEY", KEY)
    caplog.set_level("DEBUG")
    for way in ("refused", "fault", "html", "broken_off", "redirect"):
        failure = await refusal(server, way)
        assert KEY not in "".join(traceback.format_exception(failure))
    assert KEY not in caplog.text


@pytest.mark.parametrize("key", ["planted\nkey", "plänted", "key\x00"])
def test_a_key_that_cannot_be_one_is_refused_unseen(monkeypatch, key, server):
    monkeypatch.setattr(ImageServerConfig, "api_key", lambda _self: key)
    with pytest.raises(BackendError, match="key") as caught:
        create_backend("openai", options(server))
    assert key not in "".join(traceback.format_exception(caught.value))
    assert not caught.value.retryable


def test_no_key_goes_over_an_open_line(monkeypatch, caplog):
    monkeypatch.setenv("IMAGE_API_KEY", KEY)
    backend = create_backend("openai", ImageServerConfig(openai={"base_url": "http://192.0.2.1/v1"}))
    assert backend._client.api_key == "none"
    assert "not encrypted" in caplog.text


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [(1920, 1080, "1536x1024"), (1080, 1920, "1024x1536"), (64, 64, "1024x1024"), (1000, 999, "1024x1024")],
)
def test_the_size_nearest_in_shape_is_asked_for(width, height, size):
    assert nearest_size(OpenAIOptions().sizes, width, height) == size


def test_of_equal_shapes_the_nearest_in_area():
    assert nearest_size("256x256,512x512, 1024x1024", 600, 600) == "512x512"


def test_without_a_price_this_machine_is_free_and_others_are_dear():
    assert OpenAIOptions(base_url="http://localhost:8000/v1").one_picture() == (0.0, False)
    assert OpenAIOptions().one_picture() == (DEAREST_USD, True)
    assert OpenAIOptions(price=0.0).one_picture() == (0.0, False)


def test_line_ends_in_base64_are_no_fault():
    import base64

    body = base64.encodebytes(picture()).decode().replace("\n", "\\n")
    assert picture_in(f'{{"data": [{{"b64_json": "{body}"}}]}}'.encode()) == picture()
