"""The newest rows of the journal that fit a query, page by page; reads no file itself."""

from collections.abc import Callable
from enum import IntEnum
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from textcraft_core.record.journal import Record
from textcraft_gui.words.event_words import kind_of, words_of
from textcraft_gui.words.i18n import later, translated
from textcraft_gui.words.picture_names import PictureNames

RECORD_ROLE: Final = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """What a row shows."""

    TIME = 0
    KIND = 1
    WORDS = 2


_TITLES: Final = {Column.TIME: later("time"), Column.KIND: later("kind"), Column.WORDS: later("what happened")}


class TimelineModel(QAbstractTableModel):
    """Newest first; `more_wanted` is called when the last row came in sight and older ones may be there."""

    def __init__(self, more_wanted: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._records: list[Record] = []
        self._more = False
        self._more_wanted = more_wanted
        self.pictures = PictureNames()

    @property
    def oldest(self) -> int | None:
        """The number of the last row."""
        return self._records[-1].seq if self._records else None

    def show_records(self, records: list[Record], *, more: bool) -> None:
        """Put a first page in place of what was there; `more`: older rows may follow."""
        if [record.seq for record in records] == [record.seq for record in self._records]:
            return
        self.beginResetModel()
        self._records, self._more = list(records), more
        self.endResetModel()

    def add_records(self, records: list[Record], *, more: bool) -> None:
        """Put the next page below."""
        self._more = more
        if records:
            first = len(self._records)
            self.beginInsertRows(QModelIndex(), first, first + len(records) - 1)
            self._records += records
            self.endInsertRows()

    def record(self, row: int) -> Record:
        """The record of a row."""
        return self._records[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  Qt's signature
        """One row for each record."""
        return 0 if parent.isValid() else len(self._records)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  Qt's signature
        """The columns above."""
        return 0 if parent.isValid() else len(Column)

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802  Qt's name
        """Whether older rows may be there."""
        return self._more and not parent.isValid()

    def fetchMore(self, parent: Index) -> None:  # noqa: N802  Qt's name
        """Ask for the next page; it comes later."""
        if self.canFetchMore(parent):
            self._more = False
            self._more_wanted()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802  Qt's name
        """The words of the header."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return translated(_TITLES[Column(section)])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for each cell; the record for details."""
        if not index.isValid():
            return None
        record = self._records[index.row()]
        if role == RECORD_ROLE:
            return record
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        match Column(index.column()):
            case Column.TIME:
                return record.at.astimezone().strftime("%H:%M:%S")
            case Column.KIND:
                return translated(kind_of(record.event))
            case Column.WORDS:
                return words_of(record.event, partial(self.pictures.in_record, record))
