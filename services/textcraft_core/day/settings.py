"""The `[day]` section of a show's settings: hours, zone, and how a day begins and ends."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from textcraft_bus.config import ConfigSection
from textcraft_core.audience.settings import listed
from textcraft_core.day.hours import OpeningHours, read_hours

Lines = Annotated[tuple[str, ...], BeforeValidator(listed)]


class DayConfig(ConfigSection):
    """When a show opens and closes. Without hours it opens and closes by hand."""

    zone: str = Field(default="UTC", description="time zone of the hours, such as Europe/Berlin")
    hours: Lines = Field(default=(), description="lines such as mon-fri 10:00-18:00; none: you open and close by hand")
    closed_on: Lines = Field(default=(), description="dates on which the show stays closed, such as 2030-12-25")
    preroll_minutes: float = Field(
        default=10.0, ge=0, le=180, description="minutes of safe look before an opening by schedule"
    )
    end_card: str = Field(default="", max_length=400, description="text of the card that ends a day; none: no card")
    end_card_seconds: float = Field(default=20.0, ge=1, le=600, description="seconds the end card stays")
    closing_minutes: float = Field(default=5.0, gt=0, le=60, description="most minutes to wait for the last cycle")
    unready: Literal["open", "stay_closed"] = Field(
        default="open", description="what an opening by schedule does when the pre-flight failed"
    )

    def opening_hours(self) -> OpeningHours:
        """Return the hours. Raises HoursError with the line that is wrong."""
        return read_hours(self.zone, self.hours, self.closed_on)
