"""ComfyUI over real sockets: the workflow that is sent, progress, the end, cancelling, and whatever goes wrong."""

import asyncio
import json

import pytest

from tests.support.waiting import until
from tests.textcraft_image_server.servers import ComfyServer
from textcraft_image_server.backends import BackendError, Order, comfyui, create_backend
from textcraft_image_server.backends.comfyui import fill, first_picture
from textcraft_image_server.config import ImageServerConfig

ORDER = Order('a {{seed}} "quoted" harbour', "people", -3, 640, 360)
WORKFLOW = {
    "3": {"class_type": "KSampler", "inputs": {"seed": "{{seed}}", "model": ["4", 0], "steps": 4}},
    "5": {"inputs": {"width": "{{width}}", "height": "{{height}}"}},
    "6": {"inputs": {"text": "{{prompt}}, wide"}},
    "7": {"inputs": {"text": "{{negative_prompt}}"}},
}


@pytest.fixture
async def server():
    async with ComfyServer().serving() as made:
        yield made


@pytest.fixture
async def backend(server, tmp_path):
    made = create_backend("comfyui", config(server.url, tmp_path))
    yield made
    await made.close()


def config(url, folder, workflow=WORKFLOW, **more):
    path = folder / "workflow.json"
    path.write_text(workflow if isinstance(workflow, str) else json.dumps(workflow))
    return ImageServerConfig(comfyui={"base_url": url, "workflow": path, "timeout": 2, "deadline": 3, **more})


async def test_the_workflow_is_filled_and_the_saved_picture_fetched(server, backend):
    told = []
    painted = await backend.paint(ORDER, told.append)
    assert painted.data == server.data
    assert told == [0.0, 0.25, 0.5, 0.75, 1.0]
    (prompt,) = server.prompts
    assert prompt["3"]["inputs"] == {"seed": 2**64 - 3, "model": ["4", 0], "steps": 4}
    assert prompt["5"]["inputs"] == {"width": 640, "height": 360}
    assert prompt["6"]["inputs"]["text"] == 'a {{seed}} "quoted" harbour, wide'
    view = next(request for request in server.requests if request.path == "/view")
    assert view.query == {"filename": "a b_00001_.png", "type": "output"}
    assert not server.interrupted


async def test_messages_of_other_jobs_mean_nothing(server, backend):
    other = {"type": "execution_error", "data": {"prompt_id": "other"}}
    server.script = [other, {"type": "executing", "data": {"node": None, "prompt_id": "other"}}, *server.script]
    assert (await backend.paint(ORDER, print)).data == server.data


async def test_progress_never_goes_back(server, backend):
    server.script = [*server.steps(2), *server.steps(4), server.executing(None)]
    told = []
    await backend.paint(ORDER, told.append)
    assert told == sorted(told)


async def test_cancelling_interrupts_what_runs(server, backend):
    server.script = server.steps(4)[:2]
    await cancelled(server, backend)
    assert server.deleted == server.interrupted == server.running


async def test_cancelling_never_interrupts_somebody_else(server, backend):
    server.script = []
    job = await cancelled(server, backend, before=lambda: server.running.append("other"), mine=False)
    assert server.deleted == [job]
    assert server.interrupted == []


async def cancelled(server, backend, before=lambda: None, mine=True):
    async with asyncio.TaskGroup() as group:
        work = group.create_task(backend.paint(ORDER, lambda _fraction: None))
        await asyncio.wait_for(server.followed.wait(), 30)
        job = server.running[-1]
        if not mine:
            server.running.clear()
        before()
        work.cancel()
    return job


async def test_beyond_its_deadline_a_job_is_interrupted(server, tmp_path):
    server.script = []
    backend = create_backend("comfyui", config(server.url, tmp_path, deadline=0.3))
    with pytest.raises(BackendError, match=r"within 0\.3 s"):
        await backend.paint(ORDER, print)
    assert server.interrupted == server.running
    await backend.close()


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (
            {"type": "execution_error", "data": {"prompt_id": "{id}", "exception_message": "no such model"}},
            "such model",
        ),
        ({"type": "execution_interrupted", "data": {"prompt_id": "{id}"}}, "interrupted"),
        (b"<html>", "else than JSON"),
    ],
)
async def test_what_its_socket_tells_of_trouble(server, backend, message, reason):
    server.script = [message]
    with pytest.raises(BackendError, match=reason):
        await backend.paint(ORDER, print)


