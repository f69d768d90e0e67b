"""A question in the window: one sentence and its answers, over the docks. Esc puts it away, which answers nothing."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QDockWidget, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from textcraft_bus.records import dataclass
from textcraft_gui.theme import GAP, MARGIN, Colour
from textcraft_gui.widgets.verb_button import Face, HoldButton, VerbButton
from textcraft_gui.widgets.words import button, label, set_text
from textcraft_gui.words.i18n import tr


@dataclass(frozen=True)
class Answer:
    """One way on; a `held` one acts only when its button is held for 1 s."""

    text: str
    hint: str
    act: Callable[[], object]
    held: bool = False


def beside_flow(docks: QWidget) -> QRect:
    """The docks without the first: a question never covers RUN, step and stop."""
    place = docks.geometry()
    first = docks.findChild(QDockWidget)
    if first is not None and first.isVisible():
        place.setLeft(place.left() + first.geometry().right() + GAP)
    return place


class Question(QFrame):
    """At most one is asked at a time; a new one takes the place of the last."""

    def __init__(self, window: QWidget, docks: QWidget) -> None:
        super().__init__(window)
        self._docks = docks
        self.setObjectName("overlay")
        self.buttons: list[VerbButton] = []
        self.title = label("", "heading")
        self.text = label("", "strong", name=tr("question"))
        self.text.setWordWrap(True)
        self.more = label("", "quiet", name=tr("about the question"))
        self.more.setWordWrap(True)
        self.away = button("", "link", hint=tr("Esc does the same"), name=tr("put away"))
        self.away.clicked.connect(self.hide)
        self._row = QHBoxLayout()
        self._row.setSpacing(10)
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.away)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 12, MARGIN, MARGIN)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.text)
        column.addWidget(self.more)
        column.addLayout(self._row)

    def ask(self, title: str, text: str, answers: Sequence[Answer], *, away: str, more: str = "") -> None:
        """Ask; `away` says what it means to put the question away."""
        self.setAccessibleName(title)
        set_text(self.title, title)
        set_text(self.text, text)
        set_text(self.more, more)
        self.more.setVisible(bool(more))
        self.away.setText(away)
        self.away.setAccessibleName(away)
        self._clear()
        for answer in answers:
            self._row.addWidget(self._make(answer))
        self._row.addStretch(1)
        self._place()
        self.show()
        self.raise_()

    def _clear(self) -> None:
        self.buttons = []
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def _make(self, answer: Answer) -> VerbButton:
        face = Face(answer.text, cap=tr("hold 1 s") if answer.held else "", colour=Colour.TEXT)
        made: VerbButton = HoldButton(face) if answer.held else VerbButton(face)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.explain(answer.hint)
        acts = made.held if isinstance(made, HoldButton) else made.clicked
        acts.connect(lambda: self._answered(answer))
        self.buttons.append(made)
        return made

    def _answered(self, answer: Answer) -> None:
        self.hide()
        answer.act()

    def follow(self) -> None:
        """Keep to the docks when the window has another size."""
        if not self.isHidden():
            self._place()

    def _place(self) -> None:
        place = beside_flow(self._docks)
        height = self.heightForWidth(place.width()) if self.hasHeightForWidth() else self.sizeHint().height()
        self.setGeometry(QRect(place.topLeft(), place.size()))
        self.resize(place.width(), min(place.height(), max(height, self.sizeHint().height())))
