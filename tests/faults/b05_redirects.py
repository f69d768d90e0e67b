"""B5: a server that sends elsewhere, to another port of this machine: nobody hears a word there, key and text least.

All that asks the web is tried: the brain, the judge of pictures, painters by web, and the webhook.
"""

import asyncio
import io
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from PIL import Image

from tests.fakes import llm_server as llm
from tests.fakes.live_brain import KEY, live
from tests.fakes.llm_server import LlmServer, Script
from tests.faults.case import Case, Figure, Run, at_least, none_of
from textcraft_bus.health import HealthStatus
from textcraft_bus.notices import Notice
from textcraft_bus.webhook import Webhook
from textcraft_core.ai_services.client import BrainError
from textcraft_core.ai_services.moderation import Moderation
from textcraft_image_server.web_client import make_client

CODES: Final = (300, 301, 302, 303, 305, 307, 308)
Asker = Callable[[str, Path], Awaitable[None]]


class Elsewhere:
    """Another server: counts who connects, and keeps what they say."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.port = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "Elsewhere":
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._server is not None
        self._server.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard.append(await reader.read(1 << 20))
        writer.close()


async def inject(run: Run) -> Sequence[Figure]:
    """Send `run.count` requests elsewhere, in turns by each code, each way to write an address and each asker."""
    asked = 0
    async with LlmServer() as server, Elsewhere() as elsewhere:
        for number in range(run.count):
            server.always = _sends_to(_places(elsewhere.port)[number % 5], CODES[number % len(CODES)])
            name, ask = list(ASKERS.items())[number % len(ASKERS)]
            folder = run.folder / f"{number}-{name}"
            folder.mkdir()
            await ask(server.url, folder)
        asked = len(server.heard)
        heard = list(elsewhere.heard)
    return [
        at_least("requests that were sent elsewhere", asked, run.count),
        none_of("connections there", heard, run.count),
    ]


def _sends_to(place: str, code: int) -> Script:
    return llm.status(code, "moved", location=place, refresh=f"0; url={place}")


def _places(port: int) -> tuple[str, ...]:
    return (
        f"http://127.0.0.1:{port}/v1/chat/completions", f"//127.0.0.1:{port}/v1", f"https://127.0.0.1:{port}/v1",
        f"http://user:word@127.0.0.1:{port}/", f"HTTP://localhost:{port}/v1",
    )  # fmt: skip


async def _brain(url: str, folder: Path) -> None:
    async with live(None, folder, base_url=url, max_retries=0) as bench:
        with suppress(BrainError):
            await bench.ask()


async def _judge(url: str, _folder: Path) -> None:
    file = io.BytesIO()
    Image.new("RGB", (9, 9)).save(file, "PNG")
    moderation = Moderation(url, "any", KEY, 5.0)
    verdict = await moderation.look(file.getvalue(), "words")
    await moderation.close()
    assert verdict.safe is None, "somebody else judged"


async def _painter(url: str, _folder: Path) -> None:
    async with make_client(5.0) as client:
        answer = await client.post(f"{url}/images", json={"prompt": "a hill"}, headers={"authorization": KEY})
    assert answer.status_code in CODES, "somebody else painted"


async def _webhook(url: str, _folder: Path) -> None:
    webhook = Webhook(f"{url}/hook", str)
    webhook.send(Notice("lamp", HealthStatus.ERROR, "burnt out"))
    await asyncio.to_thread(webhook.close)


ASKERS: Final[dict[str, Asker]] = {"brain": _brain, "judge": _judge, "painter": _painter, "webhook": _webhook}

CASE = Case("B5", "sent to another address", inject, short=28, long=280, seconds=40.0)
