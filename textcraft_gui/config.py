"""What the console can be told, beyond what its engine can."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from textcraft_bus.config import ConfigSection
from textcraft_bus.spelling import Name, spelled
from textcraft_core.config import TextCraftCoreConfig


class OscConfig(ConfigSection):
    """Remote control by OSC: off until it is switched on, and loopback until another address is written."""

    on: bool = Field(default=False, description="listen to OSC and tell the state by it")
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=9100, ge=1, le=65535, description="port to listen on")
    feedback_host: str = Field(default="127.0.0.1", description="whom to tell the state")
    feedback_port: int = Field(default=9101, ge=0, le=65535, description="port to tell it to; 0 tells nobody")


class ConsoleConfig(TextCraftCoreConfig):
    """Settings of the console."""

    read_by_others: ClassVar[frozenset[str]] = frozenset()

    service_name: Name = Field(default="textcraft", description="name of the process in logs")
    walls: list[Name] = Field(default=["wall"], description="names of the walls to open on this machine")
    size: Annotated[str, spelled(r"(\d{3,5}x\d{3,5})?", "a size is written as 1280x720")] = Field(
        default="", description="size of the console's window, pixels"
    )
    language: Annotated[str, spelled(r"([a-z]{2})?", "a language is written with two letters, as fr")] = Field(
        default="", description="language of the console, e.g. fr (default: the system's)"
    )
    osc: OscConfig = OscConfig.model_construct()
    unattended_minutes: float = Field(
        default=15.0, ge=0.1, le=1440, description="minutes without a hand until a SHOW is left alone"
    )
    ports: Literal["mode", "fixed", "free"] = Field(
        default="mode", description="when the core uses the fixed ports: in SHOW (mode), always (fixed), never (free)"
    )
    shots: Path | None = Field(default=None, description="folder that gets screenshots of console and walls")
