"""A strip of tabs that keeps every tab reachable: what has no room goes into a menu at its end."""

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLayout, QMenu, QPushButton, QSizePolicy, QWidget

from textcraft_bus.records import dataclass
from textcraft_gui.widgets.words import button, describe
from textcraft_gui.words.i18n import tr

_PAD = 11
_BETWEEN = 10


@dataclass(frozen=True)
class Tab:
    """A tab by its word."""

    word: str
    hint: str = ""
    keep: bool = False
    """Others go into the menu before it."""


class TabStrip(QWidget):
    """The head of a dock."""

    chosen = Signal(int)

    def __init__(self, tabs: list[Tab], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._tabs = tabs
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.chosen)
        self._buttons = [self._make(index, tab) for index, tab in enumerate(tabs)]
        self._more = self._make_more()
        self._lay_out()

    @property
    def buttons(self) -> list[QPushButton]:
        """The tabs, in order."""
        return self._buttons

    def choose(self, index: int) -> None:
        """Open a tab by its number."""
        self._buttons[index].setChecked(True)
        self.chosen.emit(index)
        self._fit()

    @property
    def current(self) -> int:
        """The number of the tab in front; -1 when there is none."""
        return self._group.checkedId()

    def add_corner(self, widget: QWidget) -> None:
        """Put a quiet word at the right end."""
        row = self.layout()
        if isinstance(row, QHBoxLayout):
            row.setStretch(row.count() - 1, 0)
            row.addWidget(widget, 1)

    def rename(self, index: int, word: str) -> None:
        """Change what stands on a tab (a count, a draft)."""
        if self._buttons[index].text() != word:
            self._buttons[index].setText(word)
            self._fit()

    def _make(self, index: int, tab: Tab) -> QPushButton:
        made = button(tab.word, "tab", hint=tab.hint)
        made.setCheckable(True)
        self._group.addButton(made, index)
        return made

    def _make_more(self) -> QPushButton:
        more = button("⋯", "tab", hint=tr("More panels"), name=tr("more panels"))
        more.clicked.connect(self._open_more)
        return more

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(_PAD, 3, _PAD, 0)
        row.setSpacing(_BETWEEN)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        for made in self._buttons:
            row.addWidget(made)
        row.addWidget(self._more)
        row.addStretch(1)
        if self._buttons:
            self._buttons[0].setChecked(True)

    def _fit(self) -> None:
        """Show as many tabs as there is room for; the chosen one always."""
        room = self.width() - 2 * _PAD
        widths = [made.sizeHint().width() + _BETWEEN for made in self._buttons]
        if sum(widths) - _BETWEEN > room:
            room -= self._more.sizeHint().width() + _BETWEEN
        kept = {index for index, tab in enumerate(self._tabs) if tab.keep} | {self._group.checkedId()}
        used = sum(width for index, width in enumerate(widths) if index in kept)
        fits = True
        for index, made in enumerate(self._buttons):
            if index not in kept:
                fits = fits and used + widths[index] <= room + _BETWEEN
                used += widths[index] if fits else 0
            made.setVisible(fits or index in kept)
        self._more.setVisible(not fits)

    def _open_more(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for index, made in enumerate(self._buttons):
            if not made.isHidden():
                continue
            action = menu.addAction(made.text())
            action.setEnabled(made.isEnabled())
            action.setToolTip(made.toolTip())
            action.triggered.connect(lambda _checked=False, index=index: self.choose(index))
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height())))

    def explain(self, index: int, hint: str) -> None:
        """Change the tooltip of a tab."""
        describe(self._buttons[index], hint)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """One row."""
        return QSize(200, 36)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """The menu keeps every tab reachable, so the strip may be narrow."""
        return QSize(140, 36)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Other tabs may fit now."""
        super().resizeEvent(event)
        self._fit()
