"""A picture as the wall crops it, with its frame, its badge and its words on a plate; literal text only."""

from dataclasses import field
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from textcraft_bus.channel.messages import WallMap
from textcraft_bus.records import dataclass
from textcraft_gui.pictures.pictures import PictureStore
from textcraft_gui.theme import Colour, ui
from textcraft_gui.widgets import shapes
from textcraft_gui.widgets.laying import paint_laid, wall_box
from textcraft_gui.widgets.signs import Sign
from textcraft_gui.widgets.words import describe
from textcraft_gui.words.i18n import tr

ASPECT: Final = 16 / 9
PLAIN: Final = WallMap.model_construct()
"""Fill the wall, and nothing else."""
_PLATE: Final = QColor(10, 12, 14, 205)
_VEIL: Final = QColor(10, 12, 14, 190)
_RADIUS: Final = 6.0
LEAST_CAPTION_PX: Final = 12


@dataclass(frozen=True)
class Picture:
    """What a frame holds now. Without a path `title` and `hint` say what would stand there."""

    path: str = ""
    caption: str = ""
    badge: str = ""
    sign: Sign | None = None
    colour: Colour = Colour.LINE
    dashed: bool = False
    thick: float = 1.0
    title: str = ""
    hint: str = ""
    aspect: float = ASPECT
    """Width over height of the wall it is laid on."""
    map: WallMap = field(default_factory=WallMap)
    """How that wall lays it."""
    veil: str = ""
    """Words over the darkened picture: what hides it on the walls."""


