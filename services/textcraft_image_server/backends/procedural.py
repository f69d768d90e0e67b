"""Paints by rule from the words and the seed: no network, no model, no cost; the same order gives the same bytes."""

from textcraft_image_server.backends import Backend, BackendError, Order, Painted, Progress
from textcraft_image_server.config import ImageServerConfig
from textcraft_image_server.one_thread import OneThread
from textcraft_image_server.painting import encode, paint


class Procedural:
    """The embedded default."""

    name = "procedural"

    def __init__(self) -> None:
        # One: what was cancelled paints on to its end, and must not pile up beside what comes after it.
        self._thread = OneThread("procedural")

    async def paint(self, order: Order, progress: Progress) -> Painted:
        """Return a JPEG. Raises BackendError for a size that cannot be painted."""
        progress(0.0)
        try:
            return Painted(await self._thread.run(_paint, order))
        except ValueError as error:
            raise BackendError(str(error), retryable=False) from error

    async def close(self) -> None:
        """Begin nothing more."""
        self._thread.close()


def create(_config: ImageServerConfig) -> Backend:
    """Return the backend."""
    return Procedural()


def _paint(order: Order) -> bytes:
    picture = paint(order.prompt, order.seed, order.width, order.height, negative_prompt=order.negative_prompt)
    return encode(picture, "jpeg")
