"""How pictures lie on one wall: changed here, seen there at once; each change is a real command to the real wall."""

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from textcraft_bus.channel.messages import WallMap
from textcraft_gui.overlays.overlays import Overlay
from textcraft_gui.pictures.pictures import PictureStore
from textcraft_gui.projection.folder import picture_file
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area, ShowState, Wall
from textcraft_gui.state.walls import aspect_of, is_lost
from textcraft_gui.verbs.facade import Refused
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.verbs.wall_verbs import WallVerbs
from textcraft_gui.widgets.choice import Choice, Turn
from textcraft_gui.widgets.corner_canvas import CornerCanvas
from textcraft_gui.widgets.wall_thumb import WallThumb
from textcraft_gui.widgets.words import button, describe, label, set_text
from textcraft_gui.words.i18n import later, tr, translated

SEND_MS = 60
"""Changes of a drag are sent this far apart: a wall lays its picture anew in far less."""
CROPS = (later("left"), later("top"), later("right"), later("bottom"))
TURNS = (0, 90, 180, 270)
LEAST_CROP = 0.1
"""So much of a picture stays, whatever is cut off."""


class MapEditor(Overlay):
    """A sheet over the docks; what was there when it was opened comes back by [as it was]."""

    wall = ""
    """The wall that is worked on."""

    def __init__(self, window: QWidget, feed: Feed, verbs: WallVerbs, store: PictureStore) -> None:
        super().__init__(tr("MAP"), window)
        self._feed = feed
        self._verbs = verbs
        self._store = store
        self._before = WallMap()
        self._map = WallMap()
        self._unsent = False
        self.canvas = CornerCanvas()
        self.thumb = WallThumb(tr("the wall as it is"), QSize(160, 90))
        self.title = label("", "strong", elide=True, name=tr("wall"))
        self.fit = Choice(
            tr("fit"),
            [
                ("fill", tr("fill"), tr("Fill the wall; what does not fit is cut off")),
                ("fit", tr("fit"), tr("Show the whole picture; what is left free is black")),
                ("stretch", tr("stretch"), tr("Fill the wall with the whole picture, out of shape if need be")),
            ],
        )
        turns = [(angle, f"{angle}°", tr("Turn the picture by {angle} degrees", angle=angle)) for angle in TURNS]
        self.rotate = Choice(tr("turn"), turns)
        self.brightness = Turn(tr("brightness"), tr("Darker or brighter; seen on the wall"), (-1, 1))
        self.contrast = Turn(tr("contrast"), tr("Flatter or harder; seen on the wall"), (-1, 1))
        self.crop = {
            side: Turn(
                tr("cut off {side}", side=translated(side)),
                tr("Cut off the {side} of the picture", side=translated(side)),
                (0, 0.45),
            )
            for side in CROPS
        }
        self.as_it_was = button(tr("as it was"), hint=tr("Bring back the map this sheet was opened with"))
        self.straight = button(tr("straight"), hint=tr("Put all four corners back to the corners of the wall"))
        self.card = button(tr("test card"), hint=tr("Show lines and corners on the wall while you work; again ends it"))
        self._later = QTimer(self, singleShot=True, interval=SEND_MS)
        self._later.timeout.connect(self._send)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.card.setCheckable(True)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.canvas, 5)
        row.addLayout(self._controls(), 5)
        row.addLayout(self._seen(), 2)
        self.column.addLayout(row, 1)

    def _controls(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        rows: list[tuple[str, QWidget]] = [(tr("picture"), self.fit), (tr("turn"), self.rotate)]
        rows += [(tr("brightness"), self.brightness), (tr("contrast"), self.contrast)]
        for number, (word, widget) in enumerate(rows):
            grid.addWidget(label(word, "quiet"), number, 0)
            grid.addWidget(widget, number, 1, 1, 3)
        for number, (side, turn) in enumerate(self.crop.items()):
            row, column = len(rows) + number // 2, number % 2 * 2
            grid.addWidget(label(tr("cut {side}", side=translated(side)), "quiet"), row, column)
            grid.addWidget(turn, row, column + 1)
        keys = label(tr("1–4 choose a corner, arrows move it, shift moves it faster"), "quiet", elide=True)
        grid.addWidget(keys, len(rows) + 2, 0, 1, 4)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        grid.setRowStretch(len(rows) + 3, 1)
        return grid

    def _seen(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addWidget(self.thumb, 1)
        for made in (self.card, self.straight, self.as_it_was):
            column.addWidget(made)
        return column

    def _connect(self) -> None:
        self.canvas.moved.connect(lambda corners: self._change(corners=corners))
        self.fit.chosen.connect(lambda fit: self._change(fit=fit))
        self.rotate.chosen.connect(lambda angle: self._change(rotate=angle))
        self.brightness.turned.connect(lambda value: self._change(brightness=round(value, 2)))
        self.contrast.turned.connect(lambda value: self._change(contrast=round(value, 2)))
        for turn in self.crop.values():
            turn.turned.connect(lambda _value: self._change(crop=self._cropped()))
        self.as_it_was.clicked.connect(lambda: self._put(self._before))
        self.straight.clicked.connect(lambda: self._change(corners=None))
        self.card.toggled.connect(self._test_card)
        self._feed.follow(self.refresh)
        self._store.ready.connect(lambda _path: self._show_picture())

    def begin(self, wall: Wall) -> None:
        """Work on a wall; open it with `open_at`."""
        self.wall, self._before, self._map = wall.name, wall.map, wall.map
        self.card.setChecked(False)
        self._show_map()
        self._show_wall()

    def refresh(self, areas: Area) -> None:
        """Look at the state again: the wall may have been changed by somebody else."""
        if self.isHidden() or not areas & (Area.SERVICES | Area.PICTURES | Area.LIVE | Area.SHOW):
            return
        wall = self._feed.state.walls.get(self.wall)
        if wall is not None and not self._unsent and wall.map != self._map:
            self._map = wall.map
            self._show_map()
        self._show_wall()

    def _show_wall(self) -> None:
        state = self._feed.state
        wall = state.walls.get(self.wall)
        if wall is None:
            return
        lost = tr(" · LOST") if is_lost(state, wall) else ""
        set_text(self.title, f"{wall.label}{lost}")
        self.thumb.show_data(wall.thumb, stale=bool(lost))
        self.canvas.aspect = aspect_of(wall)
        self._show_picture()
        self._show_lock()

    def _show_lock(self) -> None:
        refused = self._verbs.facade.availability(Verb.WALL_MAP)
        free = not isinstance(refused, Refused)
        parts: list[QWidget] = [self.canvas, self.fit, self.rotate, self.brightness, self.contrast, *self.crop.values()]
        for part in (*parts, self.card, self.straight, self.as_it_was):
            part.setEnabled(free)
        if isinstance(refused, Refused):
            set_text(self.title, f"{self.title.text()} · {refused.reason}")

    def _show_picture(self) -> None:
        path = shown_picture(self._feed.state, self._feed.state.walls.get(self.wall))
        self.canvas.pixmap = self._store.get(path, QSize(640, 360)) if path else None
        self.canvas.update()

    def _show_map(self) -> None:
        self.canvas.show_map(self._map)
        self.fit.show_value(self._map.fit)
        self.rotate.show_value(self._map.rotate)
        self.brightness.show_value(self._map.brightness)
        self.contrast.show_value(self._map.contrast)
        left, top, width, height = self._map.crop
        for side, cut in zip(CROPS, (left, top, 1 - left - width, 1 - top - height), strict=True):
            self.crop[side].show_value(max(0.0, cut))

    def _cropped(self) -> tuple[float, float, float, float]:
        left, top, right, bottom = (round(self.crop[side].value, 2) for side in CROPS)
        return left, top, max(LEAST_CROP, round(1 - left - right, 2)), max(LEAST_CROP, round(1 - top - bottom, 2))

    def _change(self, **changes: object) -> None:
        self._put(WallMap.model_validate({**self._map.model_dump(), **changes}))

    def _put(self, wall_map: WallMap) -> None:
        self._map = wall_map
        self._show_map()
        self._unsent = True
        if not self._later.isActive():
            self._later.start()

    def _send(self) -> None:
        self._unsent = False
        self._verbs.set_map(self.wall, self._map)

    def _test_card(self, on: bool) -> None:
        if not self._verbs.test_card(self.wall, on):
            self.card.setChecked(False)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        """Put away; a test card that was shown from here goes too."""
        super().hideEvent(event)
        if self.wall and self.card.isChecked():  # before the first wall there is no card yet
            self.card.setChecked(False)

    def open_at(self, box: object) -> None:
        """Show it; the keys go to the corners."""
        super().open_at(box)  # type: ignore[arg-type]  # the box of the docks
        self.canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)
        describe(self.thumb, tr("What the wall painted, as it says itself"))


def shown_picture(state: ShowState, wall: Wall | None) -> str:
    """The file of what a wall shows, else of LIVE, else of NEXT; nothing when there is none."""
    shas = [wall.sha256 if wall else None, state.live.sha256 if state.live else None]
    path = next((state.paths[sha] for sha in shas if sha and sha in state.paths), "")
    return picture_file(state.folder, path or (state.next.path if state.next else ""))
