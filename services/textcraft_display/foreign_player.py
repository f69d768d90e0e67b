"""From the messages of a foreign core to what the wall shows; what cannot be shown changes nothing and is said.

The newest picture wins. It is fetched, checked and decoded while the old one, or a running sequence, goes on.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtGui import QImageReader

from textcraft_bus.channel.messages import Layer, TransitionKind
from textcraft_bus.errors import BusError
from textcraft_bus.foreign.display import Shown
from textcraft_bus.pictures import sha256_of
from textcraft_bus.schemas_base import ContentType, DisplayMedia, DisplayText, RemoveText
from textcraft_bus.tasks import Tasks
from textcraft_display.errors import NoFilms, NoPicture
from textcraft_display.foreign_look import MAX_FADE, TextLook, TileLook, duration_of, fades_of, look_of, tile_of
from textcraft_display.foreign_sources import Sources, read_bounded
from textcraft_display.picture_file import PictureFile, read_picture
from textcraft_display.picture_store import PictureStore

log = logging.getLogger(__name__)

FRAMES_PER_SECOND = 24.0
"""Of a sequence that does not say how long it lasts."""
LEAST_FRAME_SECONDS = 0.01


class View(Protocol):
    """What the player asks of the window."""

    native_size: tuple[int, int]

    async def load(self, picture: PictureFile) -> bool:
        """Decode behind the shown picture."""
        ...

    def go(self, words: str, kind: TransitionKind, seconds: float) -> None:
        """Cross to the loaded picture."""

    def set_layer(self, layer: Layer, seconds: float) -> None:
        """Fade to a layer."""


class Over(Protocol):
    """What lies over the picture."""

    def put_text(self, look: TextLook) -> None:
        """Show a text."""

    def take_text(self, text_id: str, seconds: float | None) -> None:
        """Fade a text out."""

    def put_tile(self, key: str, path: Path, look: TileLook, fade_in: float) -> None:
        """Show a picture at its place."""

    def take_tile(self, key: str, seconds: float) -> None:
        """Fade a tile out."""

    def play_film(self, path: Path, *, loop: bool, fade_in: float) -> None:
        """Show a film."""

    def take_film(self, seconds: float) -> None:
        """Fade the film out."""


Refuse = Callable[[str, str | None], None]
"""Gets a sentence and the request's id."""


