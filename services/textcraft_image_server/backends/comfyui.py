"""Has a ComfyUI server run a workflow: asked over HTTP, followed over its WebSocket; knows no node but placeholders."""

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from typing import Any, Final
from uuid import uuid4

import httpx2
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from textcraft_bus.disk.files import read_json
from textcraft_bus.errors import Unreadable
from textcraft_image_server.backends import Backend, BackendError, Order, Painted, Progress
from textcraft_image_server.config import ComfyUIOptions, ImageServerConfig
from textcraft_image_server.received import received
from textcraft_image_server.web_client import MAX_SAID, connection_error, make_client, status_error

log = logging.getLogger(__name__)

SERVER: Final = "ComfyUI"
MAX_WORKFLOW_BYTES: Final = 1 << 20
MAX_SOCKET_BYTES: Final = 16 << 20
"""Of one message on the WebSocket; previews come that way."""
GOODBYE_SECONDS: Final = 0.3
ABANDON_SECONDS: Final = 0.8
"""A cancelled job must not hold up the next one, whatever the server does."""
MAX_SEED: Final = 2**64
HISTORY_TRIES, HISTORY_PAUSE_S = 20, 0.1
_PLACEHOLDER: Final = re.compile(r"\{\{(\w+)\}\}")


class ComfyUI:
    """One server and one workflow."""

    name = "comfyui"

    def __init__(self, options: ComfyUIOptions, workflow: Mapping[str, Any]) -> None:
        self._options = options
        self._workflow = workflow
        self._base = options.base_url.rstrip("/")
        self._http = make_client(options.timeout)

    async def paint(self, order: Order, progress: Progress) -> Painted:
        """Return the workflow's first picture, saved ones before previews. Raises BackendError."""
        progress(0.0)
        try:
            async with asyncio.timeout(self._options.deadline):
                prompt_id = await self._run(fill(self._workflow, _values(order)), progress)
                return Painted(await received(await self._fetch(prompt_id)))
        except TimeoutError:
            raise BackendError(f"{SERVER} gave no picture within {self._options.deadline:g} s") from None
        except (WebSocketException, OSError) as error:
            raise BackendError(f"{SERVER} cannot be reached or broke off ({type(error).__name__})") from error

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _run(self, workflow: Mapping[str, Any], progress: Progress) -> str:
        client_id, prompt_id = uuid4().hex, str(uuid4())
        async with _listen(f"ws{self._base.removeprefix('http')}/ws?clientId={client_id}") as socket:
            try:
                task = {"prompt": workflow, "client_id": client_id, "prompt_id": prompt_id}
                answer = await self._ask("POST", "/prompt", json=task)
                # Older servers choose the id themselves.
                prompt_id = str(answer.get("prompt_id") or prompt_id)
                await _follow(socket, prompt_id, progress)
            except BaseException:
                await self._abandon(prompt_id)
                raise
        return prompt_id

    async def _abandon(self, prompt_id: str) -> None:
        """Take it from the server's queue, or interrupt it, but never somebody else's, when it runs."""
        try:
            async with asyncio.timeout(ABANDON_SECONDS):
                await self._call("POST", "/queue", json={"delete": [prompt_id]})
                running = (await self._ask("GET", "/queue")).get("queue_running")
                if prompt_id in orjson.dumps(running).decode():
                    await self._call("POST", "/interrupt", json={"prompt_id": prompt_id})
        except (BackendError, TimeoutError) as error:
            log.warning("%s may still be painting %s: %s", SERVER, prompt_id, error or "it is silent")

    async def _fetch(self, prompt_id: str) -> bytes:
        """Return the picture's bytes; the history may come a moment after the end."""
        for _ in range(HISTORY_TRIES):
            entry = (await self._ask("GET", f"/history/{prompt_id}")).get(prompt_id)
            if isinstance(entry, dict):
                return await self._call("GET", "/view", params=first_picture(entry))
            await asyncio.sleep(HISTORY_PAUSE_S)
        raise BackendError(f"{SERVER} does not know what it painted")

    async def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            answer = orjson.loads(await self._call(method, path, **more))
        except orjson.JSONDecodeError:
            answer = None
        if not isinstance(answer, dict):
            raise BackendError(f"{SERVER} answered {path} with something else than JSON")
        return answer

    async def _call(self, method: str, path: str, **more: Any) -> bytes:
        try:
            answer = await self._http.request(method, self._base + path, **more)
        except httpx2.HTTPError as error:
            raise connection_error(SERVER, error) from error
        if answer.status_code != httpx2.codes.OK:
            raise status_error(SERVER, answer.status_code, _complaint(answer.content))
        return answer.content


class _NoRedirect(connect):
    def process_redirect(self, exc: Exception) -> Exception:
        return exc


