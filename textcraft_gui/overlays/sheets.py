"""Sheets that are made when they are first wanted: whole shows, and the manual. What nobody opens costs no start."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from textcraft_bus.clock import Clock
from textcraft_gui.overlays.overlays import Overlays
from textcraft_gui.session.ports import Starter
from textcraft_gui.state.feed import Feed

if TYPE_CHECKING:
    from textcraft_gui.library.shows_form import ShowsForm
    from textcraft_gui.manual.overlay import ManualOverlay


class Sheets:
    """One of each, for one window."""

    def __init__(self, overlays: Overlays, window: QWidget, feed: Feed, starter: Starter, clock: Clock) -> None:
        self._overlays = overlays
        self._window, self._feed, self._starter, self._clock = window, feed, starter, clock
        self.shows: ShowsForm | None = None
        self.manual: ManualOverlay | None = None

    def open_shows(self) -> None:
        """Open the sheet of whole shows."""
        if self.shows is None:
            from textcraft_gui.library.shows_form import ShowsForm  # noqa: PLC0415 - not on the start path

            self.shows = ShowsForm(self._window, self._feed, self._starter, self._clock)
            self._overlays.add(self.shows)
        self._overlays.open(self.shows)
        self.shows.begin()

    def toggle_manual(self) -> None:
        """Open or close the manual."""
        if self.manual is None:
            from textcraft_gui.manual.overlay import ManualOverlay  # noqa: PLC0415 - not on the start path

            self.manual = ManualOverlay(self._window)
            self._overlays.add(self.manual)
        if not self.manual.isHidden():
            self.manual.hide()
            return
        if (keys := Overlays.keys.of(self._overlays).made) is not None:
            keys.hide()
        self._overlays.open(self.manual)
        self.manual.begin()
