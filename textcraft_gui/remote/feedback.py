"""What a desk or a tablet is told of the show: one flat set of OSC addresses and values; pure, without sockets."""

from typing import Final

from pythonosc.osc_message_builder import OscMessageBuilder

from textcraft_core.events import StopName
from textcraft_gui.remote.table import PREFIX
from textcraft_gui.state.show_state import LineState, Moment, Severity, ShowState
from textcraft_gui.words.sentence import sentence

Value = int | str
STATE: Final = f"{PREFIX}state/"
REFUSED: Final = f"{PREFIX}refused"
"""Told once for each verb that did nothing: the verb and why."""
DONE: Final = f"{PREFIX}done"
"""Told once for each verb a desk asked for that did what it says."""


def state_values(state: ShowState, now: Moment) -> dict[str, Value]:
    """Return every address with its value now; lamps are 1 or 0, times are whole seconds (-1: none)."""
    countdown = -1 if state.auto_due is None else max(0, round(state.auto_due - now.mono))
    stops = {stop.value: int(state.has(stop)) for stop in StopName}
    faults = sum(message.severity is Severity.FAULT and not message.acknowledged for message in state.lane)
    values: dict[str, Value] = {
        "mode": state.mode.value if state.mode else "",
        "attended": int(state.attended),
        "day": state.day.state.value if state.day.state else "",
        "sentence": sentence(state, now),
        "run": int(state.engine.run),
        "cycle": state.engine.cycle or 0,
        "auto": int(state.auto),
        "countdown": countdown,
        "next": state.next.caption if state.next else "",
        "live": state.live.caption if state.live else "",
        "candidates": len(state.candidates),
        "lines": sum(line.state is LineState.WAITING for line in state.queue.values()),
        "stories": len(state.steering.visitors),
        "replay": state.replay.position if state.replay else -1,
        "warnings": state.warnings,
        "faults": faults,
        **stops,
    }
    return {STATE + name: value for name, value in values.items()}


def datagram(address: str, *values: Value) -> bytes:
    """Return one OSC message."""
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value)
    return bytes(builder.build().dgram)
