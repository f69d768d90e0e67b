"""The scene for displays of others: one picture and its words, published as DisplayMedia and DisplayText.

They acknowledge nothing: what was published is SENT. The newest scene alone counts; knows no sockets.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

from textcraft_bus.channel.messages import Layer, WallScene
from textcraft_bus.disk.uris import plain_uri
from textcraft_bus.errors import BusError
from textcraft_bus.records import dataclass
from textcraft_bus.schemas_base import (
    ContentType,
    DisplayMedia,
    DisplayText,
    MessageBase,
    RemoveText,
    new_request_id,
)
from textcraft_bus.tasks import Tasks
from textcraft_core import events as ev
from textcraft_core.events import Event
from textcraft_core.record.stream import EventStream
from textcraft_core.stage.foreign.pictures import DisplayPictures, data_url

log = logging.getLogger(__name__)

DISPLAYS = "foreign displays"
"""Their name among the walls; no operator gives it to a wall of ours."""
SPEAKER = "agent"
"""Foreign displays place and colour a text by who speaks, and show none without."""
WATERMARK = "watermark"
CHANGES = (ev.TakenLive, ev.StopChanged, ev.WallsRestored)


@dataclass(frozen=True, slots=True)
class DisplayOptions:
    """What foreign displays are like."""

    by: Literal["file", "data"] = "file"
    """Pictures go by file address, or whole, for displays on another machine."""
    size: tuple[int, int] = (1920, 1080)
    """The largest picture they are sent, pixels."""
    safe_look: Path | None = None
    """A picture of the show's own for their safe look."""


class PublishPort(Protocol):
    """What the desk asks of the bus."""

    @property
    def publishes(self) -> bool:
        """Whether anybody could hear."""

    @property
    def has_displays(self) -> bool:
        """Whether a display listens."""

    def publish(self, message: MessageBase) -> None:
        """Publish to foreign services."""


@dataclass(frozen=True, slots=True)
class _Shown:
    layer: Layer
    picture: str
    caption: str


class ForeignDisplays:
    """Publishes what changed of the scene, after each take and stop."""

    def __init__(
        self,
        scene: Callable[[str, int], WallScene],
        bus: PublishPort,
        stream: EventStream,
        pictures: DisplayPictures,
        by: Literal["file", "data"] = "file",
    ) -> None:
        self._scene = scene
        self._bus = bus
        self._stream = stream
        self._pictures = pictures
        self._by = by
        self._shown: _Shown | None = None
        self._text_id: str | None = None
        self._watermark = ""
        self._changed = asyncio.Event()
        self._tasks = Tasks()

    def open(self) -> None:
        """Publish the scene as it is, and from now on each change."""
        self._changed.set()
        self._stream.subscribe(self._on_event)
        self._tasks.start(self._publish_forever(), name=DISPLAYS)

    async def close(self) -> None:
        """Publish nothing more; displays keep what they show."""
        await self._tasks.stop()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, CHANGES):
            self._changed.set()

    async def _publish_forever(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            if not self._bus.publishes:
                continue
            try:
                await self._publish(self._scene(DISPLAYS, 0))
            except (BusError, OSError, ValueError) as error:
                log.error("foreign displays keep their picture: %s", error)
                text = f"Foreign displays keep their picture: {error}"
                self._stream.emit(ev.Warned(text=text, source="displays", fault=True))

    async def _publish(self, scene: WallScene) -> None:
        shown = _shown(scene)
        before, self._shown = self._shown, None  # whatever goes wrong now, the next change says everything again
        if before is None or before.caption != shown.caption or before.layer is not shown.layer:
            self._remove_text()
        if before is None or (before.layer, before.picture) != (shown.layer, shown.picture):
            await self._publish_picture(scene, shown)
        if scene.watermark != self._watermark:
            self._publish_watermark(scene.watermark)
        if shown.caption and self._text_id is None:
            self._publish_text(shown.caption)
        self._shown = shown

    async def _publish_picture(self, scene: WallScene, shown: _Shown) -> None:
        path = await asyncio.to_thread(self._pictures.of, scene)
        seconds = scene.transition.seconds if shown.layer is Layer.PROGRAM else scene.layer_seconds
        request_id = new_request_id()
        media = DisplayMedia(
            content_type=ContentType.IMAGE, request_id=request_id, fade_in=seconds, **(await self._address(path))
        )
        self._bus.publish(media)
        if not self._bus.has_displays:
            return
        sent = ev.SentToDisplays(request_id=request_id, layer=shown.layer, sha256=shown.picture, caption=shown.caption)
        self._stream.emit(sent)

    async def _address(self, path: Path) -> dict[str, str]:
        if self._by == "data":
            return {"image_data": await asyncio.to_thread(data_url, path)}
        return {"uri": plain_uri(path)}

    def _publish_text(self, caption: str) -> None:
        self._text_id = f"caption-{new_request_id()}"
        self._bus.publish(DisplayText(text_id=self._text_id, content=caption, speaker=SPEAKER))

    def _publish_watermark(self, words: str) -> None:
        """A rehearsal says that it is one on every display."""
        self._watermark = words
        if words:
            self._bus.publish(DisplayText(text_id=WATERMARK, content=words, speaker="system"))
        else:
            self._bus.publish(RemoveText(text_id=WATERMARK))

    def _remove_text(self) -> None:
        if self._text_id is not None:
            self._bus.publish(RemoveText(text_id=self._text_id))
            self._text_id = None


def _shown(scene: WallScene) -> _Shown:
    if scene.layer is not Layer.PROGRAM or scene.program is None:
        return _Shown(scene.layer, "", "")
    return _Shown(scene.layer, scene.program.sha256, scene.caption.text if scene.caption else "")
