"""Commands: trying a persona before it is in use."""

from typing import Any

from pydantic import Field

from textcraft_core.commands.base import Command


class TryPersona(Command):
    """Let the brain answer a sample task as this persona, saved or not; nothing is written and no tool runs."""

    role: str = Field(min_length=1, max_length=100)
    persona: dict[str, Any]
    instructions: str = Field(default="", max_length=8000)


class StopTrial(Command):
    """End the trial that runs."""
