"""The log of a program: one clean line per record in a rotating file; knows nothing of who reads it."""

import logging
import logging.handlers
import re
import sys
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from textcraft_bus.clock import Clock, SystemClock
from textcraft_bus.records import dataclass
from textcraft_bus.redaction import Redactor

log = logging.getLogger(__name__)

FILE_BYTES = 5_000_000
FILES = 10
LINES_PER_SECOND = 200  # of one logger at one level
MAX_LINE = 16_384  # characters
_MAX_RAW = 8 * MAX_LINE  # characters looked at for secrets

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# Everything that could begin a line, move a terminal's cursor or turn the direction of reading.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class LineFormatter(logging.Formatter):
    """Makes one line of a record: time in UTC, level, logger, message, exception with its whole chain of causes."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without secrets and without anything that could forge another line."""
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        text = f"{when} {record.levelname} {record.name}: {_text_of(record)}"
        return escape(self._redactor.clean_start(text, _MAX_RAW))[:MAX_LINE]


def escape(text: str) -> str:
    """Return `text` as one printable line: line ends, control, terminal and direction characters as escapes."""
    return _UNSAFE.sub(_as_escape, text)


@dataclass
class _Window:
    began: float
    passed: int = 0
    dropped: int = 0


class FloodLimit:
    """Lets at most `per_second` records of one logger and level pass in a second, and counts the others."""

    def __init__(self, clock: Clock, per_second: int = LINES_PER_SECOND) -> None:
        self._clock = clock
        self._per_second = per_second
        self._windows: dict[tuple[str, int], _Window] = {}
        self._flooded: set[tuple[str, int]] = set()

    def admit(self, name: str, level: int) -> bool:
        """Say whether a record of this logger and level may pass now."""
        now = self._clock.monotonic()
        window = self._windows.get((name, level))
        if window is None or (now - window.began >= 1.0 and not window.dropped):
            window = self._windows[name, level] = _Window(now)
        if window.passed >= self._per_second:
            window.dropped += 1
            self._flooded.add((name, level))
            return False
        window.passed += 1
        return True

    def take_dropped(self, *, everything: bool = False) -> list[tuple[str, int, int]]:
        """Return (logger, level, lines dropped) of each flood whose second is over, once."""
        if not self._flooded:
            return []
        now = self._clock.monotonic()
        over = [key for key in sorted(self._flooded) if everything or now - self._windows[key].began >= 1.0]
        self._flooded.difference_update(over)
        return [(*key, self._windows.pop(key).dropped) for key in over]


