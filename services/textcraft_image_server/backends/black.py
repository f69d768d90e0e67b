"""Paints one black surface: what a broken painter delivers, so that rehearsals can show that no wall ever shows it."""

import asyncio
import hashlib
import io

from PIL import Image

from textcraft_image_server.backends import Backend, BackendError, Order, Painted, Progress
from textcraft_image_server.config import ImageServerConfig


class Black:
    """Black, whatever the words."""

    name = "black"

    async def paint(self, order: Order, progress: Progress) -> Painted:
        """Return a JPEG. Raises BackendError for a size that cannot be painted."""
        progress(0.0)
        try:
            return Painted(await asyncio.to_thread(_paint, order))
        except ValueError as error:
            raise BackendError(str(error), retryable=False) from error

    async def close(self) -> None:
        """Hold nothing."""


def create(_config: ImageServerConfig) -> Backend:
    """Return the backend."""
    return Black()


def _paint(order: Order) -> bytes:
    # The note makes each order a file of its own, as every real picture is.
    note = hashlib.sha256(f"{order.seed} {order.prompt}".encode(errors="surrogatepass")).hexdigest()
    file = io.BytesIO()
    Image.new("RGB", (order.width, order.height)).save(file, "JPEG", comment=note)
    return file.getvalue()
