"""How walls set their captions, and the cards a house shows by itself: a part of WALLS + LOOK; decides nothing."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from textcraft_bus.channel.messages import CaptionStyle
from textcraft_core import events as ev
from textcraft_core.stage.walls.house import Which
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Candidate, ShowState
from textcraft_gui.verbs.facade import Refused
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.verbs.wall_verbs import WallVerbs
from textcraft_gui.widgets.choice import Choice, Turn
from textcraft_gui.widgets.fields import LineField
from textcraft_gui.widgets.words import button, describe, label, opener, set_text
from textcraft_gui.words.i18n import tr
from textcraft_gui.words.wording import quoted

MAX_WORDS = 400


def pictures_of(state: ShowState) -> list[Candidate]:
    """What may become the safe look or a card: the pinned pictures first, then the approved candidates."""
    others = (c for c in state.candidates.values() if c.approved and not c.failed and c.request_id not in state.reel)
    return [*state.reel.values(), *others]


def words_of(candidate: Candidate) -> str:
    """What a picture is called in a list."""
    return quoted(candidate.caption, 40) if candidate.caption.strip() else tr("a picture without words")


class CaptionForm(QWidget):
    """On or off, size, plate, place and safe area; each change is on the walls at once."""

    def __init__(self, verbs: WallVerbs) -> None:
        super().__init__()
        self._verbs = verbs
        self._known = ev.CaptionsSet(on=True, style=CaptionStyle())
        self.on = Choice(
            tr("captions"),
            [(True, tr("on"), tr("Walls show the captions")), (False, tr("off"), tr("Walls show pictures alone"))],
        )
        self.scaling = Turn(
            tr("caption size"), tr("Times the least size, a 24th of the wall"), (1.0, 3.0), step=0.1, unit=" ×"
        )
        self.plate = Choice(
            tr("beneath"),
            [
                (True, tr("plate"), tr("A dark plate beneath the words")),
                (False, tr("outline"), tr("No plate: the letters have a dark edge")),
            ],
        )
        self.place = Choice(
            tr("caption place"),
            [
                ("bottom", tr("bottom"), tr("Words at the lower edge of the wall")),
                ("top", tr("top"), tr("Words at the upper edge of the wall")),
            ],
        )
        self.margin = Turn(
            tr("safe area"), tr("How far words stay from the edge, of the wall's height"), (2, 25), step=1, unit=" %"
        )
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        grid = _grid(self)
        rows = (
            (tr("captions"), self.on),
            (tr("size"), self.scaling),
            (tr("letters"), self.plate),
            (tr("place"), self.place),
            (tr("safe area"), self.margin),
        )
        for number, (word, widget) in enumerate(rows):
            grid.addWidget(label(word, "quiet"), number, 0)
            grid.addWidget(widget, number, 1)

    def _connect(self) -> None:
        self.on.chosen.connect(lambda on: self._verbs.set_captions(bool(on), self._known.style))
        self.plate.chosen.connect(lambda plate: self._send(plate=plate))
        self.place.chosen.connect(lambda place: self._send(place=place))
        for turn, send in ((self.scaling, self._send_size), (self.margin, self._send_margin)):
            turn.slider.sliderReleased.connect(send)
            turn.turned.connect(lambda _value, turn=turn, send=send: None if turn.slider.isSliderDown() else send())

    def _send_size(self) -> None:
        self._send(size=round(self.scaling.value, 1))

    def _send_margin(self) -> None:
        self._send(margin=round(self.margin.value / 100, 2))

    def _send(self, **change: object) -> None:
        self._verbs.set_captions(self._known.on, self._known.style.model_copy(update=change))

    def show_captions(self, told: ev.CaptionsSet) -> None:
        """Show what was chosen."""
        self._known = told
        self.on.show_value(told.on)
        self.scaling.show_value(told.style.size)
        self.plate.show_value(told.style.plate)
        self.place.show_value(told.style.place)
        self.margin.show_value(told.style.margin * 100)
        for part in (self.scaling, self.plate, self.place, self.margin):
            part.setEnabled(told.on)


class CardRow(QWidget):
    """One card: a picture from a list or a text of one's own, and whether it shows on the walls while it is chosen."""

    def __init__(self, which: Which, usual: str, hint: str, feed: Feed, verbs: WallVerbs) -> None:
        super().__init__()
        self._which, self._usual, self._hint = which, usual, hint
        self._feed, self._verbs = feed, verbs
        self.picture = opener("", hint=hint, name=hint)
        self.picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.see = button(tr("try"), hint=tr("Show it on the walls now; again ends it"), name=f"{hint}: {tr('try')}")
        self.see.setCheckable(True)
        self.words = LineField(f"{hint}: {tr('words')}", tr("The words of a text card; Enter paints it"))
        self.words.setPlaceholderText(tr("or a text of your own"))
        self.words.setMaxLength(MAX_WORDS)
        self._lay_out()
        self.picture.clicked.connect(self._open_pictures)
        self.see.clicked.connect(lambda on: self._verbs.try_card(self._which if on else None))
        self.words.returnPressed.connect(self._keep_words)
        self.words.left.connect(lambda: self.show_card(self._feed.state))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.picture, 1)
        row.addWidget(self.see)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.words)

    def show_card(self, state: ShowState) -> None:
        """Show what was chosen, and whether it is on the walls."""
        card = state.cards.get(self._which)
        chosen = card is not None and card.sha256 is not None
        said = self._usual
        if card is not None and chosen:
            said = tr("a text card") if card.text else quoted(card.caption, 40) if card.caption else tr("a picture")
        shown = self.picture.fontMetrics().elidedText(
            f"{said} ▾", Qt.TextElideMode.ElideMiddle, max(60, self.picture.width() - 30)
        )
        self.picture.setText(shown.replace("&", "&&"))
        describe(self.picture, f"{self._hint}: {said}")
        if not self.words.hasFocus():
            self.words.setText(" ".join(card.text.split()) if card is not None else "")
            self.words.setCursorPosition(0)
        self.see.setChecked(state.card_tried == self._which)
        self._show_try(chosen)

    def _show_try(self, chosen: bool) -> None:
        refused = self._verbs.facade.availability(Verb.TRY_CARD)
        reason = refused.reason if isinstance(refused, Refused) else "" if chosen else tr("Choose a picture or a text")
        self.see.setEnabled(not reason)
        describe(self.see, reason or tr("Show it on the walls now; again ends it"))

    def _keep_words(self) -> None:
        self._verbs.choose_card(self._which, text=self.words.text())
        self.window().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _open_pictures(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self._usual).triggered.connect(lambda: self._verbs.choose_card(self._which))
        for candidate in pictures_of(self._feed.state):
            action = menu.addAction(words_of(candidate).replace("&", "&&"))
            request_id = candidate.request_id
            action.triggered.connect(
                lambda _checked=False, request_id=request_id: self._verbs.choose_card(self._which, request_id)
            )
        menu.popup(self.picture.mapToGlobal(QPoint(0, self.picture.height())))


class CardsForm(QWidget):
    """The closed card and the end card."""

    def __init__(self, feed: Feed, verbs: WallVerbs) -> None:
        super().__init__()
        self.rows = {
            "closed": CardRow(
                "closed", tr("the safe look"), tr("What walls show while the house is closed"), feed, verbs
            ),
            "end": CardRow("end", tr("as the settings say"), tr("What ends a day, and the book"), feed, verbs),
        }
        self.closed = label("", "quiet", elide=True, name=tr("whether the house is closed"))
        grid = _grid(self)
        for number, (word, row) in enumerate(((tr("closed"), "closed"), (tr("the end"), "end"))):
            grid.addWidget(label(word, "quiet"), number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self.rows[row], number, 1)
        grid.addWidget(self.closed, 2, 1)

    def show_cards(self, state: ShowState) -> None:
        """Show what was chosen."""
        for row in self.rows.values():
            row.show_card(state)
        self.closed.setVisible(state.house_closed)
        set_text(self.closed, tr("The house is closed: shown now."))

    @property
    def buttons(self) -> list[QPushButton]:
        """Every button of it."""
        return [made for row in self.rows.values() for made in (row.picture, row.see)]


def _grid(widget: QWidget) -> QGridLayout:
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    return grid
