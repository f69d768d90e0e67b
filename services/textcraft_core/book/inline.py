"""A picture within a page: an address that holds a small JPEG of it; the page needs no other file."""

import base64
import io
from pathlib import Path

from PIL import Image

from textcraft_bus.disk.files import read_bytes
from textcraft_bus.errors import BusError
from textcraft_bus.pictures import MAX_BYTES, check


def inline_jpeg(path: Path, most: tuple[int, int], quality: int = 80) -> str:
    """Return a picture of at most so many pixels as an address; "" when it cannot be read. Blocking; checked."""
    try:
        data = read_bytes(path, MAX_BYTES)
        check(data)
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as opened:
            small = opened.convert("RGB")
    except (BusError, OSError, ValueError):
        return ""
    small.thumbnail(most)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=quality)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
