"""From a scene to what the wall shows, and from what was painted to Shown: the wall's one decision maker.

A scene that cannot be shown changes nothing: the last good picture stays and ShowRefused says why.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from textcraft_bus.channel.messages import (
    Caption,
    CaptionStyle,
    Envelope,
    Layer,
    NeedBlob,
    Picture,
    Shown,
    ShownPhase,
    ShowRefused,
    TransitionKind,
    WallMap,
    WallScene,
)
from textcraft_bus.clock import Clock
from textcraft_bus.errors import BusError, PictureRefused
from textcraft_bus.tasks import Tasks
from textcraft_display.errors import MapRefused, NoPicture
from textcraft_display.picture_file import PictureFile, read_picture
from textcraft_display.picture_store import NotHere, PictureStore

log = logging.getLogger(__name__)

BLOB_SECONDS = 10.0


class View(Protocol):
    """What the player asks of the window."""

    async def load(self, picture: PictureFile) -> bool:
        """Decode behind the shown picture."""
        ...

    def go(self, words: str, kind: TransitionKind, seconds: float) -> None:
        """Cross to the loaded picture and its words."""

    def set_layer(self, layer: Layer, seconds: float) -> None:
        """Fade to a layer."""

    def set_words(self, text: str) -> None:
        """Change the words under the picture that shows."""

    def set_caption_style(self, style: CaptionStyle) -> None:
        """Set the size, plate and place of all words."""

    def set_safe_look(self, path: Path | None) -> None:
        """Change the picture of the safe look; None is the wall's own."""

    def set_mark(self, text: str) -> None:
        """Set the watermark."""

    def set_map(self, wall_map: WallMap) -> None:
        """Set how everything lies on the wall. Raises MapRefused, and nothing changes then."""

    def after_frames(self, callback: Callable[[], None]) -> None:
        """Call back when what was asked for is painted."""

    def when_still(self, callback: Callable[[], None]) -> None:
        """Call back when nothing moves any more and that is painted."""


