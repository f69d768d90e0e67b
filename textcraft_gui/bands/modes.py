"""The buttons beside the mode's word: which modes may be entered, and the lock of SHOW. None takes the focus."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from textcraft_bus.channel.messages import Mode
from textcraft_gui.bands.controls import Controls
from textcraft_gui.state.show_state import ShowState
from textcraft_gui.theme import Colour
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.words.i18n import tr

_MODES = {Verb.EDIT_MODE: Mode.EDIT, Verb.REHEARSE_MODE: Mode.REHEARSE, Verb.SHOW_MODE: Mode.SHOW}


class ModeButtons(QWidget):
    """In EDIT and REHEARSE the ways out; in SHOW its lock, which is held for 1 s; the way in for who reads along."""

    def __init__(self, verbs: Verbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controls = Controls(verbs)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for verb in (Verb.OPEN_FOR_WORK, *_MODES, Verb.SHOWS, Verb.LOCK, Verb.LEAVE_ALONE, Verb.FRONT_OF_HOUSE):
            button = self.controls.make(verb, small=True)
            row.addWidget(button)
            button.hide()

    def show_state(self, state: ShowState) -> None:
        """Show what can be entered or unlocked now."""
        reads = state.reading is not None
        for verb, mode in _MODES.items():
            elsewhere = mode is not state.mode and state.mode is not None
            self.controls.buttons[verb].setVisible(not reads and not state.locked and elsewhere)
            self.controls.show(verb)
        self.controls.buttons[Verb.OPEN_FOR_WORK].setVisible(reads)
        self.controls.show(Verb.OPEN_FOR_WORK, colour=Colour.INFO)
        self.controls.buttons[Verb.SHOWS].setVisible(not reads and state.mode is Mode.EDIT)
        self.controls.show(Verb.SHOWS)
        self.controls.buttons[Verb.LOCK].setVisible(state.locked)
        self.controls.buttons[Verb.LEAVE_ALONE].setVisible(state.locked and state.attended)
        self.controls.show(Verb.LOCK, text=tr("leave SHOW") if state.attended else tr("I am here"), colour=Colour.TEXT)
        self.controls.buttons[Verb.FRONT_OF_HOUSE].setVisible(state.locked and state.attended)
        self.controls.show(Verb.LEAVE_ALONE)
        self.controls.show(Verb.FRONT_OF_HOUSE, text=tr("front"), bare=True)
