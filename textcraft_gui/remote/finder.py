"""What an OSC argument names: a picture, a wall, a line, a story, a chapter, a card's picture; only reads the state."""

from typing import TypeVar

from textcraft_bus.channel.messages import ScreenInfo
from textcraft_core.show.bible_files import FILES, path_of
from textcraft_gui.remote.arguments import Value
from textcraft_gui.state.show_state import LineState, ShowState, Wall, chapter_id
from textcraft_gui.words.i18n import tr

NEXT = "next"
LIVE = "live"
Row = TypeVar("Row")


class NotFound(Exception):
    """What was named is not there, or cannot be done to; its text is for the operator."""


class Finder:
    """Every question raises NotFound."""

    def __init__(self, state: ShowState) -> None:
        self.state = state

    def picture(self, which: Value) -> str:
        """Return the id of a candidate or pinned picture."""
        state = self.state
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

    def wall(self, which: Value) -> Wall:
        """Return a wall by its place, its name or what people call it."""
        walls = self.state.walls
        if isinstance(which, int):
            return walls[_at(list(walls), which, tr("There is no wall {number}", number=which))]
        if which in walls:
            return walls[str(which)]
        titled = [wall for wall in walls.values() if wall.title == which]
        if len(titled) != 1:
            raise NotFound(tr("There is no wall {number}", number=_short(which)))
        return titled[0]

    def screen(self, wall: Wall, place: int) -> ScreenInfo | None:
        """Return the screen at a place of those that are free for a wall; 0 is none."""
        free = list(wall.place.free) if wall.place is not None else []
        return _at(free, place, tr("There is no free screen {number}", number=place)) if place else None

    def render(self, request_id: str) -> str:
        """Return the id of a picture that is being painted."""
        if request_id not in self.state.renders:
            raise NotFound(tr("There is no picture {name}", name=_short(request_id)))
        return request_id

    def chapter(self, said: str) -> str:
        """Return the key of a chapter, also when it was said as a file name."""
        for key in self.state.matrix:
            if said == key or chapter_id(said) == chapter_id(key):
                return key
        raise NotFound(tr("There is no chapter {name}", name=_short(said)))

    def file_of(self, chapter: str) -> str:
        """Return the file name of a chapter."""
        key = self.chapter(chapter)
        return str(self.state.matrix[key].get("path") or key).rpartition("/")[2]

    def line(self, which: Value) -> str:
        """Return the id of a waiting line."""
        waiting = [each.input_id for each in self.state.queue.values() if each.state is LineState.WAITING]
        return _row(waiting, which, tr("There is no waiting line {number}", number=_short(which)))

    def story(self, which: Value) -> str:
        """Return the id of a visitor's story that waits."""
        stories = list(self.state.steering.visitors)
        return _row(stories, which, tr("There is no story {number}", number=_short(which)))

    def check(self, said: str) -> str:
        """Return the name of a check of the pre-flight."""
        if said not in self.state.day.checks:
            raise NotFound(tr("There is no check {name}", name=_short(said)))
        return said


def draft_of(said: str) -> str:
    """Return the path of a file drafts may be of; a form of the bible goes by its name, too."""
    return path_of(said) if said in FILES else said.removeprefix("data/")


def _row(ids: list[str], which: Value, missing: str) -> str:
    if isinstance(which, int):
        return _at(ids, which, missing)
    if which not in ids:
        raise NotFound(missing)
    return str(which)


def _at(rows: list[Row], place: int, missing: str) -> Row:
    if place > len(rows):
        raise NotFound(missing)
    return rows[place - 1]


def _short(said: Value) -> str:
    return str(said) if isinstance(said, int) else repr(str(said)[:40])
