"""The one line under the phases: what the engine waits for or suffers from, the worst first; pure, never two things."""

from typing import NamedTuple

from textcraft_core.events import EngineState
from textcraft_gui.state.show_state import Moment, ShowState
from textcraft_gui.words.i18n import tr
from textcraft_gui.words.wording import countdown


class FlowStatus(NamedTuple):
    """Words and how loud they are (a look of the style sheet); "" says that nothing is to be said."""

    text: str = ""
    look: str = "quiet"
    more: str = ""
    """The whole reason, for the tooltip."""


def flow_status(state: ShowState, now: Moment) -> FlowStatus:
    """Return what stands under the phases now."""
    steering, engine = state.steering, state.engine
    if engine.state is EngineState.STUCK or steering.stuck:
        why = steering.stuck or engine.reason or tr("nothing changed")
        return FlowStatus(tr("▲ stuck: {why}", why=why), "warn", tr("Nudge the Architect, then step or RUN."))
    if engine.busy and state.brain.again_at is not None:
        left = countdown(state.brain.again_at - now.mono)
        return FlowStatus(tr("▲ asked again in {left}", left=left), "warn", state.brain.trouble)
    if steering.reserve:
        return FlowStatus(tr("■ no brain answers: reserve reel"), "fault", state.brain.trouble)
    if engine.state is EngineState.WAITING:
        return _waiting(state, now)
    if steering.brain:
        return FlowStatus(tr("▲ {brain} stands in", brain=steering.brain), "warn", state.brain.trouble)
    if engine.state is EngineState.PAUSED:
        return FlowStatus(tr("‖ paused"), "info", engine.reason)
    if engine.run and steering.run:
        return FlowStatus(tr("RUN until {limit}", limit=steering.run), "info")
    return FlowStatus()


def _waiting(state: ShowState, now: Moment) -> FlowStatus:
    due = state.steering.goes_on_at
    if due is None:
        return FlowStatus(tr("‖ waits: {why}", why=state.engine.reason), "info", state.engine.reason)
    return FlowStatus(tr("next cycle in {left}", left=countdown(due - now.mono)), "info", state.steering.run)
