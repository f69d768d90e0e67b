"""What may be told of visitors and sensors, as keys of core.toml; decides nothing itself."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from textcraft_bus.channel.messages import Mode
from textcraft_bus.config import ConfigSection

Policy = Literal["auto", "ask", "ignore"]
Binding = Literal["off", "pause", "run", "context"]


def listed(value: Any) -> Any:
    """Return a list where a flag or variable gave words between commas."""
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


Listed = Annotated[list[str], BeforeValidator(listed)]


class AudienceConfig(ConfigSection):
    """How visitors' words enter the queue."""

    edit: Policy = Field(default="ignore", description="visitors' stories in EDIT")
    rehearse: Policy = Field(default="ask", description="visitors' stories in REHEARSE")
    show: Policy = Field(default="ask", description="visitors' stories in SHOW")
    unattended: Literal["screened", "ignored"] = Field(
        default="screened", description="with nobody at the console: taken if they pass the screen, or ignored"
    )
    transcripts: bool = Field(default=True, description="whole turns of a conversation count as stories too")
    not_from: Listed = Field(
        default=["agent", "assistant", "system"], description="speakers who are not visitors, separated by commas"
    )
    least_chars: int = Field(default=3, ge=1, description="shortest story that is taken, in characters")
    most_chars: int = Field(default=600, ge=20, le=4000, description="longer stories are cut")
    per_minute: int = Field(default=12, ge=1, le=600, description="most stories in a minute; more are passed over")
    most_waiting: int = Field(default=30, ge=1, le=500, description="most stories that wait; more are passed over")
    least_confidence: float = Field(default=0.0, ge=0, le=1, description="least confidence, 0 to 1, of what was heard")
    words: Listed = Field(default=[], description="a story with one of these words always waits for you")
    keep_days: float = Field(default=7.0, gt=0, description="days visitors' words are kept, then forgotten")

    def policy(self, mode: Mode) -> Policy:
        """Return the policy of a mode while somebody is at the console."""
        return {Mode.EDIT: self.edit, Mode.REHEARSE: self.rehearse, Mode.SHOW: self.show}[mode]


class BoundType(ConfigSection):
    """One more type of message whose text enters the queue."""

    type: str = Field(min_length=1, max_length=200)
    field: str = Field(default="content", min_length=1, max_length=200)
    policy: Policy = "ask"


def _one_or_more(value: Any) -> Any:
    """Flags and variables give one table where a file gives a list of them."""
    return [value] if isinstance(value, dict) else value


class SensorsConfig(ConfigSection):
    """What sensors may do; everything is off until it is switched on here."""

    presence: Binding = Field(default="off", description="what PresenceStatus does")
    audience_present: Binding = Field(default="off", description="what AudiencePresent does")
    empty_seconds: float = Field(default=30.0, ge=0, description="seconds until the room counts as empty")
    bind: Annotated[list[BoundType], BeforeValidator(_one_or_more)] = Field(
        default=[], description="further types: {type, field, policy}"
    )
