"""Reads and scales pictures off the GUI thread and keeps a bounded number of them; knows no show and no widget."""

from collections import OrderedDict
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap

MAX_BYTES: Final = 96 * 1024 * 1024
"""Decoded pixels kept: about a dozen pictures of the program band and all thumbnails at 4K scale."""
STEP: Final = 64
"""Widths are rounded up to this, so that dragging an edge does not read a file for every pixel."""
MAX_WAITING: Final = 64
"""More pictures than any panel shows at once; what was asked for before them was scrolled past."""
READERS: Final = 2
_MAGIC: Final = ((b"\x89PNG\r\n\x1a\n", b"png"), (b"\xff\xd8\xff", b"jpeg"), (b"RIFF", b"webp"))
Key = tuple[str, int, int]


def read_scaled(path: str, size: QSize) -> QImage:
    """Read a PNG, JPEG or WebP so that it just covers `size`; a null image for anything else. Blocking."""
    try:
        with Path(path).open("rb") as file:
            head = file.read(12)
    except (OSError, ValueError):  # a path may hold what no path can
        return QImage()
    kind = next((name for magic, name in _MAGIC if head.startswith(magic)), b"")
    if not kind:
        return QImage()
    reader = QImageReader(path, kind)
    reader.setAutoDetectImageFormat(False)
    reader.setAutoTransform(True)
    native = reader.size()
    if native.isValid():
        reader.setScaledSize(native.scaled(size, Qt.AspectRatioMode.KeepAspectRatioByExpanding).boundedTo(native))
    return reader.read()


class PictureStore(QObject):
    """Pictures by path and size: at once when known, else read in a worker and announced by `ready`."""

    ready = Signal(str)
    """The path of a picture that was read, or turned out unreadable."""
    _read = Signal(object, object)

    def __init__(
        self, parent: QObject | None = None, *, max_bytes: int = MAX_BYTES, max_waiting: int = MAX_WAITING
    ) -> None:
        super().__init__(parent)
        self._max_bytes = max_bytes
        self._max_waiting = max_waiting
        self._kept: OrderedDict[Key, QPixmap] = OrderedDict()
        self._bytes = 0
        self._waiting: OrderedDict[Key, None] = OrderedDict()
        """Asked for and not begun; the newest is read first, since that is what is looked at now."""
        self._reading: set[Key] = set()
        self._unreadable: OrderedDict[str, None] = OrderedDict()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(READERS)
        self._closed = False
        self._read.connect(self._on_read)

    @property
    def kept_bytes(self) -> int:
        """Bytes of decoded pixels kept now."""
        return self._bytes

    def is_unreadable(self, path: str) -> bool:
        """Whether the last try to read `path` failed."""
        return path in self._unreadable

    def get(self, path: str, size: QSize) -> QPixmap | None:
        """Return a picture that covers `size` (device pixels), or None while it is being read."""
        if not path or size.isEmpty() or path in self._unreadable:
            return None
        key = _key(path, size)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        self._ask(key)
        return self._any_size(path)

    def close(self) -> None:
        """Start no further reading; waits at most half a second for what is being read."""
        self._closed = True
        self._waiting.clear()
        self._pool.clear()
        self._pool.waitForDone(500)

    def _any_size(self, path: str) -> QPixmap | None:
        return next((pixmap for key, pixmap in reversed(self._kept.items()) if key[0] == path), None)

    def _ask(self, key: Key) -> None:
        if key in self._reading or self._closed:
            return
        self._waiting[key] = None
        self._waiting.move_to_end(key)
        while len(self._waiting) > self._max_waiting:
            self._waiting.popitem(last=False)  # scrolled past; it is asked for again when it is painted again
        self._start_readers()

    def _start_readers(self) -> None:
        while self._waiting and len(self._reading) < READERS:
            key, _ = self._waiting.popitem()
            self._reading.add(key)
            self._pool.start(lambda key=key: self._read.emit(key, read_scaled(key[0], QSize(key[1], key[2]))))

    def _on_read(self, key: Key, image: QImage) -> None:
        self._reading.discard(key)
        self._start_readers()
        if image.isNull():
            self._unreadable[key[0]] = None
            while len(self._unreadable) > STEP:
                self._unreadable.popitem(last=False)
        else:
            self._keep(key, QPixmap.fromImage(image))
        self.ready.emit(key[0])

    def _keep(self, key: Key, pixmap: QPixmap) -> None:
        self._kept[key] = pixmap
        self._bytes += _bytes(pixmap)
        while self._bytes > self._max_bytes and len(self._kept) > 1:
            self._bytes -= _bytes(self._kept.popitem(last=False)[1])


def _key(path: str, size: QSize) -> Key:
    width = -(-size.width() // STEP) * STEP
    return path, width, max(1, round(width * size.height() / size.width()))


def _bytes(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