@contextlib.asynccontextmanager
async def _listen(url: str) -> AsyncIterator[ClientConnection]:
    # No pings: a server that computes may not answer them for long; the deadline ends what is dead.
    async with _NoRedirect(
        url, max_size=MAX_SOCKET_BYTES, ping_interval=None, close_timeout=GOODBYE_SECONDS, proxy=None
    ) as socket:
        yield socket


async def _follow(socket: ClientConnection, prompt_id: str, progress: Progress) -> None:
    """Return when the workflow has ended well. Raises BackendError when it has not."""
    furthest = 0.0
    async for frame in socket:
        kind, data = _read(frame)
        if data.get("prompt_id", prompt_id) != prompt_id:
            continue
        if kind == "progress":
            furthest = max(furthest, _share(data))
            progress(furthest)
        elif kind == "execution_error":
            raise BackendError(f"{SERVER} failed: {str(data.get('exception_message', ''))[:MAX_SAID]}")
        elif kind == "execution_interrupted":
            raise BackendError(f"somebody interrupted {SERVER}")
        elif kind == "execution_success" or (kind == "executing" and "prompt_id" in data and data.get("node") is None):
            return
    raise BackendError(f"{SERVER} closed the connection")


def _read(frame: str | bytes) -> tuple[str, dict[str, Any]]:
    """Return type and data of a message; ("", {}) for pictures and anything unknown."""
    try:
        message = orjson.loads(frame) if isinstance(frame, str) else None
    except orjson.JSONDecodeError:
        raise BackendError(f"{SERVER} sent something else than JSON") from None
    data = message.get("data") if isinstance(message, dict) else None
    return (str(message.get("type")), data) if isinstance(message, dict) and isinstance(data, dict) else ("", {})


def _share(data: Mapping[str, Any]) -> float:
    value, most = data.get("value"), data.get("max")
    if not isinstance(value, int | float) or not isinstance(most, int | float) or most <= 0:
        return 0.0
    return min(1.0, max(0.0, value / most))


def _complaint(body: bytes) -> str:
    """The server's own words in an error answer, when it has any."""
    try:
        error = orjson.loads(body)["error"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return ""
    return str(error.get("message", "") if isinstance(error, dict) else error)[:MAX_SAID]


def first_picture(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return what /view wants to know of the first saved picture in a history entry, else of the first preview."""
    outputs = entry.get("outputs")
    nodes = outputs.values() if isinstance(outputs, dict) else ()
    lists = (node.get("images") for node in nodes if isinstance(node, dict))
    pictures = [one for found in lists if isinstance(found, list) for one in found if isinstance(one, dict)]
    if not pictures:
        raise BackendError(f"the workflow gave {SERVER} no picture to save", retryable=False)
    best = min(pictures, key=lambda one: one.get("type") != "output")
    return {key: str(best.get(key, "")) for key in ("filename", "subfolder", "type")}


def fill(part: Any, values: Mapping[str, Any]) -> Any:
    """Return a workflow with its placeholders filled; one that is a whole input keeps its value's type.

    Raises BackendError for a placeholder nobody knows. What is filled in is never looked at for placeholders.
    """
    if isinstance(part, dict):
        return {key: fill(inner, values) for key, inner in part.items()}
    if isinstance(part, list):
        return [fill(inner, values) for inner in part]
    if not isinstance(part, str):
        return part
    unknown = [name for name in _PLACEHOLDER.findall(part) if name not in values]
    if unknown:
        raise BackendError(f"the workflow wants {{{{{unknown[0]}}}}}, which is not known", retryable=False)
    whole = _PLACEHOLDER.fullmatch(part)
    return values[whole[1]] if whole else _PLACEHOLDER.sub(lambda found: str(values[found[1]]), part)


def _values(order: Order) -> dict[str, Any]:
    return {**asdict(order), "seed": order.seed % MAX_SEED}


def create(config: ImageServerConfig) -> Backend:
    """Return the backend. Raises BackendError when there is no workflow, or one that cannot be used."""
    if config.comfyui.workflow is None:
        raise BackendError("no workflow is set: give comfyui.workflow", retryable=False)
    path = config.resolve(config.comfyui.workflow)
    try:
        workflow = read_json(path, MAX_WORKFLOW_BYTES)
    except Unreadable as error:
        raise BackendError(f"the workflow cannot be used: {error}", retryable=False) from error
    if not isinstance(workflow, dict) or isinstance(workflow.get("nodes"), list):
        raise BackendError(f"{path.name} is no workflow in API format: export it as such", retryable=False)
    if "{{prompt}}" not in orjson.dumps(workflow).decode():
        raise BackendError(f"{path.name} has no {{{{prompt}}}} in any input", retryable=False)
    return ComfyUI(config.comfyui, workflow)
