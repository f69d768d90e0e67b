"""REHEARSAL: how rehearsals are played, recordings to see again, and the copies that rehearsals left."""

from collections.abc import Coroutine
from pathlib import PurePath
from typing import Any, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core.errors import CommandRefused
from textcraft_gui.panels.rehearsal.bench_form import BenchForm
from textcraft_gui.panels.rehearsal.copies_page import CopiesPage
from textcraft_gui.panels.rehearsal.replay_page import ReplayPage
from textcraft_gui.pictures.pictures import PictureStore
from textcraft_gui.session.ports import StagePort, Starter
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.choice import Choice
from textcraft_gui.widgets.words import button, label, set_text
from textcraft_gui.words.engine_words import engine_words
from textcraft_gui.words.i18n import tr

BENCH: Final = 0
REPLAY: Final = 1
COPIES: Final = 2


class RehearsalPanel(QWidget):
    """Three pages under one tab."""

    def __init__(
        self,
        feed: Feed,
        stage: StagePort,
        tasks: Starter,
        verbs: Verbs,
        store: PictureStore,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._feed, self._stage, self._tasks, self._verbs = feed, stage, tasks, verbs
        self._seen = -1
        self._folder = ""
        self.form = BenchForm(feed, verbs)
        self.replay = ReplayPage(feed, verbs, store)
        self.copies = CopiesPage(stage.bench, verbs, self._start)
        options = [
            (BENCH, tr("BENCH"), tr("How rehearsals are played")),
            (REPLAY, tr("REPLAY"), tr("Recorded runs, to see again")),
            (COPIES, tr("COPIES"), tr("What rehearsals left")),
        ]
        self.choice = Choice(tr("part of the rehearsal bench"), options)
        self.choice.show_value(BENCH)
        self.doing = label("", "info", elide=True, name=tr("what is under way"))
        self.cancel = button(tr("cancel"), "small", hint=tr("End it now; nothing of the copy stays"))
        self.cancel.clicked.connect(lambda: verbs.ask(Verb.CANCEL_BENCH_WORK, cmd.CancelBenchWork()))
        self._lay_out()
        self.choice.chosen.connect(self.open_page)
        feed.follow(self.refresh)

    def _lay_out(self) -> None:
        self._scroll = QScrollArea()
        self.form.setObjectName("form")
        self._scroll.setWidget(self.form)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(tr("how rehearsals are played"))
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pages = QStackedWidget()
        for page in (self._scroll, self.replay, self.copies):
            self.pages.addWidget(page)
        self.work = QWidget()
        work = QHBoxLayout(self.work)
        work.setContentsMargins(0, 0, 0, 0)
        work.addWidget(self.doing, 1)
        work.addWidget(self.cancel)
        self.work.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 8, 6)
        column.setSpacing(6)
        column.addWidget(self.choice)
        column.addWidget(self.work)
        column.addWidget(self.pages, 1)

    def open_page(self, page: object) -> None:
        """Bring one of the three to the front."""
        self.pages.setCurrentIndex(int(str(page)))
        self.choice.show_value(page)

    def refresh(self, areas: Area) -> None:
        """Look at the state again."""
        if not areas & (Area.BENCH | Area.SHOW | Area.ENGINE):
            return
        state = self._feed.state
        self.form.show_state(state)
        self.replay.show_state(state)
        self._show_work()
        if (state.bench.changes, state.folder) != (self._seen, self._folder) and self.isVisible():
            self._read()

    def _show_work(self) -> None:
        state = self._feed.state
        copying = state.changing if state.changing_share is not None else ""
        share = state.changing_share if copying else state.bench.share
        doing = state.bench.doing or copying
        percent = f" {share:.0%}" if share is not None else ""
        set_text(self.doing, f"{doing}…{percent}" if doing else "")
        self.work.setVisible(bool(doing))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Lists are read when they are looked at."""
        super().showEvent(event)
        self._read()

    def _read(self) -> None:
        state = self._feed.state
        self._seen, self._folder = state.bench.changes, state.folder
        self._start(self._read_lists(), "read rehearsals and recordings")

    def _start(self, coro: Coroutine[Any, Any, None], name: str) -> object:
        return self._tasks.start(coro, name=name)

    async def _read_lists(self) -> None:
        bench, state = self._stage.bench, self._feed.state
        try:
            self.form.show_profiles(await bench.profiles())
            self.form.show_state(state)
            copies, recordings = await bench.copies(), await bench.recordings()
        except CommandRefused as refusal:
            self._feed.tell(engine_words(refusal.reason))
            return
        playing = PurePath(state.folder).name if state.mode is Mode.REHEARSE else ""
        self.copies.show_copies(copies, playing, self._feed.now().date)
        self.replay.show_recordings(recordings, state.title)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Its pages scroll."""
        return QSize(240, 160)
