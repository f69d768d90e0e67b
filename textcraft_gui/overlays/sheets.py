"""Sheets that are made when they are first wanted: whole shows, set-up, manual. What nobody opens costs no start."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from textcraft_bus.clock import Clock
from textcraft_gui.overlays.overlays import Overlays
from textcraft_gui.session.ports import Starter
from textcraft_gui.state.feed import Feed

if TYPE_CHECKING:
    from textcraft_gui.assistant.sheet import Assistant
    from textcraft_gui.library.shows_form import ShowsForm
    from textcraft_gui.manual.overlay import ManualOverlay


class Sheets:
    """One of each, for one window."""

    def __init__(self, overlays: Overlays, window: QWidget, feed: Feed, starter: Starter, clock: Clock) -> None:
        self._overlays = overlays
        self._window, self._feed, self._starter, self._clock = window, feed, starter, clock
        self.shows: ShowsForm | None = None
        self.manual: ManualOverlay | None = None
        self.assistant: Assistant | None = None
        self.on_show_ready: Callable[[str, str], None] = lambda _folder, _mode: None
        """Told of the folder of a show that was set up, and of the mode it is to open in."""
        self.on_assistant_seen: Callable[[bool], None] = lambda _seen: None
        """Told that the assistant came into sight, or was put away."""

    def open_shows(self) -> None:
        """Open the sheet of whole shows."""
        if self.shows is None:
            from textcraft_gui.library.shows_form import ShowsForm  # noqa: PLC0415 - not on the start path

            self.shows = ShowsForm(self._window, self._feed, self._starter, self._clock)
            self._overlays.add(self.shows)
        self._overlays.open(self.shows)
        self.shows.begin()

    def open_assistant(self, *, first: bool = False) -> None:
        """Open the assistant; `first` says that the console was started without a show to open."""
        self._starter.start(self._open_assistant(first=first), name="open the assistant")

    async def _open_assistant(self, *, first: bool) -> None:
        if self.assistant is None:
            from textcraft_core.show.templates import templates  # noqa: PLC0415 - not on the start path
            from textcraft_gui.assistant.sheet import Assistant  # noqa: PLC0415 - as above

            shipped, present = await asyncio.to_thread(templates), Path(self._feed.state.folder)
            made = Assistant(self._window, shipped, present, self._starter, self._clock, first=first)
            made.finished.connect(self.on_show_ready)
            made.seen.connect(self.on_assistant_seen)
            self._overlays.add(made)
            self.assistant = made
        self._overlays.open(self.assistant)
        self.assistant.begin()

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
