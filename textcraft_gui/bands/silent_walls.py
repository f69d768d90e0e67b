"""What may be done when a wall does not confirm a TAKE: send it again, or go back; beside the words under LIVE."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from textcraft_gui.state.feed import Feed
from textcraft_gui.state.walls import silent
from textcraft_gui.theme import Colour
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.verbs.wall_verbs import WallVerbs
from textcraft_gui.widgets.verb_button import Face, VerbButton
from textcraft_gui.words.i18n import tr


class SilentWalls(QWidget):
    """Hidden while every wall answers."""

    def __init__(self, feed: Feed, verbs: Verbs) -> None:
        super().__init__()
        self._feed = feed
        self._walls = WallVerbs(verbs)
        self.again = VerbButton(Face(tr("send again"), colour=Colour.WARN), flat=True)
        self.back = VerbButton(Face(tr("back"), colour=Colour.WARN), flat=True)
        self.back.explain(tr("Put the previous picture on again, on every wall that follows"))
        self.again.clicked.connect(self._send)
        self.back.clicked.connect(lambda: verbs.fire(Verb.BACK))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.again)
        row.addWidget(self.back)
        self.hide()

    def refresh(self) -> None:
        """Look at the state again."""
        walls = silent(self._feed.state)
        names = ", ".join(wall.label for wall in walls)
        self.again.explain(tr("Send {names} the whole scene once more", names=names))
        self.setVisible(bool(walls))

    def _send(self) -> None:
        walls = [wall.name for wall in silent(self._feed.state)]
        if walls:
            self._walls.send_again(*walls)
