"""The matrix as a table: fed by MatrixChanged, sorted and filtered here, so that 10,000 rows cost little to change."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from textcraft_bus.records import dataclass
from textcraft_core.events import MatrixChanged
from textcraft_gui.words.i18n import later, translated

ENTRY_ROLE: Final = Qt.ItemDataRole.UserRole
ID_ROLE: Final = Qt.ItemDataRole.UserRole + 1
MOST_INSERTS: Final = 32
"""More new rows than this at once are shown by one reset."""
Index = QModelIndex | QPersistentModelIndex
Entry = dict[str, Any]


class Column(IntEnum):
    """The columns, in order."""

    ID = 0
    TITLE = 1
    STATUS = 2
    WORDS = 3
    NOTES = 4


TITLES: Final = {
    Column.ID: later("ID"),
    Column.TITLE: later("TITLE"),
    Column.STATUS: later("STATUS"),
    Column.WORDS: later("WORDS"),
    Column.NOTES: later("NOTES"),
}


def words_of(entry: Entry) -> int:
    """How many words an entry has; 0 for anything that is no number."""
    value = entry.get("word_count", 0)
    return value if isinstance(value, int) else 0


def editor_notes_of(entry: Entry) -> list[str]:
    """What the Editor wants changed."""
    return _lines(entry.get("editor_notes"))


def left_notes_of(entry: Entry) -> list[str]:
    """What services left for the next cycle."""
    return _lines(entry.get("notes"))


def notes_of(entry: Entry) -> list[str]:
    """The Editor's notes, then what services left for the next cycle."""
    return [*editor_notes_of(entry), *left_notes_of(entry)]


def _lines(value: Any) -> list[str]:
    return [" ".join(str(note).split()) for note in value] if isinstance(value, list | tuple) else []


def status_of(entry: Entry) -> str:
    """The status as it is written in the matrix; empty when nobody said."""
    return str(entry.get("status") or "")


def status_word(entry: Entry) -> str:
    """`REVIEW_READY` → `review ready`."""
    return translated((status_of(entry) or "unknown").replace("_", " ").lower())


@dataclass(frozen=True)
class Sieve:
    """Which chapters are shown: those that hold `text` (id, title or notes) and have this status; empty lets all by."""

    text: str = ""
    status: str = ""

    def lets(self, key: str, entry: Entry) -> bool:
        """Whether a chapter is shown."""
        if self.status and status_of(entry) != self.status:
            return False
        wanted = self.text.strip().casefold()
        return not wanted or any(wanted in words.casefold() for words in _searched(key, entry))


def _searched(key: str, entry: Entry) -> Iterator[str]:
    yield key
    yield str(entry.get("title", ""))
    yield from notes_of(entry)


_KEYS: Final[dict[Column, Callable[[str, Entry], Any]]] = {
    Column.ID: lambda key, _entry: (len(key), key),
    Column.TITLE: lambda key, entry: (str(entry.get("title", "")).casefold(), key),
    Column.STATUS: lambda key, entry: (str(entry.get("status", "")), len(key), key),
    Column.WORDS: lambda key, entry: (words_of(entry), len(key), key),
    Column.NOTES: lambda key, entry: (len(notes_of(entry)), len(key), key),
}


