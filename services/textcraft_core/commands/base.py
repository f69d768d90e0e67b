"""What all commands share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from textcraft_bus.channel.messages import MAX_CAPTION_CHARS

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
CaptionText = Annotated[str, StringConstraints(max_length=MAX_CAPTION_CHARS)]


class Command(BaseModel):
    """Base of all commands."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
