"""Command line of textcraft-image-server."""

import asyncio

from textcraft_bus.cli import run_service_cli
from textcraft_image_server.config import ImageServerConfig
from textcraft_image_server.image_server import run_image_server


def main() -> None:
    """Run the image server until it is told to stop."""
    asyncio.run(
        run_service_cli(
            service_name="textcraft-image-server",
            service_description="Paints pictures for a TextCraft core, with --foreign for any core of the ecosystem.",
            config_class=ImageServerConfig,
            service_runner=run_image_server,
        )
    )


if __name__ == "__main__":
    main()
