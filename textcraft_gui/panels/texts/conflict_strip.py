"""What two people changed at once: both sides shown, one by one, until the operator chose; nothing is overwritten."""

import json
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from textcraft_core.show.merge import MISSING, Conflict
from textcraft_gui.widgets.words import button, describe, label, set_text
from textcraft_gui.words.i18n import tr

MOST_CHARS: Final = 400
"""A whole chapter in one line helps nobody; its editor shows both texts besides."""


class ConflictStrip(QWidget):
    """Hidden while there is nothing to choose."""

    chosen = Signal(object, bool)
    """The conflict, and whether theirs comes in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._conflict: Conflict | None = None
        self.place = label("", "warn", elide=True, name=tr("what was changed by two"))
        self.mine = label("", elide=True, name=tr("my version"))
        self.theirs = label("", elide=True, name=tr("the other version"))
        self.keep = button(tr("keep mine"), "small", hint=tr("What you wrote stays; the file is changed when you save"))
        self.take = button(tr("take theirs"), "small", hint=tr("What the other wrote comes in; undo brings yours back"))
        self.keep.clicked.connect(lambda: self._choose(theirs=False))
        self.take.clicked.connect(lambda: self._choose(theirs=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(2)
        column.addWidget(self.place)
        for word, side, act in ((tr("mine"), self.mine, self.keep), (tr("theirs"), self.theirs, self.take)):
            row = QHBoxLayout()
            row.setSpacing(8)
            quiet = label(word, "quiet")
            quiet.setFixedWidth(44)
            row.addWidget(quiet)
            row.addWidget(side, 1)
            row.addWidget(act)
            column.addLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def show_conflicts(self, conflicts: tuple[Conflict, ...]) -> None:
        """Show the first of these, or nothing."""
        self._conflict = conflicts[0] if conflicts else None
        self.setVisible(bool(conflicts))
        if not conflicts:
            return
        where = " · ".join(conflicts[0].path) or tr("the same text")
        more = tr(" (1 of {n})", n=len(conflicts)) if len(conflicts) > 1 else ""
        set_text(self.place, tr("▲ Two changed {where}: choose, nothing is saved before", where=where) + more)
        for side, value in ((self.mine, conflicts[0].mine), (self.theirs, conflicts[0].theirs)):
            text = told(value)
            set_text(side, text)
            describe(side, text)

    def _choose(self, *, theirs: bool) -> None:
        if self._conflict is not None:
            self.chosen.emit(self._conflict, theirs)


def told(value: Any) -> str:
    """A value of a file in one line."""
    if value is MISSING:
        return tr("(taken out)")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join(text[:MOST_CHARS].split()) or tr("(empty)")
