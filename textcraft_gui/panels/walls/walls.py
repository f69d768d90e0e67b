"""WALLS + LOOK: each wall as it is, what it is called, where it belongs, what it shows; each change is seen on it."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from textcraft_bus.channel.messages import TransitionKind
from textcraft_gui.panels.walls.look_form import CaptionForm, CardsForm, pictures_of, words_of
from textcraft_gui.panels.walls.wall_faces import card_face, shows_words
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area, ShowState, Wall
from textcraft_gui.state.walls import is_black, screen_name
from textcraft_gui.verbs.facade import Refused
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.verbs.wall_verbs import WallVerbs
from textcraft_gui.widgets.choice import Choice, Turn
from textcraft_gui.widgets.fields import LineField
from textcraft_gui.widgets.fitted_button import FittedButton
from textcraft_gui.widgets.wall_card import WallCard
from textcraft_gui.widgets.words import button, describe, label, set_text
from textcraft_gui.words.i18n import tr
from textcraft_gui.words.wording import quoted

MAX_NAME = 40
_LOCKS = {
    "name": Verb.NAME_WALL,
    "screen": Verb.ASSIGN_SCREEN,
    "identify": Verb.IDENTIFY,
    "test": Verb.TEST_CARD,
    "map": Verb.WALL_MAP,
    "release": Verb.RELEASE_WALL,
}


class WallsPanel(QScrollArea):
    """Cards of the walls, the chosen one's settings, and how the next picture goes over."""

    map_wanted = Signal(str)

    def __init__(self, feed: Feed, verbs: WallVerbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._verbs = verbs
        self.chosen = ""
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.empty = label(tr("No wall yet. Each wall says hello once a second, and appears here."), "quiet")
        self.empty.setWordWrap(True)
        self.cards: dict[str, WallCard] = {}
        self._group = QButtonGroup(self)
        self._cards = QVBoxLayout()
        self.name = LineField(tr("name of the wall"), tr("What messages call this wall; Enter keeps it"))
        self.name.setMaxLength(MAX_NAME)
        self.place = FittedButton(hint=tr("On which screen this wall belongs"), name=tr("screen of the wall"))
        self.shows = label("", "quiet", elide=True, name=tr("what the wall shows"))
        self.buttons = self._make_buttons()
        self.kind, self.seconds = self._make_transition()
        self.safe = FittedButton(hint=tr("Which picture SAFE LOOK and PANIC show"), name=tr("safe look"))
        self.captions = CaptionForm(verbs)
        self.house_cards = CardsForm(feed, verbs)
        self.setWidget(self._body())
        self._connect()
        feed.follow(self.refresh)

    def _make_buttons(self) -> dict[str, QAbstractButton]:
        made: dict[str, QAbstractButton] = {
            "follow": button(tr("follow"), hint=tr("TAKE goes to this wall again")),
            "pin": button(tr("pin NEXT"), hint=tr("Show NEXT on this wall only, whatever is taken")),
            "keep": button(tr("pin as is"), hint=tr("Keep what this wall shows, whatever is taken")),
            "identify": button(tr("identify"), hint=tr("Show its name on this wall for five seconds")),
            "test": button(tr("test card"), hint=tr("Lines and corners on this wall; again ends it")),
            "map": button(tr("map…"), hint=tr("How pictures lie on this wall: fit, turn, cut, corners, brightness")),
            "black": button(tr("black"), hint=tr("Fade this wall alone to black; again ends it")),
            "again": button(tr("send again"), hint=tr("Send this wall its whole scene once more")),
            "release": button(tr("release"), hint=tr("After SHOW: let test card and watermark come to this wall")),
        }
        made["test"].setCheckable(True)
        made["black"].setCheckable(True)
        return made

    def _make_transition(self) -> tuple[Choice, Turn]:
        kinds = [
            (TransitionKind.CUT, tr("cut"), tr("The next picture stands there at once")),
            (TransitionKind.FADE, tr("fade"), tr("The next picture fades in over the old one")),
            (TransitionKind.THROUGH_BLACK, tr("black"), tr("The old picture fades to black, then the next one comes")),
            (TransitionKind.SLIDE, tr("slide"), tr("The next picture slides in")),
            (TransitionKind.WIPE, tr("wipe"), tr("The next picture is uncovered from one side")),
        ]
        hint = tr("How long the next picture takes to go over")
        return Choice(tr("transition"), kinds), Turn(tr("seconds"), hint, (0.2, 5.0), step=0.1, unit=" s")

    def _body(self) -> QWidget:
        body = QWidget()
        body.setObjectName("form")
        column = QVBoxLayout(body)
        column.setContentsMargins(8, 8, 4, 10)
        column.setSpacing(8)
        self._cards.setSpacing(6)
        column.addWidget(self.empty)
        column.addLayout(self._cards)
        self.settings = QWidget()
        self.settings.setLayout(self._settings())
        column.addWidget(self.settings)
        column.addWidget(label(tr("LOOK"), "heading"))
        column.addLayout(self._look())
        column.addWidget(label(tr("CAPTIONS"), "heading"))
        column.addWidget(self.captions)
        column.addWidget(label(tr("CARDS OF THE HOUSE"), "heading"))
        column.addWidget(self.house_cards)
        column.addStretch(1)
        return body

    def _settings(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        rows: list[tuple[str, list[QWidget]]] = [
            (tr("name"), [self.name]),
            (tr("screen"), [self.place]),
            (tr("shows"), [self.shows]),
            ("", [self.buttons[key] for key in ("follow", "pin", "keep")]),
            ("", [self.buttons[key] for key in ("map", "identify", "test")]),
            ("", [self.buttons[key] for key in ("black", "again", "release")]),
        ]
        for number, (word, widgets) in enumerate(rows):
            grid.addWidget(label(word, "quiet"), number, 0)
            row = QHBoxLayout()
            row.setSpacing(6)
            for widget in widgets:
                row.addWidget(widget, 1 if len(widgets) == 1 else 0)
            row.addStretch(0 if len(widgets) == 1 else 1)
            grid.addLayout(row, number, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _look(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        rows = ((tr("goes over"), self.kind), (tr("in"), self.seconds), (tr("safe look"), self.safe))
        for number, (word, widget) in enumerate(rows):
            grid.addWidget(label(word, "quiet"), number, 0)
            grid.addWidget(widget, number, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _connect(self) -> None:
        verbs = self._verbs
        self._group.idClicked.connect(self._choose_card)
        self.name.returnPressed.connect(lambda: self._on_wall(lambda wall: verbs.name(wall.name, self.name.text())))
        self.name.returnPressed.connect(lambda: self.window().setFocus(Qt.FocusReason.ShortcutFocusReason))
        self.name.left.connect(self._forget_name)
        self.place.clicked.connect(self._open_screens)
        self.safe.clicked.connect(self._open_safe_looks)
        self.kind.chosen.connect(lambda kind: verbs.set_transition(kind, self.seconds.value))
        self.seconds.slider.sliderReleased.connect(self._send_seconds)
        self.seconds.turned.connect(lambda _value: None if self.seconds.slider.isSliderDown() else self._send_seconds())
        acts = {
            "follow": lambda wall: verbs.follow(wall.name),
            "pin": lambda wall: verbs.pin(wall.name, self._feed.state.next_id),
            "keep": lambda wall: verbs.pin(wall.name, None),
            "identify": lambda wall: verbs.identify(wall.name),
            "test": lambda wall: verbs.test_card(wall.name, self.buttons["test"].isChecked()),
            "map": lambda wall: self.map_wanted.emit(wall.name),
            "black": lambda wall: verbs.black(wall.name, not is_black(self._feed.state, wall.name)),
            "again": lambda wall: verbs.send_again(wall.name),
            "release": lambda wall: verbs.release(wall.name),
        }
        for key, act in acts.items():
            self.buttons[key].clicked.connect(lambda _checked=False, act=act: self._on_wall(act))

    def refresh(self, areas: Area) -> None:
        """Look at the state again."""
        if not areas & (Area.SERVICES | Area.LIVE | Area.STOPS | Area.SHOW | Area.PICTURES | Area.TIME):
            return
        state = self._feed.state
        self._show_cards(state)
        wall = state.walls.get(self.chosen)
        self.settings.setVisible(wall is not None)
        self.empty.setVisible(not state.walls)
        if wall is not None:
            self._show_settings(state, wall)
        self._show_transition(state)
        if state.captions is not None:
            self.captions.show_captions(state.captions)
        self.house_cards.show_cards(state)
        self.safe.say(f"{_safe_words(state)} ▾")

    def _show_cards(self, state: ShowState) -> None:
        for name in state.walls:
            if name not in self.cards:
                self._add_card(name)
        if self.chosen not in state.walls:
            self.choose(next(iter(state.walls), ""))
        now = self._feed.now()
        for name, card in self.cards.items():
            if name in state.walls:
                card.show_face(card_face(state, state.walls[name], now))

    def _add_card(self, name: str) -> None:
        card = self.cards[name] = WallCard()
        self._group.addButton(card, len(self.cards) - 1)
        self._cards.addWidget(card)

    def choose(self, name: str) -> None:
        """Show the settings of one wall."""
        self.chosen = name
        if name in self.cards:
            self.cards[name].setChecked(True)
            self.name.setText(self._feed.state.walls[name].title)
            self.buttons["test"].setChecked(False)

    def _choose_card(self, number: int) -> None:
        self.choose(list(self.cards)[number])
        self.refresh(Area.SERVICES)

    def _show_settings(self, state: ShowState, wall: Wall) -> None:
        self.name.setPlaceholderText(wall.name)
        if not self.name.hasFocus() and self.name.text() != wall.title:
            self.name.setText(wall.title)
        self.place.say(_screen_words(wall))
        set_text(self.shows, shows_words(state, wall))
        self.buttons["follow"].setEnabled(not wall.follow)
        self.buttons["pin"].setEnabled(state.next is not None)
        self.buttons["keep"].setEnabled(wall.follow)
        self.buttons["black"].setChecked(is_black(state, wall.name))
        self._show_locks()
        self.buttons["release"].setVisible(wall.kept)
        if wall.kept:
            self.buttons["test"].setChecked(False)  # refused: what SHOW left there has no test card

    def _show_locks(self) -> None:
        parts: dict[str, QWidget] = {"name": self.name, "screen": self.place, **self.buttons}
        for key, verb in _LOCKS.items():
            refused = self._verbs.facade.availability(verb)
            parts[key].setEnabled(not isinstance(refused, Refused))
            if isinstance(refused, Refused):
                describe(parts[key], refused.reason)

    def _show_transition(self, state: ShowState) -> None:
        if state.transition is None:
            return
        self.kind.show_value(state.transition.kind)
        self.seconds.setEnabled(state.transition.kind is not TransitionKind.CUT)
        if state.transition.kind is not TransitionKind.CUT:
            self.seconds.show_value(state.transition.seconds)

    def _send_seconds(self) -> None:
        known = self._feed.state.transition
        kind = known.kind if known is not None else TransitionKind.FADE
        self._verbs.set_transition(kind, round(self.seconds.value, 1))

    def _forget_name(self) -> None:
        wall = self._feed.state.walls.get(self.chosen)
        self.name.setText(wall.title if wall else "")

    def _on_wall(self, act: object) -> None:
        wall = self._feed.state.walls.get(self.chosen)
        if wall is not None and callable(act):
            act(wall)

    def _open_safe_looks(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("each wall's own")).triggered.connect(lambda: self._verbs.safe_look(None))
        for candidate in pictures_of(self._feed.state):
            action = menu.addAction(words_of(candidate).replace("&", "&&"))
            request_id = candidate.request_id
            action.triggered.connect(lambda _checked=False, request_id=request_id: self._verbs.safe_look(request_id))
        menu.popup(self.safe.mapToGlobal(QPoint(0, self.safe.height())))

    def _open_screens(self) -> None:
        wall = self._feed.state.walls.get(self.chosen)
        if wall is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        own = menu.addAction(tr("leave it to the wall"))
        own.triggered.connect(lambda: self._verbs.assign(wall.name, None))
        for screen in wall.place.free if wall.place else ():
            action = menu.addAction(screen_name(screen).replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, screen=screen: self._verbs.assign(wall.name, screen))
        if not wall.place or not wall.place.free:
            menu.addAction(tr("no other screen is free")).setEnabled(False)
        menu.popup(self.place.mapToGlobal(QPoint(0, self.place.height())))


def _screen_words(wall: Wall) -> str:
    if wall.wanted is not None:
        return f"{screen_name(wall.wanted)} ▾"
    if wall.place is not None and wall.place.windowed:
        return tr("a window ▾")
    if wall.place is not None and wall.place.screen is not None:
        return f"{screen_name(wall.place.screen)} ▾"
    return tr("chosen by the wall ▾")


def _safe_words(state: ShowState) -> str:
    chosen = state.safe_look
    if chosen is None or chosen.request_id is None:
        return tr("each wall's own")
    return quoted(chosen.caption, 40) if chosen.caption.strip() else tr("a picture without words")
