"""Carries out OSC orders that name a picture, a wall, a file or a limit: finds it in the state, then asks the facade.

Fires nothing the facade would not: its rules and the stage's own refusals are heard like those of a button.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from textcraft_bus.channel.messages import TransitionKind
from textcraft_core import commands as cmd
from textcraft_core.events import StopName
from textcraft_gui.remote.choices import Chosen, Value
from textcraft_gui.state.show_state import Candidate, ShowState, chapter_id
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.picture_verbs import PictureVerbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.words.i18n import tr

NEXT: Final = "next"
LIVE: Final = "live"
Deed = Callable[[], object]


class NotFound(Exception):
    """What was named is not there, or cannot be done to; its text is for the operator."""


class Deeds:
    """One for a remote; `how` is what the journal calls it."""

    def __init__(self, verbs: Verbs, state: ShowState, how: str) -> None:
        self._verbs, self._state, self._how = verbs, state, how
        self._pictures = PictureVerbs(verbs, state)

    def do(self, chosen: Chosen) -> None:
        """Carry it out now; what is not there is refused, and told."""
        if deed := self.prepare(chosen):
            deed()

    def prepare(self, chosen: Chosen) -> Deed | None:
        """Find what is named now and return what to do with it, for a hand that holds; None: refused, and told."""
        try:
            return self._deed(chosen)
        except NotFound as why:
            self._verbs.on_refused(chosen.verb, str(why))
            return None

    def fire(self, verb: Verb) -> None:
        """Carry out a verb that needs nothing said."""
        match verb:
            case Verb.UNDO:
                self._pictures.undo(how=self._how)
            case Verb.START_PARKED:
                self._verbs.ask(verb, cmd.StartParked(), how=self._how)
            case _:
                self._verbs.fire(verb, self._how)

    def _deed(self, chosen: Chosen) -> Deed:
        name, values = chosen.name, chosen.values
        if name == "take_picture":
            return self._take(values[0])
        return partial(self._verbs.ask, chosen.verb, self._command(name, values), how=self._how)

    def _command(self, name: str, values: tuple[Value, ...]) -> cmd.Command:
        if name in _OF_A_PICTURE:
            return _OF_A_PICTURE[name](self._picture(values[0]), *values[1:])
        if name in _OF_A_WALL:
            return _OF_A_WALL[name](self._wall(values[0]), *values[1:])
        if name in _PLAIN:
            return _PLAIN[name](*values)
        return self._other(name, values)

    def _other(self, name: str, values: tuple[Value, ...]) -> cmd.Command:
        match name:
            case "pin_wall":
                picture = self._picture(values[1]) if len(values) > 1 else None
                return cmd.FollowWall(wall=self._wall(values[0]), follow=False, request_id=picture)
            case "identify":
                return cmd.Identify(wall=self._wall(values[0]) if values else None)
            case "cancel_picture":
                return cmd.CancelRender(request_id=self._render(str(values[0])))
            case "lock_chapter":
                return cmd.LockChapter(chapter_id=self._chapter(str(values[0])), locked=bool(values[1]))
            case _:
                return cmd.Run(**self._limits(values))

    def _limits(self, values: tuple[Value, ...]) -> dict[str, Any]:
        said: dict[str, Any] = dict(zip(map(str, values[::2]), values[1::2], strict=True))
        if chapter := said.pop("chapter", None):
            said["until_chapter"] = self._chapter(str(chapter))
        return said

    def _take(self, which: Value) -> Deed:
        """Put one picture into NEXT and onto the walls, under the rules of TAKE."""
        request_id = self._picture(which)
        if request_id == self._state.next_id:
            return partial(self._verbs.fire, Verb.TAKE, self._how)
        if reason := _no_take(self._state, self._state.candidates.get(request_id)):
            raise NotFound(reason)
        return partial(self._verbs.ask, Verb.STAGE, cmd.Stage(request_id=request_id), cmd.Take(), how=self._how)

    # What is named

    def _picture(self, which: Value) -> str:
        state = self._state
        if isinstance(which, int):
            return _at(list(state.candidates), which, tr("There is no candidate {number}", number=which))
        if which == NEXT:
            if state.next is None:
                raise NotFound(tr("NEXT is empty"))
            return state.next.request_id
        if which == LIVE and state.live is not None:
            return state.live.request_id
        if which in state.candidates or which in state.reel:
            return str(which)
        raise NotFound(tr("There is no picture {name}", name=_short(which)))

    def _wall(self, which: Value) -> str:
        walls = self._state.walls
        if isinstance(which, int):
            return _at(list(walls), which, tr("There is no wall {number}", number=which))
        if which in walls:
            return str(which)
        titled = [wall.name for wall in walls.values() if wall.title == which]
        if len(titled) != 1:
            raise NotFound(tr("There is no wall {number}", number=_short(which)))
        return titled[0]

    def _render(self, request_id: str) -> str:
        if request_id not in self._state.renders:
            raise NotFound(tr("There is no picture {name}", name=_short(request_id)))
        return request_id

    def _chapter(self, said: str) -> str:
        for key in self._state.matrix:
            if said == key or chapter_id(said) == chapter_id(key):
                return key
        raise NotFound(tr("There is no chapter {name}", name=_short(said)))


def _no_take(state: ShowState, candidate: Candidate | None) -> str:
    if state.has(StopName.PANIC):
        return tr("PANIC is on: RESTORE first")
    if state.has(StopName.HOLD):
        return tr("HOLD is on")
    if candidate is None:
        return tr("It is no candidate any more: stage it first")
    if candidate.failed:
        return tr("The gate refused it: overrule it first")
    return "" if candidate.approved else tr("It is not approved yet")


def _at(names: list[str], place: int, missing: str) -> str:
    if place > len(names):
        raise NotFound(missing)
    return names[place - 1]


def _short(said: Value) -> str:
    return repr(str(said)[:40])


_OF_A_PICTURE: Final[dict[str, Callable[..., cmd.Command]]] = {
    "approve": lambda picture: cmd.Approve(request_id=picture),
    "reject": lambda picture: cmd.Reject(request_id=picture),
    "stage": lambda picture: cmd.Stage(request_id=picture),
    "pin": lambda picture, on: cmd.Pin(request_id=picture, on=on),
    "again": lambda picture: cmd.Rerender(request_id=picture),
    "caption": lambda picture, text: cmd.EditCaption(request_id=picture, text=text),
    "overrule": lambda picture: cmd.Overrule(request_id=picture, take=False),
}
_OF_A_WALL: Final[dict[str, Callable[..., cmd.Command]]] = {
    "follow_wall": lambda wall: cmd.FollowWall(wall=wall, follow=True),
    "black_wall": lambda wall, on: cmd.Black(on=on, walls=(wall,)),
    "test_card": lambda wall, on: cmd.TestCard(wall=wall, on=on),
    "send_again": lambda wall: cmd.SendAgain(wall=wall),
    "release_wall": lambda wall: cmd.ReleaseWall(wall=wall),
}
_PLAIN: Final[dict[str, Callable[..., cmd.Command]]] = {
    "card": lambda text: cmd.AddCard(text=text),
    "undo_file": lambda path: cmd.Undo(path=path),
    "redo_file": lambda path: cmd.Redo(path=path),
    "restore_file": lambda path, revision: cmd.RestoreRevision(path=path, revision=revision),
    "transition": lambda kind, seconds: cmd.SetTransition(kind=TransitionKind(kind), seconds=seconds),
}
