"""Pictures that somebody else made: looked at by header first, then decoded whole; knows not where they came from."""

import asyncio
import io
from typing import Final

from PIL import Image

from textcraft_bus.errors import PictureRefused
from textcraft_bus.pictures import check
from textcraft_image_server.errors import BackendError

FORMATS: Final = ("PNG", "JPEG", "WEBP")


async def received(data: bytes) -> bytes:
    """Return the bytes as they are when they are one whole picture within the limits. Raises BackendError."""
    try:
        await asyncio.to_thread(verify, data)
    except PictureRefused as error:
        raise BackendError(str(error)) from error
    return data


def verify(data: bytes) -> None:
    """Decode a picture whole. Blocking: up to 0.3 s for the largest. Raises PictureRefused."""
    check(data)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            image.load()
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise PictureRefused(f"it does not decode ({type(error).__name__})") from error
