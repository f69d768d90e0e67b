"""The one thread that writes the journal: groups what may wait, commits at once what may not; knows no events.

A job is a function of the connection. Jobs are run in the order they were handed in, and a commit takes all that came
before it along.
"""

import concurrent.futures
import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from textcraft_core.errors import JournalError

log = logging.getLogger(__name__)

Action = Callable[[sqlite3.Connection], Any]
Future = concurrent.futures.Future[Any]

GROUP_SECONDS: Final = 0.2
"""Grouped rows are on disk within 250 ms: 200 to gather, the rest to commit."""
GROUP_ROWS: Final = 2000
RETRY_SECONDS: Final = 1.0
MAX_WAITING: Final = 200_000
"""Rows kept in memory while the disk takes none; after that the oldest are given up, and counted."""


class _Job:
    __slots__ = ("action", "due", "future", "result", "urgent")

    def __init__(self, action: Action, *, urgent: bool, due: float) -> None:
        self.action = action
        self.urgent = urgent
        self.due = due
        self.future: Future = concurrent.futures.Future()
        self.result: Any = None


class JournalWriter:
    """Owns the writing connection. `reopen()` is called when the file turns out broken, and gives a new connection."""

    def __init__(self, connection: sqlite3.Connection, reopen: Callable[[], sqlite3.Connection]) -> None:
        self._connection = connection
        self._reopen = reopen
        self._jobs: deque[_Job] = deque()
        self._wake = threading.Condition()
        self._urgent = 0
        self._closed = False
        self._not_before = 0.0
        self.fault = ""
        self.lost = 0
        self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
        self._thread.start()

    def post(self, action: Action, *, urgent: bool) -> Future:
        """Have `action` run and committed; the future gives its result once that is on disk.

        An urgent job that cannot be committed fails with JournalError and is never stored later; others are retried.
        Raises JournalError after close.
        """
        job = _Job(action, urgent=urgent, due=time.monotonic() + GROUP_SECONDS)
        with self._wake:
            if self._closed:
                raise JournalError("the journal is closed")
            self._jobs.append(job)
            self._urgent += urgent
            # Waking the thread for each grouped row would cost more than the row.
            if urgent or len(self._jobs) == 1 or len(self._jobs) == GROUP_ROWS:
                self._wake.notify()
        return job.future

    def close(self) -> None:
        """Commit what waits, end the thread and close the file; harmless when done twice."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._thread.join()

    def _work(self) -> None:
        while self._wait():
            batch = self._take()
            error = self._commit(batch)
            if error is not None:
                self._recover(batch, error)
        self._connection.close()

    def _wait(self) -> bool:
        """Wait until a commit is due; False when closed and nothing is left."""
        with self._wake:
            while not self._closed and not self._is_due():
                self._wake.wait(self._patience())
            return bool(self._jobs)

    def _is_due(self) -> bool:
        if not self._jobs:
            return False
        now = time.monotonic()
        is_full = len(self._jobs) >= GROUP_ROWS or now >= self._jobs[0].due
        return bool(self._urgent) or (is_full and now >= self._not_before)

    def _patience(self) -> float | None:
        if not self._jobs:
            return None
        return max(0.0, self._jobs[0].due - time.monotonic(), self._not_before - time.monotonic())

    def _take(self) -> list[_Job]:
        with self._wake:
            batch = list(self._jobs)
            self._jobs.clear()
            self._urgent = 0
        return batch

    def _commit(self, batch: list[_Job]) -> sqlite3.Error | None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for job in batch:
                self._run(job)
            self._connection.execute("COMMIT")
        except sqlite3.Error as exc:
            self._roll_back()
            return exc
        self.fault = ""
        for job in batch:
            _settle(job)
        return None

    def _run(self, job: _Job) -> None:
        try:
            job.result = job.action(self._connection)
        except Exception as exc:
            # The disk's or the file's fault concerns all; an action's own mistake ends only that action.
            if isinstance(exc, sqlite3.OperationalError) or _is_broken_file(exc):
                raise
            log.exception("a journal row could not be made")
            job.result = exc

    def _roll_back(self) -> None:
        try:
            self._connection.rollback()
        except sqlite3.Error as exc:
            log.warning("the journal could not be rolled back: %s", exc)

    def _recover(self, batch: list[_Job], error: sqlite3.Error) -> None:
        self.fault = f"the journal takes no entries ({error})"
        log.error("%s", self.fault)
        is_last = self._closed
        for job in batch:
            if job.urgent or is_last:
                job.future.set_exception(JournalError(self.fault))
        with self._wake:
            self._jobs.extendleft(job for job in reversed(batch) if not (job.urgent or is_last))
            self._drop_oldest()
            self._not_before = time.monotonic() + RETRY_SECONDS
        if _is_broken_file(error):
            self._begin_anew()

    def _drop_oldest(self) -> None:
        while len(self._jobs) > MAX_WAITING:
            self._jobs.popleft().future.set_exception(JournalError(self.fault))
            self.lost += 1

    def _begin_anew(self) -> None:
        """The file itself is broken: what was set aside stays, and what waits goes into the new one."""
        self._connection.close()
        try:
            self._connection = self._reopen()
        except JournalError as exc:
            self.fault = str(exc)
            log.exception("no new journal could be begun")


def _is_broken_file(error: Exception) -> bool:
    """Say whether SQLite found the file malformed, or no database; its subclasses mean other things."""
    return type(error) is sqlite3.DatabaseError


def _settle(job: _Job) -> None:
    if isinstance(job.result, Exception):
        job.future.set_exception(JournalError(f"the entry could not be stored: {job.result}"))
    else:
        job.future.set_result(job.result)
