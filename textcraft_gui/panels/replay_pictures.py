"""The pictures of a recording where its replay stands: NEXT and LIVE of then, small; no wall shows them."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from textcraft_core.events import RecordedPicture
from textcraft_gui.pictures.pictures import PictureStore
from textcraft_gui.state.bench import Replay
from textcraft_gui.theme import Colour
from textcraft_gui.widgets.picture_view import ASPECT, Picture, PictureView
from textcraft_gui.words.i18n import tr

BETWEEN = 6
LEAST = QSize(120, 68)


class ReplayPictures(QWidget):
    """Two frames beside each other. Neither is in the colour of LIVE: nothing here is on a wall now."""

    def __init__(self, store: PictureStore) -> None:
        super().__init__()
        self.staged = PictureView(store, tr("NEXT in the recording"))
        self.live = PictureView(store, tr("LIVE in the recording"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(BETWEEN)
        for view in (self.staged, self.live):
            view.setFixedSize(LEAST)
            row.addWidget(view)
        row.addStretch(1)

    def show_replay(self, replay: Replay) -> None:
        """Show what stood in NEXT and what was LIVE there."""
        self.staged.show_picture(_then(replay.staged, tr("NEXT then"), tr("NEXT was empty"), dashed=True))
        self.live.show_picture(_then(replay.live, tr("LIVE then"), tr("Nothing was live"), dashed=False))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Both share the width there is."""
        super().resizeEvent(event)
        width = max(LEAST.width(), (self.width() - BETWEEN) // 2)
        for view in (self.staged, self.live):
            view.setFixedSize(width, round(width / ASPECT))


def _then(picture: RecordedPicture | None, badge: str, empty: str, *, dashed: bool) -> Picture:
    if picture is None:
        return Picture(badge=badge, dashed=dashed, colour=Colour.DIM, title=empty)
    if not picture.path:
        hint = tr("It is no more among the show's pictures.")
        return Picture(badge=badge, dashed=dashed, colour=Colour.DIM, title=tr("The picture is gone"), hint=hint)
    return Picture(path=picture.path, caption=picture.caption, badge=badge, dashed=dashed, colour=Colour.QUIET)
