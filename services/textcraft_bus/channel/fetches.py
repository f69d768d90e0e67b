"""Results of image servers on other machines: the picture is asked for by its hash, verified and kept, then it counts.

Runs on the bus thread, but for reading and writing. Knows no jobs: a fetched result goes on as if its file had always
been here. The name of the file is made of the hash that was computed, never of anything a peer said.
"""

import base64
import binascii
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from textcraft_bus.channel.messages import Blob, ImageReady, NeedBlob, PeerName, RenderFailed
from textcraft_bus.disk.files import write_durably
from textcraft_bus.errors import PictureRefused, WriteFailed
from textcraft_bus.pictures import check, sha256_of

BY_VALUE: Final = "blob:"
"""How the address of a result begins whose picture has to be asked for."""
MAX_OPEN: Final = 64

Start = Callable[[Coroutine[Any, Any, None], str], object]


class Fetches:
    """What was asked for and has not come yet.

    `ask(peer, NeedBlob)`, `done(peer, ImageReady)` and `failed(peer, RenderFailed)` are called on the bus thread;
    `off_loop(work)` runs a blocking call in a thread.
    """

    def __init__(
        self,
        folder: Path,
        ask: Callable[[PeerName, NeedBlob], object],
        done: Callable[[PeerName, ImageReady], None],
        failed: Callable[[PeerName, RenderFailed], None],
        off_loop: Callable[[Callable[[], Path]], Coroutine[Any, Any, Path]],
    ) -> None:
        self._folder = folder
        self._ask = ask
        self._done = done
        self._failed = failed
        self._off_loop = off_loop
        self._open: dict[tuple[PeerName, str], ImageReady] = {}

    def is_by_value(self, message: ImageReady) -> bool:
        """Whether a result says that its picture has to be asked for."""
        return message.uri.startswith(BY_VALUE)

    def begin(self, peer: PeerName, message: ImageReady) -> bool:
        """Ask for the picture of a result; False when too many are under way."""
        key = peer, message.sha256
        if key not in self._open and len(self._open) >= MAX_OPEN:
            return False
        self._open[key] = message
        self._ask(peer, NeedBlob(sha256=message.sha256))
        return True

    def forget(self, peer: PeerName) -> None:
        """A peer is gone: its jobs go elsewhere, and nothing more is expected of it."""
        self._open = {key: message for key, message in self._open.items() if key[0] != peer}

    async def take(self, peer: PeerName, blob: Blob) -> None:
        """A picture came; one nobody asked for has no effect."""
        message = self._open.pop((peer, blob.sha256), None)
        if message is None:
            return
        try:
            path = await self._off_loop(lambda: keep(self._folder, blob))
        except (PictureRefused, WriteFailed, OSError) as error:
            reason = f"its picture did not arrive: {error}"[:600]
            refused = RenderFailed(request_id=message.request_id, attempt=message.attempt, reason=reason)
            self._failed(peer, refused.model_copy(update={"cost": message.cost}))
            return
        self._done(peer, message.model_copy(update={"uri": path.as_uri()}))


def keep(folder: Path, blob: Blob) -> Path:
    """Verify a picture that came by value and write it; blocking. Raises PictureRefused, WriteFailed, OSError."""
    try:
        data = base64.b64decode(blob.data, validate=True)
    except (binascii.Error, ValueError):
        raise PictureRefused("it is no base64") from None
    if sha256_of(data) != blob.sha256:
        raise PictureRefused("it is not the picture that was announced")
    path = folder.absolute() / f"{blob.sha256}.{check(data).ext}"
    folder.mkdir(parents=True, exist_ok=True)
    write_durably(path, data)
    return path
