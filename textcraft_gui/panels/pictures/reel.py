"""The reserve reel: the pinned pictures in one thin strip; when nothing else is left, these keep the walls alive."""

from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from textcraft_gui.pictures.pictures import PictureStore
from textcraft_gui.projection.folder import picture_file
from textcraft_gui.state.show_state import Candidate, ShowState
from textcraft_gui.theme import Colour, ui
from textcraft_gui.widgets import shapes
from textcraft_gui.widgets.picture_view import ASPECT, cover
from textcraft_gui.widgets.shapes import Shape
from textcraft_gui.words.i18n import counted, tr
from textcraft_qt.labels import plain_tooltip

HEIGHT: Final = 30
_WORDS: Final = 42
_GAP: Final = 5


class ReelStrip(QWidget):
    """Thumbnails of what is pinned; a click asks for one. Empty while nothing is pinned."""

    wanted = Signal(str)

    def __init__(self, store: PictureStore) -> None:
        super().__init__()
        self._store = store
        self._folder = ""
        self._pinned: list[Candidate] = []
        self.setAccessibleName(tr("reserve reel"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        store.ready.connect(lambda _path: self.update())

    @property
    def pinned(self) -> list[Candidate]:
        """What it shows, oldest first."""
        return self._pinned

    def show_state(self, state: ShowState) -> None:
        """Take over what is pinned."""
        self._folder = state.folder
        self._pinned = list(state.reel.values())
        words = counted(len(self._pinned), "{n} picture", "{n} pictures")
        self.setAccessibleDescription(tr("{count} kept for when nothing else is left", count=words))
        self.update()

    def _boxes(self) -> list[tuple[QRectF, Candidate]]:
        width = HEIGHT * ASPECT
        room = int((self.width() - _WORDS + _GAP) // (width + _GAP))
        return [
            (QRectF(_WORDS + place * (width + _GAP), 0, width, HEIGHT), candidate)
            for place, candidate in enumerate(self._pinned[:room])
        ]

    def _at(self, x: float) -> Candidate | None:
        return next((candidate for box, candidate in self._boxes() if box.left() <= x <= box.right()), None)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """One thin row."""
        return QSize(160, HEIGHT)

    def event(self, event: QEvent) -> bool:
        """The words of the picture under the mouse as its tooltip."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            candidate = self._at(event.pos().x())
            words = (
                candidate.caption if candidate else tr("Pinned pictures: they keep the walls alive when all else fails")
            )
            QToolTip.showText(event.globalPos(), plain_tooltip(words), self)
            return True
        return super().event(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """A click asks for the picture under the mouse."""
        candidate = self._at(event.position().x())
        if candidate and event.button() is Qt.MouseButton.LeftButton:
            self.wanted.emit(candidate.request_id)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Draw the word, how many there are, and each picture."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            if not self._pinned:
                return
            shapes.draw(painter, Shape.DIAMOND, QRectF(10, HEIGHT / 2 - 6, 12, 12), Colour.QUIET.q)
            painter.setFont(ui(11, bold=True))
            painter.setPen(Colour.QUIET.q)
            middle = int(Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(QRectF(27, 0, _WORDS - 27, HEIGHT), middle, f"{len(self._pinned)}")
            for box, candidate in self._boxes():
                self._paint_picture(painter, box, picture_file(self._folder, candidate.path))

    def _paint_picture(self, painter: QPainter, box: QRectF, path: str) -> None:
        shape = QPainterPath()
        shape.addRoundedRect(box, 3, 3)
        painter.fillPath(shape, Colour.RAISED.q)
        wanted = QSize(round(box.width()), round(box.height())) * painter.device().devicePixelRatioF()
        pixmap = self._store.get(path, wanted)
        if pixmap is not None:
            painter.setClipPath(shape)
            painter.drawPixmap(box, pixmap, cover(pixmap.size(), box))
            painter.setClipping(False)
