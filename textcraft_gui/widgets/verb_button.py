"""The buttons of the bands: sign, word, key cap and figure on one face; they never take the focus."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QConicalGradient, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from textcraft_bus.records import dataclass
from textcraft_gui.theme import Colour, mono, readable, tinted, ui
from textcraft_gui.widgets import shapes
from textcraft_gui.widgets.lamp import CAP_HEIGHT, cap_width, draw_cap
from textcraft_gui.widgets.shapes import Shape
from textcraft_gui.widgets.words import describe
from textcraft_gui.words.i18n import tr

FLASH_MS: Final = 1800
HOLD_MS: Final = 1000
_SIGN: Final = 12.0
BIG_PX: Final = 20
BIG_SIGN: Final = 18.0
BIG_HIGH: Final = 66
_BETWEEN: Final = 7.0
_WRAPPED: Final = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)


@dataclass(frozen=True)
class Face:
    """What a button shows now."""

    text: str
    shape: Shape | None = None
    cap: str = ""
    figure: str = ""
    colour: Colour = Colour.TEXT
    lit: bool = False
    """The state is on: the whole face takes the colour."""
    dark: bool = False
    """The off half of a blink."""


class VerbButton(QAbstractButton):
    """One verb; `tall` puts the key under a big word, `flat` is a word in a line of small print."""

    def __init__(
        self, face: Face, *, tall: bool = False, flat: bool = False, small: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._face = face
        self._tall = tall
        self._flat = flat
        self._padding = 18 if small else 26
        self._high = 100 if tall else 32 if small else 38
        self._scale = 0.0
        self._flash = ""
        self._flash_timer = QTimer(self, singleShot=True, interval=FLASH_MS)
        self._flash_timer.timeout.connect(self._end_flash)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setText(face.text)
        self.setAccessibleName(face.text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def face(self) -> Face:
        """What it shows now."""
        return self._face

    def show_face(self, face: Face) -> None:
        """Change what it shows."""
        if face != self._face:
            wider = (face.text, face.figure, face.cap) != (self._face.text, self._face.figure, self._face.cap)
            self._face = face
            self.setText(face.text)
            if wider:
                self.updateGeometry()
            self.update()

    def flash(self, words: str) -> None:
        """Say for a moment why nothing happened; without room for words the edge alone says it: the lane has them."""
        if self._flat:
            return
        self._flash = words
        self._flash_timer.start()
        self.update()

    def explain(self, hint: str) -> None:
        """Set the tooltip, literally."""
        describe(self, hint)

    def enlarge(self, scale: float) -> None:
        """Make it large enough to be read from two metres: 1 in a small window, more in a large one, 0 as usual."""
        if scale != self._scale:
            self._scale = scale
            self.updateGeometry()
            self.update()

    def pad(self, pixels: int) -> None:
        """Leave so much room beside its face, both sides together."""
        if pixels != self._padding:
            self._padding = pixels
            self.updateGeometry()

    @property
    def _pixels(self) -> int:
        usual = 22 if self._tall else 13
        return round(BIG_PX * self._scale) if self._scale else usual

    @property
    def _sign(self) -> float:
        return BIG_SIGN * self._scale if self._scale else _SIGN

    def text_fits(self) -> bool:
        """Whether the whole face is inside the button."""
        return self.width() >= self._content_width(self._face) + (4 if self._flat else 12)

    def _end_flash(self) -> None:
        self._flash = ""
        self.update()

    def _font(self) -> QFont:
        return ui(12) if self._flat else ui(self._pixels, bold=True)

    def _content_width(self, face: Face) -> float:
        words = QFontMetricsF(self._font()).horizontalAdvance(face.text)
        if self._tall:
            return max(words, cap_width(face.cap))
        parts = [words] if face.text else []
        parts += [self._sign] if face.shape else []
        parts += [cap_width(face.cap)] if face.cap else []
        parts += [QFontMetricsF(mono()).horizontalAdvance(face.figure)] if face.figure else []
        return sum(parts) + _BETWEEN * (len(parts) - 1)

    def _colours(self) -> tuple[QColor, QColor, QColor]:
        """Ground, edge and words."""
        face = self._face
        if self._flat:
            words = Colour.DIM if not self.isEnabled() else Colour.TEXT if self.underMouse() else face.colour
            return Colour.BG.q, face.colour.q if face.lit else Colour.BG.q, words.q
        if not self.isEnabled():
            return Colour.BG.q, Colour.LINE.q, Colour.DIM.q
        if face.lit and not face.dark:
            lit = tinted(face.colour, 0.34 if self.isDown() else 0.24 if self.underMouse() else 0.18)
            return lit, face.colour.q, readable(face.colour.q if face.shape else Colour.TEXT.q, lit)
        ground = Colour.PRESSED if self.isDown() else Colour.HOVER if self.underMouse() else Colour.RAISED
        return ground.q, Colour.LINE.q, readable(face.colour.q, ground.q)

    def _paint_row(self, painter: QPainter, words: QColor) -> None:
        face, middle = self._face, self.height() / 2
        left = (self.width() - self._content_width(face)) / 2
        if face.shape:
            sign = self._sign
            shapes.draw(painter, face.shape, QRectF(left, middle - sign / 2, sign, sign), words)
            left += sign + _BETWEEN
        left = self._paint_words(painter, left, face.text, self._font(), words)
        if face.cap:
            left += draw_cap(painter, left, middle, face.cap) + _BETWEEN
        if face.figure:
            self._paint_words(painter, left, face.figure, mono(), words)

    def _paint_words(self, painter: QPainter, left: float, text: str, font: QFont, colour: QColor) -> float:
        if not text:
            return left
        width = QFontMetricsF(font).horizontalAdvance(text)
        painter.setFont(font)
        painter.setPen(colour)
        box = QRectF(left, 0, width + 2, self.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
        return left + width + _BETWEEN

    def _paint_tall(self, painter: QPainter, words: QColor) -> None:
        face, middle = self._face, self.height() / 2
        painter.setFont(self._font())
        painter.setPen(words)
        box = QRectF(0, middle - 32, self.width(), 34)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), face.text)
        draw_cap(painter, (self.width() - cap_width(face.cap)) / 2, middle + 8 + CAP_HEIGHT / 2, face.cap)

    @property
    def flashes(self) -> str:
        """The words that stand in place of its face now, "" for none."""
        room = self._flash_room()
        needed = QFontMetricsF(ui(12, bold=True)).boundingRect(room, _WRAPPED, self._flash)
        return self._flash if room.width() >= needed.width() and room.height() >= needed.height() else ""

    def _flash_room(self) -> QRectF:
        return QRectF(self.rect()).adjusted(6, 2, -6, -2)

    def _paint_flash(self, painter: QPainter) -> None:
        painter.setFont(ui(12, bold=True))
        painter.setPen(Colour.WARN.q)
        painter.drawText(self._flash_room(), _WRAPPED, self._flash)

    def _paint_ground(self, painter: QPainter, ground: QColor, edge: QColor) -> None:
        painter.setPen(QPen(Colour.WARN.q if self._flash else Colour.INFO.q if self.hasFocus() else edge, 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Face plus padding."""
        if self._flat:
            return QSize(round(self._content_width(self._face)) + 12, 24)
        return QSize(
            round(self._content_width(self._face)) + self._padding, round(BIG_HIGH * self._scale) or self._high
        )

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """A button never hides part of its face."""
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Look disabled at once."""
        super().changeEvent(event)
        self.update()

    def enterEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Hovered."""
        super().enterEvent(event)  # type: ignore[arg-type]  # as above
        self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """No longer hovered."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Draw ground, face or flash."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ground, edge, words = self._colours()
            self._paint_ground(painter, ground, edge)
            if self._flash and self.flashes:
                self._paint_flash(painter)
            elif self._tall:
                self._paint_tall(painter, words)
            else:
                self._paint_row(painter, words)


class HoldButton(VerbButton):
    """Acts only when held for a second, while its edge fills."""

    held = Signal()

    def __init__(self, face: Face, parent: QWidget | None = None, *, small: bool = False, flat: bool = False) -> None:
        super().__init__(face, small=small, flat=flat, parent=parent)
        self._fill = QVariantAnimation(self, startValue=0.0, endValue=1.0, duration=HOLD_MS)
        self._fill.valueChanged.connect(lambda _value: self.update())
        self._fill.finished.connect(self._on_full)

    @property
    def filled(self) -> float:
        """How far it is held, 0–1."""
        running = self._fill.state() is QVariantAnimation.State.Running
        return float(self._fill.currentValue()) if running else 0.0

    def _on_full(self) -> None:
        self.held.emit()
        self.update()

    def _let_go(self) -> None:
        self._fill.stop()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Begin to fill."""
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self.isEnabled():
            self._fill.start()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Too early means nothing happened, and it says how."""
        early = self._fill.state() is QVariantAnimation.State.Running
        super().mouseReleaseEvent(event)
        self._let_go()
        if early:
            self.flash(tr("hold for 1 s"))

    def hideEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Nothing fires out of sight."""
        super().hideEvent(event)  # type: ignore[arg-type]  # as above
        self._let_go()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Draw the button, then the ring as far as it is filled."""
        super().paintEvent(event)
        if self.filled <= 0:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            sweep = QConicalGradient(QPointF(self.rect().center()), 90)
            colour = self.face.colour.q
            clear = QColor(0, 0, 0, 0)
            sweep.setColorAt(0.0, clear)
            sweep.setColorAt(max(0.0, 1 - self.filled), clear)
            sweep.setColorAt(min(1.0, 1 - self.filled + 0.001), colour)
            sweep.setColorAt(1.0, colour)
            painter.setPen(QPen(sweep, 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 6, 6)


def lit(face: Face, on: bool, *, dark: bool = False) -> Face:
    """The same face with its state on or off."""
    return replace(face, lit=on, dark=dark)
