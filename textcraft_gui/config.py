"""What the console can be told, beyond what its engine can."""

from pathlib import Path

from pydantic import Field

from textcraft_core.config import TextCraftCoreConfig


class ConsoleConfig(TextCraftCoreConfig):
    """Settings of the console."""

    service_name: str = Field(default="textcraft", description="name of the process in logs")
    walls: list[str] = Field(default=["wall"], description="names of the walls to open on this machine")
    size: str = Field(default="", pattern=r"^(\d{3,5}x\d{3,5})?$", description="size of the console's window, pixels")
    shots: Path | None = Field(default=None, description="folder that gets screenshots of console and walls")
