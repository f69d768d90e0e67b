"""The last lines of this program's log, taken from any thread and shown in batches; knows no widget."""

import logging
import threading
from collections import deque
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

MOST: Final = 5000
"""Lines kept; older ones are in the file."""
LINE_ROLE: Final = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class Line(NamedTuple):
    """One finished line of the log, how loud it is and when it came (seconds since 1970)."""

    level: int
    text: str
    at: float = 0.0

    @property
    def short(self) -> str:
        """The line with a local time of day in place of its date: what it is told by on a narrow screen."""
        _time, _, rest = self.text.partition(" ")
        return f"{datetime.fromtimestamp(self.at, UTC).astimezone():%H:%M:%S} {rest}"


class LogSink(logging.Handler):
    """Keeps finished lines until somebody takes them; costs a lock and an append, whatever the thread."""

    def __init__(self) -> None:
        super().__init__()
        self._guard = threading.Lock()
        self._waiting: deque[Line] = deque(maxlen=MOST)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        with self._guard:
            self._waiting.append(Line(record.levelno, str(record.msg), record.created))

    def take(self) -> list[Line]:
        """Return what came since the last time."""
        with self._guard:
            taken = list(self._waiting)
            self._waiting.clear()
        return taken


class LogModel(QAbstractListModel):
    """The lines that pass a level and hold some words, oldest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: deque[Line] = deque(maxlen=MOST)
        self._shown: list[Line] = []
        self._level = logging.INFO
        self._words = ""

    @property
    def kept(self) -> int:
        """How many lines are kept, shown or not."""
        return len(self._all)

    def take_in(self, lines: list[Line]) -> None:
        """Add lines; what has no room any more falls out."""
        self._all.extend(lines)
        fitting = [line for line in lines if self._fits(line)][-MOST:]
        if not fitting:
            return
        first = len(self._shown)
        self.beginInsertRows(QModelIndex(), first, first + len(fitting) - 1)
        self._shown += fitting
        self.endInsertRows()
        self._shorten()

    def filter(self, level: int, words: str) -> None:
        """Show only lines as loud as `level` that hold `words`, whatever their case."""
        self.beginResetModel()
        self._level, self._words = level, words.casefold()
        self._shown = [line for line in self._all if self._fits(line)]
        self.endResetModel()

    def _fits(self, line: Line) -> bool:
        return line.level >= self._level and self._words in line.text.casefold()

    def _shorten(self) -> None:
        over = len(self._shown) - MOST
        if over > 0:
            self.beginRemoveRows(QModelIndex(), 0, over - 1)
            del self._shown[:over]
            self.endRemoveRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  Qt's signature
        """One row for each line that is shown."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The line; the delegate asks for its level too."""
        if not index.isValid():
            return None
        line = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line.text
        return line if role == LINE_ROLE else None
