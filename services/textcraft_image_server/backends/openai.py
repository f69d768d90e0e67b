"""Asks any server that speaks the Images API; the one module here that imports the SDK, and it holds the key."""

import asyncio
import base64
import binascii
import logging
from typing import Any, Final

import openai
import orjson

from textcraft_bus.config import ConfigError
from textcraft_bus.redaction import Redactor
from textcraft_image_server.backends import Backend, BackendError, Order, Painted, Progress
from textcraft_image_server.config import ImageServerConfig, OpenAIOptions
from textcraft_image_server.received import received
from textcraft_image_server.web_client import MAX_SAID, connection_error, is_loopback, make_client, status_error

log = logging.getLogger(__name__)

SERVER: Final = "the image API"
_ALWAYS_BASE64: Final = "gpt-image"
"""Models of this kind answer in base64 and refuse to be asked for it; all others must be asked."""


class OpenAI:
    """One server and model."""

    name = "openai"

    def __init__(self, options: OpenAIOptions, key: str) -> None:
        self._options = options
        self._redactor = Redactor([key])
        self._client = openai.AsyncOpenAI(
            # The SDK wants a key; servers without one ignore what they get.
            api_key=key or "none",
            base_url=options.base_url,
            max_retries=0,
            timeout=options.timeout,
            http_client=make_client(options.timeout),
        )

    async def paint(self, order: Order, progress: Progress) -> Painted:
        """Return the picture in the nearest size the model paints. Raises BackendError."""
        progress(0.0)
        try:
            async with asyncio.timeout(self._options.deadline):
                body = await self._ask(order)
                data = await received(await asyncio.to_thread(picture_in, body))
        except TimeoutError:
            late = f"{SERVER} gave no picture within {self._options.deadline:g} s"
            raise BackendError(late, cost=self._options.one_picture()[0]) from None
        cost, is_guess = self._options.one_picture()
        return Painted(data, cost, cost_estimated=is_guess)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _ask(self, order: Order) -> bytes:
        """Return the body of a success; whatever the SDK raises becomes a BackendError without its chain."""
        try:
            answer = await self._client.images.with_raw_response.generate(**self._request(order))
        except openai.APIStatusError as error:
            failure = status_error(SERVER, error.status_code, self._said(error))
        except openai.OpenAIError as error:
            failure = connection_error(SERVER, error)
        else:
            body: bytes = answer.content
            return body
        raise failure  # not within the handlers: the chain may hold the key

    def _request(self, order: Order) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": self._options.model,
            "prompt": order.prompt,
            "n": 1,
            "size": nearest_size(self._options.sizes, order.width, order.height),
        }
        if _ALWAYS_BASE64 not in self._options.model:
            request["response_format"] = "b64_json"
        if self._options.seeds:
            request["extra_body"] = {"seed": order.seed, "negative_prompt": order.negative_prompt}
        return request

    def _said(self, error: openai.APIStatusError) -> str:
        said = error.body.get("message") if isinstance(error.body, dict) else error.body
        return self._redactor.clean_start(str(said), MAX_SAID * 4)[:MAX_SAID] if said else ""


def create(config: ImageServerConfig) -> Backend:
    """Return the backend. Raises BackendError for a key that cannot be one."""
    try:
        key = config.api_key()
    except ConfigError as error:
        raise BackendError(str(error), retryable=False) from error
    if not (key.isascii() and key.isprintable()):
        raise BackendError("the API key holds characters no key has", retryable=False)
    url = config.openai.base_url
    if key and url.startswith("http:") and not is_loopback(url):
        log.warning("no key is sent to %s: the connection is not encrypted", url)
        key = ""
    return OpenAI(config.openai, key)


def nearest_size(sizes: str, width: int, height: int) -> str:
    """Return the one of `WxH, WxH, …` nearest in shape, then in area; what was asked for when there are none."""
    known = [size.strip() for size in sizes.split(",") if size.strip()]
    if not known:
        return f"{width}x{height}"

    def distance(size: str) -> tuple[float, int]:
        wide, high = map(int, size.split("x"))
        shape, wanted = wide / high, width / height
        return max(shape, wanted) / min(shape, wanted), abs(wide * high - width * height)

    return min(known, key=distance)


def picture_in(body: bytes) -> bytes:
    """Return the picture in an answer. Raises BackendError for anything but one in base64: no address is followed."""
    try:
        first = orjson.loads(body)["data"][0]
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError):
        raise BackendError(f"{SERVER} answered with something else than a picture") from None
    text, url = (first.get("b64_json"), first.get("url")) if isinstance(first, dict) else (None, None)
    if not text and isinstance(url, str):
        if not url.startswith("data:"):
            raise BackendError(f"{SERVER} answered with an address, which is never fetched", retryable=False)
        text = url.partition(";base64,")[2]
    if not text or not isinstance(text, str):
        raise BackendError(f"{SERVER} answered without a picture")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise BackendError(f"{SERVER} answered with broken base64") from None
