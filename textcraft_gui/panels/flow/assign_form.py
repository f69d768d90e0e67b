"""Assign…: a whole plan of the next cycle in the operator's own hand: who, what, where and a note."""

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from textcraft_gui.state.show_state import ShowState, chapter_id
from textcraft_gui.widgets.steady import SteadyBox
from textcraft_gui.widgets.words import button, describe
from textcraft_gui.words.i18n import later, tr, translated

ACTIONS: Final = (later("generate"), later("edit"), later("outline"))
NO_WORKERS: Final = frozenset({"architect", "illustrator"})
"""The first is the one who plans, the second works from what was written."""
MAX_NOTE: Final = 4000


class AssignForm(QWidget):
    """Skips PLAN once; `roles` gives the roles there are at the moment it opens."""

    asked = Signal(object)
    """The plan, as the payload of the command Assign."""
    left = Signal()

    def __init__(self, roles: Callable[[], list[str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._roles = roles
        self.role = _choice(tr("who works"))
        self.action = _choice(tr("what is to be done"))
        self.chapter = _choice(tr("chapter"))
        self.note = QLineEdit()
        self.note.setMaxLength(MAX_NOTE)
        self.note.setPlaceholderText(tr("What shall be done there?"))
        self.note.setAccessibleName(tr("note of the plan"))
        describe(self.note, tr("The words the role works from (Enter assigns)"))
        self.go = button(tr("assign"), hint=tr("The next cycle does exactly this; the Architect is not asked"))
        self.leave = button(tr("leave"), "link", hint=tr("Assign nothing"))
        self._lay_out()
        self.note.returnPressed.connect(self._ask)
        self.go.clicked.connect(self._ask)
        self.leave.clicked.connect(self.left)

    def _lay_out(self) -> None:
        who, where, what = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        rows = ((who, (self.role, self.action)), (where, (self.chapter, self.leave)), (what, (self.note, self.go)))
        for row, widgets in rows:
            row.setSpacing(6)
            for widget in widgets:
                row.addWidget(widget, 0 if widget in (self.go, self.leave) else 1)
            column.addLayout(row)
        column.addStretch(1)

    def open(self, state: ShowState, path: str = "") -> None:
        """Begin a plan, for a chapter by its path or for the first that is open."""
        wanted = chapter_id(path) if path else ""
        _fill(self.role, [(translated(role), role) for role in self._roles() if role not in NO_WORKERS])
        _fill(self.action, [(translated(action), action) for action in ACTIONS])
        entries = [(key, entry) for key, entry in state.matrix.items() if entry.get("status") != "LOCKED"]
        _fill(self.chapter, [(_named(key, entry), str(entry.get("path") or key)) for key, entry in entries])
        keys = [key for key, _ in entries]
        self.chapter.setCurrentIndex(keys.index(wanted) if wanted in keys else 0)
        works = self.role.count() > 0 and self.chapter.count() > 0
        self.go.setEnabled(works)
        does = tr("The next cycle does exactly this; the Architect is not asked")
        describe(self.go, does if works else tr("There is no open chapter, or nobody to work on it"))
        self.note.clear()
        self.note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def payload(self) -> dict[str, Any]:
        """Return the plan as it stands in the form."""
        return {
            "action_type": self.action.currentData(),
            "target_file": str(self.chapter.currentData()).rpartition("/")[2],
            "assigned_agent": self.role.currentData(),
            "context_notes": self.note.text().strip(),
        }

    def _ask(self) -> None:
        if self.go.isEnabled():
            self.asked.emit(self.payload())


def _choice(name: str) -> QComboBox:
    made = SteadyBox()
    made.setAccessibleName(name)
    made.setMinimumContentsLength(6)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    describe(made, name)
    return made


def _fill(box: QComboBox, items: list[tuple[str, str]]) -> None:
    box.clear()
    for text, data in items:
        box.addItem(text, data)


def _named(key: str, entry: dict[str, Any]) -> str:
    title = str(entry.get("title") or "")
    return f"{key} · {title}" if title else key
