"""The fourth step: which screens become walls, and what they are called; each screen can say which one it is."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from textcraft_gui.assistant.choices import Choices, wrong_wall
from textcraft_gui.assistant.identify import Identify
from textcraft_gui.assistant.step import Step, row
from textcraft_gui.widgets.fields import LineField
from textcraft_gui.widgets.words import button, describe, label, set_text
from textcraft_gui.words.i18n import tr

WALL = "wall"


class WallsStep(Step):
    """The screens are looked at when it comes into sight, and again by a button."""

    def __init__(self) -> None:
        super().__init__(
            tr("walls"), tr("Which screens are walls? The audience sees them; this console stays where it is.")
        )
        self._screens: list[QScreen] = []
        self.ticks: list[QCheckBox] = []
        self.names: list[LineField] = []
        self._table = QWidget()
        self._grid = QGridLayout(self._table)
        self._grid.setContentsMargins(0, 6, 0, 6)
        self._grid.setHorizontalSpacing(18)
        self.identify = Identify(self)
        self.show_signs = button(tr("identify"), hint=tr("Each screen says which one it is, for five seconds"))
        self.show_signs.clicked.connect(self._on_identify)
        self.again = button(
            tr("look again"), hint=tr("After a projector was plugged in"), name=tr("look for screens again")
        )
        self.again.clicked.connect(self.look)
        self.told = label("", "quiet", name=tr("about the screens"))
        self.told.setWordWrap(True)
        self.column.addWidget(self._table)
        self.column.addLayout(row(self.show_signs, self.again))
        self.column.addWidget(self.told)
        self.column.addStretch(1)

    def begin(self, _choices: Choices, /) -> None:
        """Look at the screens; what was ticked and named stays while they are the same."""
        if self._screens != self._present():
            self.look()
        self.show_signs.setFocus(Qt.FocusReason.OtherFocusReason)

    def _present(self) -> list[QScreen]:
        return [screen for screen in QGuiApplication.screens() if not screen.geometry().isEmpty()]

    def look(self) -> None:
        """Look which screens there are."""
        self._screens = self._present()
        self.ticks, self.names = [], []
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for number, screen in enumerate(self._screens, start=1):
            self._add(number, screen)
        self._grid.setColumnStretch(3, 1)
        set_text(self.told, self._about())

    def _add(self, number: int, screen: QScreen) -> None:
        self._grid.addWidget(label(str(number), "sign-row"), number, 0)
        self._grid.addWidget(label(screen_words(screen), name=tr("screen {number}", number=number)), number, 1)
        if len(self._screens) > 1 and screen is self._own():
            self._grid.addWidget(label(tr("this console stands here"), "quiet"), number, 2)
            return
        tick = QCheckBox(tr("a wall in a window") if len(self._screens) == 1 else tr("a wall"))
        tick.setChecked(True)
        tick.setAccessibleName(tr("screen {number} is a wall", number=number))
        describe(tick, tr("A wall opens there, full screen, when the show begins"))
        name = LineField(tr("name of the wall on screen {number}", number=number), tr("Letters, digits, - and _"))
        name.setText(WALL if not self.names else f"{WALL}{len(self.names) + 1}")
        name.setFixedWidth(180)
        tick.toggled.connect(name.setEnabled)
        self._grid.addWidget(tick, number, 2)
        self._grid.addWidget(name, number, 3, Qt.AlignmentFlag.AlignLeft)
        self.ticks.append(tick)
        self.names.append(name)

    def _own(self) -> QScreen:
        return self.screen()

    def _about(self) -> str:
        if len(self._screens) > 1:
            return tr(
                "A wall takes the screens that are free, in this order, and remembers its own. If two stand the wrong "
                "way round, change them in WALLS + LOOK."
            )
        return tr(
            "One screen was found, so the wall opens in a window. With a projector plugged in, that means that the "
            "system mirrors: choose in its display settings to extend the desktop, then look again."
        )

    def _on_identify(self) -> None:
        self.identify.show([(screen, screen_words(screen)) for screen in self._screens], self._own())

    def _walls(self) -> tuple[str, ...]:
        pairs = zip(self.ticks, self.names, strict=True)
        return tuple(name.text().strip() for tick, name in pairs if tick.isChecked())

    async def problem(self) -> str:
        """A name no wall can have, or no wall at all."""
        walls = self._walls()
        if not walls:
            return tr("Choose one screen at least, or skip this step.")
        if any(not name for name in walls):
            return tr("Each wall needs a name.")
        bad = wrong_wall(walls)
        return tr("{name} cannot be the name of a wall, or is there twice.", name=bad) if bad else ""

    def put(self, choices: Choices) -> None:
        """The walls."""
        choices.walls = self._walls()

    def skip(self, choices: Choices) -> None:
        """The show's own walls stay."""
        choices.walls = None

    async def rest(self) -> None:
        """Take the signs away."""
        self.identify.end()


def screen_words(screen: QScreen) -> str:
    """A screen as people know it: its maker and model where it tells them, its connector, and its size."""
    known = " ".join(part for part in (screen.manufacturer().strip(), screen.model().strip()) if part)
    ratio, size = screen.devicePixelRatio(), screen.size()
    pixels = f"{round(size.width() * ratio)}×{round(size.height() * ratio)}"
    return "  ·  ".join(part for part in (known, screen.name().strip(), pixels) if part)
