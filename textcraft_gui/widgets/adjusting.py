"""A picture as a wall's brightness and contrast make it: the arithmetic of the wall's own effect; knows no widget.

Every value goes from the middle by the contrast, then up by the brightness. A preview is small, so the picture is made
smaller first; the last few results are kept.
"""

from collections import OrderedDict
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from textcraft_bus.channel.messages import WallMap

MOST: Final = QSize(1280, 1280)
"""Larger than any preview; what is larger is made smaller before it is counted through."""
KEPT: Final = 6
_made: OrderedDict[tuple[int, float, float], QPixmap] = OrderedDict()


def is_adjusted(wall_map: WallMap) -> bool:
    """Whether a map changes any colour."""
    return bool(wall_map.brightness or wall_map.contrast)


@lru_cache(maxsize=16)
def table_of(brightness: float, contrast: float) -> bytes:
    """What becomes of each of the 256 values."""
    values = ((value - 127.5) * (1 + contrast) + 127.5 + 255 * brightness for value in range(256))
    return bytes(min(255, max(0, round(value))) for value in values)


def ground_of(wall_map: WallMap) -> QColor:
    """What becomes of the black beside a picture that does not fill its frame."""
    black = table_of(wall_map.brightness, wall_map.contrast)[0]
    return QColor(black, black, black)


def adjusted(pixmap: QPixmap, wall_map: WallMap) -> QPixmap:
    """Return the picture as it is seen; the very same one where nothing is changed."""
    if not is_adjusted(wall_map) or pixmap.isNull():
        return pixmap
    key = (pixmap.cacheKey(), wall_map.brightness, wall_map.contrast)
    if key not in _made:
        _made[key] = _adjust(pixmap, table_of(wall_map.brightness, wall_map.contrast))
        if len(_made) > KEPT:
            _made.popitem(last=False)
    _made.move_to_end(key)
    return _made[key]


def _adjust(pixmap: QPixmap, table: bytes) -> QPixmap:
    image = _on_black(pixmap).convertToFormat(QImage.Format.Format_RGB888)
    values = bytes(image.constBits()).translate(table)
    kind = QImage.Format.Format_RGB888
    return QPixmap.fromImage(QImage(values, image.width(), image.height(), image.bytesPerLine(), kind))


def _on_black(pixmap: QPixmap) -> QImage:
    """A small one, opaque: a wall lays what can be seen through over black."""
    small = pixmap
    if pixmap.width() > MOST.width() or pixmap.height() > MOST.height():
        small = pixmap.scaled(MOST, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    image = QImage(small.size(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.drawPixmap(0, 0, small)
    painter.end()
    return image
