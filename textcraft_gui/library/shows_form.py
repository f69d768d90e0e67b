"""[new show…]: a sheet over the docks where a show is begun, a story folder brought in, a manuscript handed out.

Folders are typed, or chosen in Qt's own chooser, which is opened and never waited for.
"""

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QFileDialog, QGridLayout, QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from textcraft_bus.clock import Clock
from textcraft_bus.errors import BusError
from textcraft_core.errors import CommandRefused, EngineError
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.templates import ShowTemplate
from textcraft_gui.library.work import ShowLibrary
from textcraft_gui.overlays.overlays import Overlay
from textcraft_gui.session.ports import Starter
from textcraft_gui.state.feed import Feed
from textcraft_gui.theme import Colour
from textcraft_gui.widgets.bar import Bar
from textcraft_gui.widgets.fields import LineField
from textcraft_gui.widgets.words import button, describe, label, set_look, set_text
from textcraft_gui.words.i18n import tr

Made = Coroutine[Any, Any, tuple[Path, str]]


class FolderField(QHBoxLayout):
    """A folder, typed or chosen; `window` is what the chooser belongs to."""

    def __init__(self, name: str, hint: str, window: QWidget) -> None:
        super().__init__()
        self._window, self._name = window, name
        self.field = LineField(name, hint)
        self.field.setPlaceholderText(name)
        self.choose = button(tr("choose…"), hint=tr("Look for a folder"), name=tr("choose {name}", name=name))
        self.choose.clicked.connect(self._open_chooser)
        self.chooser: QFileDialog | None = None
        self.setSpacing(8)
        self.addWidget(self.field, 1)
        self.addWidget(self.choose)

    @property
    def folder(self) -> Path | None:
        """What was given, None for nothing."""
        text = self.field.text().strip()
        return Path(text).expanduser().absolute() if text else None

    def _open_chooser(self) -> None:
        chooser = self.chooser = QFileDialog(self._window.window(), self._name)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setOption(QFileDialog.Option.ShowDirsOnly)
        chooser.fileSelected.connect(self.field.setText)
        chooser.open()


