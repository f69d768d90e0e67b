"""What may be done to one wall, as verbs that carry its name; each goes through the one facade."""

from textcraft_bus.channel.messages import CaptionStyle, ScreenInfo, TransitionKind, WallMap
from textcraft_core import commands as cmd
from textcraft_core.stage.walls.house import Which
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb


class WallVerbs:
    """The verbs of WALLS + LOOK and of the walls in band B."""

    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    @property
    def facade(self) -> Verbs:
        """The facade, to ask what works now."""
        return self._verbs

    def follow(self, wall: str) -> bool:
        """Let a wall follow TAKE again."""
        return self._verbs.ask(Verb.FOLLOW_WALL, cmd.FollowWall(wall=wall, follow=True))

    def pin(self, wall: str, request_id: str | None) -> bool:
        """Pin a wall to a candidate's picture; None pins it to what it shows."""
        return self._verbs.ask(Verb.FOLLOW_WALL, cmd.FollowWall(wall=wall, follow=False, request_id=request_id))

    def set_map(self, wall: str, wall_map: WallMap) -> bool:
        """Change how pictures lie on a wall."""
        return self._verbs.ask(Verb.WALL_MAP, cmd.SetWallMap(wall=wall, map=wall_map))

    def set_transition(self, kind: TransitionKind, seconds: float) -> bool:
        """Choose how the next TAKE goes over."""
        return self._verbs.ask(Verb.TRANSITION, cmd.SetTransition(kind=kind, seconds=seconds))

    def safe_look(self, request_id: str | None) -> bool:
        """Choose the picture of the safe look; None is each wall's own."""
        return self._verbs.ask(Verb.CHOOSE_SAFE_LOOK, cmd.SetSafeLook(request_id=request_id))

    def set_captions(self, on: bool, style: CaptionStyle) -> bool:
        """Choose whether walls show captions, and how they are set."""
        return self._verbs.ask(Verb.CAPTION_STYLE, cmd.SetCaptions(on=on, style=style))

    def choose_card(self, which: Which, request_id: str | None = None, text: str = "") -> bool:
        """Choose a card of the house: a picture, a text, or what is usual."""
        return self._verbs.ask(Verb.CHOOSE_CARD, cmd.SetCard(which=which, request_id=request_id, text=text))

    def try_card(self, which: Which | None) -> bool:
        """Show a card on the walls while it is chosen; None ends that."""
        return self._verbs.ask(Verb.TRY_CARD, cmd.TryCard(which=which))

    def name(self, wall: str, title: str) -> bool:
        """Call a wall what people call it."""
        return self._verbs.ask(Verb.NAME_WALL, cmd.NameWall(wall=wall, title=title))

    def assign(self, wall: str, screen: ScreenInfo | None) -> bool:
        """Say on which screen a wall belongs."""
        return self._verbs.ask(Verb.ASSIGN_SCREEN, cmd.AssignScreen(wall=wall, screen=screen))

    def identify(self, wall: str | None = None) -> bool:
        """Show a wall's name on it, or each its own."""
        return self._verbs.ask(Verb.IDENTIFY, cmd.Identify(wall=wall))

    def test_card(self, wall: str, on: bool) -> bool:
        """Show or hide the test card of a wall."""
        return self._verbs.ask(Verb.TEST_CARD, cmd.TestCard(wall=wall, on=on))

    def black(self, wall: str, on: bool) -> bool:
        """Fade one wall to black, or back."""
        return self._verbs.ask(Verb.BLACK_WALL, cmd.Black(on=on, walls=(wall,)))

    def send_again(self, *walls: str) -> bool:
        """Send their whole scene to walls once more."""
        return self._verbs.ask(Verb.SEND_AGAIN, *(cmd.SendAgain(wall=wall) for wall in walls))

    def release(self, wall: str) -> bool:
        """After SHOW: let test card and watermark come to a wall again."""
        return self._verbs.ask(Verb.RELEASE_WALL, cmd.ReleaseWall(wall=wall))
