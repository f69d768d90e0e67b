"""Two pictures side by side over the docks: each may be staged from here; Esc puts it away."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from textcraft_bus.records import dataclass
from textcraft_gui.overlays.overlays import Overlay
from textcraft_gui.pictures.pictures import PictureStore
from textcraft_gui.theme import Colour
from textcraft_gui.widgets.picture_view import ASPECT, Picture, PictureView
from textcraft_gui.widgets.words import button, label, set_text
from textcraft_gui.words.i18n import tr


@dataclass(frozen=True)
class Side:
    """One of the two: its file, words, the line beneath, and what [stage] would stage (nothing: no button)."""

    path: str
    caption: str
    line: str
    token: object = None
    badge: str = ""


class CompareOverlay(Overlay):
    """`staged` carries the token of the side that was chosen."""

    staged = Signal(object)

    def __init__(self, window: QWidget, store: PictureStore) -> None:
        super().__init__(tr("COMPARE"), window)
        self.views = (PictureView(store, tr("left picture")), PictureView(store, tr("right picture")))
        self.lines = tuple(label("", "quiet", elide=True, name=tr("about the picture")) for _ in self.views)
        self.buttons = tuple(button(tr("stage"), hint=tr("Put this picture into NEXT")) for _ in self.views)
        self._sides: tuple[Side, ...] = ()
        row = QHBoxLayout()
        row.setSpacing(16)
        for number, made in enumerate(self.buttons):
            made.clicked.connect(lambda _checked=False, number=number: self._stage(number))
            row.addLayout(self._side(number, made), 1)
        self.column.addLayout(row, 1)

    def _side(self, number: int, made: QPushButton) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addWidget(self.views[number], 1, Qt.AlignmentFlag.AlignHCenter)
        foot = QHBoxLayout()
        foot.addWidget(self.lines[number], 1)
        foot.addWidget(made)
        column.addLayout(foot)
        return column

    def compare(self, left: Side, right: Side) -> None:
        """Put two pictures in; open it with `open_at`."""
        self._sides = (left, right)
        for side, view, line, made in zip(self._sides, self.views, self.lines, self.buttons, strict=True):
            view.show_picture(Picture(path=side.path, caption=side.caption, badge=side.badge, colour=Colour.QUIET))
            set_text(line, side.line)
            made.setVisible(side.token is not None)
        self._fit()

    def _stage(self, number: int) -> None:
        self.staged.emit(self._sides[number].token)
        self.hide()

    def _fit(self) -> None:
        width = (self.width() - 3 * 16) // 2
        height = max(60, self.height() - 110)
        width = max(100, min(width, round(height * ASPECT)))
        for view in self.views:
            view.setFixedSize(width, round(width / ASPECT))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """The pictures take what room there is."""
        super().resizeEvent(event)
        self._fit()
