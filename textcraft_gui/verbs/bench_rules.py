"""When the verbs of the bench make sense: pure readings of the state; knows no verb by name and no widget."""

from textcraft_bus.channel.messages import Mode
from textcraft_gui.state.show_state import ShowState
from textcraft_gui.words.i18n import tr


def no_replay(state: ShowState) -> str:
    """Why no recording can be played now."""
    if state.mode is Mode.SHOW:
        return tr("A recording is played in EDIT or REHEARSE, not before an audience")
    if state.changing:
        return tr("The mode is being changed")
    if state.bench.doing:
        return tr("A copy is being made")
    if state.replay is None and (state.engine.busy or state.engine.run):
        return tr("A cycle is running: stop it first")
    return ""


def nothing_replayed(state: ShowState) -> str:
    """Why there is no replay to lead."""
    return "" if state.replay is not None else tr("No recording is being played")


def no_play(state: ShowState) -> str:
    """Why the replay cannot go on."""
    replay = state.replay
    if replay is None:
        return tr("No recording is being played")
    if replay.diverged is not None:
        return tr("It cannot go on from here: something else came than was recorded")
    return tr("This is the end of the recording") if replay.at_end and not replay.playing else ""
