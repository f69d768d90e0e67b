"""What the console knows of the day: its state, its times, its pre-flight and its report; plain data."""

from dataclasses import field
from datetime import datetime

from textcraft_bus.records import dataclass
from textcraft_core.events import CheckState, DayState


@dataclass
class CheckRow:
    """One look or act of the pre-flight; without a state it was not made yet."""

    name: str
    state: CheckState | None = None
    found: str = ""
    advice: str = ""
    waived: bool = False


@dataclass
class Day:
    """Filled only by the projection, but for what is ticked. Dates are UTC."""

    state: DayState | None = None
    by: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    zone: str = ""
    """The zone both are spoken of in; "" is this machine's."""
    checks: dict[str, CheckRow] = field(default_factory=dict)
    checking: bool = False
    ready: bool | None = None
    """None while no pre-flight was made."""
    report: str = ""
    report_takes: int = 0
    report_spend: float = 0.0
    with_visitors: bool = False
    """Ticked for the next report: visitors' words are in it."""
    away: str = ""
    """What happened while nobody was here, in one line."""
    away_more: str = ""
    """The last faults of that time, a line each."""

    @property
    def check_now(self) -> CheckRow | None:
        """The check that is being made."""
        return next((row for row in self.checks.values() if row.state is None), None) if self.checking else None
