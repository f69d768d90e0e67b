"""What was chosen in the assistant, and the settings that follow from it; pure, knows no widget and writes nothing."""

import re
from dataclasses import field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from textcraft_bus.records import dataclass

WALL_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
OPENAI: Final = "openai"
OPENAI_URL: Final = "https://api.openai.com/v1"
KEY_NAME: Final = "LLM_API_KEY"
MOST_WALLS: Final = 16


class Beginning(StrEnum):
    """Where the show comes from."""

    TEMPLATE = "template"
    OPEN = "open"
    BRING_IN = "bring in"
    THIS = "this"


class BrainChoice(StrEnum):
    """Who writes."""

    REHEARSAL = "rehearsal"
    LOCAL = "local"
    OPENAI = "openai"


class PainterChoice(StrEnum):
    """Who paints: the backends of the image server a show can be given here."""

    PROCEDURAL = "procedural"
    FOLDER = "folder"
    OPENAI = "openai"
    COMFYUI = "comfyui"
    DIFFUSERS = "diffusers"


class KeyPlace(StrEnum):
    """Where a key is kept."""

    ENV = "env"
    KEYRING = "keyring"


@dataclass(frozen=True)
class ShowChoice:
    """Which show; `folder` is where it lies, or will."""

    beginning: Beginning
    folder: Path
    template: str = ""
    source: Path | None = None


@dataclass(frozen=True)
class Brain:
    """Which brain, and what it needs."""

    choice: BrainChoice
    base_url: str = ""
    model: str = ""
    key: str = field(default="", repr=False)
    keep: KeyPlace = KeyPlace.ENV
    cap_day: float | None = None


@dataclass(frozen=True)
class Painter:
    """Which backend of the image server, and what it needs."""

    choice: PainterChoice
    path: str = ""
    """Its folder, model or workflow."""
    base_url: str = ""
    model: str = ""


@dataclass
class Choices:
    """All of it; None is a step that was skipped, whose settings stay as they are."""

    show: ShowChoice | None = None
    brain: Brain | None = None
    painter: Painter | None = None
    walls: tuple[str, ...] | None = None
    spent: float = 0.0
    """USD that trials of the brain and the painter came to."""

    def forget_key(self) -> None:
        """Hold the key no longer: whoever sets up again gives it again."""
        if self.brain is not None:
            self.brain = replace(self.brain, key="")

    def core_settings(self) -> dict[str, Any]:
        """What changes in core.toml, by dotted keys; None takes a setting out."""
        walls = {"walls": list(self.walls)} if self.walls is not None else {}
        return {**_brain_settings(self.brain), **walls}

    def painter_settings(self) -> dict[str, Any]:
        """What changes in image_server.toml."""
        return painter_settings(self.painter) if self.painter is not None else {}


def _brain_settings(brain: Brain | None) -> dict[str, Any]:
    if brain is None:
        return {}
    if brain.choice is BrainChoice.REHEARSAL:
        return {"brain": "rehearsal"}
    openai = brain.choice is BrainChoice.OPENAI
    settings: dict[str, Any] = {
        "brain": "live",
        "llm.provider": OPENAI if openai else None,
        "llm.base_url": None if openai else brain.base_url,
        "llm.model": brain.model or None,
    }
    return {**settings, "llm.cap_day": brain.cap_day} if brain.cap_day is not None else settings


def painter_settings(painter: Painter) -> dict[str, Any]:
    """Return what an image server is told of a painter; paths as they are."""
    settings: dict[str, Any] = {"generator": painter.choice.value}
    match painter.choice:
        case PainterChoice.FOLDER:
            settings["folder.path"] = painter.path
        case PainterChoice.OPENAI:
            settings["openai.model"] = painter.model or None
        case PainterChoice.COMFYUI:
            settings |= {"comfyui.base_url": painter.base_url, "comfyui.workflow": painter.path}
        case PainterChoice.DIFFUSERS:
            settings["diffusers.model"] = painter.path
        case PainterChoice.PROCEDURAL:
            pass
    return settings


def wrong_wall(names: tuple[str, ...]) -> str:
    """Return the first name no wall can have, or one that is there twice; "" when all are good."""
    bad = next((name for name in names if WALL_NAME.fullmatch(name) is None), "")
    return bad or next((name for number, name in enumerate(names) if name in names[:number]), "")
