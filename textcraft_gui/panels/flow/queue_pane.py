"""QUEUE of FLOW: the lines for the Architect with the buttons of the one that is selected."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from textcraft_gui.panels.flow.queue_list import QueueList
from textcraft_gui.state.show_state import LineState, QueuedLine
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.widgets.words import button, label
from textcraft_gui.words.i18n import tr


class QueuePane(QWidget):
    """The list, or what would stand in it."""

    def __init__(self, verbs: Verbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QueueList(verbs)
        self.empty = label(tr("A line typed above enters the next plan."), "quiet")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.earlier = _link("▲", tr("earlier"), tr("Let this line enter a plan earlier (Alt+Up)"))
        self.later = _link("▼", tr("later"), tr("Let this line enter a plan later (Alt+Down)"))
        self.edit = _link(tr("edit"), "", tr("Change the words of this line (Enter)"))
        self.back = _link(tr("take back"), "", tr("Take this line out of the queue (Delete)"))
        self.earlier.clicked.connect(lambda: self.list.move_current(-1))
        self.later.clicked.connect(lambda: self.list.move_current(1))
        self.edit.clicked.connect(self.list.edit_current)
        self.back.clicked.connect(self.list.take_back)
        self._lay_out()
        self.list.chosen.connect(self._show_chosen)
        self.show_lines([])

    def _lay_out(self) -> None:
        self._foot = QWidget()
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for made in (self.edit, self.back, self.earlier, self.later):
            row.addWidget(made)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        column.addWidget(self._foot)

    def show_lines(self, lines: list[QueuedLine]) -> None:
        """Show the lines, oldest first."""
        self.empty.setVisible(not lines)
        self.list.setVisible(bool(lines))
        self.list.show_lines(lines)
        self._show_chosen()

    def _show_chosen(self) -> None:
        line, waiting = self.list.current, [each.input_id for each in self.list.waiting]
        waits = line is not None and line.state is LineState.WAITING
        self._foot.setVisible(waits)
        if line is not None and waits and line.input_id in waiting:
            self.earlier.setEnabled(line.input_id != waiting[0])
            self.later.setEnabled(line.input_id != waiting[-1])


def _link(word: str, name: str, hint: str) -> QPushButton:
    return button(word, "link", hint=hint, name=name or word)
