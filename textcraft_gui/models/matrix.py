"""The matrix as a table: fed by MatrixChanged, sorted here, so that ten thousand rows cost little to change."""

from bisect import bisect_left
from collections.abc import Callable
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from textcraft_core.events import MatrixChanged

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
    Column.ID: "ID",
    Column.TITLE: "TITLE",
    Column.STATUS: "STATUS",
    Column.WORDS: "WORDS",
    Column.NOTES: "NOTES",
}


def words_of(entry: Entry) -> int:
    """How many words an entry has; 0 for anything that is no number."""
    value = entry.get("word_count", 0)
    return value if isinstance(value, int) else 0


def notes_of(entry: Entry) -> list[str]:
    """The Editor's notes, then what services left for the next cycle."""
    return [str(note) for key in ("editor_notes", "notes") for note in entry.get(key) or ()]


def status_word(entry: Entry) -> str:
    """`REVIEW_READY` → `review ready`."""
    return str(entry.get("status", "") or "unknown").replace("_", " ").lower()


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
        self.target = 0

    def take_in(self, event: MatrixChanged) -> None:
        """Apply what changed: few changes touch few rows."""
        self.target = _target(event.metrics) or self.target
        gone = [key for key in event.removed if key in self._entries]
        new = [key for key in event.entries if key not in self._entries]
        if gone or len(new) > MOST_INSERTS:
            self._reset(event.entries, gone)
            return
        changed = [key for key in event.entries if key in self._entries]
        resort = any(self._key(key) != _KEYS[self._column](key, event.entries[key]) for key in changed)
        self._entries.update({key: event.entries[key] for key in changed})
        if resort:
            self._sort()
        self._tell_changed(changed)
        for key in new:
            self._insert(key, event.entries[key])

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
        return sorted(self._entries, key=self._key, reverse=self._descending)

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
            return TITLES[Column(section)]
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
                return " · ".join(" ".join(note.split()) for note in notes_of(entry))


def _target(metrics: dict[str, Any]) -> int:
    value = metrics.get("chapter_target_word_count", 0)
    return value if isinstance(value, int) and value > 0 else 0
