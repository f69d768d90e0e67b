"""TIMELINE: the journal, newest first: searched, filtered, jumped in and exported; it reads through the stage only."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import orjson
from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from textcraft_bus.errors import BusError
from textcraft_core.errors import EngineError
from textcraft_core.events import Event
from textcraft_core.record.journal import Record
from textcraft_core.record.timeline import PAGE, Query
from textcraft_gui.models.timeline import RECORD_ROLE, Column, TimelineModel
from textcraft_gui.session.ports import StagePort, Starter
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Severity
from textcraft_gui.widgets.steady import SteadyBox
from textcraft_gui.widgets.words import button, describe, label
from textcraft_gui.words.event_words import KINDS, names_of
from textcraft_gui.words.i18n import tr, translated
from textcraft_gui.words.picture_names import NAMING

LOOK_MS: Final = 700
"""New events are looked for so often, and only while the newest row is in sight."""
TYPED_MS: Final = 250
"""A search begins when typing pauses."""
_WIDTHS: Final = {Column.TIME: 78, Column.KIND: 78}


class TimelinePanel(QWidget):
    """Rows, the fields of the chosen one, and what narrows them."""

    def __init__(self, feed: Feed, stage: StagePort, tasks: Starter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed, self._stage, self._tasks = feed, stage, tasks
        self._stale = True
        self._asked = 0
        self._from: int | None = None
        """The row a jump went to; None follows the newest."""
        self.model = TimelineModel(self._more, self)
        self._make_head()
        self._make_rows()
        self._lay_out()
        self._typed = QTimer(self, singleShot=True, interval=TYPED_MS)
        self._typed.timeout.connect(self.look)
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._look_if_stale)
        feed.heard.connect(self._on_heard)

    def _make_head(self) -> None:
        self.search = _field(tr("find in the journal…"), tr("Show only events that hold these words"))
        self.jump = _field(tr("jump: 20:14"), tr("Go to a time of today: hours and minutes, then Enter"))
        self.jump.setFixedWidth(110)
        self.kind = SteadyBox()
        self.kind.addItem(tr("everything"), "")
        for kind in KINDS:
            self.kind.addItem(translated(kind), kind)
        self.kind.setAccessibleName(tr("kind of event"))
        describe(self.kind, tr("Show only events of one kind"))
        self.export = button(tr("export"), hint=tr("Write these events into the show's folder as CSV"))
        self.newest = button(tr("newest"), "link", hint=tr("Back to what happens now"))
        self.newest.hide()
        self.search.textChanged.connect(self._on_typed)
        self.kind.currentIndexChanged.connect(self.look)
        self.jump.returnPressed.connect(self._on_jump)
        self.export.clicked.connect(self._on_export)
        self.newest.clicked.connect(self._to_newest)

    def _make_rows(self) -> None:
        self.rows = _table(self.model)
        self.rows.selectionModel().currentRowChanged.connect(self._on_chosen)
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setProperty("look", "field")
        self.details.setAccessibleName(tr("fields of the chosen event"))
        describe(self.details, tr("Everything the journal keeps of the chosen event"))
        self.details.hide()
        self.empty = label(tr("Nothing in the journal fits. Change the words or the kind."), "quiet")
        self.empty.hide()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        for widget, stretch in ((self.search, 1), (self.kind, 0), (self.jump, 0), (self.newest, 0), (self.export, 0)):
            head.addWidget(widget, stretch)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.rows)
        split.addWidget(self.details)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        split.setSizes([300, 90])
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 10, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.empty)
        column.addWidget(split, 1)

    # Looking

    def query(self) -> Query:
        """What is wanted now, without a place."""
        return Query(names_of(self.kind.currentData()), self.search.text().strip())

    def look(self) -> None:
        """Read the first page anew."""
        self._stale = False
        self._read(self.model.show_records, self._from)

    def _more(self) -> None:
        self._read(self.model.add_records, self.model.oldest)

    def _read(self, show: Callable[..., None], before: int | None) -> None:
        self._asked += 1
        query = self.query()
        asked = Query(query.names, query.text, before, PAGE)
        self._tasks.start(self._read_page(asked, self._asked, show), name="read the timeline")

    async def _read_page(self, query: Query, asked: int, show: Callable[..., None]) -> None:
        try:
            records = await self._stage.timeline(query)
            await self._learn_pictures(records)
        except EngineError as error:
            self._feed.tell(tr("The journal cannot be read: {why}", why=error), Severity.WARN)
            return
        if asked == self._asked:  # a later question makes this answer worthless
            show(records, more=len(records) == query.count)
            self.empty.setVisible(self.model.rowCount() == 0)

    async def _learn_pictures(self, records: list[Record]) -> None:
        """Hear what the pictures of a page are called, also where their orders stand on an older one."""
        pictures = self.model.pictures
        pictures.hear(records)
        if pictures.unknown(records):
            pictures.hear(await self._stage.timeline(Query(NAMING, before=records[0].seq, count=PAGE)))

    def _on_heard(self, _event: Event) -> None:
        self._stale = True

    def _look_if_stale(self) -> None:
        at_top = self.rows.verticalScrollBar().value() == 0
        chosen = self.rows.currentIndex().isValid()
        if self._stale and at_top and not chosen and self._from is None:
            self.look()

    def _on_typed(self) -> None:
        self._typed.start()

    # Acting

    def _on_chosen(self, index: QModelIndex) -> None:
        record = index.data(RECORD_ROLE)
        self.details.setVisible(isinstance(record, Record))
        self.details.setPlainText(_fields(record) if isinstance(record, Record) else "")

    def _on_jump(self) -> None:
        try:
            clock = datetime.strptime(self.jump.text().strip(), "%H:%M")
        except ValueError:
            self._feed.tell(tr("Write a time of day to jump to, as 20:14."))
            return
        at = self._feed.now().date.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
        self._tasks.start(self._jump_to(at), name="jump in the timeline")

    async def _jump_to(self, at: datetime) -> None:
        self._from = await self._stage.timeline_place(at)
        self.newest.show()
        self.look()

    def _to_newest(self) -> None:
        self._from = None
        self.newest.hide()
        self.rows.setCurrentIndex(QModelIndex())
        self.rows.scrollToTop()
        self.look()

    def _on_export(self) -> None:
        self.export.setEnabled(False)
        self._tasks.start(self._export(), name="export the timeline")

    async def _export(self) -> None:
        try:
            path, rows, cut = await self._stage.export_timeline(self.query())
        except (EngineError, BusError, OSError) as error:
            self._feed.tell(tr("The export failed: {why}", why=error), Severity.WARN)
        else:
            more = tr(" The oldest had no room.") if cut else ""
            self._feed.tell(tr("{rows} events are in {path}.{more}", rows=rows, path=path, more=more))
        finally:
            self.export.setEnabled(True)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Look only while somebody can see it."""
        super().showEvent(event)
        self._look.start()
        self._look_if_stale()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        """Rest."""
        super().hideEvent(event)
        self._look.stop()


def _field(placeholder: str, hint: str) -> QLineEdit:
    field = QLineEdit()
    field.setPlaceholderText(placeholder)
    field.setAccessibleName(placeholder)
    field.setClearButtonEnabled(True)
    describe(field, hint)
    return field


def _table(model: TimelineModel) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setAccessibleName(tr("timeline"))
    describe(table, tr("One line for each event of the journal; arrows choose one, its fields stand beside"))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setWordWrap(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(24)
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setStretchLastSection(True)
    for column, width in _WIDTHS.items():
        table.setColumnWidth(column, width)
    table.setMinimumSize(QSize(200, 80))
    return table


def _fields(record: Record) -> str:
    fields = orjson.dumps(record.event.model_dump(mode="json"), option=orjson.OPT_INDENT_2).decode()
    when = record.at.astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return f"{record.seq} · {when} · {type(record.event).__name__}\n{fields}"