class ScenePlayer:
    """Plays scenes one after the other; the newest wins."""

    def __init__(
        self, view: View, store: PictureStore, send: Callable[[Envelope], None], tasks: Tasks, clock: Clock
    ) -> None:
        self.shown: str | None = None
        """Hash of the picture that is on the wall, from its own bytes."""
        self.layer = Layer.SAFE_LOOK
        self.caption = ""
        self._is_lonely = False
        self.on_settled: Callable[[], None] = lambda: None
        self._view = view
        self._store = store
        self._send = send
        self._tasks = tasks
        self._clock = clock
        self._scene = WallScene(scene=-1)
        self._decoded_for = self._scene.map.crop
        self._size = self._decoded_size = (0, 0)
        """Pixels of the wall now, and when its picture was decoded."""
        self._safe_look: str | None = None
        """Hash of the picture chosen for the safe look; None is the wall's own."""
        self._playing: asyncio.Task[None] | None = None
        self._blobs: dict[str, asyncio.Future[bytes]] = {}

    @property
    def scene(self) -> int:
        """Number of the scene it plays, -1 before the first."""
        return self._scene.scene

    def play(self, scene: WallScene, *, fresh: bool = False) -> None:
        """Show a scene. One with an older number is ignored, unless a new core sent it (`fresh`)."""
        if scene.scene <= self._scene.scene and not fresh:
            return
        self._scene, self._is_lonely = scene, False
        if self._playing is not None:
            self._playing.cancel()
        self._playing = self._tasks.start(self._play(scene), name=f"scene {scene.scene}")

    def forget_number(self) -> None:
        """Take the next scene whatever its number: a new core counts from the beginning."""
        self._scene = self._scene.model_copy(update={"scene": -1})

    def resized(self, size: tuple[int, int]) -> None:
        """The wall has so many pixels now; on more than its picture was decoded for it is decoded again, in place."""
        self._size = size
        picture = self._scene.program
        if picture is not None and picture.sha256 == self.shown and self._needs_more(self._scene):
            self.play(self._scene, fresh=True)

    def lonely(self) -> None:
        """No core for long: the safe look, by the wall itself."""
        self._is_lonely = True
        self._to_layer(Layer.SAFE_LOOK, 2.0)

    def go_on(self) -> None:
        """The core that seemed gone never was: its last scene counts again."""
        if self._is_lonely:
            self.play(self._scene, fresh=True)

    def on_blob(self, sha256: str, data: bytes) -> None:
        """Take in a picture that was asked for by value."""
        waiting = self._blobs.get(sha256)
        if waiting is not None and not waiting.done():
            waiting.set_result(data)

    async def _play(self, scene: WallScene) -> None:
        self._view.set_mark(scene.watermark)
        self._view.set_caption_style(scene.caption_style)
        self._lay(scene)
        if scene.layer is not Layer.PROGRAM:  # hiding waits for nothing
            self._to_layer(scene.layer, scene.layer_seconds)
        await self._set_safe_look(scene)
        picture = scene.program
        if picture is not None and (picture.sha256 != self.shown or self._needs_more(scene)):
            await self._show_new(scene, picture)
        else:
            self.caption = words(scene.caption)
            self._view.set_words(self.caption)
        if self.shown is not None or scene.layer is not Layer.PROGRAM:
            self._to_layer(scene.layer, scene.layer_seconds)
        self._view.after_frames(self._reporter(ShownPhase.FIRST_FRAME))
        self._view.when_still(self._reporter(ShownPhase.SETTLED))

    async def _set_safe_look(self, scene: WallScene) -> None:
        wanted = scene.safe_look
        sha256 = wanted.sha256 if wanted is not None else None
        if sha256 == self._safe_look:
            return
        try:
            self._view.set_safe_look((await self._fetch(wanted)).path if wanted is not None else None)
        except (BusError, OSError) as error:
            self._refuse(scene, sha256, error)
            return
        self._safe_look = sha256

    def _needs_more(self, scene: WallScene) -> bool:
        """Whether the shown picture was decoded for a larger part of it, or fewer pixels, than are to be seen now."""
        cut = scene.map.crop[2] < self._decoded_for[2] or scene.map.crop[3] < self._decoded_for[3]
        return cut or self._size[0] > self._decoded_size[0] or self._size[1] > self._decoded_size[1]

    def _lay(self, scene: WallScene) -> None:
        try:
            self._view.set_map(scene.map)
        except MapRefused as error:
            self._refuse(scene, None, error)

    def _refuse(self, scene: WallScene, sha256: str | None, error: Exception) -> None:
        log.warning("scene %d, picture %s refused: %s", scene.scene, sha256, error)
        self._send(ShowRefused(scene=scene.scene, sha256=sha256, reason=str(error)))

    async def _show_new(self, scene: WallScene, picture: Picture) -> None:
        try:
            file = await self._fetch(picture)
            size = self._size
            if not await self._view.load(file):
                raise NoPicture("Qt cannot decode it")
        except (BusError, OSError) as error:
            self._refuse(scene, picture.sha256, error)
            return
        hidden = self.shown is None or self.layer is not Layer.PROGRAM
        again = file.sha256 == self.shown  # the same picture in more detail
        kind = TransitionKind.CUT if hidden or again else scene.transition.kind
        self._decoded_for, self._decoded_size = scene.map.crop, size
        self.shown, self.caption = file.sha256, words(scene.caption)
        self._view.go(self.caption, kind, scene.transition.seconds if kind is not TransitionKind.CUT else 0.0)

    def _to_layer(self, layer: Layer, seconds: float) -> None:
        if layer is not self.layer:
            self.layer = layer
            self._view.set_layer(layer, seconds)

    async def _fetch(self, picture: Picture) -> PictureFile:
        try:
            return await asyncio.to_thread(lambda: read_picture(self._store.fetch(picture)))
        except NotHere as error:
            log.info("asking for %s by value: %s", picture.sha256, error)
        data = await self._by_value(picture.sha256)
        return await asyncio.to_thread(lambda: read_picture(self._store.keep(data, picture.sha256)))

    async def _by_value(self, sha256: str) -> bytes:
        waiting: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._blobs[sha256] = waiting
        self._send(NeedBlob(sha256=sha256))
        try:
            # Not wait_for: where the picture comes as the scene is given up, that would play the old scene on.
            async with asyncio.timeout(BLOB_SECONDS):
                return await waiting
        except TimeoutError:
            raise PictureRefused("its file cannot be read here and it did not come by value") from None
        finally:
            if self._blobs.get(sha256) is waiting:  # who plays the scene again waits for the same picture by now
                del self._blobs[sha256]

    def _reporter(self, phase: ShownPhase) -> Callable[[], None]:
        scene = self._scene.scene

        def report() -> None:
            if scene == self._scene.scene:
                self._report(phase)

        return report

    def _report(self, phase: ShownPhase) -> None:
        self._send(
            Shown(
                scene=self._scene.scene,
                layer=self.layer,
                sha256=self.shown,
                caption=self.caption,
                phase=phase,
                painted_at=self._clock.now().timestamp(),
            )
        )
        if phase is ShownPhase.SETTLED:
            self.on_settled()


def words(caption: Caption | None) -> str:
    """Return the text of a caption, or none."""
    return caption.text if caption is not None else ""
