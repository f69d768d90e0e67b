"""The pictures that are being painted, each with how far it is and a way to cancel it; knows no image server."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area, Render, chapter_id
from textcraft_gui.theme import Colour
from textcraft_gui.verbs.picture_verbs import PictureVerbs
from textcraft_gui.widgets.bar import Bar
from textcraft_gui.widgets.words import button, describe, label, set_text
from textcraft_gui.words.i18n import counted, tr
from textcraft_gui.words.wording import age, chapter_name

TALL = 800
"""A window of this height has room for several rows; a lower one shows the first and counts the others."""
SHOWN = 3
"""Rows; what waits behind them is counted."""


class RenderRow(QWidget):
    """One picture on its way."""

    def __init__(self, verbs: PictureVerbs) -> None:
        super().__init__()
        self.request_id = ""
        self.words = label("", "quiet", elide=True, name=tr("picture on its way"))
        self.bar = Bar()
        self.bar.setMaximumWidth(90)
        self.cancel = button(tr("cancel"), "link", hint=tr("Cancel this picture; the image server is free again"))
        self.cancel.clicked.connect(lambda: verbs.cancel(self.request_id))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.bar)
        row.addWidget(self.cancel)

    def show_render(self, render: Render, words: str) -> None:
        """Show one job."""
        self.request_id = render.request_id
        set_text(self.words, words)
        self.bar.show_fraction(render.fraction, Colour.INFO)
        self.cancel.setAccessibleName(tr("cancel {words}", words=words))


class RenderList(QWidget):
    """Hidden while nothing is painted."""

    def __init__(self, feed: Feed, verbs: PictureVerbs) -> None:
        super().__init__()
        self._feed = feed
        self.rows = [RenderRow(verbs) for _ in range(SHOWN)]
        self.more = label("", "quiet", name=tr("more pictures on their way"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for row in self.rows:
            column.addWidget(row)
        column.addWidget(self.more)
        self.more.hide()
        self.hide()

    def refresh(self) -> None:
        """Look at the state again."""
        renders = list(self._feed.state.renders.values())
        now = self._feed.now()
        room = SHOWN if self.window().height() >= TALL else 1
        behind = len(renders) - room
        for row, render in zip(self.rows, renders, strict=False):
            more = f" · +{behind}" if behind > 0 and room == 1 else ""
            row.show_render(render, _words(render, now.mono) + more)
        for number, row in enumerate(self.rows):
            row.setVisible(number < min(room, len(renders)))
        self.more.setVisible(behind > 0 and room > 1)
        set_text(self.more, counted(max(0, behind), "and {n} picture behind them", "and {n} pictures behind them"))
        describe(self.more, tr("They are painted one after the other."))
        self.setVisible(bool(renders))


def touched(areas: Area) -> bool:
    """Whether what is painted may look different now."""
    return bool(areas & (Area.PICTURES | Area.ENGINE | Area.TIME))


def _words(render: Render, now: float) -> str:
    name = chapter_name(chapter_id(render.target)) if render.target else tr("a picture")
    if not render.worker:
        return tr("{name} waits for an image server", name=name)
    if render.fraction is None:
        return tr("{name} is being painted, {age}", name=name, age=age(now - render.since))
    return tr("{name} is being painted, {share:.0%}", name=name, share=render.fraction)
