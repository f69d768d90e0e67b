"""What stands in NEXT, what is LIVE and what each wall is to show: a pure state machine; knows no sockets, files or Qt.

Every method changes the state and returns the events that tell of it; `scene_for` reads a wall's complete scene.
Precedence of the stops: PANIC > BLACK > SAFE LOOK > HOLD > program.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

from textcraft_bus.channel.messages import (
    Caption,
    Layer,
    Mode,
    RequestId,
    Shown,
    ShownPhase,
    Transition,
    WallScene,
)
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.events import Event, StopName
from textcraft_core.stage.pictures.shelf import CandidateShelf, added, pinned
from textcraft_core.stage.walls.house import House, Program
from textcraft_core.stage.walls.playout_state import Candidate, PlayoutState, Wall

__all__ = ["Candidate", "Playout", "PlayoutState", "Program", "same_scene"]

CONFIRM_SECONDS: Final = 3.0
"""A wall that has not acknowledged a TAKE after so long is named."""
MAX_HISTORY: Final = 50
By = Literal["operator", "auto", "back", "reserve", "card"]
FREEZING: Final = frozenset({StopName.HOLD, StopName.SAFE_LOOK, StopName.BLACK, StopName.PANIC})
"""While one of these is on, AUTO stands still."""


class Playout(CandidateShelf):
    """NEXT, LIVE, the stops and AUTO."""

    state: PlayoutState

    def __init__(
        self,
        state: PlayoutState | None = None,
        *,
        auto_seconds: float = 45.0,
        transition: Transition | None = None,
        watermark: str = "",
        lonely_minutes: float = 10.0,
    ) -> None:
        self.state = state or PlayoutState()
        self.walls: dict[str, Wall] = {}
        self.auto_left: float | None = None
        self.auto_seconds = auto_seconds
        self.house = House(self.state.house, transition or Transition())
        self.watermark = watermark
        self._lonely_minutes = lonely_minutes
        self._told_live: tuple[str, int] | None = None

    # TAKE, BACK and LIVE

    def take(self, now: float, by: Literal["operator", "auto"] = "operator") -> list[Event]:
        """NEXT becomes the program of every wall that follows. Raises CommandRefused under HOLD and PANIC."""
        self._may_change_program()
        if self.state.next_id is None:
            raise CommandRefused("NEXT is empty: there is no picture to take yet.")
        candidate = self.state.candidates[self.state.next_id]
        if candidate.failed:
            raise CommandRefused(f"The gate refused this picture ({', '.join(candidate.failed)}): hold to overrule it.")
        self.state.candidates[candidate.request_id] = replace(candidate, taken=True)
        self.state.next_id = None
        program = Program(candidate.request_id, candidate.picture, candidate.caption)
        events = self._put(program, now, by)
        return [*events, *(self._stage_if_empty() or [ev.NextStaged(request_id=None), *self._plan_auto()])]

    def back(self, now: float) -> list[Event]:
        """The previous program once more."""
        self._may_change_program()
        if not self.state.history:
            raise CommandRefused("There is no earlier picture to go back to.")
        return [*self._put(self.state.history.pop(), now, "back"), *self._plan_auto()]

    def reserve(self, now: float) -> list[Event]:
        """The next approved picture of the reserve reel becomes the program; nothing when there is none."""
        self._may_change_program()
        reel = [c for c in self.state.reel.values() if c.approved and not c.failed]
        if not reel:
            return []
        order = [c.request_id for c in reel]
        here = order.index(self.state.reel_at) if self.state.reel_at in order else -1
        chosen = reel[(here + 1) % len(reel)]
        self.state.reel_at = chosen.request_id
        return self._put(Program(chosen.request_id, chosen.picture, chosen.caption), now, "reserve")

    def retell(self, program: Program, now: float) -> list[Event]:
        """A picture of an earlier hour becomes the program once more. Raises CommandRefused while a stop is on."""
        self._may_change_program()
        return self._put(program, now, "reserve")

    def put_card(self, program: Program, now: float) -> list[Event]:
        """A card of the house becomes the program. Raises CommandRefused under HOLD and PANIC."""
        self._may_change_program()
        return [*self._introduce(program, "it is a card of the house"), *self._put(program, now, "card")]

    def _introduce(self, program: Program, reason: str) -> list[Event]:
        """Tell of a picture that is no candidate, so that whoever hears of the take knows it."""
        if program.request_id in self.state.candidates:
            return []
        candidate = Candidate(program.request_id, program.picture, program.caption, approved=True)
        return [added(candidate), ev.CandidateDropped(request_id=program.request_id, reason=reason)]

    def _may_change_program(self) -> None:
        for stop, name in ((StopName.PANIC, "PANIC"), (StopName.HOLD, "HOLD")):
            if stop in self.state.stops:
                raise CommandRefused(f"{name} is on")

    def _put(self, program: Program, now: float, by: By) -> list[Event]:
        if self.state.program is not None and by != "back":
            self.state.history.append(self.state.program)
            del self.state.history[:-MAX_HISTORY]
        self.state.program = program
        self._told_live = None
        self.auto_left = None
        followers = self._followers()
        for wall in followers:
            wall.sent_at = None if wall.stands_at(program.picture.sha256) else now
        taken = ev.TakenLive(
            request_id=program.request_id,
            sha256=program.picture.sha256,
            caption=program.caption,
            walls=tuple(wall.name for wall in followers),
            by=by,
        )
        # Where all show it already no scene changes, so no wall has a reason to say anything.
        awaited = any(wall.sent_at is not None for wall in followers)
        return [taken, *([] if awaited else self._tell_live())]

    def _followers(self) -> list[Wall]:
        return [wall for wall in self.walls.values() if wall.present and self.house.follows(wall.name)]

    # Walls

    def wall_present(self, name: str, shown: str | None, layer: Layer | None, now: float) -> None:
        """A wall said hello, and what it shows."""
        wall = self.walls.setdefault(name, Wall(name))
        self.house.meet(name)
        wall.present, wall.confirmed, wall.layer = True, shown, layer
        self._expect(wall, now)

    def _expect(self, wall: Wall, now: float) -> None:
        """Wait for a wall's word about what it is to show, unless it shows that already."""
        program = self.house.program_of(wall.name, self.state.program)
        wall.sent_at = now if program is not None and wall.confirmed != program.picture.sha256 else None

    def wall_lost(self, name: str) -> list[Event]:
        """A wall fell silent; LIVE no longer counts on it."""
        if name not in self.walls:
            return []
        self.walls[name].present = False
        self.walls[name].sent_at = None
        return self._tell_live()

    def wall_shown(self, name: str, shown: Shown) -> list[Event]:
        """A wall painted something; told as it said."""
        wall = self.walls.setdefault(name, Wall(name, present=True))
        wall.layer, wall.confirmed = shown.layer, shown.sha256
        program = self.house.program_of(name, self.state.program)
        if program is not None and shown.sha256 == program.picture.sha256:
            wall.sent_at = None
        confirmed = ev.WallConfirmed(
            wall=name, layer=shown.layer, sha256=shown.sha256, phase=shown.phase.value, scene=shown.scene
        )
        return [confirmed, *(self._tell_live() if shown.phase is ShownPhase.FIRST_FRAME else [])]

    def _tell_live(self) -> list[Event]:
        """LIVE is the picture whose first frame all reachable walls that follow confirmed."""
        program, walls = self.state.program, self._followers()
        if program is None or not walls:
            return []
        confirmed, known = self._count(program)
        told = (program.request_id, confirmed)
        if confirmed < len(walls) or told == self._told_live:
            return []
        self._told_live = told
        return [
            ev.LiveConfirmed(
                request_id=program.request_id,
                sha256=program.picture.sha256,
                caption=program.caption,
                confirmed=confirmed,
                walls=known,
            )
        ]

    def _count(self, program: Program) -> tuple[int, int]:
        """How many reachable walls that follow painted it, and how many follow at all."""
        confirmed = sum(wall.confirmed == program.picture.sha256 for wall in self._followers())
        return confirmed, sum(self.house.follows(wall) for wall in self.walls)

    def live_count(self) -> ev.LiveCounted | None:
        """How far the picture that was put up has come; None before the first."""
        program = self.state.program
        if program is None:
            return None
        confirmed, known = self._count(program)
        return ev.LiveCounted(
            request_id=program.request_id, confirmed=confirmed, reachable=len(self._followers()), walls=known
        )

    def follow_wall(self, name: str, follow: bool, request_id: str | None, now: float) -> list[Event]:
        """Let a wall follow, or pin it to a candidate's picture or to what it shows now."""
        self._may_change_program()
        if follow:
            events = self.house.follow(name)
        elif request_id is None:
            events = self.house.pin(name, self.house.program_of(name, self.state.program))
        else:
            candidate = self._known(request_id)
            if not candidate.approved or candidate.failed:
                raise CommandRefused("This picture waits for approval: approve it first.")
            events = self.house.pin(name, Program(candidate.request_id, candidate.picture, candidate.caption))
        if events and name in self.walls and self.walls[name].present:
            self._expect(self.walls[name], now)
        return [*events, *self._tell_live()]

    def change_mode(self, mode: Mode) -> None:
        """Note the mode; no wall changes by it, and after SHOW none does until it is released."""
        if self.state.mode is Mode.SHOW and mode is not Mode.SHOW:
            self.house.keep_for_show()
        self.state.mode = mode

    def silent_walls(self, now: float) -> list[Event]:
        """Name, once each, the walls that did not acknowledge a TAKE in time."""
        events: list[Event] = []
        for wall in self.walls.values():
            if wall.sent_at is not None and now - wall.sent_at >= CONFIRM_SECONDS:
                events.append(ev.WallSilent(wall=wall.name, seconds=now - wall.sent_at))
                wall.sent_at = None
        return events

    # The stops

    def set_stop(self, stop: StopName, on: bool, *, walls: Sequence[str] = (), seconds: float = 1.0) -> list[Event]:
        """Set or unset a stop by name; saying it twice tells nothing."""
        state = self.state
        named: tuple[str, ...] = ()
        if stop is StopName.BLACK:
            on, named = self._black_after(on, walls)
        if (stop in state.stops) == on and (stop is not StopName.BLACK or named == state.black_walls):
            return []
        (state.stops.add if on else state.stops.discard)(stop)
        if stop is StopName.BLACK:
            state.black_walls = named
        state.layer_seconds = seconds
        opened = self.house.set_closed(False) if stop is StopName.SAFE_LOOK and not on else []
        return [*opened, ev.StopChanged(stop=stop, on=on, walls=named), *self._plan_auto()]

    def _black_after(self, on: bool, walls: Sequence[str]) -> tuple[bool, tuple[str, ...]]:
        """Whether BLACK is on when `walls` joined or left it, and for which; none named is all."""
        state = self.state
        if not walls or (not on and StopName.BLACK not in state.stops):
            return on, ()
        is_all = StopName.BLACK in state.stops and not state.black_walls
        if on:
            return True, () if is_all else tuple(sorted({*state.black_walls, *walls}))
        left = set(self.walls if is_all else state.black_walls) - set(walls)
        return bool(left), tuple(sorted(left))

    def panic(self, seconds: float, *, running: bool) -> list[Event]:
        """Safe look on all walls, AUTO off, PAUSE AI on; what was on is remembered for its lamp."""
        if StopName.PANIC in self.state.stops:
            return []
        self.state.was_on = tuple(name for name, on in (("run", running), ("auto", self.state.auto)) if on)
        return [
            *self.set_stop(StopName.PANIC, True, seconds=seconds),
            *self.set_auto(False),
            *self.set_stop(StopName.PAUSE_AI, True, seconds=seconds),
        ]

    def restore(self) -> list[Event]:
        """End PANIC: the walls return to picture, caption, black and hold; RUN, AUTO and spending do not."""
        if StopName.PANIC not in self.state.stops:
            raise CommandRefused("PANIC is not on: there is nothing to restore.")
        was_on, self.state.was_on = self.state.was_on, ()
        return [*self.set_stop(StopName.PANIC, False), ev.WallsRestored(was_on=was_on)]

    # AUTO

    def set_auto(self, on: bool) -> list[Event]:
        """Switch AUTO; its countdown begins with the next approved picture."""
        if self.state.auto == on:
            return []
        if on and StopName.PANIC in self.state.stops:
            raise CommandRefused("PANIC is on")
        self.state.auto = on
        self.auto_left = None
        return [ev.AutoChanged(on=on), *self._plan_auto()]

    def delay_auto(self, seconds: float) -> list[Event]:
        """Move the countdown."""
        if self.auto_left is None:
            raise CommandRefused("AUTO is not counting down.")
        self.auto_left = max(0.0, self.auto_left + seconds)
        return [ev.AutoScheduled(seconds=self.auto_left)]

    def _plan_auto(self) -> list[Event]:
        """Begin, go on with or end the countdown, as NEXT asks for it."""
        staged = self.state.candidates.get(self.state.next_id) if self.state.next_id else None
        if not self.state.auto or staged is None or staged.failed:
            self.auto_left = None
            return [ev.AutoScheduled(seconds=None)] if self.state.auto else []
        if self.auto_left is None:
            self.auto_left = self.auto_seconds if self.state.program is not None else 0.0
        return [ev.AutoScheduled(seconds=None if self.frozen else self.auto_left)]

    def is_ai_paused(self) -> bool:
        """Whether no new paid call may begin."""
        return StopName.PAUSE_AI in self.state.stops

    @property
    def frozen(self) -> bool:
        """Whether AUTO stands still because of a stop."""
        return bool(self.state.stops & FREEZING)

    def advance(self, seconds: float) -> bool:
        """Let time pass for the countdown; True when AUTO is to take now."""
        if self.auto_left is None or self.frozen:
            return False
        self.auto_left -= seconds
        return self.auto_left <= 0

    # Scenes

    def layer_of(self, wall: str) -> Layer:
        """The topmost layer of a wall; without a program there is the safe look."""
        stops = self.state.stops
        black = StopName.BLACK in stops and (not self.state.black_walls or wall in self.state.black_walls)
        if StopName.PANIC in stops:
            return Layer.SAFE_LOOK
        if black:
            return Layer.BLACK
        if self._tries_card(wall):
            return Layer.SAFE_LOOK
        nothing = self.house.program_of(wall, self.state.program) is None or wall in self.house.state.resting
        return Layer.SAFE_LOOK if StopName.SAFE_LOOK in stops or nothing else Layer.PROGRAM

    def _tries_card(self, wall: str) -> bool:
        free = StopName.PANIC not in self.state.stops and not self.house.belongs_to_show(wall, self.state.mode)
        return free and self.house.tried is not None

    def _safe_look_of(self, wall: str) -> Program | None:
        if self.house.tried is not None and self._tries_card(wall):
            return self.house.card(self.house.tried) or self.house.state.safe_look
        return self.house.safe_look()

    def set_safe_look(self, request_id: str | None) -> list[Event]:
        """Choose the picture of the safe look among candidates and pinned ones; None is each wall's own."""
        return self.house.set_safe_look(self.approved(request_id) if request_id is not None else None)

    def approved(self, request_id: str) -> Program:
        """Return an approved candidate or a pinned picture. Raises CommandRefused for any other."""
        chosen = self.state.candidates.get(RequestId(request_id)) or self.state.reel.get(RequestId(request_id))
        if chosen is None or chosen.failed or not chosen.approved:
            raise CommandRefused("Only an approved candidate or a pinned picture can be the safe look or a card.")
        return Program(chosen.request_id, chosen.picture, chosen.caption)

    def scene_for(self, wall: str, number: int) -> WallScene:
        """The complete scene of a wall, as number `number`."""
        program = self.house.program_of(wall, self.state.program)
        settings = self.house.settings(wall)
        kept = self.house.belongs_to_show(wall, self.state.mode)
        safe_look = self._safe_look_of(wall)
        words = program.caption if program and self.house.state.captions else ""
        return WallScene(
            scene=number,
            mode=self.state.mode,
            layer=self.layer_of(wall),
            program=program.picture if program else None,
            caption=Caption(text=words) if words else None,
            caption_style=self.house.state.caption_style,
            transition=self.house.transition,
            layer_seconds=self.state.layer_seconds,
            hold=StopName.HOLD in self.state.stops,
            watermark="" if kept else self.watermark,
            map=settings.map,
            screen=settings.screen,
            safe_look=safe_look.picture if safe_look else None,
            lonely_minutes=self._lonely_minutes,
        )

    # Snapshot

    def opening_events(self) -> list[Event]:
        """The events that bring an empty projection to the present state."""
        stops = [s for s in StopName if s in self.state.stops]
        return [
            *(ev.StopChanged(stop=stop, on=True, walls=self._walls_of(stop)) for stop in stops),
            ev.AutoChanged(on=self.state.auto),
            *self.house.opening_events(),
            *(added(candidate) for candidate in self.state.candidates.values()),
            *(pinned(candidate, True) for candidate in self.state.reel.values()),
            ev.NextStaged(request_id=self.state.next_id),
            *self._opening_program(),
            *(_confirmed(wall) for wall in self.walls.values() if wall.present and wall.layer is not None),
        ]

    def _opening_program(self) -> list[Event]:
        program = self.state.program
        if program is None:
            return []
        taken = ev.TakenLive(
            request_id=program.request_id,
            sha256=program.picture.sha256,
            caption=program.caption,
            walls=tuple(wall.name for wall in self._followers()),
        )
        self._told_live = None
        return [*self._introduce(program, "it is on the walls"), taken, *self._tell_live()]

    def _walls_of(self, stop: StopName) -> tuple[str, ...]:
        return self.state.black_walls if stop is StopName.BLACK else ()


def same_scene(one: WallScene, other: WallScene) -> bool:
    """Whether two scenes ask for the same, whatever their numbers and times."""
    leave_out = {"scene", "seq", "sent_at"}
    return one.model_dump(exclude=leave_out) == other.model_dump(exclude=leave_out)


def _confirmed(wall: Wall) -> Event:
    """What a wall said last."""
    layer = wall.layer or Layer.SAFE_LOOK
    phase = ShownPhase.SETTLED.value
    return ev.WallConfirmed(wall=wall.name, layer=layer, sha256=wall.confirmed, phase=phase, scene=0)
