"""Asks an OpenAI-compatible moderation endpoint whether picture and words are safe; knows no gate and no policy.

Its key is of its own (MODERATION_API_KEY), and goes to its address alone.
"""

import asyncio
import base64
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import dotenv
import orjson

from textcraft_core.ai_services.prices import is_loopback
from textcraft_core.errors import BrainError
from textcraft_core.stage.pictures.safety import SideQueue, Verdict

if TYPE_CHECKING:
    import httpx2

VARIABLE: Final = "MODERATION_API_KEY"
MAX_ANSWER_BYTES: Final = 256 * 1024
SENT_SIDE: Final = 768
"""Pixels of the longer side that is sent: enough to judge by."""
MAX_TOLD: Final = 5
OK: Final = 200


class Moderation:
    """One endpoint and model."""

    def __init__(self, base_url: str, model: str, key: str, seconds: float) -> None:
        self._url = f"{base_url.rstrip('/')}/moderations"
        self._model = model
        self._key = key
        self._seconds = seconds
        self._client: httpx2.AsyncClient | None = None

    async def look(self, picture: bytes, words: str) -> Verdict:
        """Return the endpoint's verdict; an answer that is none is nobody's word."""
        shrunk = await asyncio.to_thread(_shrunk, picture)
        address = f"data:image/jpeg;base64,{base64.b64encode(shrunk).decode()}"
        asked: list[dict[str, Any]] = [{"type": "image_url", "image_url": {"url": address}}]
        if words:
            asked.append({"type": "text", "text": words})
        try:
            client = await self._opened()
            answer = await client.post(self._url, json={"model": self._model, "input": asked}, headers=self._headers())
        except _faults() as error:
            return Verdict(None, f"the moderation endpoint cannot be asked ({type(error).__name__})")
        if answer.status_code != OK:
            return Verdict(None, f"the moderation endpoint answers {answer.status_code}")
        return verdict_in(answer.content)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def _opened(self) -> "httpx2.AsyncClient":
        if self._client is None:
            self._client = await asyncio.to_thread(_client, self._seconds)
        return self._client

    def _headers(self) -> dict[str, str]:
        """The key goes out encrypted or not at all."""
        plain = urlsplit(self._url).scheme == "http" and not is_loopback(self._url)
        return {} if plain or not self._key else {"authorization": f"Bearer {self._key}"}


def safety_of(base_url: str, model: str, seconds: float, show: Path) -> SideQueue | None:
    """Return the queue in front of an endpoint, None for no address. Blocking: reads the key."""
    if not base_url:
        return None
    return SideQueue(Moderation(base_url, model, moderation_key(show), seconds), seconds)


def _client(seconds: float) -> "httpx2.AsyncClient":
    """Import what a call needs and return a client; blocking."""
    import httpx2  # noqa: PLC0415 - off the start path

    from textcraft_core.ai_services.transport import CappedTransport  # noqa: PLC0415 - as above

    transport = CappedTransport(httpx2.create_ssl_context(), MAX_ANSWER_BYTES)
    return httpx2.AsyncClient(transport=transport, timeout=seconds, follow_redirects=False, trust_env=False)


def _faults() -> tuple[type[Exception], ...]:
    """Return what a call may end in; asked only when one has failed, so the library is there."""
    import httpx2  # noqa: PLC0415 - off the start path

    return (httpx2.HTTPError, BrainError)


def verdict_in(body: bytes) -> Verdict:
    """Return what an answer says: not safe when any part was flagged; None for whatever is no such answer."""
    try:
        results = orjson.loads(body)["results"]
        flags = [result["flagged"] for result in results]
        kinds = sorted(
            {name for result in results for name, hit in result.get("categories", {}).items() if hit is True}
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return Verdict(None, "the moderation endpoint answers with something else than a verdict")
    if not flags or not all(isinstance(flag, bool) for flag in flags):
        return Verdict(None, "the moderation endpoint answers without a verdict")
    if any(flags):
        named = ", ".join(str(kind)[:40] for kind in kinds[:MAX_TOLD])
        return Verdict(False, f"it was called unsafe{f' ({named})' if named else ''}")
    return Verdict(True)


def moderation_key(show: Path) -> str:
    """Return the key from the environment or the show's .env, "" where there is none. Blocking."""
    given = os.environ.get(VARIABLE)
    if given is None and (show / ".env").is_file():
        given = dotenv.dotenv_values(show / ".env").get(VARIABLE)
    key = (given or "").strip()
    return key if key.isascii() and key.isprintable() else ""


def _shrunk(picture: bytes) -> bytes:
    from PIL import Image  # noqa: PLC0415 - off the start path

    with Image.open(io.BytesIO(picture), formats=("PNG", "JPEG", "WEBP")) as image:
        small = image.convert("RGB")
    small.thumbnail((SENT_SIDE, SENT_SIDE))
    file = io.BytesIO()
    small.save(file, "JPEG", quality=85)
    return file.getvalue()
