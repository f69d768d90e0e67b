"""Picture files as foreign displays take them: PNG or JPEG, no larger than their screen, black and gentle ones made.

Blocking: called from worker threads. Black is a black picture, for a `clear` is ignored by most of them.
"""

import base64
import io
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textcraft_bus.channel.messages import Layer, WallScene
from textcraft_bus.constants import MAX_IMAGE_BYTES
from textcraft_bus.disk.files import read_bytes, write_durably
from textcraft_bus.disk.uris import path_of
from textcraft_bus.errors import PictureRefused
from textcraft_bus.pictures import check

if TYPE_CHECKING:
    from PIL import Image

TAKEN: Final = {"image/png": "png", "image/jpeg": "jpeg"}
_DUSK: Final = ((12, 14, 26), (46, 38, 62))
"""Top and bottom of the picture that stands for the safe look."""


class DisplayPictures:
    """Makes and keeps the files in `folder`, at most `size` pixels; `safe_look` is a picture of the show's own."""

    def __init__(self, folder: Path, size: tuple[int, int] = (1920, 1080), safe_look: Path | None = None) -> None:
        self._folder = folder
        self._size = size
        self._safe_look = safe_look

    def of(self, scene: WallScene) -> Path:
        """The file that shows a scene. Raises PictureRefused, Unreadable, WriteFailed."""
        from PIL import Image  # noqa: PLC0415 - off the start path

        if scene.layer is Layer.BLACK:
            return self._made("black", Image.new("RGB", self._size))
        if scene.layer is Layer.SAFE_LOOK or scene.program is None:
            return self._scaled(self._safe_look, "safe") if self._safe_look else self._made("dusk", self._dusk())
        path = path_of(scene.program.uri)
        if path is None:
            raise PictureRefused("its address is no file of this machine")
        return self._scaled(path, scene.program.sha256)

    def _scaled(self, path: Path, name: str) -> Path:
        from PIL import Image  # noqa: PLC0415 - off the start path

        data = read_bytes(path, MAX_IMAGE_BYTES)
        info = check(data)
        if info.mime in TAKEN and info.width <= self._size[0] and info.height <= self._size[1]:
            return path.absolute()
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
            image.thumbnail(self._size, Image.Resampling.LANCZOS)
            return self._made(f"{name}-{image.width}x{image.height}", image.convert("RGB"))

    def _made(self, name: str, image: "Image.Image") -> Path:
        path = (self._folder / f"{name}-{self._size[0]}x{self._size[1]}.jpg").absolute()
        if not path.is_file():
            target = io.BytesIO()
            image.save(target, "JPEG", quality=92)
            write_durably(path, target.getvalue())
        return path

    def _dusk(self) -> "Image.Image":
        from PIL import Image  # noqa: PLC0415 - off the start path

        column = Image.new("RGB", (1, 2))
        column.putpixel((0, 0), _DUSK[0])
        column.putpixel((0, 1), _DUSK[1])
        return column.resize(self._size, Image.Resampling.BILINEAR)


def data_url(path: Path) -> str:
    """The whole picture as a data URL, never bare base64. Blocking. Raises Unreadable, PictureRefused."""
    data = read_bytes(path, MAX_IMAGE_BYTES)
    return f"data:{check(data).mime};base64,{base64.b64encode(data).decode()}"