@pytest.mark.parametrize(
    "message", [b"[]", b"7", b'{"type": 3, "data": []}', {"type": "progress", "data": {"value": "x", "max": 0}}]
)
async def test_odd_messages_are_passed_over(server, backend, message):
    server.script = [message, *server.script]
    assert (await backend.paint(ORDER, print)).data == server.data


async def test_a_socket_that_ends_early(server, backend):
    server.script, server.ends_socket = [], True
    with pytest.raises(BackendError, match=r"broke off|closed"):
        await backend.paint(ORDER, print)


def answering(body=b"", status=200, **more):
    async def route(_request, connection):
        await connection.answer(body, status, **more)

    return route


@pytest.mark.parametrize(
    ("path", "route", "reason", "retryable"),
    [
        ("/prompt", answering(b'{"error": {"message": "bad node 6"}}', 400), "400: bad node 6", False),
        ("/prompt", answering(b"soup"), "else than JSON", True),
        ("/prompt", answering(b"", 500), "500", True),
        ("/prompt", answering(b"", 307, location="/elsewhere"), "redirects", False),
        ("/ws", answering(b"", 307, location="/elsewhere"), "cannot be reached", True),
        ("/ws", answering(b"", 200), "cannot be reached", True),
        ("/history/", answering(b"[]"), "else than JSON", True),
        ("/history/", answering(b"{}"), "does not know", True),
        ("/view", answering(b"<html>", kind="text/html"), "no PNG", True),
        ("/view", answering(b"", 404), "404", False),
    ],
)
async def test_what_http_tells_of_trouble(server, backend, monkeypatch, path, route, reason, retryable):
    monkeypatch.setattr(comfyui, "HISTORY_TRIES", 3)
    server.routes[path] = route
    with pytest.raises(BackendError, match=reason) as caught:
        await backend.paint(ORDER, print)
    assert caught.value.retryable is retryable
    assert "/elsewhere" not in server.paths()


async def test_a_huge_picture_is_not_read_to_its_end(server, backend):
    async def huge(_request, connection):
        await connection.head(content_type="image/png", content_length=300 << 20)
        for _ in range(300):
            await connection.send(bytes(1 << 20))

    server.routes["/view"] = huge
    with pytest.raises(BackendError, match="larger"):
        await backend.paint(ORDER, print)
    await until(lambda: server.left)


async def test_nobody_there(tmp_path):
    backend = create_backend("comfyui", config("http://127.0.0.1:9", tmp_path))
    with pytest.raises(BackendError, match="cannot be reached"):
        await backend.paint(ORDER, print)
    await backend.close()


@pytest.mark.parametrize(
    ("workflow", "reason"),
    [
        ("soup", "cannot be used"),
        ("[]", "API format"),
        ({"nodes": [], "x": "{{prompt}}"}, "API format"),
        ({"6": {"inputs": {"text": "always the same"}}}, "{{prompt}}"),
    ],
)
def test_a_workflow_that_cannot_be_one(tmp_path, workflow, reason):
    with pytest.raises(BackendError, match=reason):
        create_backend("comfyui", config("http://127.0.0.1:9", tmp_path, workflow))


def test_an_unknown_placeholder_is_named():
    with pytest.raises(BackendError, match=r"\{\{steps\}\}"):
        fill({"a": ["{{steps}}"]}, {"prompt": "p"})


def test_without_a_saved_picture_a_preview_is_taken_and_without_any_it_is_told():
    preview = {"filename": "x.png", "subfolder": "s", "type": "temp"}
    assert first_picture({"outputs": {"1": {"text": ["a"]}, "2": {"images": [preview]}}}) == preview
    for odd in ({}, {"outputs": []}, {"outputs": {"1": {"images": "soup"}}}, {"outputs": {"1": 3}}):
        with pytest.raises(BackendError, match="no picture"):
            first_picture(odd)
