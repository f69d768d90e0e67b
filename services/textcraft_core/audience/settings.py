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

    edit: Policy = Field(default="ignore", description="visitors' stories in EDIT: auto, ask or ignore")
    rehearse: Policy = Field(default="ask", description="visitors' stories in REHEARSE: auto, ask or ignore")
    show: Policy = Field(default="ask", description="visitors' stories in SHOW: auto, ask or ignore")
    unattended: Literal["screened", "ignored"] = Field(
        default="screened", description="with nobody at the console: taken when they pass the screen, or ignored"
    )
    transcripts: bool = Field(default=True, description="whole turns of a conversation count as stories too")
    not_from: Listed = Field(
        default=["agent", "assistant", "system"], description="ids of speakers who are no visitors, between commas"
    )
    least_chars: int = Field(default=3, ge=1, description="shorter words are passed over")
    most_chars: int = Field(default=600, ge=20, le=4000, description="longer words are cut")
    per_minute: int = Field(default=12, ge=1, le=600, description="more than this in a minute are passed over")
    most_waiting: int = Field(default=30, ge=1, le=500, description="more than this waiting are passed over")
    least_confidence: float = Field(default=0.0, ge=0, le=1, description="stories heard less surely are passed over")
    words: Listed = Field(default=[], description="words no story with them is taken for without being asked")
    keep_days: float = Field(default=7.0, gt=0, description="visitors' words are kept this long, then forgotten")

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

    presence: Binding = Field(default="off", description="PresenceStatus: off, pause, run or context")
    audience_present: Binding = Field(default="off", description="AudiencePresent: off, pause, run or context")
    empty_seconds: float = Field(default=30.0, ge=0, description="the room counts as empty after this")
    bind: Annotated[list[BoundType], BeforeValidator(_one_or_more)] = Field(
        default=[], description="further types: {type, field, policy}"
    )
