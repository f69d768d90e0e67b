"""What the sentence says of the mode: changing, left alone, walls that are kept, a brain nobody expects; pure."""

from textcraft_bus.channel.messages import Mode
from textcraft_gui.state.bench import speed_words
from textcraft_gui.state.show_state import ShowState
from textcraft_gui.words.i18n import counted, tr


def about_change(state: ShowState) -> str:
    """What a change of mode waits for; nothing while none is under way."""
    if not state.changing:
        return _about_replay(state)
    share = f", {state.changing_share:.0%}" if state.changing_share is not None else ""
    return tr("{doing}{share}; the walls keep what they show.", doing=state.changing, share=share)


def _about_replay(state: ShowState) -> str:
    """What is replayed, and that nothing of it reaches a wall."""
    replay = state.replay
    if replay is None:
        return ""
    where = tr("cycle {place} of {length}", place=replay.position, length=replay.length)
    if replay.diverged is not None:
        does = tr("it stopped in cycle {cycle}, where something else came", cycle=replay.diverged.cycle)
    elif replay.playing:
        does = tr("it plays, {speed}", speed=speed_words(replay.speed))
    else:
        does = tr("this is its end") if replay.at_end else tr("it stands still")
    words = tr("RECORDING of {label}, {where}: {does}.", label=replay.label, where=where, does=does)
    return f"{words} " + tr("The walls keep what they show; leave replay goes back.")


def about_mode(state: ShowState) -> str:
    """What an operator could not guess of the present mode; nothing when there is no such thing."""
    if state.mode is Mode.SHOW:
        return _about_show(state)
    names = (
        state.parked_walls if state.mode is Mode.REHEARSE else tuple(w.label for w in state.walls.values() if w.kept)
    )
    if not names:
        return ""
    what = (
        tr("this rehearsal does not reach it")
        if state.mode is Mode.REHEARSE
        else tr("release in WALLS + LOOK ends that")
    )
    return counted(
        len(names),
        "{names} keeps what SHOW left there: {what}.",
        "{names} keep what SHOW left there: {what}.",
        names=_and(names),
        what=what,
    )


def about_brain(state: ShowState) -> str:
    """That nobody is paid in this SHOW; said last, since it asks for nothing."""
    if state.mode is not Mode.SHOW or not state.attended or not state.brain_by_config:
        return ""
    return tr("The rehearsal brain plays this SHOW, as its settings say.")


def _about_show(state: ShowState) -> str:
    if not state.attended:
        return tr("Nobody is here: every question takes its written answer; hold Ctrl+L for 1 s to take over.")
    return ""


def _and(names: tuple[str, ...]) -> str:
    return tr("{first} and {last}", first=", ".join(names[:-1]), last=names[-1]) if len(names) > 1 else names[0]
