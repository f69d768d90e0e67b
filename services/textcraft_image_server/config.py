"""What an image server can be told."""

from pathlib import Path

from pydantic import Field

from textcraft_bus.config import BaseServiceConfig
from textcraft_bus.constants import DEFAULT_PORTS, ZMQ_TCP_CONNECT_PREFIX


def _default(port: str) -> str:
    return f"{ZMQ_TCP_CONNECT_PREFIX}:{DEFAULT_PORTS[port]}"


class ImageServerConfig(BaseServiceConfig):
    """Where the core is, what paints and where the pictures go."""

    service_name: str = Field(default="painter", description="name of this server, unique for each core")
    core: str = Field(default=_default("ours"), description="address of the core's channel")
    show: str = Field(default="", description="id of the show it is started for")
    images: Path | None = Field(default=None, description="folder the pictures go to")
    generator: str = Field(default="procedural", description="backend used when a request names none")
    foreign: bool = Field(default=False, description="serve any core of the ecosystem on PULL/PUSH instead of ours")
    requests: str = Field(default=_default("image_requests"), description="with --foreign: where requests come from")
    results: str = Field(default=_default("image_results"), description="with --foreign: where results go")
    queue: int = Field(default=8, ge=1, le=64, description="jobs that may wait here")
    lonely_seconds: float = Field(default=30.0, gt=0, description="ends after so long without a core")
