"""What a wall can be told."""

from pathlib import Path

from pydantic import Field

from textcraft_bus.config import BaseServiceConfig
from textcraft_bus.constants import DEFAULT_PORTS, ZMQ_TCP_CONNECT_PREFIX


class DisplayConfig(BaseServiceConfig):
    """Which wall this is, where its core is and where its pictures may lie."""

    service_name: str = Field(default="wall", description="name of the process in logs")
    wall: str = Field(
        default="wall", pattern=r"^[A-Za-z0-9_-]{1,40}$", description="name of this wall, unique on this machine"
    )
    core: str = Field(
        default=f"{ZMQ_TCP_CONNECT_PREFIX}:{DEFAULT_PORTS['ours']}", description="address of the core's channel"
    )
    show: str = Field(default="", description="id of the show it is started for")
    images: Path | None = Field(default=None, description="folder whose pictures may be shown from disk")
    windowed: bool = Field(default=False, description="a window instead of the full screen")
    size: str = Field(default="960x540", pattern=r"^\d{3,5}x\d{3,5}$", description="size of the window, pixels")
    position: str = Field(default="", pattern=r"^(\d{1,5},\d{1,5})?$", description="place of the window, x,y")
    safe_look: Path | None = Field(default=None, description="picture shown when there is no program")
    shots: Path | None = Field(default=None, description="folder that gets a PNG of every settled picture")
    cache_mb: int = Field(default=2048, ge=16, description="most the picture cache may hold, MiB")
