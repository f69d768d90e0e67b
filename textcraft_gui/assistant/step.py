"""What every step of the assistant is: a page, why one cannot go on from it, and what it adds to the choices."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLayout, QListWidget, QVBoxLayout, QWidget

from textcraft_gui.assistant.choices import Choices
from textcraft_gui.theme import ui
from textcraft_gui.widgets.choice import Choice
from textcraft_gui.widgets.words import label

_AROUND: Final = 24
"""Padding and frame of a choice, px."""


class Step(QWidget):
    """One page. It sends nothing anywhere and starts nothing but by a button of its own."""

    def __init__(self, title: str, lead: str) -> None:
        """`title` is its name in the list of steps, `lead` says in a sentence what is chosen here."""
        super().__init__()
        self.title = title
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(10)
        self.lead = label(lead, "sentence", name=title)
        self.lead.setWordWrap(True)
        self.column.addWidget(self.lead)

    def begin(self, choices: Choices, /) -> None:
        """It comes into sight: show what follows from the steps before, give the first control the keyboard."""

    async def problem(self) -> str:
        """Why what was chosen here cannot be used, "" when it can."""
        return ""

    def put(self, choices: Choices) -> None:
        """Add what was chosen here."""

    def skip(self, choices: Choices) -> None:
        """Take out what was chosen here before."""

    async def rest(self) -> None:
        """End what runs, forget what is secret."""


def choice(name: str, options: Sequence[tuple[object, str, str]]) -> Choice:
    """One of a few ways, each as wide as it is when it is chosen."""
    made = Choice(name, options)
    metrics = QFontMetrics(ui(12, bold=True))
    for each, (_, word, _) in zip(made.buttons, options, strict=True):
        each.setMinimumWidth(metrics.horizontalAdvance(word) + _AROUND)
    return made


def row(*parts: QWidget | QLayout, spacing: int = 10) -> QHBoxLayout:
    """Parts side by side, at the left."""
    made = QHBoxLayout()
    made.setSpacing(spacing)
    for part in parts:
        if isinstance(part, QWidget):
            made.addWidget(part)
        else:
            made.addLayout(part)
    made.addStretch(1)
    return made


def page(*parts: QWidget | QLayout) -> QWidget:
    """Parts one below the other; a list takes the room that is left."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 4, 0, 0)
    column.setSpacing(8)
    listed = False
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part, 1 if isinstance(part, QListWidget) else 0)
            listed = listed or isinstance(part, QListWidget)
        else:
            column.addLayout(part)
    if not listed:
        column.addStretch(1)
    return made


def told_in(parts: Sequence[str]) -> str:
    """Sentences one below the other; empty ones are left out."""
    return "\n".join(part for part in parts if part)


def money(usd: float) -> str:
    """A price, as exact as small ones need: `$0.0012`, `$0.25`."""
    return f"${usd:.2f}" if usd >= 0.1 or usd == 0 else f"${usd:.4f}"
