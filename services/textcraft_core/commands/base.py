"""What all commands share."""

from typing import Annotated

from pydantic import ConfigDict, StringConstraints

from textcraft_bus.channel.messages import MAX_CAPTION_CHARS
from textcraft_bus.models import Model

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
CaptionText = Annotated[str, StringConstraints(max_length=MAX_CAPTION_CHARS)]


class Command(Model):
    """Base of all commands."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
