"""The pages of pictures and walls and the sheets that belong to them, put together; keeps the window small."""

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from textcraft_gui.late import Late, MadeLate
from textcraft_gui.overlays.overlays import Overlays
from textcraft_gui.panels.dock import Page
from textcraft_gui.panels.pictures.candidates import CandidatesPanel
from textcraft_gui.panels.pictures.compare import CompareOverlay, Side
from textcraft_gui.pictures.gallery_files import GalleryPicture
from textcraft_gui.pictures.pictures import PictureStore
from textcraft_gui.projection.folder import picture_file
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Candidate, Origin, ShowState, chapter_id
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.picture_verbs import PictureVerbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.verbs.wall_verbs import WallVerbs
from textcraft_gui.words.i18n import tr
from textcraft_gui.words.wording import chapter_name

if TYPE_CHECKING:
    from textcraft_gui.panels.pictures.card_form import CardForm
    from textcraft_gui.panels.pictures.gallery import GalleryPanel
    from textcraft_gui.panels.walls.map_editor import MapEditor
    from textcraft_gui.panels.walls.walls import WallsPanel


class PictureRooms:
    """CANDIDATES, GALLERY and WALLS + LOOK with what they open over the docks."""

    def __init__(self, window: QWidget, feed: Feed, verbs: Verbs, store: PictureStore) -> None:
        self._feed = feed
        self._verbs = verbs
        self._window = window
        self._store = store
        self.candidates = CandidatesPanel(feed, verbs, store)
        self.candidates.compare_wanted.connect(self._compare)
        self.wall_verbs = WallVerbs(verbs)
        self._overlays: Overlays | None = None

    @MadeLate
    def gallery(self) -> "GalleryPanel":
        """Every picture of the show."""
        from textcraft_gui.panels.pictures.gallery import GalleryPanel  # noqa: PLC0415 - made late

        made = GalleryPanel(self._feed, self._verbs, self._store)
        made.compare_wanted.connect(self._compare)
        return made

    @MadeLate
    def walls(self) -> "WallsPanel":
        """Each wall and its look."""
        from textcraft_gui.panels.walls.walls import WallsPanel  # noqa: PLC0415 - made late

        made = WallsPanel(self._feed, self.wall_verbs)
        made.map_wanted.connect(self.open_map)
        return made

    @MadeLate
    def compare(self) -> CompareOverlay:
        """Two pictures side by side."""
        made = CompareOverlay(self._window, self._store)
        made.staged.connect(self._stage)
        return made

    @MadeLate
    def map(self) -> "MapEditor":
        """How pictures lie on a wall."""
        from textcraft_gui.panels.walls.map_editor import MapEditor  # noqa: PLC0415 - made late

        return MapEditor(self._window, self._feed, self.wall_verbs, self._store)

    @MadeLate
    def card(self) -> "CardForm":
        """A picture or words of the operator."""
        from textcraft_gui.panels.pictures.card_form import CardForm  # noqa: PLC0415 - made late

        return CardForm(self._window, self._feed, PictureVerbs(self._verbs, self._feed.state))

    def late_parts(self) -> list[Late[Any]]:
        """What is made when it is first looked at, the soonest wanted first."""
        kind = type(self)
        return [each.of(self) for each in (kind.gallery, kind.walls, kind.card, kind.compare, kind.map)]

    def pages(self) -> list[Page]:
        """Their tabs, in order."""
        return [
            Page(tr("CANDIDATES"), tr("The pictures that may go up"), Late(lambda: self.candidates)),
            Page(tr("GALLERY"), tr("Every picture of the show"), PictureRooms.gallery.of(self)),
            Page(tr("WALLS + LOOK"), tr("Each wall, and how pictures look there"), PictureRooms.walls.of(self)),
        ]

    def attach(self, overlays: Overlays) -> None:
        """Let Esc put their sheets away as it does the window's own."""
        self._overlays = overlays
        for sheet in (PictureRooms.compare, PictureRooms.map, PictureRooms.card):
            overlays.add_late(sheet.of(self))
        self._verbs.serve(Verb.CARD, self.open_card)
        for verb, act in self.candidates.acts.items():
            self._verbs.serve(verb, act)

    def open_card(self) -> None:
        """Let the operator bring in a picture or words."""
        if self._overlays is not None:
            self._overlays.open(self.card)
            self.card.begin()

    def open_map(self, name: str) -> None:
        """Let the operator change how pictures lie on a wall."""
        wall = self._feed.state.walls.get(name)
        if wall is not None and self._overlays is not None:
            self.map.begin(wall)
            self._overlays.open(self.map)

    def close(self) -> None:
        """Read no further file."""
        gallery = PictureRooms.gallery.of(self).made
        if gallery is not None:
            gallery.reader.close()

    def _compare(self, chosen: list[Candidate | GalleryPicture]) -> None:
        """Two chosen ones side by side; one alone beside NEXT."""
        state = self._feed.state
        sides = [_side(state, picture) for picture in chosen]
        if len(sides) == 1 and state.next is not None:
            sides.append(_side(state, state.next))
        if len(sides) == 2 and self._overlays is not None:
            self.compare.compare(*sides)
            self._overlays.open(self.compare)

    def _stage(self, token: object) -> None:
        if isinstance(token, Candidate):
            self._verbs.stage(token.request_id)
        elif isinstance(token, GalleryPicture):
            self.gallery.stage(token)


def _side(state: ShowState, picture: Candidate | GalleryPicture) -> Side:
    if isinstance(picture, GalleryPicture):
        from textcraft_gui.panels.pictures.gallery import story  # noqa: PLC0415 - it is there: the picture came from its list

        return Side(picture.path, picture.caption, story(picture).partition("\n")[0], picture)
    origin = state.origins.get(picture.request_id, Origin())
    name = chapter_name(chapter_id(origin.target)) if origin.target else ""
    seed = tr("seed {seed}", seed=origin.seed) if origin.seed is not None else ""
    is_next = picture.request_id == state.next_id
    line = " · ".join(part for part in (name, seed, origin.prompt) if part)
    token = picture if picture.approved and not is_next else None
    return Side(picture_file(state.folder, picture.path), picture.caption, line, token, tr("NEXT") if is_next else "")
