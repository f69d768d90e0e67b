"""What a mode allows, and what its verbs ask for: pure readings of the state; knows no verb by name and no widget."""

from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_gui.state.show_state import ShowState
from textcraft_gui.words.i18n import tr, translated


def no_mode(mode: Mode, state: ShowState) -> str:
    """Why a mode cannot be entered by its button now."""
    if state.changing:
        return tr("The mode is being changed")
    if state.mode is mode:
        return tr("This is {word}", word=translated(mode.upper()))
    return tr("SHOW is locked: hold Ctrl+L for 1 s to leave it") if state.locked else ""


def no_lock(state: ShowState) -> str:
    """Why there is nothing to unlock."""
    if state.changing:
        return tr("The mode is being changed")
    return "" if state.locked else tr("Only SHOW is locked")


def no_leave_alone(state: ShowState) -> str:
    """Why the show cannot be left alone."""
    if not state.locked:
        return tr("Only SHOW can be left alone")
    return "" if state.attended else tr("It is left alone already")


def unlock(state: ShowState) -> cmd.Command:
    """Ctrl+L held: who left SHOW alone is back; who is there leaves SHOW."""
    return cmd.ChangeMode(mode=Mode.EDIT) if state.attended else cmd.Attend()


def only_in_edit(state: ShowState) -> str:
    """Why whole shows are begun, brought in and handed out in EDIT alone: there nobody waits before a wall."""
    return "" if state.mode is Mode.EDIT else tr("Only in EDIT: no audience waits there")


def settings_locked(state: ShowState) -> str:
    """Why keys and other settings of this machine cannot be changed."""
    return tr("SHOW is locked: leave SHOW to change settings") if state.locked else ""


def layout_locked(state: ShowState) -> str:
    """Why the docks cannot be arranged."""
    return tr("SHOW is locked: its docks are arranged in REHEARSE or EDIT") if state.locked else ""


def no_front(state: ShowState) -> str:
    """Why the front-of-house view cannot be put away."""
    return tr("Nobody is here: hold I am here for 1 s") if state.locked and not state.attended else ""


def locked(state: ShowState) -> str:
    """Why the show's own files and settings cannot be changed."""
    return tr("SHOW is locked: this stays a draft") if state.locked else ""
