"""The manual over the docks: its pages on the left, one of them on the right, and a search; it opens no network."""

from typing import Any, Final

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QImage, QImageReader, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QTextBrowser, QVBoxLayout, QWidget

from textcraft_gui.manual.markdown import to_html
from textcraft_gui.manual.pages import Page, folder, pages
from textcraft_gui.overlays.overlays import Overlay
from textcraft_gui.theme import Colour
from textcraft_gui.widgets.fields import LineField
from textcraft_gui.widgets.words import describe
from textcraft_gui.words.i18n import tr
from textcraft_gui.words.translation import spoken

LIST_WIDTH: Final = 250
MOST_WIDE: Final = 760
_STYLE: Final = """
body {{ color: {text}; }} h1 {{ font-size: 19px; font-weight: 600; }} h2 {{ font-size: 15px; font-weight: 600; }}
h3 {{ font-size: 14px; font-weight: 600; }} p, li, td, th {{ font-size: 14px; }} a {{ color: {link}; }}
code, pre {{ font-family: 'JetBrains Mono'; font-size: 13px; color: {code}; }} th {{ text-align: left; color: {dim}; }}
td, th {{ padding: 3px 18px 3px 0; }}
"""


class ManualPage(QTextBrowser):
    """Shows one page; pictures come from the manual's folder by name, and from nowhere else."""

    def loadResource(self, _kind: int, name: QUrl | str) -> Any:  # noqa: N802  Qt's name
        """Return a picture of the manual, scaled to the page; nothing for any other address."""
        address = name.toString() if isinstance(name, QUrl) else name
        path = folder() / address
        if path.parent != folder() or path.suffix != ".webp" or not path.is_file():
            return QImage()
        reader = QImageReader(str(path), b"webp")
        size = reader.size()
        if size.width() > MOST_WIDE:
            reader.setScaledSize(size.scaled(QSize(MOST_WIDE, size.height()), Qt.AspectRatioMode.KeepAspectRatio))
        return reader.read()


class ManualOverlay(Overlay):
    """The pages that hold what is looked for; Enter in the search goes to the next place in the page."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(tr("MANUAL"), window)
        self._pages: tuple[Page, ...] = ()
        self._shown: list[Page] = []
        self.search = LineField(tr("search the manual"), tr("Only pages that hold these words; Enter goes to the next"))
        self.search.setPlaceholderText(tr("search the manual"))
        self.search.left.connect(self.hide)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._find)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("pages of the manual"))
        describe(self.list, tr("Arrows choose a page"))
        self.list.currentRowChanged.connect(self._on_row)
        self.page = ManualPage()
        self.page.setOpenLinks(False)
        self.page.setAccessibleName(tr("page of the manual"))
        describe(self.page, tr("For reading and copying; links go to other pages"))
        self.page.anchorClicked.connect(self._on_link)
        colours = {"text": Colour.TEXT, "link": Colour.INFO, "code": Colour.NEXT, "dim": Colour.DIM}
        self.page.document().setDefaultStyleSheet(_STYLE.format(**colours))
        self.page.document().setDocumentMargin(14)
        self._lay_out()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addLayout(left)
        row.addWidget(self.page, 1)
        self.search.setFixedWidth(LIST_WIDTH)
        self.list.setFixedWidth(LIST_WIDTH)
        self.list.setSpacing(2)
        self.column.addLayout(row, 1)

    def begin(self) -> None:
        """Read the pages at first, and give the search the keyboard."""
        if not self._pages:
            self._pages = pages(spoken())
            self._filter("")
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def open_page(self, name: str) -> bool:
        """Show a page by its file's name; False when there is none."""
        if name not in {page.name for page in self._pages}:
            return False
        if name not in {page.name for page in self._shown}:
            self.search.clear()
        self.list.setCurrentRow(next(row for row, page in enumerate(self._shown) if page.name == name))
        return True

    def _filter(self, words: str) -> None:
        self._shown = [page for page in self._pages if page.holds(words)]
        self.list.clear()
        self.list.addItems([page.title for page in self._shown])
        if self._shown:
            self.list.setCurrentRow(0)
        else:
            self.page.setPlainText(tr("No page holds these words."))

    def _find(self) -> None:
        words = self.search.text().strip()
        if words and not self.page.find(words):
            self.page.moveCursor(QTextCursor.MoveOperation.Start)
            self.page.find(words)

    def _on_row(self, row: int) -> None:
        if 0 <= row < len(self._shown):
            self.page.setHtml(to_html(self._shown[row].text, lambda address: address))

    def _on_link(self, link: QUrl) -> None:
        name, _, place = link.toString().partition("#")
        if (not name or self.open_page(name)) and place:
            self.page.scrollToAnchor(place)
