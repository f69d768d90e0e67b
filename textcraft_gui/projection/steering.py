"""How the events of visitors, sensors and the chain of brains change the state."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from textcraft_core import events as ev
from textcraft_gui.projection import lane
from textcraft_gui.state.show_state import Area, Moment, Severity, ShowState
from textcraft_gui.state.steering import Visitor
from textcraft_gui.words.engine_words import engine_words
from textcraft_gui.words.i18n import tr

STUB: Final = "[forgotten]"


def _heard(state: ShowState, event: ev.AudienceHeard, now: Moment) -> Area:
    state.steering.visitors[event.story_id] = Visitor(
        event.story_id, event.text, event.speaker, engine_words(event.reason), now.mono
    )
    return Area.VISITORS


def _decided(state: ShowState, event: ev.StoryDecided, now: Moment) -> Area:
    state.steering.visitors.pop(event.story_id, None)
    if event.verdict != "forget":
        return Area.VISITORS
    line = state.queue.get(f"story-{event.story_id}")
    if line is not None:
        line.text = STUB
    told = lane.tell(state, now, tr("A visitor's words were forgotten everywhere."))
    return Area.VISITORS | Area.QUEUE | told


def _kept(state: ShowState, event: ev.WordsKept, now: Moment) -> Area:
    text = tr("The forgotten words still stand in {places}.", places=", ".join(event.paths))
    return lane.warn(state, now, text, tr("They are part of the story there: edit the chapter if they are to go."))


def _swept(state: ShowState, event: ev.WordsSwept, now: Moment) -> Area:
    if event.left:
        text = tr("Forgotten words may still stand in {places}.", places=", ".join(event.left))
        return lane.warn(state, now, text, tr("These could not be changed: delete them if the words are to go."))
    count = len(event.changed)
    return lane.tell(state, now, tr("The forgotten words left {count} older recordings and files too.", count=count))


def _passed_over(state: ShowState, event: ev.StoryPassedOver, _now: Moment) -> Area:
    state.steering.passed_over += 1
    state.steering.passed_over_why = engine_words(event.reason)
    return Area.VISITORS


def _rules(state: ShowState, event: ev.AudienceRules, _now: Moment) -> Area:
    steering = state.steering
    steering.policy, steering.attended, steering.sensors = event.policy, event.attended, event.sensors
    return Area.VISITORS


def _room(state: ShowState, event: ev.RoomSensed, _now: Moment) -> Area:
    state.steering.present, state.steering.people = event.present, event.people
    return Area.VISITORS


def _acted(state: ShowState, event: ev.SensorActed, now: Moment) -> Area:
    return lane.tell(state, now, engine_words(event.text))


def _brain(state: ShowState, event: ev.BrainChanged, now: Moment) -> Area:
    state.steering.brain = event.brain if event.place else ""
    if not event.place:
        return Area.SERVICES | lane.tell(state, now, tr("{brain}, the first brain, answers again.", brain=event.brain))
    text = tr("{brain} stands in as brain {place} of {of}.", brain=event.brain, place=event.place + 1, of=event.of)
    return Area.SERVICES | lane.warn(state, now, text, engine_words(event.reason))


def _reserve(state: ShowState, event: ev.ReserveWanted, now: Moment) -> Area:
    state.steering.reserve = event.on
    if not event.on:
        return Area.SERVICES | Area.ENGINE | lane.tell(state, now, tr("A brain answers again: the story goes on."))
    text = tr("No brain answers: the walls live from the reserve reel.")
    return Area.SERVICES | Area.ENGINE | lane.tell(state, now, text, Severity.FAULT, engine_words(event.reason))


def _control(state: ShowState, event: ev.ControlRead, now: Moment) -> Area:
    parts = [
        event.status,
        tr("order: {text}", text=event.instruction) if event.instruction else "",
        tr("target: {name}", name=event.target) if event.target else "",
        tr("model: {name}", name=event.model) if event.model else "",
        "" if event.temperature is None else tr("temperature: {figure}", figure=f"{event.temperature:g}"),
    ]
    said = " · ".join(part for part in parts if part)
    return lane.tell(state, now, tr("Another program steers by control.json: {said}", said=said or tr("nothing")))


def _completed(state: ShowState, event: ev.BookCompleted, now: Moment) -> Area:
    follows = {
        "end_card": tr("The story is complete: the end card goes up."),
        "retell": tr("The story is complete: while AUTO is on its pictures are shown once more."),
        "begin_anew": tr("The story is complete: it is kept, and begins anew."),
    }
    return lane.tell(state, now, follows.get(event.policy, tr("The story is complete.")))


def _archived(state: ShowState, event: ev.TellingArchived, now: Moment) -> Area:
    return lane.tell(state, now, tr("The finished telling lies in {path}.", path=event.path))


REDUCERS: Final[Mapping[type[ev.Event], Callable[[ShowState, Any, Moment], Area]]] = {
    ev.AudienceHeard: _heard,
    ev.StoryDecided: _decided,
    ev.StoryPassedOver: _passed_over,
    ev.WordsKept: _kept,
    ev.WordsSwept: _swept,
    ev.AudienceRules: _rules,
    ev.RoomSensed: _room,
    ev.SensorActed: _acted,
    ev.ControlRead: _control,
    ev.BookCompleted: _completed,
    ev.TellingArchived: _archived,
    ev.BrainChanged: _brain,
    ev.ReserveWanted: _reserve,
}
