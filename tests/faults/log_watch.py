"""Listens for errors nobody caught while a case runs: they end up in the log, so a log without them is a figure."""

import logging
from types import TracebackType


class LogWatch(logging.Handler):
    """Keeps every record that carries an exception; what is only said at ERROR level was caught and is no fault."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.faults: list[str] = []

    @property
    def told(self) -> str:
        """What to show: the number, and the first."""
        return f"{len(self.faults)}: {self.faults[0]}"[:160] if self.faults else "none"

    def emit(self, record: logging.LogRecord) -> None:
        """Keep an exception."""
        if record.exc_info is not None:
            self.faults.append(f"{record.getMessage()} ({record.exc_info[1]!r})")

    def __enter__(self) -> "LogWatch":
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        logging.getLogger().removeHandler(self)
