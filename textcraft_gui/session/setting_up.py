"""Joins the assistant to a running console: room for it, and the console that follows with the chosen show."""

import asyncio
import sys
from collections.abc import Callable

from textcraft_bus.channel.messages import Mode
from textcraft_bus.processes import start_detached
from textcraft_gui.session.session import Farewell, Session
from textcraft_gui.state.show_state import Area, Severity
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.window import ConsoleWindow
from textcraft_gui.words.i18n import tr


class SettingUp:
    """One for each console."""

    def __init__(self, session: Session, quit_console: Callable[[Farewell], None]) -> None:
        self._session, self._quit = session, quit_console
        self._next: tuple[str, str] | None = None

    def join(self, window: ConsoleWindow) -> None:
        """Let the window's assistant have its room, and its show a console."""
        window.sheets.on_show_ready = self._on_ready
        window.sheets.on_assistant_seen = lambda seen: self._on_seen(window, seen=seen)
        window.feed.follow(lambda areas: self._on_refreshed(window, areas))

    def refuse_while_supervised(self, window: ConsoleWindow) -> None:
        """The supervisor keeps one show: a console that hands over to another one's would end it."""
        why = tr("A supervisor keeps this show. To set up another: close the console, start it without --supervise.")
        window.verbs.serve(Verb.SET_UP, lambda: window.feed.tell(why, Severity.WARN))

    def _on_refreshed(self, window: ConsoleWindow, areas: Area) -> None:
        """Another mode was entered: a show is set up in EDIT alone."""
        assistant = window.sheets.assistant
        if areas & Area.SHOW and assistant is not None and window.feed.state.mode not in {None, Mode.EDIT}:
            assistant.hide()

    async def rest(self, window: ConsoleWindow) -> None:
        """The console ends: what the assistant tried ends before it."""
        if window.sheets.assistant is not None:
            await window.sheets.assistant.rest()

    def _on_seen(self, window: ConsoleWindow, *, seen: bool) -> None:
        window.feed.state.setting_up = seen
        window.feed.refreshed.emit(Area.SHOW)
        window.program.setVisible(not seen and not window.front.shown)
        if not seen and self._next is None and not window.isHidden():  # else the console ends, and takes it along
            window.starter.start(self._session.go_on(), name="start what waited for the assistant")

    def _on_ready(self, folder: str, mode: str) -> None:
        self._next = (folder, mode)
        self._quit(Farewell.CLOSE)

    async def start_next(self) -> None:
        """Start the console of the show that was set up, once this one has let go of everything."""
        if self._next is None:
            return
        from textcraft_gui.assistant.handing_over import arguments_for  # noqa: PLC0415 - only then

        folder, mode = self._next
        await asyncio.to_thread(start_detached, "textcraft", arguments_for(folder, mode, sys.argv[1:]), "next-console")
