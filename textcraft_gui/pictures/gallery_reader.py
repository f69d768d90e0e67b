"""Looks through a show's folder of pictures in a worker when asked, and tells what lies there; one look at a time."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QThreadPool, QTimer, Signal

from textcraft_gui.pictures.gallery_files import GalleryPicture, Signature, read_gallery

SETTLE_MS: Final = 300
"""Pictures that come together are looked for together."""
Found = dict[str, tuple[Signature, GalleryPicture]]


class GalleryReader(QObject):
    """`found` carries every picture of the folder, by its path; unchanged ones are not read again."""

    found = Signal(object)
    _read = Signal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = ""
        self._known: Found = {}
        self._reading = False
        self._again = False
        self._closed = False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._soon = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._soon.timeout.connect(self._look)
        self._read.connect(self._on_read)

    @property
    def busy(self) -> bool:
        """Whether a look is under way or about to begin."""
        return self._reading or self._again or self._soon.isActive()

    def look_into(self, folder: str) -> None:
        """Look through a folder soon; asked again meanwhile, it looks once more afterwards."""
        if folder != self._folder:
            self._folder, self._known = folder, {}
        if not self._soon.isActive() and not self._closed:
            self._soon.start()

    def close(self) -> None:
        """Begin no further look; waits at most half a second for the one under way."""
        self._closed = True
        self._soon.stop()
        self._pool.clear()
        self._pool.waitForDone(500)

    def _look(self) -> None:
        if self._reading:
            self._again = True
            return
        self._reading = True
        folder, known = self._folder, self._known
        self._pool.start(lambda: self._read.emit(folder, read_gallery(Path(folder), known)))

    def _on_read(self, folder: str, found: Found) -> None:
        self._reading = False
        if folder == self._folder:
            self._known = found
            self.found.emit(found)
        if self._again and not self._closed:
            self._again = False
            self._soon.start()