class ForeignPlayer:
    """Shows what a foreign core says."""

    def __init__(
        self,
        view: View,
        over: Over,
        store: PictureStore,
        sources: Sources,
        tasks: Tasks,
        refuse: Refuse,
        *,
        films: bool,
    ) -> None:
        self.layer = Layer.SAFE_LOOK
        self._view = view
        self._over = over
        self._store = store
        self._sources = sources
        self._tasks = tasks
        self._refuse = refuse
        self._films = films
        self._last: DisplayMedia | None = None
        self._loading: asyncio.Task[None] | None = None
        self._going: asyncio.Task[None] | None = None
        self._decoding = asyncio.Lock()
        self._tiles: list[str] = []
        self._old_tiles: list[str] = []

    def handle(self, message: Shown) -> None:
        """Act upon one message."""
        match message:
            case DisplayText():
                self._text(message)
            case RemoveText(text_id=text_id, fade_out=fade_out):
                self._over.take_text(text_id, None if fade_out is None else min(max(fade_out, 0.0), MAX_FADE))
            case DisplayMedia():
                self._media(message)

    def trouble(self, reason: str) -> None:
        """What was taken cannot be shown after all."""
        self._refuse(reason, self._last.request_id if self._last else None)

    def _text(self, message: DisplayText) -> None:
        try:
            look, said = look_of(message, self._view.native_size)
        except ValueError as error:
            self._refuse(f"text {message.text_id[:60]}: {error}", None)
            return
        self._say(said, None)
        self._over.put_text(look)

    def _media(self, message: DisplayMedia) -> None:
        if message.request_id is not None and message == self._last:
            return  # said once more for displays that came late
        said: list[str] = []
        tile = tile_of(message, self._view.native_size, said) if message.content_type is ContentType.IMAGE else None
        if tile is not None:
            self._tasks.start(self._show_tile(message, tile, said), name="tile")
            return
        if self._loading is not None:
            self._loading.cancel()
        self._loading = self._tasks.start(self._show(message, said), name=f"foreign {message.content_type}")

    async def _show(self, message: DisplayMedia, said: list[str]) -> None:
        """Make ready, then go; until then nothing of what shows is touched."""
        try:
            goes = await self._ready(message, said)
        except (BusError, OSError) as error:
            self._refuse(f"{message.content_type}: {error}", message.request_id)
            return
        self._say(said, message.request_id)
        self._last, self._loading = message, None
        if self._going is not None:
            self._going.cancel()
        self._going = goes()

    async def _ready(self, message: DisplayMedia, said: list[str]) -> Callable[[], asyncio.Task[None]]:
        fade_in, fade_out = fades_of(message, said)
        seconds = duration_of(message, said)
        match message.content_type:
            case ContentType.CLEAR:
                return lambda: self._start(self._leave(0.0, fade_out))
            case ContentType.VIDEO:
                film = await self._film(message)
                return lambda: self._start(self._run_film(film, message, fade_in, seconds, fade_out))
            case ContentType.IMAGE_SEQUENCE:
                files = await asyncio.to_thread(self._sources.sequence, message.sequence_path or "")
                frame = _frame_seconds(len(files), seconds, message.loop)
                return lambda: self._start(self._run_sequence(files, frame, message, fade_in, seconds, fade_out))
        await self._load(await asyncio.to_thread(self._checked, message), gently=self._going is not None)
        fade_in = 0.0 if message.content_type is ContentType.DEBUG_DEPTH else fade_in
        self._enter(fade_in)
        return lambda: self._start(self._leave(seconds, fade_out) if seconds else _nothing())

    async def _film(self, message: DisplayMedia) -> Path:
        if not self._films:
            raise NoFilms("films need the extra textcraft[video] (PySide6-Addons), which is not installed here")
        return await asyncio.to_thread(self._sources.video, message.video_path or "")

    def _checked(self, message: DisplayMedia) -> PictureFile:
        return self._kept(self._sources.picture(message))

    def _kept(self, data: bytes) -> PictureFile:
        return read_picture(self._store.keep(data, sha256_of(data)))

    def _frame(self, path: Path) -> PictureFile:
        return self._kept(read_bounded(path))

    async def _load(self, file: PictureFile, *, gently: bool = False) -> None:
        """Decode behind what shows; `gently` first tries it elsewhere, as a running sequence needs that place."""
        if gently and not await asyncio.to_thread(lambda: QImageReader(str(file.path)).read().width()):
            raise NoPicture("Qt cannot decode it")
        async with self._decoding:  # the window has one place for it; a sequence waits for its turn
            if not await self._view.load(file):
                raise NoPicture("Qt cannot decode it")

    def _enter(self, seconds: float) -> None:
        shows = self.layer is Layer.PROGRAM
        kind = TransitionKind.FADE if shows and seconds else TransitionKind.CUT
        self._view.go("", kind, seconds if shows else 0.0)
        self._to_layer(Layer.PROGRAM, seconds)
        self._over.take_film(seconds)

    async def _run_sequence(
        self, files: list[Path], frame: float, message: DisplayMedia, fade_in: float, seconds: float, fade_out: float
    ) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds if message.loop and seconds else None
        fade, due = fade_in, loop.time()
        while True:
            for path in files:
                try:
                    await self._load(await asyncio.to_thread(self._frame, path))
                except (BusError, OSError) as error:
                    self._refuse(f"image_sequence, {path.name}: {error}", message.request_id)
                    continue
                self._enter(fade)
                fade = 0.0
                due = max(due + frame, loop.time())
                await asyncio.sleep(due - loop.time())
                if ends is not None and loop.time() >= ends:
                    await self._leave(0.0, fade_out)
                    return
            if not message.loop:
                return
            await asyncio.sleep(LEAST_FRAME_SECONDS)

    async def _run_film(
        self, film: Path, message: DisplayMedia, fade_in: float, seconds: float, fade_out: float
    ) -> None:
        self._over.play_film(film, loop=bool(message.loop), fade_in=fade_in)
        self._to_layer(Layer.PROGRAM, fade_in)
        if seconds:
            await self._leave(seconds, fade_out)

    async def _leave(self, seconds: float, fade_out: float) -> None:
        """After so long everything but the texts goes; black is left."""
        await asyncio.sleep(seconds)
        self._to_layer(Layer.BLACK, fade_out)
        self._over.take_film(fade_out)
        for key in [*self._tiles, *self._old_tiles]:
            self._over.take_tile(key, fade_out)
        self._tiles, self._old_tiles = [], []

    async def _show_tile(self, message: DisplayMedia, look: TileLook, said: list[str]) -> None:
        try:
            file = await asyncio.to_thread(self._checked, message)
        except (BusError, OSError) as error:
            self._refuse(f"tile: {error}", message.request_id)
            return
        fade_in, fade_out = fades_of(message, said)
        seconds = duration_of(message, said)
        self._say(said, message.request_id)
        key = message.request_id or file.sha256
        self._over.put_tile(key, file.path, look, fade_in)
        self._to_layer(Layer.PROGRAM, fade_in)
        self._tiles = [*(one for one in self._tiles if one != key), key]
        if message.final_tile:
            self._drop_old_tiles(fade_out)
        if seconds:
            await asyncio.sleep(seconds)
            self._over.take_tile(key, fade_out)

    def _drop_old_tiles(self, fade_out: float) -> None:
        """A set of tiles is complete: those of the set before go."""
        for key in self._old_tiles:
            if key not in self._tiles:
                self._over.take_tile(key, fade_out)
        self._old_tiles, self._tiles = self._tiles, []

    def _to_layer(self, layer: Layer, seconds: float) -> None:
        if layer is not self.layer:
            self.layer = layer
            self._view.set_layer(layer, seconds)

    def _say(self, said: list[str], request_id: str | None) -> None:
        for sentence in said:
            self._refuse(sentence, request_id)

    def _start(self, goes: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return self._tasks.start(goes, name="what shows")


def _frame_seconds(count: int, seconds: float, loop: bool | None) -> float:
    """A sequence that is played once lasts as long as it says; one that goes round has its own pace."""
    return max(LEAST_FRAME_SECONDS, seconds / count) if seconds and not loop else 1 / FRAMES_PER_SECOND


async def _nothing() -> None:
    """A picture that stays."""