class ShowsForm(Overlay):
    """Three columns, one thing at a time; the foot tells how far it is, what came of it, and how to end it."""

    def __init__(self, window: QWidget, feed: Feed, starter: Starter, clock: Clock) -> None:
        super().__init__(tr("SHOWS"), window)
        self._feed, self._starter = feed, starter
        self._library = ShowLibrary(clock, self._on_share)
        self._templates: tuple[ShowTemplate, ...] = ()
        self._made: Path | None = None
        self._make_begin()
        self._make_bring()
        self._make_hand_out()
        self._make_foot()
        self._lay_out()
        for field in (self.new.field, self.source.field, self.copy.field):
            field.left.connect(self.hide)
        self._set_busy(busy=False)

    def _make_begin(self) -> None:
        self.list = QListWidget()
        self.list.setAccessibleName(tr("templates"))
        describe(self.list, tr("Whole shows to begin from: people, places, plot and a rehearsal that needs no network"))
        self.list.currentRowChanged.connect(self._on_chosen)
        self.about = label("", "quiet", name=tr("about the template"))
        self.about.setWordWrap(True)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.new = FolderField(tr("folder of the new show"), tr("A new or an empty folder"), self)
        self.begin_show = button(tr("begin this show"), hint=tr("Copy the template there; it is yours to change"))
        self.begin_show.clicked.connect(self._on_begin)

    def _make_bring(self) -> None:
        hint = tr("The folder of a story that another TextCraft program wrote; it is only read")
        self.source = FolderField(tr("their story folder"), hint, self)
        self.copy = FolderField(tr("folder of the copy"), tr("A new or an empty folder"), self)
        self.bring = button(tr("bring it in as a copy"), hint=tr("What is unknown comes along as it is"))
        self.bring.clicked.connect(self._on_bring)

    def _make_hand_out(self) -> None:
        self.pictures = QCheckBox(tr("with the pictures that went up"))
        self.pictures.setAccessibleName(tr("manuscript with pictures"))
        describe(self.pictures, tr("At most 80, each in its chapter, with its caption"))
        self.html = button(tr("as HTML"), hint=tr("One file for screen and paper that needs nothing else"))
        self.html.clicked.connect(lambda: self._hand_out("html"))
        self.pdf = button(tr("as PDF"), hint=tr("A4, one chapter after another"))
        self.pdf.clicked.connect(lambda: self._hand_out("pdf"))

    def _make_foot(self) -> None:
        self.bar = Bar()
        self.cancel = button(tr("cancel"), hint=tr("End it: nothing of it stays"))
        self.cancel.clicked.connect(lambda: self._starter.start(self._library.cancel(), name="end the copying"))
        self.told = label("", "quiet", name=tr("about the shows"))
        self.told.setWordWrap(True)
        self.open = button(tr("open it"), hint=tr("Open what was made: a show in a console of its own"))
        self.open.clicked.connect(self._on_open)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(26)
        titles = (tr("a new show"), tr("a story folder of another program"), tr("the manuscript of this show"))
        begin = _column(titles[0], self.list)
        details = _column("", self.about, self.new, self.begin_show)
        bring = _column(titles[1], self.source, self.copy, self.bring)
        hand_out = _column(titles[2], self.pictures, self.html, self.pdf)
        for place, (column, share) in enumerate(((begin, 4), (details, 6), (bring, 6), (hand_out, 5))):
            grid.addLayout(column, 0, place)
            grid.setColumnStretch(place, share)
        for column in (details, bring, hand_out):
            column.addStretch(1)
        self.list.setSpacing(2)
        self.list.setMinimumWidth(190)
        self.column.addLayout(grid, 1)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addWidget(self.told, 1)
        foot.addWidget(self.bar)
        foot.addWidget(self.cancel)
        foot.addWidget(self.open)
        self.bar.setFixedWidth(160)
        self.column.addLayout(foot)

    def begin(self) -> None:
        """Fill it and give the list the keyboard; open it with `open_at` first."""
        self._say("")
        self.open.hide()
        self._starter.start(self._fill(), name="list the templates")
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    async def _fill(self) -> None:
        if not self._templates:
            self._templates = await self._library.templates()
            self.list.addItems([template.title for template in self._templates])
            self.list.setCurrentRow(0)

    def _on_chosen(self, row: int) -> None:
        if 0 <= row < len(self._templates):
            chosen = self._templates[row]
            chapters = tr("{count} chapters", count=chosen.chapters)
            set_text(self.about, f"{chosen.genre} · {chapters}\n{chosen.logline}")

    def _on_begin(self) -> None:
        folder, row = self.new.folder, self.list.currentRow()
        if folder is None or row < 0:
            self._say(tr("Say first in which folder the show is to lie."), "warn")
            return
        self._do(self._library.begin(self._templates[row].name, folder))

    def _on_bring(self) -> None:
        source, folder = self.source.folder, self.copy.folder
        if source is None or folder is None:
            self._say(tr("Say first which folder it is, and where the copy is to lie."), "warn")
            return
        self._do(self._library.bring_in(source, folder))

    def _hand_out(self, kind: str) -> None:
        show = ShowFolder(Path(self._feed.state.folder))
        self._do(self._library.hand_out(show, kind, pictures=self.pictures.isChecked()))

    def _do(self, work: Made) -> None:
        self.open.hide()
        self._set_busy(busy=True)
        self._say(tr("Working…"))
        self._starter.start(self._finish(work), name="work with shows")

    async def _finish(self, work: Made) -> None:
        try:
            self._made, words = await work
        except CommandRefused as ended:
            self._say(ended.reason)
        except (EngineError, BusError, OSError) as error:
            self._say(tr("It could not be done: {why}", why=error), "warn")
        else:
            self._say(words, "next")
            self.open.show()
            self._feed.tell(words)
        finally:
            self._set_busy(busy=False)

    def _on_open(self) -> None:
        made = self._made
        if made is None:
            return
        if made.is_dir():
            self._starter.start(self._library.open(made), name="open another show")
            self._say(tr("Another console opens it; this one keeps its show."))
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(made))):
            self._say(tr("Nothing opened it. It lies at {path}.", path=made), "warn")

    def _on_share(self, fraction: float) -> None:
        self.bar.show_fraction(fraction, Colour.INFO)

    def _set_busy(self, *, busy: bool) -> None:
        for control in (self.begin_show, self.bring, self.html, self.pdf):
            control.setEnabled(not busy)
        self.bar.show_fraction(0.0)
        self.bar.setVisible(busy)
        self.cancel.setVisible(busy)

    def _say(self, words: str, look: str = "quiet") -> None:
        set_text(self.told, words)
        set_look(self.told, look)


def _column(title: str, *parts: QWidget | QHBoxLayout) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(8)
    if title:
        column.addWidget(label(title, "strong"))
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part)
        else:
            column.addLayout(part)
    return column