class LineHandler(logging.Handler):
    """Limits floods, formats each record once and hands the line to every sink.

    A sink is a handler without a formatter; it gets records whose message is the finished line, with the level and
    the logger's name of the original.
    """

    def __init__(self, formatter: LineFormatter, limit: FloodLimit) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self._limit = limit
        self._sinks: tuple[logging.Handler, ...] = ()

    def add_sink(self, sink: logging.Handler) -> None:
        """Give every further line to `sink` too; it is closed with this handler."""
        self._sinks += (sink,)

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, after what there is to say about floods that are over."""
        self._tell_dropped()
        if self._limit.admit(record.name, record.levelno):
            self._write(record)

    def close(self) -> None:
        """Tell what was dropped and close the sinks."""
        self._tell_dropped(everything=True)
        for sink in self._sinks:
            sink.close()
        self._sinks = ()
        super().close()

    def _tell_dropped(self, *, everything: bool = False) -> None:
        for name, level, count in self._limit.take_dropped(everything=everything):
            told = {"name": name, "levelno": level, "levelname": logging.getLevelName(level)}
            self._write(logging.makeLogRecord({**told, "msg": f"… {count} lines dropped"}))

    def _write(self, record: logging.LogRecord) -> None:
        told = {"name": record.name, "levelno": record.levelno, "levelname": record.levelname}
        line = logging.makeLogRecord({**told, "msg": self.format(record), "created": record.created})
        for sink in self._sinks:
            sink.handle(line)


class Logs:
    """The running log of this process; `path` is its file, None when none could be opened."""

    def __init__(self, handler: LineHandler, redactor: Redactor, path: Path | None, level_before: int) -> None:
        self.path = path
        self.redactor = redactor
        self._handler = handler
        self._level_before = level_before

    def add_sink(self, sink: logging.Handler) -> None:
        """Give every further line to `sink` too, such as a pane that shows them."""
        self._handler.add_sink(sink)

    def close(self) -> None:
        """End the log and leave logging as it was found; harmless when done twice."""
        root = logging.getLogger()
        if self._handler in root.handlers:
            root.removeHandler(self._handler)
            root.setLevel(self._level_before)
            self._handler.close()


def setup_logging(
    program: str,
    folder: Path,
    level: str,
    *,
    console: bool = True,
    secrets: Iterable[str] = (),
    clock: Clock | None = None,
) -> Logs:
    """Begin the log of this process: `<folder>/<program>.log`, ten files of 5 MB, and the error stream if there is one.

    `program` must be one of a kind on this machine (two writers would rotate the file under each other): add the
    name of the wall or worker. A log begun earlier in this process ends. Secrets learned later go to
    `Logs.redactor.add`. A level nobody knows counts as INFO, and a folder that cannot be written leaves the error
    stream alone; both are logged, for a show must start regardless.
    """
    redactor = Redactor(secrets)
    handler = LineHandler(LineFormatter(redactor), FloodLimit(clock or SystemClock()))
    if console and sys.stderr is not None:  # there is none in a windowed program
        handler.add_sink(_Console(sys.stderr))
    path, no_file = _add_file(handler, folder, program)
    wanted = level.strip().upper()
    known = wanted in _LEVELS
    logs = Logs(handler, redactor, path, _take_over(handler, wanted if known else "INFO"))
    if no_file is not None:
        log.warning("no log file in %s: %s", folder, no_file)
    if not known:
        log.warning("log level %r is none of %s: INFO is used", level, ", ".join(_LEVELS))
    return logs


def _add_file(handler: LineHandler, folder: Path, program: str) -> tuple[Path | None, OSError | None]:
    path = folder / f"{re.sub(r'[^A-Za-z0-9._-]+', '_', program).lstrip('.') or 'log'}.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler.add_sink(_File(path, maxBytes=FILE_BYTES, backupCount=FILES - 1, encoding="utf-8"))
    except OSError as exc:
        return None, exc
    return path, None


def _take_over(handler: LineHandler, level: str) -> int:
    """Put `handler` in place of one from before and return the level that was set."""
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, LineHandler)]:
        root.removeHandler(old)
        old.close()
    before = root.level
    root.addHandler(handler)
    root.setLevel(level)
    return before


class _Quiet(logging.Handler):
    """A log that cannot be written (disk full, terminal gone) must neither stop the show nor fill the error stream."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is the standard library's
        """Go on: the next record is tried again."""


class _Console(_Quiet, logging.StreamHandler):  # type: ignore[type-arg] # generic for the type checker only
    pass


class _File(_Quiet, logging.handlers.RotatingFileHandler):
    pass


def _text_of(record: logging.LogRecord) -> str:
    parts = [_message_of(record)]
    if record.exc_info and record.exc_info[1] is not None:
        parts.append("".join(traceback.format_exception(record.exc_info[1])).rstrip())
    elif record.exc_text:
        parts.append(record.exc_text)
    if record.stack_info:
        parts.append(record.stack_info)
    return "\n".join(parts)


def _message_of(record: logging.LogRecord) -> str:
    """Return the message with its arguments; a call whose arguments do not fit is told as it stands."""
    try:
        return record.getMessage()
    except Exception as exc:  # noqa: BLE001 - arguments bring their own code, and a log call must never fail
        return f"{record.msg if isinstance(record.msg, str) else type(record.msg)} (arguments: {type(exc).__name__})"


def _as_escape(found: re.Match[str]) -> str:
    character = found[0]
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    return named or (f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}")
