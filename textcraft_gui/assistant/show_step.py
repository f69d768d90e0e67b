"""The first step: a show begun from a template, one that is there, a story brought in, or the one that is open."""

import asyncio
import os
from pathlib import Path

from PySide6.QtCore import QSize, QStandardPaths, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QToolButton, QWidget

from textcraft_bus.disk.assets import resources
from textcraft_core.errors import ShowError
from textcraft_core.show.bring_in import unfit
from textcraft_core.show.folder import ShowFolder, open_show
from textcraft_core.show.holder import holder_of
from textcraft_core.show.templates import ShowTemplate, unsuitable
from textcraft_gui.assistant.choices import Beginning, Choices, ShowChoice
from textcraft_gui.assistant.step import Step, choice, page
from textcraft_gui.library.shows_form import FolderField
from textcraft_gui.pictures.pictures import read_scaled
from textcraft_gui.theme import BODY_PX
from textcraft_gui.widgets.words import describe, label, set_text
from textcraft_gui.words.i18n import tr

PICTURE = QSize(208, 117)


class TemplateCards(QWidget):
    """One picture for each template; exactly one is chosen."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("templates"))
        self.buttons: list[QToolButton] = []
        self._group = QButtonGroup(self)
        self._group.idToggled.connect(lambda number, on: self.chosen.emit(number) if on else None)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(10)
        self._row.addStretch(1)

    def show_templates(self, templates: tuple[ShowTemplate, ...]) -> None:
        """Make them; the first is chosen."""
        for number, template in enumerate(templates):
            made = _card(template)
            self._group.addButton(made, number)
            self._row.insertWidget(number, made)
            self.buttons.append(made)
        self.buttons[0].setChecked(True)

    @property
    def row(self) -> int:
        """Which is chosen, -1 while there are none."""
        return self._group.checkedId()


def _card(template: ShowTemplate) -> QToolButton:
    made = QToolButton()
    made.setProperty("look", "card")
    made.setCheckable(True)
    made.setAutoRaise(False)
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    made.setText(template.title.replace("&", "&&"))
    made.setAccessibleName(template.title)
    describe(made, template.logline)
    picture = read_scaled(str(resources("templates", f"{template.name}.webp")), PICTURE * 2)
    made.setIcon(QIcon(QPixmap.fromImage(picture)))
    made.setIconSize(PICTURE)
    return made


class ShowStep(Step):
    """`folder` of the show that is open here, for those who only want to set it up."""

    def __init__(self, templates: tuple[ShowTemplate, ...], present: Path, *, first: bool) -> None:
        super().__init__(tr("show"), tr("Which show? It is a folder of its own that you can read, copy and keep."))
        self._templates, self._present = templates, present
        self._typed = False
        self.how = choice(tr("where the show comes from"), _ways(first=first))
        self.how.chosen.connect(self._on_how)
        self.beginning = Beginning.TEMPLATE if first else Beginning.THIS
        self.stack = QStackedWidget()
        self._make_pages()
        self.column.addWidget(self.how)
        self.column.addWidget(self.stack)
        self.column.addStretch(1)
        self.how.show_value(self.beginning)
        self._on_how(self.beginning)
        self.cards.show_templates(templates)

    def _make_pages(self) -> None:
        hint = tr("A new or an empty folder")
        self.cards = TemplateCards()
        self.cards.chosen.connect(self._on_card)
        self.about = label("", "quiet", name=tr("about the template"))
        self.about.setWordWrap(True)
        self.about.setMinimumHeight(3 * BODY_PX + 10)
        self.new = FolderField(tr("folder of the new show"), hint, self)
        self.new.field.textEdited.connect(self._on_typed)
        self.there = FolderField(tr("folder of the show"), tr("A folder that holds a show: it has a folder data"), self)
        words = tr("The folder of a story that another TextCraft program wrote; it is only read")
        self.source = FolderField(tr("their story folder"), words, self)
        self.copy = FolderField(tr("folder of the copy"), hint, self)
        this = label(tr("The show that is open here: {folder}", folder=self._present), "quiet", name=tr("this show"))
        this.setWordWrap(True)
        where = tr("It will lie in this folder:")
        for parts in (
            (self.cards, self.about, label(where, "strong"), self.new),
            (label(tr("Where is it?"), "strong"), self.there),
            (label(words, "quiet"), self.source, label(where, "strong"), self.copy),
            (this,),
        ):
            self.stack.addWidget(page(*parts))

    def begin(self, _choices: Choices, /) -> None:
        """Give the choice the keyboard."""
        self.how.buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, beginning: Beginning) -> None:
        """Choose where the show comes from, as its button does."""
        self.how.show_value(beginning)
        self._on_how(beginning)

    def _on_how(self, beginning: object) -> None:
        self.beginning = Beginning(str(beginning))
        self.stack.setCurrentIndex(list(Beginning).index(self.beginning))

    def _on_typed(self) -> None:
        self._typed = bool(self.new.field.text())

    def _on_card(self, row: int) -> None:
        chosen = self._templates[row]
        chapters = tr("{count} chapters", count=chosen.chapters)
        set_text(self.about, f"{chosen.genre} · {chapters}\n{chosen.logline}")
        if not self._typed:
            self.new.field.setText(str(_free(_documents() / chosen.title)))

    def _chosen(self) -> ShowChoice | None:
        match self.beginning:
            case Beginning.TEMPLATE if self.new.folder is not None and self.cards.row >= 0:
                template = self._templates[self.cards.row].name
                return ShowChoice(Beginning.TEMPLATE, self.new.folder, template)
            case Beginning.OPEN if self.there.folder is not None:
                return ShowChoice(Beginning.OPEN, self.there.folder)
            case Beginning.BRING_IN if self.source.folder is not None and self.copy.folder is not None:
                return ShowChoice(Beginning.BRING_IN, self.copy.folder, source=self.source.folder)
            case Beginning.THIS:
                return ShowChoice(Beginning.THIS, self._present)
        return None

    async def problem(self) -> str:
        """A folder that is missing, taken, or cannot be written."""
        chosen = self._chosen()
        if chosen is None:
            return tr("Say first which folder it is.")
        return await asyncio.to_thread(_problem, chosen)

    def put(self, choices: Choices) -> None:
        """The show."""
        choices.show = self._chosen()

    def skip(self, choices: Choices) -> None:
        """The show that is open stays the one."""
        choices.show = None

    @property
    def logline(self) -> str:
        """What a painter on trial may paint: the chosen template's own words, "" for none."""
        of_template = self.beginning is Beginning.TEMPLATE and self.cards.row >= 0
        return self._templates[self.cards.row].logline if of_template else ""


