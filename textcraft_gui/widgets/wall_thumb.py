"""What a wall says it shows, as a small picture with its frame; decodes bounded JPEGs only, and knows no show."""

import base64
import binascii
from functools import lru_cache

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from textcraft_gui.theme import Colour, ui
from textcraft_gui.widgets.laying import wall_box
from textcraft_gui.widgets.picture_view import ASPECT
from textcraft_gui.widgets.words import describe
from textcraft_gui.words.i18n import tr

MOST = 640
"""A larger thumbnail than this is not decoded: walls send 320×180."""


@lru_cache(maxsize=16)
def decode(data: str) -> QImage:
    """Return the picture in a wall's base64 JPEG; a null image for anything else."""
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return QImage()
    if not raw.startswith(b"\xff\xd8\xff"):
        return QImage()
    buffer = QBuffer()
    buffer.setData(QByteArray(raw))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, b"jpeg")
    reader.setAutoDetectImageFormat(False)
    size = reader.size()
    return reader.read() if 0 < size.width() <= MOST and 0 < size.height() <= MOST else QImage()


def size_of(data: str) -> tuple[int, int]:
    """Width and height of a thumbnail; zeros for one that cannot be decoded."""
    image = decode(data)
    return image.width(), image.height()


class WallThumb(QWidget):
    """The newest thumbnail of one wall; black until there is one."""

    def __init__(self, name: str, least: QSize) -> None:
        super().__init__()
        self._data = ""
        self._stale = False
        self._least = least
        self.setAccessibleName(name)
        self.setMinimumSize(least)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        describe(self, tr("What the wall painted, as it says itself"))

    def show_data(self, data: str, *, stale: bool) -> None:
        """Show a thumbnail (base64); a stale one is dimmed."""
        if (data, stale) != (self._data, self._stale):
            self._data, self._stale = data, stale
            self.update()

    @property
    def data(self) -> str:
        """What it shows."""
        return self._data

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """The least that can be read."""
        return self._least

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Draw it in its aspect."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            image = decode(self._data) if self._data else QImage()
            aspect = image.width() / image.height() if not image.isNull() else ASPECT
            box = wall_box(QRectF(self.rect()), aspect)
            path = QPainterPath()
            path.addRoundedRect(box, 4, 4)
            painter.fillPath(path, Qt.GlobalColor.black)
            if image.isNull():
                painter.setFont(ui(11))
                painter.setPen(Colour.DIM.q)
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), tr("not seen yet"))
                return
            painter.setClipPath(path)
            painter.setOpacity(0.4 if self._stale else 1.0)
            painter.drawImage(box, image)
