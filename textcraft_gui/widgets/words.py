"""Labels and buttons made the same way everywhere: literal text, a look by name, a name for those who cannot see."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from textcraft_gui.theme import FIELD_HIGH
from textcraft_qt.labels import PlainLabel, plain_tooltip


def label(text: str = "", look: str = "", *, elide: bool = False, name: str = "") -> PlainLabel:
    """A literal label; `look` picks its weight in the style sheet, `name` is for screen readers."""
    mode = Qt.TextElideMode.ElideRight if elide else Qt.TextElideMode.ElideNone
    made = PlainLabel(text, elide=mode)
    if look:
        made.setProperty("look", look)
    if name:
        made.setAccessibleName(name)
    return made


def button(text: str, look: str = "plain", *, hint: str = "", name: str = "") -> QPushButton:
    """A button that may have focus; `hint` is its literal tooltip."""
    made = QPushButton(text.replace("&", "&&"))
    made.setProperty("look", look)
    made.setAccessibleName(name or text)
    describe(made, hint)
    return made


def opener(text: str, *, hint: str, name: str) -> QPushButton:
    """A button whose `▾` opens a list; as high as a field, although that sign comes from a taller font."""
    made = button(text, hint=hint, name=name)
    made.setProperty("opens", True)
    made.setFixedHeight(FIELD_HIGH)
    return made


def describe(widget: QWidget, hint: str) -> None:
    """Give a widget its tooltip, literally, and the same for screen readers."""
    tooltip = plain_tooltip(hint)
    if widget.toolTip() != tooltip:
        widget.setAccessibleDescription(hint)
        widget.setToolTip(tooltip)  # last: who is told that it changed reads the other


def keep_place(widget: QWidget) -> None:
    """Let nothing move when a widget comes and goes: its place is its own while it is hidden, too."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)


def set_look(widget: QWidget, look: str) -> None:
    """Change a widget's look; costs a style pass, so only when it differs."""
    if widget.property("look") != look:
        widget.setProperty("look", look)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def set_text(widget: PlainLabel, text: str) -> None:
    """Change a label's words only when they differ, so that an unchanged second costs nothing."""
    if widget.text() != text:
        widget.setText(text)
