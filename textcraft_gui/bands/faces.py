"""What the frames, the gate lamps and the peer lists show, as pure readings of the state; knows no widget's inside."""

from typing import Final

from textcraft_bus.channel.messages import Layer, WallMap
from textcraft_core.events import StopName
from textcraft_gui.bands.abroad_rows import abroad_rows, peer_row
from textcraft_gui.projection.folder import picture_file
from textcraft_gui.projection.walls import service_title
from textcraft_gui.session.window_names import is_wall_of_show
from textcraft_gui.state.show_state import Candidate, Moment, Service, ShowState, Wall, freshness
from textcraft_gui.state.walls import aspect_of, is_lost, looked_at, shows, silent, standing
from textcraft_gui.theme import Colour
from textcraft_gui.widgets import signs
from textcraft_gui.widgets.picture_view import Picture
from textcraft_gui.widgets.shapes import Shape
from textcraft_gui.widgets.signs import Sign
from textcraft_gui.widgets.status_list import Row
from textcraft_gui.words.i18n import counted, tr, translated
from textcraft_gui.words.sentence import layer_count
from textcraft_gui.words.wording import age, countdown, minutes

CHECKS: Final = {
    "safe": ("safe",),
    "size": ("whole", "decodes", "size", "picture"),
    "words": ("words",),
}
"""The word of a lamp → the checks of the gate it stands for."""
MANY_WALLS: Final = 3
"""In the smallest window the list has room for so many."""
SILENT_SECONDS: Final = 3.0
"""A TAKE not confirmed for this long is worth a warning."""


def next_picture(state: ShowState, chosen: str = "") -> Picture:
    """What the NEXT frame shows, cropped as the chosen wall, or the first that follows, will lay it."""
    candidate = state.next
    if candidate is None:
        return _empty_next(state)
    ids, wall = list(state.candidates), looked_at(state, chosen)
    place = tr("{number} of {count}", number=ids.index(candidate.request_id) + 1, count=len(ids))
    return Picture(
        path=picture_file(state.folder, candidate.path),
        caption=candidate.caption,
        badge=tr("NEXT · {place}{not_yet}", place=place, not_yet=_not_yet(candidate)),
        sign=Sign(Shape.PLAY_OUTLINE, Colour.NEXT),
        colour=Colour.NEXT,
        dashed=True,
        thick=3.0,
        aspect=aspect_of(wall),
        map=wall.map if wall else WallMap(),
    )


def _not_yet(candidate: Candidate) -> str:
    if candidate.failed:
        return tr(" · refused by the gate")
    return "" if candidate.approved else tr(" · not approved")


def _empty_next(state: ShowState) -> Picture:
    if state.candidates and state.reading is None:
        hint = tr("Click a candidate, or press N, to put it here.")
        return Picture(badge=tr("NEXT"), dashed=True, colour=Colour.DIM, title=tr("NEXT is empty"), hint=hint)
    title, hint = _first_picture(state)
    return Picture(badge=tr("NEXT"), dashed=True, colour=Colour.DIM, title=title, hint=hint)


def _first_picture(state: ShowState) -> tuple[str, str]:
    """What to wait for, or to do, while there is no picture at all."""
    if state.replay is not None:
        return tr("A recording plays"), tr("Its pictures stand in REHEARSAL; no wall shows them.")
    if state.renders:
        return tr("A picture is being painted"), tr("It appears here as soon as it passed the gate.")
    if state.engine.picture_since is not None:
        return tr("A picture is being described"), tr("Then it is painted, and appears here.")
    if state.engine.busy or state.engine.run:
        return tr("The engine is at work"), tr("The picture of what it writes appears here.")
    if state.reading is not None:
        return tr("NEXT is empty"), tr("The next picture of the show appears here.")
    if state.has(StopName.PAUSE_AI):
        return tr("PAUSE AI is on"), tr("Press p, then step: the first picture appears here.")
    if state.live is not None:
        return tr("NEXT is empty"), tr("Press step, or RUN: the next picture appears here.")
    return tr("Press step"), tr("The first picture appears here.")


def live_picture(state: ShowState, chosen: str = "") -> Picture:
    """What the LIVE frame shows: only what walls confirmed; of one wall when it was chosen."""
    if chosen in state.walls:
        return _one_wall(state, state.walls[chosen])
    live = state.live
    if live is None:
        return _empty_live(state)
    wall = looked_at(state, "")
    held = tr(" · held") if state.has(StopName.HOLD) else ""
    return Picture(
        path=picture_file(state.folder, state.paths.get(live.sha256, "")),
        caption=live.caption,
        badge=tr("LIVE · {walls}{held}", walls=counted(live.walls, "{n} wall", "all {n} walls"), held=held),
        sign=Sign(Shape.DOT, Colour.LIVE),
        colour=Colour.LIVE,
        thick=4.0,
        title=tr("Live, but its file is not known here"),
        hint=live.caption,
        veil=veil(state),
        aspect=aspect_of(wall),
        map=wall.map if wall else WallMap(),
    )


