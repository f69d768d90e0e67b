"""A real image server whose one backend takes a set time: `python -m tests.faults.worker NAME PORT FOLDER SECONDS`."""

import asyncio
import io
import logging
import sys
from pathlib import Path

from PIL import Image

from textcraft_image_server import easel
from textcraft_image_server.backends import Order, Painted, Progress
from textcraft_image_server.config import ImageServerConfig
from textcraft_image_server.image_server import ImageServerService


class Timed:
    """Paints noise of the order's size, after so many seconds."""

    name = "procedural"

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def paint(self, order: Order, progress: Progress) -> Painted:
        """Return a PNG."""
        progress(0.0)
        await asyncio.sleep(self._seconds)
        file = io.BytesIO()
        Image.effect_noise((order.width, order.height), 80).convert("RGB").save(file, "PNG")
        return Painted(file.getvalue())

    async def close(self) -> None:
        """There is nothing to let go of."""


async def serve(name: str, port: str, folder: str, seconds: float) -> None:
    """Serve until told to stop."""
    easel.create_backend = lambda _name, _config: Timed(seconds)
    config = ImageServerConfig(
        service_name=name, core=f"tcp://127.0.0.1:{port}", show="faults", images=Path(folder), lonely_seconds=60
    )
    service = ImageServerService(config)
    await service.start()
    await service.run()


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    asyncio.run(serve(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])))
