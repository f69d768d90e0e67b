"""A film made here, of plain pictures: Motion-JPEG in an AVI file, so that nothing is needed to make one."""

import io
import struct
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

Colour = tuple[int, int, int]


def write_film(path: Path, colours: Sequence[Colour], *, rate: int = 10, size: tuple[int, int] = (320, 180)) -> Path:
    """Write one frame for each colour, `rate` a second; returns the path."""
    frames = [_jpeg(colour, size) for colour in colours]
    head = _chunk(b"avih", _main_header(len(frames), rate, size)) + _list(b"strl", _stream(len(frames), rate, size))
    body, index, at = b"", b"", 4
    for frame in frames:
        index += b"00dc" + struct.pack("<III", 0x10, at, len(frame))
        body += _chunk(b"00dc", frame)
        at = 4 + len(body)
    film = b"AVI " + _list(b"hdrl", head) + _list(b"movi", body) + _chunk(b"idx1", index)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(film)) + film)
    return path


def _jpeg(colour: Colour, size: tuple[int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG", quality=95)
    return file.getvalue()


def _main_header(frames: int, rate: int, size: tuple[int, int]) -> bytes:
    has_index = 0x10
    return struct.pack("<14I", 1_000_000 // rate, 1 << 20, 0, has_index, frames, 0, 1, 1 << 18, *size, 0, 0, 0, 0)


def _stream(frames: int, rate: int, size: tuple[int, int]) -> bytes:
    width, height = size
    header = b"vidsMJPG" + struct.pack(
        "<IHHIIIIIIII4H", 0, 0, 0, 0, 1, rate, 0, frames, 1 << 18, 10_000, 0, 0, 0, *size
    )
    bitmap = struct.pack("<IiiHH4sIiiII", 40, width, height, 1, 24, b"MJPG", width * height * 3, 0, 0, 0, 0)
    return _chunk(b"strh", header) + _chunk(b"strf", bitmap)


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _list(kind: bytes, data: bytes) -> bytes:
    return _chunk(b"LIST", kind + data)
