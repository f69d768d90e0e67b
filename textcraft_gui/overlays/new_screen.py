"""Whose a screen is that no wall surely knows: asked once in the window, for each such screen; never in SHOW."""

from textcraft_bus.channel.messages import ScreenInfo
from textcraft_gui.overlays.question import Answer, Question
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area, Wall
from textcraft_gui.state.walls import screen_name
from textcraft_gui.verbs.wall_verbs import WallVerbs
from textcraft_gui.words.i18n import tr

MOST_SCREENS = 3
"""More answers than that are no question; WALLS + LOOK has them all."""


class NewScreens:
    """Looks at the walls that are unsure of their screen; put away, the screen stays black and the wall says so."""

    def __init__(self, feed: Feed, verbs: WallVerbs, question: Question) -> None:
        self._feed, self._verbs, self._question = feed, verbs, question
        self._asked: set[tuple[str, tuple[ScreenInfo, ...]]] = set()
        feed.follow(self._on_refreshed)

    def _on_refreshed(self, areas: Area) -> None:
        state = self._feed.state
        if not areas & (Area.SERVICES | Area.SHOW) or state.locked or not self._question.isHidden():
            return
        for wall in state.walls.values():
            place = wall.place
            if place is None or not place.unsure or not place.free or (wall.name, place.free) in self._asked:
                continue
            self._asked.add((wall.name, place.free))
            self._ask(wall, place.free)
            return

    def _ask(self, wall: Wall, free: tuple[ScreenInfo, ...]) -> None:
        self._question.ask(
            tr("A SCREEN NO WALL KNOWS"),
            tr("Is this the screen of {wall}? Nothing is shown on it until you say so.", wall=wall.label),
            [self._answer(wall.name, screen) for screen in free[:MOST_SCREENS]],
            away=tr("none of them (esc)"),
            more=tr("Its own screen is not there, and another one is. WALLS + LOOK can change it at any time."),
        )

    def _answer(self, wall: str, screen: ScreenInfo) -> Answer:
        return Answer(
            tr("yes: {screen}", screen=screen_name(screen)),
            tr("The wall goes full screen there, and from now on whenever this screen is plugged in"),
            lambda: self._verbs.assign(wall, screen),
        )
