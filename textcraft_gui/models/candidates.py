"""The candidates as a list of at most a dozen, read from the state; the view draws, the model only tells."""

from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from textcraft_gui.projection.folder import picture_file
from textcraft_gui.state.show_state import Candidate, ShowState
from textcraft_gui.widgets.thumb_list import THUMB_ROLE, Thumb
from textcraft_gui.words.i18n import tr

CANDIDATE_ROLE: Final = Qt.ItemDataRole.UserRole
BADGE_ROLE: Final = Qt.ItemDataRole.UserRole + 1
"""(word, kind) with kind one of next, ok, waits, failed, shown."""
_WORDS: Final = {"size": "small", "picture": "flat", "words": "words", "whole": "broken", "decodes": "broken"}
Index = QModelIndex | QPersistentModelIndex


class CandidatesModel(QAbstractListModel):
    """Rows in the order the pictures came."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._candidates: list[Candidate] = []
        self._next_id: str | None = None
        self._taken: frozenset[str] = frozenset()
        self._live_id = ""
        self._folder = ""

    def show_state(self, state: ShowState) -> None:
        """Take over what the state holds; rows that stay are not touched more than needed."""
        self._next_id, self._taken = state.next_id, frozenset(state.taken)
        self._live_id = state.live.request_id if state.live else ""
        self._folder = state.folder
        fresh = list(state.candidates.values())
        self._remove_all_but({candidate.request_id for candidate in fresh})
        kept = self._ids()
        if kept != [candidate.request_id for candidate in fresh[: len(kept)]]:
            self.beginResetModel()
            self._candidates = fresh
            self.endResetModel()
            return
        self._candidates = fresh[: len(kept)]
        if kept:
            self.dataChanged.emit(self.index(0), self.index(len(kept) - 1))
        self._append(fresh[len(kept) :])

    def _ids(self) -> list[str]:
        return [candidate.request_id for candidate in self._candidates]

    def _remove_all_but(self, kept: set[str]) -> None:
        for row in reversed(range(len(self._candidates))):
            if self._candidates[row].request_id not in kept:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._candidates[row]
                self.endRemoveRows()

    def _append(self, new: list[Candidate]) -> None:
        if not new:
            return
        first = len(self._candidates)
        self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
        self._candidates.extend(new)
        self.endInsertRows()

    def row_of(self, request_id: str) -> int | None:
        """The row of a candidate, or None."""
        ids = self._ids()
        return ids.index(request_id) if request_id in ids else None

    def badge(self, row: int) -> tuple[str, str]:
        """The words on a thumbnail, and what kind they are."""
        candidate = self._candidates[row]
        number = str(row + 1)
        if candidate.request_id == self._next_id:
            return number, "next"
        if candidate.failed:
            return _WORDS.get(candidate.failed[0], candidate.failed[0]), "failed"
        if candidate.request_id == self._live_id:
            return tr("{number} live", number=number), "live"
        if not candidate.approved:
            return tr("{number} waits", number=number), "waits"
        return (tr("{number} shown", number=number), "shown") if candidate.request_id in self._taken else (number, "ok")

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  Qt's signature
        """One row for each candidate."""
        return 0 if parent.isValid() else len(self._candidates)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The caption for screen readers, the candidate for the delegate."""
        if not index.isValid():
            return None
        candidate = self._candidates[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return candidate.caption
        if role == CANDIDATE_ROLE:
            return candidate
        if role == THUMB_ROLE:
            word, kind = self.badge(index.row())
            return Thumb(picture_file(self._folder, candidate.path), word, kind, candidate.pinned, hint(candidate))
        return self.badge(index.row()) if role == BADGE_ROLE else None


def hint(candidate: Candidate) -> str:
    """What a candidate is, and what it waits for."""
    gate = candidate.gate.reason if candidate.gate and candidate.failed else ""
    waits = "" if candidate.approved or gate else tr("It waits for your approval.")
    failed = tr("It did not pass the gate: {reason}.", reason=gate) if gate else ""
    pinned = tr("Pinned: kept for the reserve reel.") if candidate.pinned else ""
    return "\n".join(part for part in (candidate.caption or tr("without words"), failed, waits, pinned) if part)
