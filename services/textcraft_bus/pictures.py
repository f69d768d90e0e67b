"""What a picture's first bytes say: format and size, by magic and header alone; decodes nothing, asks no plug-in."""

import hashlib
from collections.abc import Callable

from textcraft_bus.errors import PictureRefused
from textcraft_bus.records import dataclass

MAX_BYTES = 32 << 20
MAX_PIXELS = 8192 * 4096
MAX_SIDE = 16384  # the largest texture common graphics cards take

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
# Baseline, extended and progressive Huffman frames: the others (lossless, arithmetic, hierarchical) nobody shows.
_JPEG_FRAMES = frozenset((0xC0, 0xC1, 0xC2))
_JPEG_OTHER_FRAMES = frozenset((0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF))
_JPEG_BARE = frozenset((0x01, *range(0xD0, 0xD9)))  # markers without a length: TEM, RST0–7, SOI
_JPEG_ENDS = frozenset((0xD9, 0xDA))  # the picture ends or its data begins, and no frame was seen
_JPEG_MAX_SEGMENTS = 2000  # and fill bytes; 32 MiB of metadata take 512 segments


@dataclass(frozen=True)
class PictureInfo:
    """A picture as its header declares it; `ext` has no dot, sizes are pixels as stored (before any EXIF turn)."""

    mime: str
    ext: str
    width: int
    height: int


def sniff(head: bytes) -> PictureInfo | None:
    """Return what `head`, the beginning of a file, declares; None when it is no PNG, JPEG or WebP with a size.

    32 bytes suffice for PNG and WebP; a JPEG needs everything up to its frame header, behind metadata and profiles.
    """
    for begins, read in ((_PNG, _png), (_JPEG, _jpeg), (b"RIFF", _webp)):
        if head.startswith(begins):
            return read(head)
    return None


def check(
    data: bytes, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS, max_side: int = MAX_SIDE
) -> PictureInfo:
    """Return what the picture declares, if that is within the limits. Raises PictureRefused with the reason.

    Nothing is decoded, so a file of a few bytes that claims a huge size costs nothing.
    """
    if len(data) > max_bytes:
        raise PictureRefused(f"{len(data)} bytes are more than the {max_bytes} allowed")
    info = sniff(data)
    if info is None:
        raise PictureRefused("it is no PNG, JPEG or WebP")
    if info.width * info.height > max_pixels or max(info.width, info.height) > max_side:
        raise PictureRefused(f"{info.width} × {info.height} pixels are too many")
    return info


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of `data` as 64 hexadecimal digits: the name a picture goes by."""
    return hashlib.sha256(data).hexdigest()


def _info(mime: str, ext: str, width: int, height: int) -> PictureInfo | None:
    return PictureInfo(mime, ext, width, height) if width > 0 and height > 0 else None


def _png(head: bytes) -> PictureInfo | None:
    if len(head) < 33 or head[8:16] != b"\0\0\0\rIHDR":
        return None
    width, height = _big(head, 16, 4), _big(head, 20, 4)
    return _info("image/png", "png", width, height) if max(width, height) < 1 << 31 else None


def _jpeg(head: bytes) -> PictureInfo | None:
    at = 2
    for _ in range(_JPEG_MAX_SEGMENTS):
        if at + 4 > len(head) or head[at] != 0xFF:
            return None
        marker = head[at + 1]
        if marker in _JPEG_FRAMES:
            return _jpeg_frame(head, at + 2)
        if marker in _JPEG_ENDS or marker in _JPEG_OTHER_FRAMES or marker == 0:
            return None
        at += _jpeg_step(head, at, marker)
    return None


def _jpeg_step(head: bytes, at: int, marker: int) -> int:
    if marker == 0xFF:
        return 1  # fill bytes may stand before a marker
    return 2 if marker in _JPEG_BARE else 2 + max(2, _big(head, at + 2, 2))


def _jpeg_frame(head: bytes, at: int) -> PictureInfo | None:
    """Read length, precision, height, width and the number of components, which must fit each other."""
    if at + 8 > len(head):
        return None
    length, precision, components = _big(head, at, 2), head[at + 2], head[at + 7]
    if precision != 8 or components not in {1, 3, 4} or length != 8 + 3 * components:
        return None
    return _info("image/jpeg", "jpg", _big(head, at + 5, 2), _big(head, at + 3, 2))


def _webp(head: bytes) -> PictureInfo | None:
    if len(head) < 30 or head[8:12] != b"WEBP":
        return None
    read = _WEBP_CHUNKS.get(head[12:16])
    size = read(head) if read else None
    return _info("image/webp", "webp", *size) if size else None


def _webp_lossy(head: bytes) -> tuple[int, int] | None:
    """A key frame: bit 0 of its tag clear, the start code, then 14 bits of width and of height (2 are scaling)."""
    if head[20] & 1 or head[23:26] != b"\x9d\x01\x2a":
        return None
    return _little(head, 26, 2) & 0x3FFF, _little(head, 28, 2) & 0x3FFF


def _webp_lossless(head: bytes) -> tuple[int, int] | None:
    """A signature byte, then 14 bits each of width - 1 and height - 1."""
    if head[20] != 0x2F:
        return None
    bits = _little(head, 21, 4)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _webp_extended(head: bytes) -> tuple[int, int]:
    """Flags, then 24 bits each of the canvas' width - 1 and height - 1."""
    return _little(head, 24, 3) + 1, _little(head, 27, 3) + 1


def _big(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "big")


def _little(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")


_WEBP_CHUNKS: dict[bytes, Callable[[bytes], tuple[int, int] | None]] = {
    b"VP8 ": _webp_lossy,
    b"VP8L": _webp_lossless,
    b"VP8X": _webp_extended,
}
