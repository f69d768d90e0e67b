"""One picture by the real image server, with settings that are no show's yet; its folder is gone when it is closed.

The key travels in the environment of that one process. Knows no widget.
"""

import asyncio
import contextlib
import json
import shutil
import tempfile
import uuid
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from textcraft_bus.channel import facts
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import Mode, RenderRequest, RequestId, Role, peer_name
from textcraft_bus.clock import Clock
from textcraft_bus.disk.uris import path_of
from textcraft_bus.processes import Child, end_process, start_detached
from textcraft_bus.records import dataclass
from textcraft_core.errors import EngineError
from textcraft_core.show.settings_files import change_settings

HELLO_SECONDS: Final = 30.0
PAINT_SECONDS: Final = 180.0
SIZE: Final = (1280, 720)
IMAGE_KEY: Final = "IMAGE_API_KEY"
Share = Callable[[float], None]


class TrialFailed(EngineError):
    """No picture came; the text is for the operator. `spent` is what it cost all the same, USD; None: nobody knows."""

    def __init__(self, reason: str, spent: float | None = None) -> None:
        super().__init__(reason)
        self.spent = spent


@dataclass(frozen=True)
class Tried:
    """A picture that was painted, how long that took, and what it cost in USD."""

    path: Path
    seconds: float
    cost: float


class PainterTrial:
    """One image server at a time: `open`, then `paint` as often as wanted, then `close`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._folder: Path | None = None
        self._hub: Hub | None = None
        self._child: Child | None = None
        self._name = ""
        self._hello: asyncio.Future[facts.PeerSeen] | None = None
        self._done: asyncio.Future[facts.RenderDone] | None = None
        self._share: Share = lambda _share: None
        self._under_way: asyncio.Future[None] | None = None
        self._closing = asyncio.Lock()

    async def open(self, settings: Mapping[str, Any], key: str = "") -> float:
        """Start an image server with these settings; return what one picture costs at most, USD.

        Raises TrialFailed, EngineError, BusError, OSError; call `close` then, too.
        """
        await self.close()
        self._name = f"trial-{uuid.uuid4().hex[:8]}"
        folder = await self._make_folder()
        await asyncio.to_thread(change_settings, folder / "image_server.toml", settings)
        loop, images = asyncio.get_running_loop(), folder / "images"
        self._hello = loop.create_future()
        self._hub = Hub(self._on_fact, loop, self._clock, show_id=self._name, mode=Mode.EDIT, nonce_folder=images)
        await self._start(await self._hub.start(), folder, {IMAGE_KEY: key} if key else {})
        seen = await self._until(self._hello, HELLO_SECONDS)
        return float(seen.hello.prices.get(str(settings["generator"]), 0.0))

    async def _make_folder(self) -> Path:
        made: list[Path] = []

        def make() -> None:
            self._folder = Path(tempfile.mkdtemp(prefix="textcraft-trial-"))
            made.append(self._folder)

        await self._to_its_end(make)
        return made[0]

    async def _start(self, port: int, folder: Path, secrets: Mapping[str, str]) -> None:
        words = ["--core", f"tcp://127.0.0.1:{port}", "--show", self._name, "--images", str(folder / "images")]
        words += ["--config", str(folder / "image_server.toml"), "--service-name", self._name]
        words += ["--health-dir", str(folder / "health")]  # it is none of the machine's services

        def start() -> None:
            self._child = start_detached("textcraft-image-server", words, "painter-on-trial", secrets)

        await self._to_its_end(start)

    async def _to_its_end(self, work: Callable[[], None]) -> None:
        """Do it in a worker, which ends it also when nobody waits any more: `close` then finds what it made."""
        self._under_way = asyncio.get_running_loop().run_in_executor(None, work)
        await asyncio.shield(self._under_way)

    async def paint(self, prompt: str, budget: float, on_share: Share, spend: Callable[[float], None]) -> Tried:
        """Have one picture painted that costs at most `budget` USD. Raises TrialFailed.

        `spend` is told of what it cost in any case: all of the budget when it was ended and nobody can know.
        """
        if self._hub is None or self._folder is None:
            raise TrialFailed("the image server is not there")
        self._share = on_share
        self._done = asyncio.get_running_loop().create_future()
        request, began = RequestId(f"trial-{uuid.uuid4().hex}"), self._clock.monotonic()
        width, height = SIZE
        self._hub.request(
            RenderRequest(request_id=request, prompt=prompt, width=width, height=height, seed=7, budget=budget)
        )
        spent: float | None = None
        try:
            done = await self._until(self._done, PAINT_SECONDS)
            spent = done.ready.cost + done.lost_cost
        except TrialFailed as fault:
            spent = fault.spent
            raise
        finally:
            self._done = None
            if spent is None:
                self._hub.cancel(request)
            spend(budget if spent is None else spent)
        path = path_of(done.ready.uri)
        if path is None or not path.is_relative_to(self._folder):
            raise TrialFailed("the picture lies where it was not asked for")
        return Tried(path, self._clock.monotonic() - began, spent)

    async def close(self) -> None:
        """End the server and take its folder away; may be called again, and waits for one that is under way."""
        async with self._closing:
            if self._under_way is not None:
                await asyncio.wait({self._under_way})
            await self._close()

    async def _close(self) -> None:
        hub, child, folder = self._hub, self._child, self._folder
        self._hub = self._child = self._folder = None
        if hub is not None:
            hub.quit(peer_name(Role.IMAGE_SERVER, self._name), "the trial is over")
        if child is not None:
            await asyncio.to_thread(_end, child)
        if hub is not None:
            await hub.stop()
        if folder is not None:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _until(self, future: "asyncio.Future[Any]", seconds: float) -> Any:
        """What a future brings, unless the server ends before."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not future.done():
                    await asyncio.wait({future}, timeout=0.2)
                    if not future.done() and (self._child is None or self._child.exit_code() is not None):
                        raise TrialFailed("the image server ended at once: LOG may say why")
                return future.result()
        raise TrialFailed(f"the image server was silent for {seconds:g} s")

    def _on_fact(self, fact: facts.Fact) -> None:
        match fact:
            case facts.PeerSeen() if self._hello is not None and not self._hello.done():
                self._hello.set_result(fact)
            case facts.RenderProgressed(_, fraction):
                self._share(fraction)
            case facts.RenderDone() if self._done is not None and not self._done.done():
                self._done.set_result(fact)
            case facts.RenderGaveUp(_, reason, _) if self._done is not None and not self._done.done():
                self._done.set_exception(TrialFailed(reason, None if fact.unseen else fact.lost_cost))


def first_picture() -> str:
    """Return what a painter on trial is asked for when no show was chosen. Blocking."""
    text = files("textcraft_core").joinpath("ai_services", "first_words.json").read_text("utf-8")
    return str(json.loads(text)["picture"])


def _end(child: Child) -> None:
    if child.wait(1.5) is None:
        end_process(child.pid)
        child.wait(2.0)
