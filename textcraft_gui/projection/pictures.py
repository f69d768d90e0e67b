"""How the events of pictures, from the order to NEXT, change the state."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from textcraft_core import events as ev
from textcraft_gui.projection import lane
from textcraft_gui.state.show_state import Area, Candidate, Gate, Moment, Origin, Render, ShowState, Undoable
from textcraft_gui.words.engine_words import engine_words
from textcraft_gui.words.i18n import counted, tr

KEPT_PICTURES: Final = 64
"""Files and gate verdicts remembered: the 12 candidates, NEXT, LIVE and those before it."""
REJECTED: Final = "rejected"
"""The reason by which the stage tells that an operator took a candidate out."""
_DESCRIBES: Final = "illustrator"
"""The role whose call is over when its picture failed before there was an order."""


def _trim(mapping: dict[str, Any]) -> None:
    while len(mapping) > KEPT_PICTURES:
        del mapping[next(iter(mapping))]


def _end_picture(state: ShowState, now: Moment) -> None:
    engine = state.engine
    if engine.picture_since is not None and not state.renders:
        engine.picture_took, engine.picture_since = now.mono - engine.picture_since, None


def _requested(state: ShowState, event: ev.RenderRequested, now: Moment) -> Area:
    state.renders[event.request_id] = Render(event.request_id, event.target, now.mono)
    state.origins[event.request_id] = Origin(
        event.prompt, event.negative_prompt, event.caption, event.target, event.seed
    )
    _trim(state.origins)
    if state.engine.picture_since is None:
        state.engine.picture_since = now.mono
    _trim(state.renders)
    return Area.PICTURES


def _accepted(state: ShowState, event: ev.RenderAccepted, _now: Moment) -> Area:
    if render := state.renders.get(event.request_id):
        render.worker = event.worker
    return Area.PICTURES


def _progressed(state: ShowState, event: ev.RenderProgressed, _now: Moment) -> Area:
    if render := state.renders.get(event.request_id):
        render.fraction = event.fraction
    return Area.ENGINE  # only the phase row shows it; frames and thumbnails need not look


def _failed(state: ShowState, event: ev.RenderFailed, now: Moment) -> Area:
    state.renders.pop(event.request_id, None)
    state.brain.calls = {key: since for key, since in state.brain.calls.items() if key[1] != _DESCRIBES}
    _end_picture(state, now)
    text = tr("A picture was not painted: {reason}", reason=engine_words(event.reason))
    return Area.PICTURES | Area.ENGINE | lane.warn(state, now, text, tr("The walls keep what they show."))


def _arrived(state: ShowState, event: ev.ImageArrived, now: Moment) -> Area:
    state.renders.pop(event.request_id, None)
    _end_picture(state, now)
    state.paint_seconds = event.seconds
    state.picture_seconds = state.engine.picture_took or event.seconds
    origin = state.origins.setdefault(event.request_id, Origin())
    origin.path, origin.sha256 = event.path, event.sha256
    origin.cost = event.cost if event.worker else None  # a card was painted by nobody, so it says nothing of prices
    _trim(state.origins)
    state.paths[event.sha256] = event.path
    _trim(state.paths)
    return Area.PICTURES


def _gate(state: ShowState, event: ev.GateDecided, now: Moment) -> Area:
    gate = state.gates[event.request_id] = Gate(event.passed, dict(event.checks), engine_words(event.reason))
    _trim(state.gates)
    if candidate := state.candidates.get(event.request_id):
        candidate.gate = gate
        candidate.failed = tuple(name for name, passed in event.checks.items() if not passed)
    if event.passed:
        return Area.PICTURES
    return Area.PICTURES | lane.tell(state, now, tr("A picture did not pass the gate: {reason}", reason=gate.reason))


def _added(state: ShowState, event: ev.CandidateAdded, _now: Moment) -> Area:
    state.renders.pop(event.request_id, None)
    state.paths[event.sha256] = event.path
    _trim(state.paths)
    if state.undoable == Undoable("reject", event.request_id, event.caption):
        state.undoable = None  # it is among the candidates again
    state.candidates[event.request_id] = Candidate(
        event.request_id,
        event.path,
        event.sha256,
        event.caption,
        event.approved,
        pinned=event.pinned,
        gate=state.gates.get(event.request_id),
        failed=event.failed,
        flags=event.flags,
    )
    return Area.PICTURES


def _dropped(state: ShowState, event: ev.CandidateDropped, _now: Moment) -> Area:
    dropped = state.candidates.pop(event.request_id, None)
    if dropped and event.reason == REJECTED:
        state.undoable = Undoable("reject", event.request_id, dropped.caption)
    if state.next_id == event.request_id:
        state.next_id = None
    return Area.PICTURES


def _change(change: Callable[[Candidate, Any], None]) -> Callable[[ShowState, Any, Moment], Area]:
    def reduce(state: ShowState, event: Any, _now: Moment) -> Area:
        candidate = state.candidates.get(event.request_id)
        if candidate is None:
            return Area.NOTHING
        change(candidate, event)
        return Area.PICTURES

    return reduce


def _approve(candidate: Candidate, _event: ev.CandidateApproved) -> None:
    candidate.approved = True


def _pinned(state: ShowState, event: ev.CandidatePinned, _now: Moment) -> Area:
    """The reel keeps a picture when it falls out of the candidates."""
    candidate = state.candidates.get(event.request_id)
    if candidate is not None:
        candidate.pinned = event.on
    if not event.on:
        state.reel.pop(event.request_id, None)
    elif candidate is not None:
        state.reel[event.request_id] = candidate
    elif event.path:
        state.reel[event.request_id] = Candidate(
            event.request_id, event.path, event.sha256, event.caption, approved=True, pinned=True
        )
    return Area.PICTURES


def _words(candidate: Candidate, event: ev.CaptionEdited) -> None:
    candidate.caption = event.text


def _noted(_state: ShowState, _event: ev.PictureNoted, _now: Moment) -> Area:
    return Area.PICTURES  # the gallery looks into the folder again


def _staged(state: ShowState, event: ev.NextStaged, _now: Moment) -> Area:
    state.next_id = event.request_id
    return Area.PICTURES


def _overruled(state: ShowState, event: ev.GateOverruled, now: Moment) -> Area:
    if candidate := state.candidates.get(event.request_id):
        candidate.failed, candidate.approved = (), True
    return Area.PICTURES | lane.tell(state, now, tr("The gate was overruled: {names}", names=", ".join(event.checks)))


def _reserve(state: ShowState, event: ev.ReserveChanged, now: Moment) -> Area:
    if not event.on:
        return lane.tell(state, now, tr("The reserve reel rests: there are new pictures again."))
    return lane.warn(
        state,
        now,
        counted(
            event.pictures,
            "The reserve reel serves the walls: {n} pinned picture, slowly.",
            "The reserve reel serves the walls: {n} pinned pictures, slowly.",
        ),
    )


def _card(state: ShowState, _event: ev.CardAdded, now: Moment) -> Area:
    text = tr("The card is there: it stands among the candidates as soon as it has passed the gate.")
    return lane.tell(state, now, text)


REDUCERS: Final[Mapping[type[ev.Event], Callable[[ShowState, Any, Moment], Area]]] = {
    ev.RenderRequested: _requested,
    ev.RenderAccepted: _accepted,
    ev.RenderProgressed: _progressed,
    ev.RenderFailed: _failed,
    ev.ImageArrived: _arrived,
    ev.GateDecided: _gate,
    ev.CandidateAdded: _added,
    ev.CandidateDropped: _dropped,
    ev.CandidateApproved: _change(_approve),
    ev.CandidatePinned: _pinned,
    ev.CaptionEdited: _change(_words),
    ev.GateOverruled: _overruled,
    ev.ReserveChanged: _reserve,
    ev.NextStaged: _staged,
    ev.PictureNoted: _noted,
    ev.CardAdded: _card,
}
