"""Who holds a show: one program of this machine at a time, and everybody else can name it; knows no stage, no window.

The lock lies in the machine's folder, not in the show's: whoever may only read along changes nothing there. It goes
with its process, so a program that crashed holds nothing.
"""

import time
from datetime import UTC, datetime
from typing import Final

import psutil

from textcraft_bus.processes import NameLock, NameTaken, Record, record_of
from textcraft_bus.records import dataclass
from textcraft_core.show.folder import ShowFolder, show_id

RECORD_SECONDS: Final = 1.0
"""A lock is taken before its record is written; whoever comes in between waits at most so long for the name."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A program that holds a show; `since` (UTC) is when its process started, `user` is "" where nobody may know."""

    program: str
    pid: int
    since: datetime
    user: str = ""

    @property
    def words(self) -> str:
        """Who it is, in one phrase: `anna, textcraft, process 4711, since 19:02`."""
        since = self.since.astimezone()
        today = since.date() == datetime.now(UTC).astimezone().date()
        who = f"{self.user}, " if self.user else ""
        return f"{who}{self.program}, process {self.pid}, since {since:{'%H:%M' if today else '%Y-%m-%d %H:%M'}}"


class ShowHeld(NameTaken):
    """Another program holds the show."""

    def __init__(self, show: str, holder: Holder | None) -> None:
        super().__init__(show, holder.pid if holder else 0)
        self.holder = holder
        who = holder.words if holder else "another program"
        self.args = (f"The show {show} is held by {who}. End that program first, or read along in a console.",)


def hold(show: ShowFolder, program: str) -> NameLock:
    """Take the show for this process; whoever gets the lock releases it. Blocking, call it and release on one thread.

    Raises ShowHeld.
    """
    lock = NameLock(_name(show))
    try:
        lock.acquire("", "", program)
    except NameTaken as taken:
        raise ShowHeld(show.root.name, _patiently(show)) from taken
    return lock


def holder_of(show: ShowFolder) -> Holder | None:
    """Return who holds the show; None when nobody does, or whoever did is gone. Blocking for some milliseconds."""
    record = record_of(_name(show))
    return _holder(record) if record is not None else None


def _name(show: ShowFolder) -> str:
    return f"console.{show_id(show)}"


def _patiently(show: ShowFolder) -> Holder | None:
    deadline = time.monotonic() + RECORD_SECONDS
    while (holder := holder_of(show)) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    return holder


def _holder(record: Record) -> Holder:
    try:
        user = psutil.Process(record.pid).username()
    except (psutil.Error, KeyError):  # KeyError: a user the system has no name for
        user = ""
    return Holder(record.program or "textcraft", record.pid, datetime.fromtimestamp(record.started, UTC), user)
