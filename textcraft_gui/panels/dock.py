"""A dock of the console: a strip of tabs over one sheet; it may be moved, never closed and never made a window."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QFrame, QStackedWidget, QVBoxLayout, QWidget

from textcraft_bus.records import dataclass
from textcraft_gui.late import Late
from textcraft_gui.widgets.tab_strip import Tab, TabStrip


@dataclass(frozen=True)
class Page:
    """A panel with its tab, made when it is first looked at."""

    word: str
    hint: str
    panel: Late[QWidget]
    keep: bool = False
    """Its tab stays in sight where not all have room."""


class Dock(QDockWidget):
    """One of the docks in band D."""

    def __init__(self, name: str, pages: list[Page], parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setObjectName(name)
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
        self.setAllowedAreas(Qt.DockWidgetArea.AllDockWidgetAreas)
        self.strip = TabStrip([_tab(page) for page in pages])
        self._stack = QStackedWidget()
        self._words = [page.word for page in pages]
        self._panels = {index: page.panel for index, page in enumerate(pages)}
        self.setTitleBarWidget(self.strip)
        self.setWidget(self._sheet())
        for panel in self._panels.values():
            panel.join(self._stack.addWidget)
        self.strip.chosen.connect(self._show)
        self._show(0)

    def _show(self, index: int) -> None:
        self._stack.setCurrentWidget(self._panels[index]())

    def lock(self, locked: bool) -> None:
        """Whether it stays where it is."""
        movable = QDockWidget.DockWidgetFeature.DockWidgetMovable
        self.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures if locked else movable)

    def open(self, widget: QWidget) -> None:
        """Bring the tab of a panel to the front."""
        for index, panel in self._panels.items():
            if panel.made is widget:
                self.strip.choose(index)

    @property
    def page(self) -> str:
        """The word of the tab in front, as the page was named."""
        index = self.strip.current
        return self._words[index] if 0 <= index < len(self._words) else ""

    def show_page(self, word: str) -> bool:
        """Bring a tab to the front by its word; False when there is none."""
        index = self._words.index(word) if word in self._words else -1
        if index in self._panels:
            self.strip.choose(index)
        return index in self._panels

    def _sheet(self) -> QFrame:
        sheet = QFrame()
        sheet.setObjectName("sheet")
        column = QVBoxLayout(sheet)
        column.setContentsMargins(1, 0, 1, 1)
        column.addWidget(self._stack)
        return sheet


def _tab(page: Page) -> Tab:
    return Tab(page.word, page.hint, page.keep)
