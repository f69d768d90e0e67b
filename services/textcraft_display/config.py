"""What a wall can be told."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, ClassVar, Final

from pydantic import Field, field_validator

from textcraft_bus.config import BaseServiceConfig
from textcraft_bus.constants import DEFAULT_PORTS, ZMQ_TCP_CONNECT_PREFIX
from textcraft_bus.health import HealthFile
from textcraft_bus.spelling import Name, spelled
from textcraft_bus.transport.sockets import host_of

SIDES: Final = (160, 16384)
"""Least and most pixels of a window's side: smaller shows no words, larger no graphics card draws."""


def _at(port: str) -> Callable[[], str]:
    """The address of a port as it is when the settings are read: a project may have moved it."""
    return lambda: f"{ZMQ_TCP_CONNECT_PREFIX}:{DEFAULT_PORTS[port]}"


class DisplayConfig(BaseServiceConfig):
    """Which wall this is, where its core is and where its pictures may lie."""

    config_name: ClassVar[str] = "display"

    service_name: Name = Field(default="wall", description="name of the process in logs")
    wall: Name = Field(default="wall", description="name of this wall, unique on this machine")
    core: str = Field(
        default_factory=lambda: f"{ZMQ_TCP_CONNECT_PREFIX}:{DEFAULT_PORTS['ours']}",
        description="address of the core's channel",
    )
    show: str = Field(default="", description="id of the show it is started for")
    images: Path | None = Field(default=None, description="folder whose pictures may be shown from disk")
    backdrop: bool = Field(default=False, description="be the black behind all walls of this machine, not a wall")
    every_screen: bool = Field(default=False, description="with --backdrop: black on every screen but the console's")
    foreign: bool = Field(default=False, description="serve any core of the ecosystem instead of ours")
    events: str = Field(default_factory=_at("events"), description="with --foreign: address of the core's events")
    updates: str = Field(
        default_factory=_at("updates"), description="with --foreign: address to report what cannot be shown"
    )
    folders: list[Path] = Field(default=[], description="with --foreign: further folders the core may show files from")
    fetch: bool = Field(default=False, description="with --foreign: let the core name pictures on the network")
    screen: str = Field(
        default="", max_length=200, description="connector of its screen, e.g. HDMI-1; empty: any but the console's"
    )
    console_screen: str = Field(
        default="", max_length=200, description="connector of the operator's screen; empty: the system's first"
    )
    safe: bool = Field(default=False, description="start in a window and take no screen by itself")
    windowed: bool = Field(default=False, description="a window instead of the full screen")
    makeshift: bool = Field(default=False, description="a window until the wall's own screen is there")
    size: Annotated[str, spelled(r"\d{3,5}x\d{3,5}", "a size is written as 960x540")] = Field(
        default="960x540", description="size of the window, pixels"
    )
    position: Annotated[str, spelled(r"(-?\d{1,5},-?\d{1,5})?", "a place is written as 40,20")] = Field(
        default="", description="place of the window, x,y"
    )
    safe_look: Path | None = Field(default=None, description="picture of the safe look")
    shots: Path | None = Field(default=None, description="folder that gets a PNG of every settled picture")
    cache_mb: int = Field(default=2048, ge=16, description="most the picture cache may hold, MiB")

    @field_validator("core", "events", "updates")
    @classmethod
    def _is_address(cls, value: str) -> str:
        host_of(value)
        return value

    def strange_folders(self) -> list[Path]:
        """Folders that were named for pictures and are none, or not yet: it would never say why nothing is shown."""
        named = [*([self.images] if self.images is not None else []), *self.folders]
        return [folder for folder in named if not os.path.isdir(folder)]  # noqa: PTH112 - a name too long raises nothing

    @property
    def health(self) -> HealthFile:
        """The file a monitor reads; a wall of another name than the usual one has its own."""
        usual = type(self).model_fields["wall"].default
        return self.health_file("" if self.wall == usual else self.wall)

    @field_validator("size")
    @classmethod
    def _is_size(cls, value: str) -> str:
        if not all(SIDES[0] <= int(side) <= SIDES[1] for side in value.split("x")):
            raise ValueError(f"a side of a window is {SIDES[0]} to {SIDES[1]} pixels long")
        return value