class MatrixModel(QAbstractTableModel):
    """Chapters by row; `target` is the number of words a chapter is to have, 0 when nobody said."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: dict[str, Entry] = {}
        self._order: list[str] = []
        self._rows: dict[str, int] = {}
        self._column = Column.ID
        self._descending = False
        self._sieve = Sieve()
        self.target = 0

    @property
    def sieve(self) -> Sieve:
        """Which chapters are shown."""
        return self._sieve

    def show_only(self, sieve: Sieve) -> None:
        """Show the chapters a sieve lets by."""
        if sieve != self._sieve:
            self._sieve = sieve
            self._reset({}, [])

    def statuses(self) -> Counter[str]:
        """How many chapters have each status, shown or not."""
        return Counter(map(status_of, self._entries.values()))

    @property
    def chapters(self) -> int:
        """How many chapters there are, shown or not."""
        return len(self._entries)

    def take_in(self, event: MatrixChanged) -> None:
        """Apply what changed: few changes touch few rows."""
        self.target = _target(event.metrics) or self.target
        gone = [key for key in event.removed if key in self._entries]
        new = {key: entry for key, entry in event.entries.items() if self._is_new(key, entry)}
        if gone or len(new) > MOST_INSERTS or self._sifts_anew(event.entries):
            self._reset(event.entries, gone)
            return
        changed = [key for key in event.entries if key in self._rows]
        resort = any(self._key(key) != _KEYS[self._column](key, event.entries[key]) for key in changed)
        self._entries.update({key: entry for key, entry in event.entries.items() if key not in new})
        if resort:
            self._sort()
        self._tell_changed(changed)
        for key, entry in new.items():
            self._insert(key, entry)

    def _is_new(self, key: str, entry: Entry) -> bool:
        return key not in self._rows and self._sieve.lets(key, entry)

    def _sifts_anew(self, entries: dict[str, Entry]) -> bool:
        """Whether one of these must come into sight, go out of it, or stay out of it."""
        lets, default = self._sieve.lets, self._sieve == Sieve()
        return not default and any(lets(key, entry) is not (key in self._rows) for key, entry in entries.items())

    def clear(self) -> None:
        """Another book is open: none of its chapters is known yet."""
        self.target = 0
        self._reset({}, list(self._entries))

    def row_of(self, chapter_id: str) -> int | None:
        """The row of a chapter, or None."""
        return self._rows.get(chapter_id)

    def entry(self, index: Index) -> tuple[str, Entry]:
        """The id and the entry of a row."""
        key = self._order[index.row()]
        return key, self._entries[key]

    def _key(self, key: str) -> Any:
        return _KEYS[self._column](key, self._entries[key])

    def _ordered(self) -> list[str]:
        shown: Iterable[str] = self._entries
        if self._sieve != Sieve():
            shown = [key for key, entry in self._entries.items() if self._sieve.lets(key, entry)]
        return sorted(shown, key=self._key, reverse=self._descending)

    def _number(self) -> None:
        self._rows = {key: row for row, key in enumerate(self._order)}

    def _reset(self, entries: dict[str, Entry], gone: list[str]) -> None:
        self.beginResetModel()
        self._entries.update(entries)
        for key in gone:
            del self._entries[key]
        self._order = self._ordered()
        self._number()
        self.endResetModel()

    def _insert(self, key: str, entry: Entry) -> None:
        self._entries[key] = entry
        others = [self._key(other) for other in self._order]
        at = bisect_left(others[::-1] if self._descending else others, self._key(key))
        row = len(others) - at if self._descending else at
        self.beginInsertRows(QModelIndex(), row, row)
        self._order.insert(row, key)
        self._number()
        self.endInsertRows()

    def _sort(self) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [self._order[index.row()] for index in before]
        self._order = self._ordered()
        self._number()
        moved = [self.index(self._rows[key], index.column()) for key, index in zip(keys, before, strict=True)]
        self.changePersistentIndexList(before, moved)
        self.layoutChanged.emit()

    def _tell_changed(self, keys: list[str]) -> None:
        last = len(Column) - 1
        rows = sorted(self._rows[key] for key in keys)
        if len(rows) > MOST_INSERTS:
            self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[-1], last))
            return
        for row in rows:
            self.dataChanged.emit(self.index(row, 0), self.index(row, last))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; Qt calls it when a header is clicked."""
        self._column, self._descending = Column(column), order is Qt.SortOrder.DescendingOrder
        self._sort()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  Qt's signature
        """One row for each chapter."""
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  Qt's signature
        """The columns above."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802  Qt's name
        """The words of the header, on the side of its column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return translated(TITLES[Column(section)])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for each cell; the delegate asks for the whole entry."""
        if not index.isValid():
            return None
        key, entry = self.entry(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(Column(index.column()), key, entry)
        if role == ENTRY_ROLE:
            return entry
        return key if role == ID_ROLE else None

    def _words(self, column: Column, key: str, entry: Entry) -> str:
        match column:
            case Column.ID:
                return key
            case Column.TITLE:
                return str(entry.get("title", ""))
            case Column.STATUS:
                return status_word(entry)
            case Column.WORDS:
                return f"{words_of(entry):,} / {self.target:,}" if self.target else f"{words_of(entry):,}"
            case Column.NOTES:
                return " · ".join(notes_of(entry))


def _target(metrics: dict[str, Any]) -> int:
    value = metrics.get("chapter_target_word_count", 0)
    return value if isinstance(value, int) and value > 0 else 0