def _one_wall(state: ShowState, wall: Wall) -> Picture:
    live = state.live
    is_live = live is not None and live.sha256 == wall.sha256
    pinned = "" if wall.follow else tr(" · pinned")
    lost = tr(" · LOST") if is_lost(state, wall) else ""
    hidden = wall.layer if wall.layer not in (None, Layer.PROGRAM) else ""
    under = tr("confirmed; this picture lies beneath")
    return Picture(
        path=picture_file(state.folder, state.paths.get(wall.sha256 or "", "")),
        caption=live.caption if live is not None and is_live else "",
        badge=tr("LIVE · {label}{pinned}{lost}", label=wall.label, pinned=pinned, lost=lost),
        sign=Sign(Shape.DOT, Colour.LIVE),
        colour=Colour.WARN if lost else Colour.LIVE,
        thick=4.0,
        title=tr("Nothing was confirmed by {wall} yet", wall=wall.label),
        hint=shows(state, wall),
        veil=f"{hidden.replace('_', ' ').upper()}\n{under}" if hidden else "",
        aspect=aspect_of(wall),
        map=wall.map,
    )


def _empty_live(state: ShowState) -> Picture:
    if state.sent:
        title, hint = tr("Sent, waiting"), tr("It appears here when the walls confirm what they painted.")
    elif not state.walls:
        title, hint = tr("No wall is connected"), tr("A wall appears under WALLS as soon as it says hello.")
    else:
        title, hint = tr("Nothing is live yet"), tr("TAKE puts NEXT onto the walls; what they confirm appears here.")
    return Picture(badge=tr("LIVE"), colour=Colour.DIM, title=title, hint=hint)


def veil(state: ShowState) -> str:
    """The words over LIVE while a stop hides the program: what, and how many walls confirmed it."""
    hiding = (
        (StopName.PANIC, tr("PANIC: SAFE LOOK"), Layer.SAFE_LOOK),
        (StopName.BLACK, tr("BLACK"), Layer.BLACK),
        (StopName.SAFE_LOOK, tr("SAFE LOOK"), Layer.SAFE_LOOK),
    )
    for stop, word, layer in hiding:
        if state.has(stop) and not (stop is StopName.BLACK and state.black_walls):
            confirmed, walls = layer_count(state, layer)
            return tr(
                "{word}\nconfirmed by {confirmed} of {walls}; this picture lies beneath",
                word=word,
                confirmed=confirmed,
                walls=counted(walls, "{n} wall", "{n} walls"),
            )
    return ""


def live_line(state: ShowState, now: Moment) -> tuple[str, str]:
    """The words under LIVE and their look."""
    if state.sent:
        waited = now.mono - state.sent.since
        late = waited > SILENT_SECONDS or bool(silent(state))
        return tr("sent, waiting {age}{more}", age=age(waited), more=_counted(state)), "warn" if late else "info"
    live = state.live
    if live is None:
        return "", "quiet"
    lost = [wall.label for wall in state.walls.values() if is_lost(state, wall)]
    there = max(0, live.confirmed - len(lost))
    words = tr(
        "confirmed by {there} of {walls} · shown {minutes}",
        there=there,
        walls=live.walls,
        minutes=minutes(now.mono - live.since),
    )
    if lost:
        words = tr(
            "confirmed by {there} of {walls} · {names} lost", there=there, walls=live.walls, names=", ".join(lost)
        )
    return words, "quiet" if there >= live.walls else "warn"


def _counted(state: ShowState) -> str:
    """How many walls painted what was sent so far, and which are silent."""
    counts, sent = state.counted, state.sent
    if counts is None or sent is None or counts.request_id != sent.request_id:
        return ""
    names = ", ".join(wall.label for wall in silent(state))
    told = tr(" · confirmed by {done} of {all}", done=counts.confirmed, all=counts.walls)
    return told + (tr(" · {names} silent", names=names) if names else "")


def gate_lamps(candidate: Candidate | None) -> list[tuple[str, Sign, str]]:
    """Lamp word, sign and hint for each kind of check; what was not checked is unknown, not ok."""
    return [_gate_lamp(translated(word), names, candidate) for word, names in CHECKS.items()]


def _gate_lamp(word: str, names: tuple[str, ...], candidate: Candidate | None) -> tuple[str, Sign, str]:
    gate = candidate.gate if candidate else None
    found = [gate.checks[name] for name in names if name in gate.checks] if gate else []
    if not found:
        return f"{word} ?" if candidate else word, signs.UNKNOWN, tr("{word}: not checked yet", word=word)
    if all(found):
        return word, Sign(Shape.CHECK, Colour.OK), tr("{word}: passed", word=word)
    return word, signs.WARN, f"{word}: {gate.reason if gate else ''}"


