"""How the events of walls, stops, AUTO and services change the state."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from textcraft_bus.channel.messages import Layer
from textcraft_core import events as ev
from textcraft_core.events import StopName
from textcraft_gui.projection import lane
from textcraft_gui.state.show_state import Area, Live, Moment, Sent, Service, Severity, ShowState, Undoable, Wall
from textcraft_gui.state.walls import service_of
from textcraft_gui.words.engine_words import engine_words
from textcraft_gui.words.i18n import tr, translated

KEPT_TAKES: Final = 50
SILENT: Final = "backdrop."
"""It has no core and beats for nobody: it is not among the services, whose age is shown."""


def wall_name(service: str) -> str:
    """The name the operator gave a wall, without the prefix of its routing id."""
    return service.removeprefix("wall.")


def service_title(name: str) -> str:
    """`image_server.studio` → `image server · studio`."""
    role, _, own = wall_name(name).partition(".")
    return " · ".join(part for part in (translated(role.replace("_", " ")), own) if part)


def _taken(state: ShowState, event: ev.TakenLive, now: Moment) -> Area:
    state.sent = Sent(event.request_id, event.sha256, event.caption, event.walls, now.mono, event.by)
    earlier = state.taken[:-2] if event.by == "back" else state.taken
    state.taken = [*earlier, event.request_id][-KEPT_TAKES:]
    can_undo = event.by != "back" and len(state.taken) > 1
    state.undoable = Undoable("take", event.request_id, event.caption) if can_undo else None
    return Area.LIVE


def _live(state: ShowState, event: ev.LiveConfirmed, now: Moment) -> Area:
    old = state.live
    since = old.since if old and (old.request_id, old.sha256) == (event.request_id, event.sha256) else now.mono
    state.live = Live(event.request_id, event.sha256, event.caption, event.confirmed, event.walls, since)
    if state.sent and state.sent.sha256 == event.sha256:
        state.sent = None
    if not state.taken:
        state.taken = [event.request_id]
    return Area.LIVE


def park_unheard(state: ShowState) -> None:
    """Keep aside the walls that are only remembered: a preview of EDIT, a name the show no longer has."""
    for name in [name for name in state.walls if service_of(state, name).seen_at is None]:
        state.former_walls[name] = state.walls.pop(name)


def _wall(state: ShowState, name: str) -> Wall:
    """A wall that says something, or that something is said about: it is there with all that is remembered of it."""
    own = wall_name(name)
    return state.walls.setdefault(own, state.former_walls.pop(own, Wall(own)))


def _set_up(state: ShowState, name: str) -> Wall:
    """A wall that was set up; that alone does not bring back one which nobody has heard of."""
    return state.former_walls.get(wall_name(name)) or _wall(state, name)


def _confirmed(state: ShowState, event: ev.WallConfirmed, _now: Moment) -> Area:
    wall = _wall(state, event.wall)
    wall.layer, wall.silent, wall.refused = event.layer, False, ""
    if event.layer is Layer.PROGRAM or event.sha256 is not None:
        wall.sha256 = event.sha256
    return Area.SERVICES | Area.LIVE | Area.STOPS


def _refused(state: ShowState, event: ev.WallRefused, now: Moment) -> Area:
    wall = _wall(state, event.wall)
    wall.refused = engine_words(event.reason)
    text = tr("{name} kept its old picture: {reason}", name=wall.name, reason=wall.refused)
    return Area.SERVICES | lane.warn(state, now, text, tr("Take another picture, or send this one again."))


def _silent(state: ShowState, event: ev.WallSilent, now: Moment) -> Area:
    wall = _wall(state, event.wall)
    wall.silent = True
    text = tr("{name} has not confirmed the picture for {seconds:.0f} s.", name=wall.name, seconds=event.seconds)
    return Area.SERVICES | lane.warn(
        state, now, text, tr("It keeps what it shows. Back brings the previous picture again.")
    )


def _stop(state: ShowState, event: ev.StopChanged, _now: Moment) -> Area:
    (state.stops.add if event.on else state.stops.discard)(event.stop)
    if event.stop is StopName.BLACK:
        state.black_walls = event.walls if event.on else ()
    state.engine.held_up |= event.stop is StopName.PAUSE_AI and event.on
    return Area.STOPS | Area.LIVE


def _restored(state: ShowState, event: ev.WallsRestored, now: Moment) -> Area:
    state.stops.discard(StopName.PANIC)
    state.was_on = {name.lower() for name in event.was_on}
    text = tr("The walls are back as they were.")
    if event.was_on:
        text += tr(
            " {names} stay off until you press them.", names=tr(" and ").join(name.upper() for name in event.was_on)
        )
    return Area.STOPS | Area.AUTO | Area.ENGINE | lane.tell(state, now, text)


def _auto(state: ShowState, event: ev.AutoChanged, _now: Moment) -> Area:
    state.auto = event.on
    state.was_on.discard("auto")
    if not event.on:
        state.auto_due = None
    return Area.AUTO


def _scheduled(state: ShowState, event: ev.AutoScheduled, now: Moment) -> Area:
    state.auto_due = None if event.seconds is None else now.mono + event.seconds
    return Area.AUTO


def _service(state: ShowState, name: str) -> Service:
    return state.services.setdefault(name, Service(name))


def _seen(state: ShowState, event: ev.ServiceSeen, now: Moment) -> Area:
    service = _service(state, event.service)
    back, service.lost = service.lost, False
    service.role, service.pid, service.seen_at = event.role, event.pid, now.mono
    if event.role == "wall":
        wall = _wall(state, event.service)
        wall.silent, wall.refused = False, ""
    return Area.SERVICES | (_back(state, service, now) if back else Area.NOTHING)


def _back(state: ShowState, service: Service, now: Moment) -> Area:
    """It is there again: the line that told of its loss asks for nothing any more."""
    told, service.lost_told, service.back_at = service.lost_told, 0, now.mono
    return lane.acknowledge(state, told) | lane.tell(
        state, now, tr("{name} is back.", name=service_title(service.name))
    )


def _beat(state: ShowState, event: ev.ServiceBeat, now: Moment) -> Area:
    service = _service(state, event.service)
    service.seen_at, service.lost = now.mono, False
    service.state, service.queue, service.rss = event.state, event.queue, event.rss
    return Area.SERVICES


def _started(state: ShowState, event: ev.ServiceStarted | ev.ServiceAdopted, _now: Moment) -> Area:
    state.parked_services.discard(event.service)
    if event.service.startswith(SILENT):
        return Area.LANE
    _service(state, event.service).pid = event.pid
    return Area.SERVICES | Area.LANE


def _parked(state: ShowState, event: ev.ServiceParked, _now: Moment) -> Area:
    """Why is told as a fault beside it; here only that a hand is wanted."""
    state.parked_services.add(event.service)
    return Area.SERVICES | Area.LANE


def _lost(state: ShowState, event: ev.ServiceLost, now: Moment) -> Area:
    service = _service(state, event.service)
    if service.lost:
        return Area.SERVICES  # that it ended was told already
    service.lost = True
    kept = tr("It keeps its last picture and returns by itself.") if service.role == "wall" else tr("The walls go on.")
    told = lane.warn(
        state,
        now,
        tr(
            "{name} has been silent for {silent_s:.0f} s. {kept}",
            name=service_title(event.service),
            silent_s=event.silent_s,
            kept=kept,
        ),
    )
    service.lost_told = state.lane[-1].number
    return Area.SERVICES | told


def _ended(state: ShowState, event: ev.ServiceEnded, now: Moment) -> Area:
    if event.service.startswith(SILENT):
        return (
            lane.warn(state, now, tr("The black behind the walls ended and is started again."))
            if event.code
            else Area.NOTHING
        )
    service = _service(state, event.service)
    service.lost = True
    if not event.code:
        return Area.SERVICES
    text = tr("{name} ended unexpectedly (code {code}).", name=service_title(event.service), code=event.code)
    return Area.SERVICES | lane.warn(
        state, now, text, tr("It is started again by itself, twice in five minutes at most.")
    )


def _follows(state: ShowState, event: ev.WallFollows, _now: Moment) -> Area:
    wall = _set_up(state, event.wall)
    wall.follow, wall.own_sha256 = event.follow, event.sha256
    return Area.SERVICES | Area.LIVE


def _map(state: ShowState, event: ev.WallMapSet, _now: Moment) -> Area:
    _set_up(state, event.wall).map = event.map
    return Area.SERVICES


def _transition(state: ShowState, event: ev.TransitionSet, _now: Moment) -> Area:
    state.transition = event
    return Area.LIVE


def _safe_look(state: ShowState, event: ev.SafeLookSet, _now: Moment) -> Area:
    state.safe_look = event
    return Area.LIVE | Area.SERVICES


def _named(state: ShowState, event: ev.WallNamed, _now: Moment) -> Area:
    _set_up(state, event.wall).title = event.title
    return Area.SERVICES | Area.LIVE


def _assigned(state: ShowState, event: ev.ScreenAssigned, _now: Moment) -> Area:
    _set_up(state, event.wall).wanted = event.screen
    return Area.SERVICES


def _kept(state: ShowState, event: ev.WallKept | ev.WallReleased, _now: Moment) -> Area:
    _set_up(state, event.wall).kept = isinstance(event, ev.WallKept)
    return Area.SERVICES


def _placed(state: ShowState, event: ev.WallPlaced, now: Moment) -> Area:
    wall = _wall(state, event.wall)
    before, wall.place = wall.place, event
    was_away = before is not None and before.away
    screen = event.screen.connector if event.screen is not None else ""
    if event.away and not was_away:
        where = tr("screen {screen} is LOST", screen=screen) if screen else tr("its screen is LOST")
        text = tr("{label}: {where}. It keeps its picture and returns by itself.", label=wall.label, where=where)
        return Area.SERVICES | lane.warn(state, now, text, tr("Look at the cable and at the power of the projector."))
    if was_away and not event.away:
        return Area.SERVICES | lane.tell(
            state, now, tr("{label}: screen {screen} is BACK.", label=wall.label, screen=screen)
        )
    if event.unsure and not (before is not None and before.unsure):
        text = tr("{label}: another screen is there than its own. It stays black.", label=wall.label)
        return Area.SERVICES | lane.warn(state, now, text, tr("Outside SHOW, WALLS + LOOK says whose it is."))
    return Area.SERVICES


def _stalled(state: ShowState, event: ev.WallStalled, now: Moment) -> Area:
    wall = _wall(state, event.wall)
    text = tr(
        "{label} painted nothing for {seconds:.0f} s and is started again.", label=wall.label, seconds=event.seconds
    )
    return Area.SERVICES | lane.warn(state, now, text)


def _rested(state: ShowState, event: ev.WallRested, now: Moment) -> Area:
    wall = _wall(state, event.wall)
    wall.resting = event.on
    if not event.on:
        return Area.SERVICES
    text = tr("{label} stalled three times in half an hour: it shows the safe look.", label=wall.label)
    step = tr("Look after its projector and driver, then send it its scene again.")
    return Area.SERVICES | lane.tell(state, now, text, Severity.FAULT, step)


def _counted(state: ShowState, event: ev.LiveCounted, _now: Moment) -> Area:
    state.counted = event
    return Area.LIVE


def _thumbnail(state: ShowState, event: ev.WallThumbnail, _now: Moment) -> Area:
    _wall(state, event.wall).thumb = event.data
    return Area.SERVICES


def _network(state: ShowState, event: ev.NetworkOpened, now: Moment) -> Area:
    where = ", ".join(event.hosts)
    if event.keys:
        text = tr(
            "Other machines may connect at {where}, with keys ({machines} allowed).",
            where=where,
            machines=event.machines,
        )
        return Area.SERVICES | lane.tell(state, now, text)
    state.insecure_lan = where
    text = tr("The ecosystem's ports are open to everybody at {where}: they know no keys.", where=where)
    return Area.SERVICES | lane.warn(state, now, text, tr("network.insecure_lan is set. Anybody there can send words."))


REDUCERS: Final[Mapping[type[ev.Event], Callable[[ShowState, Any, Moment], Area]]] = {
    ev.TakenLive: _taken,
    ev.LiveConfirmed: _live,
    ev.WallConfirmed: _confirmed,
    ev.WallRefused: _refused,
    ev.WallSilent: _silent,
    ev.StopChanged: _stop,
    ev.WallsRestored: _restored,
    ev.AutoChanged: _auto,
    ev.AutoScheduled: _scheduled,
    ev.ServiceSeen: _seen,
    ev.ServiceBeat: _beat,
    ev.ServiceStarted: _started,
    ev.ServiceAdopted: _started,
    ev.NetworkOpened: _network,
    ev.ServiceLost: _lost,
    ev.ServiceEnded: _ended,
    ev.ServiceParked: _parked,
    ev.WallFollows: _follows,
    ev.WallMapSet: _map,
    ev.TransitionSet: _transition,
    ev.WallNamed: _named,
    ev.SafeLookSet: _safe_look,
    ev.ScreenAssigned: _assigned,
    ev.WallKept: _kept,
    ev.WallReleased: _kept,
    ev.WallPlaced: _placed,
    ev.WallStalled: _stalled,
    ev.WallRested: _rested,
    ev.LiveCounted: _counted,
    ev.WallThumbnail: _thumbnail,
}
