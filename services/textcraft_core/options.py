"""The figures an engine runs by, in one frozen place; knows nothing of files or of where a figure was configured."""

from enum import StrEnum
from typing import Final

from pydantic import ConfigDict, Field

from textcraft_bus.models import Model

WAIT_FIRST_SECONDS: Final = 10.0
WAIT_MOST_SECONDS: Final = 300.0


class AfterComplete(StrEnum):
    """What follows when every chapter of the brief is locked."""

    CONTINUE = "continue"
    END_CARD = "end_card"
    RETELL = "retell"
    BEGIN_ANEW = "begin_anew"


class ServiceLimits(Model):
    """What one `execute` of a service may use; beyond it the service ends with a warning."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    turns: int = Field(default=8, ge=1)
    tool_rounds: int = Field(default=6, ge=0)
    tool_calls: int = Field(default=20, ge=0)
    written_bytes: int = Field(default=256 * 1024, ge=0)
    prompt_tokens: int = Field(default=12_000, ge=1000)
    """The first prompt of a service is at most so long, whatever the length of the book."""


class EngineOptions(Model):
    """How an engine behaves; every default is the one of a show that configures nothing."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    seed: int = 1
    """Of the pictures; a brain has its own."""
    model: str = ""
    """Used instead of each persona's model when given."""
    temperature: float | None = Field(default=None, ge=0, le=2)
    """Used by personas that name none."""
    cycle_seconds: float = Field(default=0.0, ge=0)
    """The least time between two cycle starts of RUN (60 in SHOW, 5 in REHEARSE)."""
    plan_attempts: int = Field(default=3, ge=1)
    """A plan that cannot be used is asked for again, twice at most."""
    stuck_after: int = Field(default=3, ge=1)
    fail_after: int = Field(default=3, ge=1)
    """RUN pauses after so many failed cycles in a row."""
    persevere: bool = False
    """RUN does not pause after failed cycles but tries again, at last every five minutes."""
    fail_backoff_seconds: float = Field(default=2.0, ge=0)
    wait_first_seconds: float = Field(default=WAIT_FIRST_SECONDS, ge=0)
    wait_most_seconds: float = Field(default=WAIT_MOST_SECONDS, ge=0)
    stop_seconds: float = Field(default=0.1, gt=0)
    """A call that does not end within this is abandoned: its answer is never used."""
    summaries: int = Field(default=24, ge=1)
    """At most so many chapters are described to the Architect, the newest ones."""
    spans: int = Field(default=12, ge=0)
    """The chapters before those are told in at most so many stretches."""
    text_chars: int = Field(default=6000, ge=0)
    operator_chars: int = Field(default=4000, ge=1)
    after_complete: AfterComplete = AfterComplete.CONTINUE
    illustrate: bool = True
    picture_width: int = Field(default=1920, ge=64, le=8192)
    picture_height: int = Field(default=1080, ge=64, le=8192)
    limits: ServiceLimits = ServiceLimits.model_construct()
