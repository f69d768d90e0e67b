"""Paints by rule from the words and the seed: no network, no model, no cost; the same order gives the same bytes."""

import asyncio
from collections.abc import Callable

from textcraft_image_server.backends import Backend, BackendError, Order, Painted
from textcraft_image_server.config import ImageServerConfig
from textcraft_image_server.painting import encode, paint


class Procedural:
    """The embedded default."""

    name = "procedural"

    async def paint(self, order: Order, progress: Callable[[float], None]) -> Painted:
        """Return a JPEG. Raises BackendError for a size that cannot be painted."""
        progress(0.0)
        try:
            return Painted(await asyncio.to_thread(_paint, order))
        except ValueError as error:
            raise BackendError(str(error), retryable=False) from error


def create(_config: ImageServerConfig) -> Backend:
    """Return the backend."""
    return Procedural()


def _paint(order: Order) -> bytes:
    picture = paint(order.prompt, order.seed, order.width, order.height, negative_prompt=order.negative_prompt)
    return encode(picture, "jpeg")
