"""The show's pictures as rows, newest first, filtered by words and by what is pinned; reads no file itself."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from textcraft_gui.pictures.gallery_files import GalleryPicture
from textcraft_gui.state.show_state import chapter_id
from textcraft_gui.widgets.thumb_list import THUMB_ROLE, Thumb
from textcraft_gui.words.i18n import tr
from textcraft_gui.words.wording import chapter_name

PICTURE_ROLE: Final = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
Mark = Callable[[str], tuple[str, str, bool]]
"""Content hash → the badge's word and kind, and whether it is pinned."""


class GalleryModel(QAbstractListModel):
    """Rows of `GalleryPicture`; new pictures are put in where they belong, the others stay."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[GalleryPicture] = []
        self._shown: list[GalleryPicture] = []
        self._words: tuple[str, ...] = ()
        self._pinned: frozenset[str] | None = None
        self.mark: Mark = lambda _sha256: ("", "ok", False)

    @property
    def total(self) -> int:
        """How many there are, filtered out or not."""
        return len(self._all)

    def take_in(self, pictures: Iterable[GalleryPicture]) -> None:
        """Show these pictures from now on."""
        self._all = sorted(pictures, key=lambda picture: (-picture.stamp, picture.path))
        self._show(self._filtered())

    def search(self, text: str, pinned: frozenset[str] | None = None) -> None:
        """Leave only what holds every word of `text`; with `pinned`, only these content hashes."""
        words = tuple(text.lower().split())
        if (words, pinned) != (self._words, self._pinned):
            self._words, self._pinned = words, pinned
            self._show(self._filtered())

    def look_again(self) -> None:
        """Badges may have changed."""
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    def row_of(self, path: str) -> int | None:
        """The row of a picture, or None when it is not shown."""
        return next((row for row, picture in enumerate(self._shown) if picture.path == path), None)

    def _filtered(self) -> list[GalleryPicture]:
        pinned = self._pinned
        return [
            picture
            for picture in self._all
            if (pinned is None or picture.sha256 in pinned) and all(word in picture.words for word in self._words)
        ]

    def _show(self, fresh: list[GalleryPicture]) -> None:
        new = len(fresh) - len(self._shown)
        if new >= 0 and fresh[new:] == self._shown:
            self._put_on_top(fresh, new)
            return
        self.beginResetModel()
        self._shown = fresh
        self.endResetModel()

    def _put_on_top(self, fresh: list[GalleryPicture], new: int) -> None:
        if new:
            self.beginInsertRows(QModelIndex(), 0, new - 1)
            self._shown = fresh
            self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  Qt's signature
        """One row for each picture that is shown."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The caption for screen readers, the picture, and what its thumbnail shows."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        picture = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return picture.caption or picture.prompt
        if role == PICTURE_ROLE:
            return picture
        return self._thumb(picture) if role == THUMB_ROLE else None

    def _thumb(self, picture: GalleryPicture) -> Thumb:
        word, kind, pinned = self.mark(picture.sha256)
        return Thumb(picture.path, word, kind, pinned, hint(picture))


def hint(picture: GalleryPicture) -> str:
    """A picture in two lines."""
    name = chapter_name(chapter_id(picture.chapter)) if picture.chapter else ""
    when = f"{picture.painted_at:%Y-%m-%d %H:%M}"
    return "\n".join((picture.caption or tr("without words"), " · ".join(part for part in (name, when) if part)))