class PictureView(QWidget):
    """One frame; its picture is read elsewhere and appears when it is there."""

    def __init__(self, store: PictureStore, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._picture = Picture()
        self._caption_hidden = False
        self.paints_badge = True
        """Off while a button lies where the badge would."""
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        store.ready.connect(self._on_ready)

    @property
    def picture(self) -> Picture:
        """What it holds now."""
        return self._picture

    def show_picture(self, picture: Picture) -> None:
        """Change what it holds."""
        if picture != self._picture:
            self._picture = picture
            describe(self, picture.caption or picture.hint or picture.title)
            self.update()

    def hide_caption(self, on: bool) -> None:
        """Leave the words out while a field over them edits them."""
        self._caption_hidden = on
        self.update()

    def caption_box(self) -> QRectF:
        """Where the words stand, for the field that edits them."""
        height = max(34.0, self.height() * 0.14)
        return QRectF(self.width() * 0.08, self.height() - height - 14, self.width() * 0.84, height)

    def _on_ready(self, path: str) -> None:
        if path == self._picture.path:
            self.update()

    def _inner(self) -> QRectF:
        by = self._picture.thick / 2
        return QRectF(self.rect()).adjusted(by, by, -by, -by)

    def _paint_picture(self, painter: QPainter, pixmap: QPixmap) -> None:
        box = self._inner()
        path = QPainterPath()
        path.addRoundedRect(box, _RADIUS, _RADIUS)
        painter.setClipPath(path)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        picture = self._picture
        if picture.map == PLAIN and abs(picture.aspect - ASPECT) < 0.01:
            painter.drawPixmap(box, pixmap, cover(pixmap.size(), box))
        else:
            painter.fillRect(box, Colour.BG.q)
            paint_laid(painter, pixmap, wall_box(box, picture.aspect), picture.map)
        if self._picture.veil:
            painter.fillRect(box, _VEIL)
        painter.setClipping(False)

    def _paint_frame(self, painter: QPainter) -> None:
        picture = self._picture
        pen = QPen(picture.colour.q, picture.thick)
        if picture.dashed:
            pen.setDashPattern([3.0, 1.6] if picture.thick > 1 else [4.0, 4.0])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self._inner(), _RADIUS, _RADIUS)

    def _paint_badge(self, painter: QPainter) -> None:
        picture = self._picture
        if not picture.badge or not self.paints_badge:
            return
        font = ui(12, bold=True)
        width = QFontMetricsF(font).horizontalAdvance(picture.badge)
        box = QRectF(12, 12, width + (38 if picture.sign else 20), 24)
        _plate(painter, box)
        left = box.left() + 10
        if picture.sign:
            shapes.draw(painter, picture.sign.shape, QRectF(left, box.center().y() - 5.5, 11, 11), picture.colour.q)
            left += 18
        painter.setFont(font)
        painter.setPen(picture.colour.q)
        painter.drawText(QRectF(left, box.top(), width + 4, box.height()), _MIDDLE, picture.badge)

    def _paint_caption(self, painter: QPainter) -> None:
        text = " ".join(self._picture.caption.split())
        if not text:
            return
        font, lines = fitted(text, max(14, min(26, round(self.height() / 17))), self.width() * 0.84)
        metrics = QFontMetricsF(font)
        width = max(metrics.horizontalAdvance(line) for line in lines) + 26
        height = metrics.lineSpacing() * len(lines) + 14
        box = QRectF((self.width() - width) / 2, self.height() - height - 14, width, height)
        _plate(painter, box)
        painter.setFont(font)
        painter.setPen(QColor("#FFFFFF"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), "\n".join(lines))

    def _paint_words(self, painter: QPainter, title: str, hint: str) -> None:
        middle = self.height() / 2
        painter.setFont(ui(15, bold=True))
        painter.setPen(Colour.TEXT.q)
        top = QRectF(20, middle - 26, self.width() - 40, 24)
        painter.drawText(top, int(Qt.AlignmentFlag.AlignCenter), title)
        painter.setFont(ui())
        painter.setPen(Colour.QUIET.q)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(20, middle + 2, self.width() - 40, middle - 14), int(flags), hint)

    def _paint_empty(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Colour.PANEL.q)
        painter.drawRoundedRect(self._inner(), _RADIUS, _RADIUS)
        picture = self._picture
        if picture.path and self._store.is_unreadable(picture.path):
            self._paint_words(
                painter, tr("The file cannot be read"), tr("The picture is kept on the walls that hold it.")
            )
        elif not picture.path:
            self._paint_words(painter, picture.title, picture.hint)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """The least that shows what a picture is about."""
        return QSize(320, 180)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Draw picture, frame, badge and words."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pixmap = self._store.get(self._picture.path, self.size() * self.devicePixelRatioF())
            if pixmap is None:
                self._paint_empty(painter)
            else:
                self._paint_picture(painter, pixmap)
            self._paint_frame(painter)
            self._paint_badge(painter)
            if self._picture.path and not self._picture.veil and not self._caption_hidden:
                self._paint_caption(painter)
            if self._picture.veil and pixmap is not None:
                self._paint_words(painter, *self._picture.veil.split("\n", 1))


_MIDDLE: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


def cover(size: QSize, box: QRectF) -> QRectF:
    """The middle part of a picture of `size` that fills `box` without stretching."""
    scale = max(box.width() / size.width(), box.height() / size.height())
    width, height = box.width() / scale, box.height() / scale
    return QRectF((size.width() - width) / 2, (size.height() - height) / 2, width, height)


def wrapped(text: str, font: QFont, width: float, most: int) -> list[str]:
    """Break `text` into at most `most` lines of `width`; the last one is cut with an ellipsis when words are left."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    lines: list[str] = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        start = line.textStart()
        if len(lines) == most - 1:
            lines.append(QFontMetricsF(font).elidedText(text[start:], Qt.TextElideMode.ElideRight, width))
            break
        lines.append(text[start : start + line.textLength()].rstrip())
    layout.endLayout()
    return lines


def fitted(text: str, pixels: int, width: float) -> tuple[QFont, list[str]]:
    """The largest font from `pixels` down with which `text` stands whole on two lines; the least one cuts it."""
    for size in range(pixels, LEAST_CAPTION_PX, -1):
        lines = wrapped(text, ui(size), width, 3)
        if len(lines) <= 2:
            return ui(size), lines
    return ui(LEAST_CAPTION_PX), wrapped(text, ui(LEAST_CAPTION_PX), width, 2)


def _plate(painter: QPainter, box: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_PLATE)
    painter.drawRoundedRect(QRectF(QPointF(box.topLeft()), box.size()), 4, 4)
