"""Puts every control that would change the show to rest while it is only read along, and says why; refuses nothing.

The one place that refuses is `verbs`: this only makes it seen. Bands and whatever else is made by `Controls` say it
themselves.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area
from textcraft_gui.verbs import reading_rules
from textcraft_gui.widgets.words import describe

CHANGES: Final[Mapping[str, tuple[str, ...]]] = {
    "AgainForm": ("go",),
    "AssignForm": ("go",),
    "BenchForm": ("brain", "faults", "file", "first", "pace", "speed", "mark", "sum", "pay"),
    "CandidatesPanel": ("buttons",),
    "CardForm": ("add_words", "add_picture", "choose"),
    "CardRow": ("picture", "see"),
    "CheckLine": ("waive",),
    "CompareOverlay": ("buttons",),
    "CopiesPage": ("keep", "drop", "prune"),
    "DayPanel": ("print",),
    "FlowPanel": ("assign", "nudge"),
    "ForceStrip": ("go",),
    "GalleryPanel": ("buttons",),
    "HistorySide": ("undo", "redo", "restore"),
    "BibleHistory": ("undo", "redo", "restore"),
    "ItemList": ("add", "copy", "up", "down", "remove"),
    "MapEditor": ("as_it_was", "straight", "card"),
    "MatrixPanel": ("lock", "unlock", "force", "assign", "forget"),
    "MetricsPanel": ("save",),
    "MessageLane": ("start_again",),
    "RenderRow": ("cancel",),
    "ReplayPage": ("start",),
    "RunForm": ("go",),
    "SilentWalls": ("again", "back"),
    "TimelinePanel": ("export",),
    "TrialSide": ("go",),
    "VisitorsInbox": ("accept", "edit", "ignore", "forget", "keep"),
    "WallsPanel": ("place", "safe", "buttons"),
}
"""Class of a panel or form → its controls that change the show."""
LOOK_ONLY: Final = frozenset({"compare", "reveal"})
"""Buttons among them that only show something, by their key."""


class ReadingShade(QObject):
    """One for each window. Pages that are made later are found as well."""

    def __init__(self, feed: Feed, window: QWidget) -> None:
        super().__init__(window)
        self._feed = feed
        self._window = window
        self._shaded: dict[QWidget, str] = {}
        """What rests → what its panel says of it."""
        self._reason = ""
        feed.follow(self._on_refreshed)

    def _on_refreshed(self, areas: Area) -> None:
        reason = reading_rules.no_change(self._feed.state)
        if reason != self._reason:
            self._reason = reason
            if not reason:
                self._lift()
        if reason and areas & (Area.SHOW | Area.TIME):
            self._shade(reason)

    def _shade(self, reason: str) -> None:
        for widget in changing(self._window):
            if widget not in self._shaded:
                self._shaded[widget] = widget.accessibleDescription()
                widget.installEventFilter(self)
            if widget.isEnabled():
                widget.setEnabled(False)
            self._explain(widget, reason)

    def _explain(self, widget: QWidget, reason: str) -> None:
        hint = self._shaded[widget]
        describe(widget, f"{hint}. {reason}" if hint else reason)

    def _lift(self) -> None:
        shaded, self._shaded = self._shaded, {}
        for widget, before in shaded.items():
            widget.removeEventFilter(self)
            describe(widget, before)
            widget.setEnabled(True)
        self._feed.refreshed.emit(~Area.NOTHING)  # whether each works now is said by its panel

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """A panel that wakes one of them, or explains it anew, for its own reasons does not know of this one."""
        if event.type() is QEvent.Type.EnabledChange and isinstance(watched, QWidget) and watched.isEnabled():
            watched.setEnabled(False)
        if event.type() is QEvent.Type.ToolTipChange and isinstance(watched, QWidget):
            self._on_explained(watched)
        return False

    def _on_explained(self, widget: QWidget) -> None:
        hint = widget.accessibleDescription()
        if widget in self._shaded and self._reason not in hint:
            self._shaded[widget] = hint
            self._explain(widget, self._reason)


def changing(window: QWidget) -> Iterator[QWidget]:
    """Every control below `window` that changes the show."""
    for widget in window.findChildren(QWidget):
        for name in CHANGES.get(type(widget).__name__, ()):
            yield from _controls(getattr(widget, name))


def _controls(found: Any) -> Iterator[QWidget]:
    if isinstance(found, QWidget):
        yield found
    elif isinstance(found, Mapping):
        yield from (part for key, part in found.items() if str(key) not in LOOK_ONLY)
    else:
        yield from found
