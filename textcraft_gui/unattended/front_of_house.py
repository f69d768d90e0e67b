"""When the front-of-house view is shown, which verbs work there, and how somebody who comes back takes over."""

import asyncio
from collections.abc import Callable, Sequence
from math import ceil
from typing import Final, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from textcraft_gui.bands.front import FrontView, scale_of
from textcraft_gui.bands.status import StatusBand
from textcraft_gui.bands.stops import StopsBand
from textcraft_gui.session.ports import Starter
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area
from textcraft_gui.unattended.pin import Pin
from textcraft_gui.verbs import mode_rules
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.words.i18n import tr

SAFE: Final = frozenset(
    {
        Verb.HOLD,
        Verb.SAFE_LOOK,
        Verb.BLACK,
        Verb.PAUSE_AI,
        Verb.PANIC,
        Verb.RESTORE,
        Verb.MARK,
        Verb.OPEN_DAY,
        Verb.CLOSE_DAY,
        Verb.EXTEND_DAY,
        Verb.FRONT_OF_HOUSE,
        Verb.FULL_SCREEN,
    }
)
"""What a key may do while the view is shown; Ctrl+L only says that somebody is here."""


class Sheets(Protocol):
    """What may lie over the window."""

    def put_away(self) -> bool:
        """Close the topmost; False when there is none."""
        ...


class FrontOfHouse:
    """Exchanges bands B and D for the view, and back. The view shows itself while nobody is here."""

    def __init__(self, feed: Feed, verbs: Verbs, starter: Starter, view: FrontView, pin: Pin) -> None:
        self.view = view
        self.shown = False
        self._feed = feed
        self._verbs = verbs
        self._starter = starter
        self._pin = pin
        self._wanted = False
        self._alone = False
        self._replaced: Sequence[QWidget] = ()
        self._bands: tuple[StatusBand, StopsBand] | None = None
        self._put_away: Callable[[], bool] = lambda: False
        view.here.connect(self.unlock)
        view.pin_given.connect(self._on_pin)
        verbs.serve(Verb.FRONT_OF_HOUSE, self.toggle, self.want)
        verbs.serve(Verb.LOCK, self.unlock)
        feed.follow(self._on_refreshed)

    @property
    def alone(self) -> bool:
        """Whether the show was left alone."""
        return self._alone

    def join(self, replaced: Sequence[QWidget], status: StatusBand, stops: StopsBand, sheets: Sheets) -> None:
        """Say what the view stands in for, which bands grow with it, and what it puts away."""
        self._replaced = replaced
        self._bands = (status, stops)
        self._put_away = sheets.put_away

    def toggle(self) -> None:
        """Show it, or go back to the console."""
        self.want(not self._wanted)

    def want(self, shown: bool) -> None:
        """Show it, or the console; nobody there: it stays."""
        self._wanted = shown
        self._look()

    def fit(self) -> None:
        """The stops grow with the window while the view is shown."""
        if self._bands is not None:
            self._bands[1].enlarge(scale_of(self.view.window().size()) if self.shown else 0.0)

    def refuses(self, verb: Verb) -> str:
        """Why a key does nothing while the view is shown; "" when it works."""
        if not self.shown or verb in SAFE or (verb is Verb.LOCK and self._alone):
            return ""
        return tr("Front of house: only the stops and the day work here")

    def unlock(self) -> None:
        """Ctrl+L or its button, held: who left SHOW alone is back, with the PIN where there is one; else SHOW ends."""
        if self._alone and self._pin.is_set:
            self._look()
            self.view.ask_pin()
        else:
            self._unlock()

    def _unlock(self) -> None:
        self._verbs.ask(Verb.LOCK, mode_rules.unlock(self._feed.state), how="held")

    def _on_pin(self, given: str) -> None:
        if rest := self._pin.rest:
            self.view.say(tr("Too many wrong tries: wait {seconds} s", seconds=ceil(rest)))
            return
        self.view.say(tr("looking…"), warn=False)
        self._starter.start(self._try_pin(given), name="look at the PIN")

    async def _try_pin(self, given: str) -> None:
        right = await asyncio.to_thread(self._pin.check, given)
        if right:
            self.view.put_pin_away()
            self.view.say("")
            self._unlock()
        elif rest := self._pin.rest:
            self.view.say(tr("Wrong. The next try in {seconds} s", seconds=ceil(rest)))
        else:
            self.view.say(tr("Wrong PIN"))

    def _on_refreshed(self, areas: Area) -> None:
        if areas & Area.SHOW:
            alone = self._feed.state.locked and not self._feed.state.attended
            if self._alone and not alone:
                self._wanted = False
            self._alone = alone
            self._look()

    def _look(self) -> None:
        shown = self._alone or self._wanted
        if shown == self.shown:
            return
        self.shown = shown
        while shown and self._put_away():
            pass
        for widget in self._replaced:
            widget.setVisible(not shown)
        self.view.setVisible(shown)
        if self._bands is not None:
            self._bands[0].calm(shown)
        self.fit()
        self.view.put_pin_away()
        self.view.say("")
        self.view.window().setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.view.refresh(~Area.NOTHING)
