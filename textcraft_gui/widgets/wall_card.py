"""One wall as a card to choose: what it shows, its name and how it stands; knows no show."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from textcraft_bus.records import dataclass
from textcraft_gui.theme import Colour, mono, ui
from textcraft_gui.widgets import shapes
from textcraft_gui.widgets.laying import wall_box
from textcraft_gui.widgets.picture_view import ASPECT
from textcraft_gui.widgets.signs import UNKNOWN, Sign
from textcraft_gui.widgets.wall_thumb import decode
from textcraft_gui.widgets.words import describe
from textcraft_gui.words.i18n import tr

HEIGHT = 56
_THUMB = QSize(82, 46)


@dataclass(frozen=True)
class CardFace:
    """What a card shows."""

    name: str
    sign: Sign = UNKNOWN
    word: str = ""
    line: str = ""
    thumb: str = ""
    stale: bool = False
    loud: bool = False
    """Trouble: the word is bold and in the colour of its sign."""


class WallCard(QAbstractButton):
    """Checked is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.face = CardFace("")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_face(self, face: CardFace) -> None:
        """Change what it shows."""
        if face != self.face:
            self.face = face
            self.setText(face.name)
            self.setAccessibleName(f"{face.name}: {face.word}")
            describe(self, face.line)
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """A thumbnail and two lines."""
        return QSize(220, HEIGHT)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """The name may be cut, its whole is in the tooltip."""
        return QSize(150, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Draw thumbnail, name, word and line."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            edge = Colour.INFO if self.hasFocus() else Colour.TEXT if self.isChecked() else Colour.LINE
            ground = Colour.RAISED if self.isChecked() or self.underMouse() else Colour.PANEL
            painter.setPen(QPen(edge.q, 1.5 if self.isChecked() or self.hasFocus() else 1))
            painter.setBrush(ground.q)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
            self._paint_thumb(painter)
            left = _THUMB.width() + 14.0
            self._paint_words(painter, QRectF(left, 0, self.width() - left - 10, HEIGHT))

    def _paint_thumb(self, painter: QPainter) -> None:
        painter.save()
        frame = QRectF(5, (HEIGHT - _THUMB.height()) / 2, _THUMB.width(), _THUMB.height())
        image = decode(self.face.thumb) if self.face.thumb else QImage()
        box = wall_box(frame, image.width() / image.height() if not image.isNull() else ASPECT)
        path = QPainterPath()
        path.addRoundedRect(box, 3, 3)
        painter.fillPath(path, Qt.GlobalColor.black)
        painter.setClipPath(path)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(0.4 if self.face.stale else 1.0)
        if not image.isNull():
            painter.drawImage(box, image)
        painter.restore()

    def _paint_words(self, painter: QPainter, box: QRectF) -> None:
        face, middle = self.face, int(Qt.AlignmentFlag.AlignVCenter)
        top, low = QRectF(box.left(), 7, box.width(), 20), QRectF(box.left(), 28, box.width(), 20)
        word_font = ui(12, bold=True) if face.loud else mono(12)
        word_width = QFontMetricsF(word_font).horizontalAdvance(face.word)
        shapes.draw(painter, face.sign.shape, QRectF(top.left(), top.center().y() - 5, 10, 10), face.sign.colour.q)
        painter.setFont(ui(13, bold=True))
        painter.setPen(Colour.TEXT.q)
        room = box.width() - 16 - word_width - 6
        name = QFontMetricsF(painter.font()).elidedText(face.name, Qt.TextElideMode.ElideRight, max(0.0, room))
        painter.drawText(top.adjusted(16, 0, 0, 0), middle, name)
        painter.setFont(word_font)
        painter.setPen(face.sign.colour.q if face.loud else Colour.QUIET.q)
        painter.drawText(top, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), face.word)
        painter.setFont(ui(12))
        painter.setPen(Colour.QUIET.q)
        line = QFontMetricsF(painter.font()).elidedText(face.line or tr("—"), Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(low, middle, line)
