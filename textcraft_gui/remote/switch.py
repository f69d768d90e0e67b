"""Switches the remote on and off by verb, or on from the start by the settings; knows no datagram and no socket.

What is switched here lasts until the console ends; whether a console begins with it, its settings say (`[osc] on`).
"""

from typing import TYPE_CHECKING

from textcraft_gui.config import OscConfig
from textcraft_gui.state.show_state import Severity
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.words.i18n import tr

if TYPE_CHECKING:
    from textcraft_gui.remote.osc import OscRemote
    from textcraft_gui.window import ConsoleWindow


class RemoteSwitch:
    """One for a console; saying on twice, or off twice, does no harm."""

    def __init__(self, window: "ConsoleWindow", config: OscConfig) -> None:
        self._window = window
        self._config = config
        self.remote: OscRemote | None = None
        """There while it listens."""
        window.verbs.serve(Verb.OSC_ON, self.on)
        window.verbs.serve(Verb.OSC_OFF, self.off)
        if config.on:
            self.on()

    def on(self) -> None:
        """Listen, and tell the state; a port that is taken is told in the lane."""
        if self.remote is not None:
            return
        from textcraft_gui.remote.osc import OscPlace, OscRemote, OscUnavailable  # noqa: PLC0415 - off the start path

        window, config = self._window, self._config
        place = OscPlace(**config.model_dump(exclude={"on"}))
        remote = OscRemote(window.feed, window.verbs, place, lambda: window.writing, window)
        remote.refuses, remote.touched = window.front.refuses, window.idle.touch
        try:
            remote.open()
        except OscUnavailable as error:
            remote.deleteLater()
            window.feed.tell(str(error), Severity.WARN)
            return
        self.remote = remote
        if remote.is_loopback:
            window.feed.tell(tr("OSC is on: it listens on {host}:{port}.", host=config.host, port=remote.port))
        else:
            text = tr("OSC listens on {host}: whoever reaches this network can work the walls.", host=config.host)
            window.feed.tell(text, Severity.WARN)

    def off(self) -> None:
        """Listen no more."""
        if self.remote is None:
            return
        self.remote.shut()
        self.remote.deleteLater()
        self.remote = None
        self._window.feed.tell(tr("OSC is off."))
