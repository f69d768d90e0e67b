"""The pictures of a recording where its replay stands: NEXT and LIVE of then, small; no wall shows them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from textcraft_gui.pictures.pictures import PictureStore
from textcraft_gui.state.bench import Replay
from textcraft_gui.theme import Colour
from textcraft_gui.widgets.picture_view import ASPECT, Picture, PictureView
from textcraft_gui.widgets.words import describe, label, set_text
from textcraft_gui.words.i18n import later, tr, translated

BETWEEN = 8
LOW, HIGH = 48, 84
"""Pixels: in a small window the player's buttons below need their rows, too."""
ROOMY = 340
"""A page of this height has room for the higher ones."""
MOST_CHARS = 24


class ReplayPictures(QWidget):
    """Two frames, their words beside them. Neither is in the colour of LIVE: nothing here is on a wall now."""

    def __init__(self, store: PictureStore) -> None:
        super().__init__()
        self.staged = PictureView(store, tr("NEXT in the recording"))
        self.live = PictureView(store, tr("LIVE in the recording"))
        self.words = tuple(
            label("", "quiet", name=name) for name in (tr("words of NEXT then"), tr("words of LIVE then"))
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(BETWEEN)
        for view, words in zip((self.staged, self.live), self.words, strict=True):
            words.setWordWrap(True)
            words.setAlignment(Qt.AlignmentFlag.AlignTop)
            row.addWidget(view)
            row.addWidget(words, 1)
        self.fit(0)

    def fit(self, height: int) -> None:
        """Take the room a page of this height (pixels) has."""
        high = HIGH if height >= ROOMY else LOW
        for view in (self.staged, self.live):
            view.setFixedSize(round(high * ASPECT), high)
        self.setFixedHeight(high)

    def show_replay(self, replay: Replay) -> None:
        """Show what stood in NEXT and what was LIVE there."""
        shown = (
            (self.staged, replay.staged, later("NEXT then: {what}"), tr("empty")),
            (self.live, replay.live, later("LIVE then: {what}"), tr("nothing")),
        )
        for (view, picture, then, empty), words in zip(shown, self.words, strict=True):
            path = picture.path if picture is not None else ""
            view.show_picture(
                Picture(path=path, dashed=view is self.staged, colour=Colour.QUIET if path else Colour.DIM)
            )
            said = empty if picture is None else _shortened(picture.caption) if path else tr("this picture is gone")
            set_text(words, translated(then, what=said or tr("without words")))
            describe(words, picture.caption if picture is not None else "")


def _shortened(caption: str) -> str:
    """Three short lines of it; the tooltip has the rest."""
    return caption if len(caption) <= MOST_CHARS else f"{caption[:MOST_CHARS].rstrip()}…"
