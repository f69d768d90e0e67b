"""When each verb makes sense: one pure reading of the state for each; knows no widget and sends nothing."""

from collections.abc import Callable
from typing import Final

from textcraft_bus.channel.messages import Mode
from textcraft_core.events import StopName
from textcraft_gui.state.show_state import Candidate, ShowState
from textcraft_gui.verbs import bench_rules, day_rules, mode_rules, reading_rules
from textcraft_gui.verbs.verb import LOOKS, OF_THE_BOOK, WITHOUT_SHOW, Verb
from textcraft_gui.words.i18n import tr


def why_not(verb: Verb, state: ShowState) -> str:
    """Why a verb does nothing now, in a few words for the operator; "" when it works."""
    if state.reading is not None and verb not in LOOKS:
        return reading_rules.no_change(state)
    if state.mode is None and verb not in WITHOUT_SHOW:
        return tr("No show is open")
    if state.replay is not None and verb in OF_THE_BOOK:
        return tr("A recording is played: leave the replay first")
    rule = _RULES.get(verb)
    return rule(state) if rule else ""


def _stopped(state: ShowState) -> str:
    if state.has(StopName.PANIC):
        return tr("PANIC is on: RESTORE first")
    return tr("HOLD is on") if state.has(StopName.HOLD) else ""


def _no_take(state: ShowState) -> str:
    if reason := _stopped(state):
        return reason
    if state.next is None:
        return tr("NEXT is empty")
    if state.next.failed:
        return tr("The gate refused NEXT: hold 1 s to overrule it")
    return "" if state.next.approved else tr("NEXT is not approved yet")


def no_take_of(state: ShowState, candidate: Candidate | None) -> str:
    """Why a picture that does not stand in NEXT cannot be put up at once."""
    if reason := _stopped(state):
        return reason
    if candidate is None:
        return tr("It is no candidate any more: stage it first")
    if candidate.failed:
        return tr("The gate refused it: overrule it first")
    return "" if candidate.approved else tr("It is not approved yet")


def _no_back(state: ShowState) -> str:
    if reason := _stopped(state):
        return reason
    return "" if len(state.taken) > 1 else tr("No picture was live before")


def _no_step(state: ShowState) -> str:
    if state.has(StopName.PAUSE_AI):
        return tr("PAUSE AI is on")
    return tr("A cycle is running") if state.engine.busy else ""


def _no_run(state: ShowState) -> str:
    if state.mode is Mode.EDIT and not state.engine.run:
        return tr("EDIT asks nothing by itself: step by hand, or RUN in REHEARSE")
    return tr("PAUSE AI is on") if state.has(StopName.PAUSE_AI) and not state.engine.run else ""


def _no_auto(state: ShowState) -> str:
    return tr("PANIC is on: RESTORE first") if state.has(StopName.PANIC) else ""


def _no_delay(state: ShowState) -> str:
    return "" if state.auto and state.auto_due is not None else tr("AUTO counts nothing down")


def _locked(state: ShowState) -> str:
    """What SHOW locks: nobody changes a wall's place or map, or writes on it, before an audience."""
    return tr("It is locked in SHOW: leave SHOW first") if state.mode is Mode.SHOW else ""


def _no_skip(state: ShowState) -> str:
    here = {state.next_id, state.taken[-1] if state.taken else ""}
    others = [c for c in state.candidates.values() if c.approved and not c.failed and c.request_id not in here]
    return "" if others else tr("There is no other approved picture")


def _no_undo(state: ShowState) -> str:
    if state.undoable is None:
        return tr("There is no take and no reject to take back")
    return _no_back(state) if state.undoable.what == "take" else ""


def _no_neighbour(state: ShowState) -> str:
    return "" if state.candidates else tr("There is no candidate yet")


_RULES: Final[dict[Verb, Callable[[ShowState], str]]] = {
    Verb.EDIT_MODE: lambda state: mode_rules.no_mode(Mode.EDIT, state),
    Verb.REHEARSE_MODE: lambda state: mode_rules.no_mode(Mode.REHEARSE, state),
    Verb.SHOW_MODE: lambda state: mode_rules.no_mode(Mode.SHOW, state),
    Verb.OPEN_FOR_WORK: reading_rules.no_work,
    Verb.LOCK: mode_rules.no_lock,
    Verb.LEAVE_ALONE: mode_rules.no_leave_alone,
    Verb.SAVE_PERSONA: mode_rules.locked,
    Verb.SET_PIN: mode_rules.settings_locked,
    Verb.SHOWS: mode_rules.only_in_edit,
    Verb.SET_UP: mode_rules.only_in_edit,
    Verb.OSC_ON: mode_rules.settings_locked,
    Verb.LAYOUT_FOR_SHOW: mode_rules.layout_locked,
    Verb.FRONT_OF_HOUSE: mode_rules.no_front,
    Verb.OPEN_DAY: day_rules.no_opening,
    Verb.CLOSE_DAY: day_rules.no_closing,
    Verb.EXTEND_DAY: day_rules.no_extension,
    Verb.PREFLIGHT: day_rules.no_preflight,
    Verb.REPORT: day_rules.no_report,
    Verb.START_REPLAY: bench_rules.no_replay,
    Verb.PLAY_REPLAY: bench_rules.no_play,
    Verb.SEEK_REPLAY: bench_rules.nothing_replayed,
    Verb.REPLAY_SPEED: bench_rules.nothing_replayed,
    Verb.LEAVE_REPLAY: bench_rules.nothing_replayed,
    Verb.STEP: _no_step,
    Verb.RUN: _no_run,
    Verb.TOGGLE_RUN: _no_run,
    Verb.RUN_LIMITS: _no_run,
    Verb.STOP: lambda state: "" if state.engine.busy else tr("No cycle is running"),
    Verb.TAKE: _no_take,
    Verb.BACK: _no_back,
    Verb.AUTO: _no_auto,
    Verb.DELAY_AUTO: _no_delay,
    Verb.SKIP: _no_skip,
    Verb.RESTORE: lambda state: "" if state.has(StopName.PANIC) else tr("There is no PANIC to restore from"),
    Verb.STAGE_NEXT: _no_neighbour,
    Verb.STAGE_PREVIOUS: _no_neighbour,
    Verb.APPROVE: _no_neighbour,
    Verb.REJECT: _no_neighbour,
    Verb.UNDO: _no_undo,
    **dict.fromkeys(
        (
            Verb.WALL_MAP,
            Verb.NAME_WALL,
            Verb.TRY_CARD,
            Verb.TRUST_PROJECT,
            Verb.ASSIGN_SCREEN,
            Verb.IDENTIFY,
            Verb.TEST_CARD,
            Verb.RELEASE_WALL,
        ),
        _locked,
    ),
    Verb.SUPPORT_BUNDLE: lambda state: tr("A support bundle is being made") if state.support.doing else "",
    Verb.CANCEL_BUNDLE: lambda state: "" if state.support.doing else tr("No support bundle is being made"),
    Verb.PEEK: lambda state: "" if state.next else tr("NEXT is empty"),
    Verb.EDIT_CAPTION: lambda state: "" if state.next else tr("NEXT is empty"),
}