def wall_rows(state: ShowState, now: Moment) -> list[Row]:
    """A row for each wall known, and one for displays of others when something was sent to them."""
    abroad = [_sent_row(state, now)] if state.sent_to_displays is not None else []
    return [*(_wall_row(state, wall, now) for wall in state.walls.values()), *abroad, *_former_row(state)]


def _former_row(state: ShowState) -> list[Row]:
    """One row for walls of earlier days that are not here; windows of EDIT and of rehearsals are no walls."""
    absent = [wall.label for name, wall in state.former_walls.items() if is_wall_of_show(name)]
    if not absent or len(state.walls) >= MANY_WALLS:
        return []  # the rows are for those that are here
    hint = tr("Walls this show once had. Each comes back by itself when it says hello.")
    return [Row(signs.UNKNOWN, tr("not here"), ", ".join(absent), hint, Colour.DIM)]


def _sent_row(state: ShowState, now: Moment) -> Row:
    """Displays of others acknowledge nothing: SENT is the most that can be said."""
    layer = str(state.sent_to_displays).replace("_", " ")
    hint = tr(
        "The {layer} was sent {age} ago. Displays of others never say what they show.",
        layer=layer,
        age=age(now.mono - state.sent_at),
    )
    return Row(signs.UNKNOWN, tr("displays"), tr("SENT"), hint, Colour.QUIET)


def _wall_row(state: ShowState, wall: Wall, now: Moment) -> Row:
    sign, word, hint = standing(state, wall, now)
    loud = sign.colour is Colour.WARN
    if not loud and not wall.follow and word != tr("BACK"):
        word = tr("pinned")
    quiet = Colour.DIM if sign is signs.UNKNOWN else Colour.QUIET
    colour = Colour.WARN if loud else Colour.NEXT if sign.colour is Colour.NEXT else quiet
    return Row(sign, wall.label, word, hint, colour, loud)


UNSURE = "unknown"
"""A process that does not know how it is has not said that it is ill."""


def service_rows(state: ShowState, now: Moment) -> list[Row]:
    """A row for the brain and for each service that is no wall."""
    others = [item for item in state.services.values() if item.role != "wall" and not item.name.startswith("wall.")]
    roles = [item.name.partition(".")[0] for item in others]
    alone = {role for role in roles if roles.count(role) == 1}
    ours = (_service_row(item, now, alone) for item in others)
    return [_brain_row(state, now), *ours, *abroad_rows(state, now), *_health_rows(state)]


def _health_rows(state: ShowState) -> list[Row]:
    """One row for all processes that say they are not well; none while all are."""
    ill = {name: said for name, said in state.health.items() if not said.startswith(UNSURE)}
    if not ill:
        return []
    hint = "\n".join(f"{name}: {said}" for name, said in sorted(ill.items()))
    return [Row(signs.WARN, tr("health"), ", ".join(sorted(ill)), hint, Colour.WARN, loud=True)]


def _service_row(service: Service, now: Moment, alone: set[str]) -> Row:
    """A row of its role; its own name only where there are several of them."""
    fresh = freshness(service.seen_at, now, lost=service.lost)
    hint = tr(
        "{state}, {jobs}, process {pid}",
        state=service.state or tr("there"),
        jobs=counted(service.queue, "{n} job waiting", "{n} jobs waiting"),
        pid=service.pid,
    )
    role = service.name.partition(".")[0]
    if role not in alone:
        return peer_row(service_title(service.name), fresh, service, now, hint)
    return peer_row(service_title(role), fresh, service, now, f"{service_title(service.name)}: {hint}")


def _brain_row(state: ShowState, now: Moment) -> Row:
    brain = state.brain
    name = tr("brain · {name}", name=translated(brain.name)) if brain.name else tr("brain")
    asked = tr(" The persona asked for {model}.", model=brain.model) if brain.model else ""
    if brain.again_at is not None:
        value = tr("again {countdown}", countdown=countdown(brain.again_at - now.mono))
        return Row(signs.WARN, name, value, brain.trouble or tr("The call failed."), Colour.WARN, loud=True)
    if brain.calling_since is not None:
        recent = sum(1 for at in brain.pieces if now.mono - at <= 3)
        value = f"{recent / 3:.0f}/s" if recent else tr("asked {age}", age=age(now.mono - brain.calling_since))
        hint = (
            tr("It is writing, {number:.0f} pieces of text a second.", number=recent / 3)
            if recent
            else tr("It has not answered yet.")
        ) + asked
        return Row(signs.ACTIVE, name, value, hint, Colour.INFO)
    if brain.answered_at is None:
        return Row(signs.UNKNOWN, name, tr("not asked"), tr("It was not asked anything yet."), Colour.QUIET)
    hint = tr(
        "It answered {age} ago, within {took}.{asked}",
        age=age(now.mono - brain.answered_at),
        took=age(brain.seconds),
        asked=asked,
    )
    return Row(signs.OK, name, tr("idle"), hint, Colour.QUIET)
