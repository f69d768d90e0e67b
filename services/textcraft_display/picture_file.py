"""A verified picture file and how large the wall needs it decoded; reads headers only, decodes nothing."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QImageIOHandler, QImageReader

from textcraft_display.errors import NoPicture

_TURNING = QImageIOHandler.Transformation.TransformationRotate90
"""The bit that all quarter turns of an EXIF orientation share."""
_HEAD_BYTES = 4096
NEAR = 0.8
"""A picture that is to become so little smaller is left to the graphics card: scaling it costs half its decoding."""


@dataclass(frozen=True)
class PictureFile:
    """A picture as it is stored: `width` × `height` pixels, before a quarter turn that the file may ask for."""

    path: Path
    width: int
    height: int
    quarter_turned: bool = False
    see_through: bool = False

    @property
    def sha256(self) -> str:
        """The hash of its bytes: files of the cache are called by it."""
        return self.path.stem

    def size_for(
        self, wall: tuple[int, int], fit: str, *, turned: bool, crop: tuple[float, float] = (1.0, 1.0)
    ) -> tuple[int, int]:
        """Return the size to decode it in, as stored: about what the wall can show of it, never more than it has.

        `crop` is how much of its width and height is used.
        """
        across, down = wall[::-1] if turned else wall
        width, height = (self.height, self.width) if self.quarter_turned else (self.width, self.height)
        ratios = (across / (width * crop[0]), down / (height * crop[1]))
        scale = min(ratios) if fit == "fit" else max(ratios)
        if scale > NEAR:
            return self.width, self.height
        return max(1, round(self.width * scale)), max(1, round(self.height * scale))


def read_picture(path: Path) -> PictureFile:
    """Read the header of a checked file; blocking. Raises NoPicture when Qt cannot."""
    reader = QImageReader(str(path))
    reader.setAutoDetectImageFormat(False)
    reader.setFormat(path.suffix.lstrip(".").encode())
    size: QSize = reader.size()
    if size.isEmpty():
        raise NoPicture("Qt cannot decode it")
    turned = bool(reader.transformation().value & _TURNING.value)
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    return PictureFile(path, size.width(), size.height(), turned, may_be_see_through(head))


def may_be_see_through(head: bytes) -> bool:
    """Whether the first bytes of a PNG or WebP announce transparency; a JPEG has none."""
    if head.startswith(b"\x89PNG"):
        return head[25] in (4, 6) or b"tRNS" in head
    if head.startswith(b"RIFF"):
        return head[12:16] == b"VP8L" or (head[12:16] == b"VP8X" and bool(head[20] & 0x10))
    return False