def _ways(*, first: bool) -> list[tuple[object, str, str]]:
    this = tr("look around: the sample show") if first else tr("this show")
    about = tr("Nothing is made; you can begin your own at any time") if first else tr("Set up the show that is open")
    return [
        (Beginning.TEMPLATE, tr("from a template"), tr("Begin a show of your own from one of the four that ship")),
        (Beginning.OPEN, tr("one I have"), tr("Open a show that lies on this machine")),
        (Beginning.BRING_IN, tr("a story of another program"), tr("Copy it; the original is only read")),
        (Beginning.THIS, this, about),
    ]


def _documents() -> Path:
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(place or Path.home()) / "TextCraft"


def _free(wanted: Path) -> Path:
    """The folder, or the same with a number when it is taken."""
    names = (wanted, *(wanted.with_name(f"{wanted.name} {number}") for number in range(2, 100)))
    return next((path for path in names if not path.exists()), wanted)


def _problem(chosen: ShowChoice) -> str:
    """Blocking: looks at folders."""
    if chosen.beginning is Beginning.OPEN:
        return _not_to_open(chosen.folder)
    if chosen.beginning is Beginning.THIS:
        return ""
    if chosen.source is not None and (told := unfit(chosen.source)):
        return told
    return unsuitable(chosen.folder) or _not_writable(chosen.folder)


def _not_to_open(folder: Path) -> str:
    try:
        show = open_show(str(folder))
    except ShowError as fault:
        return str(fault)
    holder = holder_of(ShowFolder(show.root))
    if holder is not None and holder.pid != os.getpid():
        return tr("{who} holds this show: end that first.", who=holder.words)
    return _not_writable(show.root)


def _not_writable(folder: Path) -> str:
    there = next((path for path in (folder, *folder.parents) if path.exists()), None)
    if there is None or not os.access(there, os.W_OK | os.X_OK):
        return tr("Nothing can be written in {folder}: choose another folder.", folder=there or folder)
    return ""
