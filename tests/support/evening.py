"""One running console for a journey: what it told, an operator's hands, and what its wall really shows."""

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.support.programs import ours
from tests.support.screen import apart_from_words, as_on_wall, capture, mean_difference
from tests.support.waiting import until
from textcraft_core import events as ev
from textcraft_gui.app import Console, Start
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.session.session import Farewell
from textcraft_gui.session.wanted import wall_place
from textcraft_gui.session.working_copy import the_show
from textcraft_gui.verbs.verb import Verb

QUICK = {"rehearsal": {"first_token_s": 0.05, "tokens_per_s": 400.0}}


class Evening:
    """One running console: what it told, and an operator's hands."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.window = console.window
        self.events: list[ev.Event] = []
        console.session.subscribe(self.events.append)
        place = wall_place(QGuiApplication.primaryScreen().availableGeometry(), 0)
        self.box = (place.x(), place.y(), place.x() + place.width(), place.y() + place.height())
        self.size = (place.width(), place.height())

    @property
    def stage(self):
        """The stage in play."""
        return self.console.stage

    @property
    def pids(self) -> dict[str, int]:
        """Service → process id, by the newest hello."""
        seen = [e for e in self.stage.opening_events() if isinstance(e, ev.ServiceSeen)]
        return {event.service: event.pid for event in seen}

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    def click(self, verb: Verb) -> None:
        """Press the button of a verb, wherever it stands."""
        parts = (self.window.status.modes, self.window.flow, self.window.program, self.window.stops)
        button = next(part.controls.buttons[verb] for part in parts if verb in part.controls.buttons)
        assert button.isVisible()
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window.windowHandle(), key, modifiers)

    async def settled(self, sha256: str) -> None:
        def is_settled():
            return any(e.sha256 == sha256 and e.phase == "settled" for e in self.of(ev.WallConfirmed))

        await until(is_settled, 30, "the wall to settle")

    async def layer(self, name: str) -> None:
        def is_there():
            confirmed = self.of(ev.WallConfirmed)
            return confirmed and confirmed[-1].layer == name and confirmed[-1].phase == "settled"

        await until(is_there, 30, f"the wall to show {name}")

    def painted_differs(self, path: str) -> float:
        wall = apart_from_words(capture(self.box))
        return mean_difference(wall, apart_from_words(as_on_wall(Path(path), self.size)))


@asynccontextmanager
async def evening(start=None, **settings):
    console = Console(ConsoleConfig(**{**QUICK, "seed": 7, **settings}), start or Start(the_show(None)))
    playing = asyncio.get_running_loop().create_task(console.run())
    await until(lambda: console.window is not None or playing.done(), 60, "the window")
    if playing.done():
        playing.result()
    night = Evening(console)
    night.window.move(0, 0)
    try:
        await until(lambda: night.stage.playout.walls, 30, "the wall")
        await until(night.window.isActiveWindow, 30, "the console's window to be active")
        yield night
    finally:
        if console.session.asks_before_it_ends:
            console.quit(Farewell.CLOSE)
        else:
            night.window.close()
        await asyncio.wait_for(playing, 60)
    left = [process.cmdline()[-12:] for process in ours()]
    assert left == [], left
