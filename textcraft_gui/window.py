"""The console's window: four fixed bands and the docks between them, put together; knows no process and no engine."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget

from textcraft_bus.channel.messages import Mode
from textcraft_bus.disk.assets import resources
from textcraft_core.events import Event, RehearsalLeft
from textcraft_gui.bands.front import FrontView
from textcraft_gui.bands.message_lane import MessageLane
from textcraft_gui.bands.program import ProgramBand
from textcraft_gui.bands.status import StatusBand
from textcraft_gui.bands.stops import StopsBand
from textcraft_gui.furnishing import Furnisher
from textcraft_gui.keys.key_filter import KeyFilter
from textcraft_gui.keys.keymap import Keymap
from textcraft_gui.keys.tab_order import move_on
from textcraft_gui.keys.wall_keys import WallKeys
from textcraft_gui.late import Late
from textcraft_gui.layouts import Layouts
from textcraft_gui.metrics import Recorder
from textcraft_gui.models.log_lines import LogSink
from textcraft_gui.overlays.new_screen import NewScreens
from textcraft_gui.overlays.overlays import Overlays
from textcraft_gui.overlays.pin_form import PinForm
from textcraft_gui.overlays.sheets import Sheets
from textcraft_gui.panels.dock import Dock, Page
from textcraft_gui.panels.flow.flow import FlowPanel
from textcraft_gui.panels.late_panels import LatePanels
from textcraft_gui.panels.pictures.picture_rooms import PictureRooms
from textcraft_gui.panels.texts.manuscript import ManuscriptPanel
from textcraft_gui.pictures.pictures import PictureStore
from textcraft_gui.rehearsal.rehearsal_end import ask_what_becomes_of_it
from textcraft_gui.session.code_trust import CodeTrust
from textcraft_gui.session.ports import StagePort, Starter, WritingPort
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area
from textcraft_gui.theme import MARGIN, dress, fit, prepare
from textcraft_gui.unattended.front_of_house import FrontOfHouse
from textcraft_gui.unattended.idle import IdleWatch
from textcraft_gui.unattended.pin import Pin
from textcraft_gui.unattended.reading_shade import ReadingShade
from textcraft_gui.verbs import mode_rules
from textcraft_gui.verbs.actions import BY_VERB
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.words.i18n import tr, translated
from textcraft_qt.fonts import FontFamilies
from textcraft_qt.labels import harmless

if TYPE_CHECKING:
    from textcraft_gui.overlays.keys_overlay import KeysOverlay
    from textcraft_gui.panels.texts.bible import BiblePanel

log = logging.getLogger(__name__)

LEAST: Final = QSize(1280, 660)
"""A screen of 1280×720 less the title bar and a task bar."""
USUAL: Final = QSize(1280, 800)
QUICK_PNG: Final = 80
"""Qt's word for little compression: less than half of the time on the main thread, a sixth more bytes."""


class ConsoleWindow(LatePanels, QWidget):
    """One show before one operator. It never closes by itself: it says that closing was asked for."""

    close_requested = Signal()

    def __init__(
        self,
        stage: StagePort,
        tasks: Starter,
        fonts: FontFamilies,
        keymap: Keymap | None = None,
        pin: Pin | None = None,
    ) -> None:
        """Put the console of a stage together; `tasks` runs its verbs, `fonts` are the loaded ones."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            prepare(app, fonts)
        super().__init__()
        self.feed = Feed(stage, parent=self)
        self.verbs = Verbs(stage, self.feed.state, tasks)
        self.keymap = self.verbs.keymap = keymap or Keymap()
        self._stage, self._starter = stage, tasks
        self.starter = tasks
        self._may_close = False
        self._store = PictureStore(self)
        self.setObjectName("console")
        self.setWindowTitle("TextCraft")
        self.setWindowIcon(QIcon(str(resources("icons", "textcraft.png"))))
        self.setMinimumSize(LEAST)
        self.resize(USUAL)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._make_bands()
        self._make_panels()
        self._lay_out()
        self.overlays = Overlays(self.feed, self._store, self.verbs, self.keymap, self, self._middle)
        self.rooms.attach(self.overlays)
        self.code_trust = CodeTrust(self.feed, self.verbs, self.overlays, tasks, self)
        self.new_screens = NewScreens(self.feed, self.rooms.wall_verbs, self.overlays.question)
        self.pin = pin or Pin(stage.clock)
        self.pin_form = PinForm(self, self.pin, tasks)
        self.overlays.add(self.pin_form)
        self.sheets = Sheets(self.overlays, self, self.feed, tasks, stage.clock)
        self.front = FrontOfHouse(self.feed, self.verbs, tasks, self.front_view, self.pin)
        self.front.join((self.program, self._docks), self.status, self.stops, self.overlays)
        self.keys = KeyFilter(self, self.verbs, self.feed.state, stage.clock, self.overlays, self.keymap)
        self.idle = IdleWatch(self.verbs, self.feed.state, stage.clock, self)
        self.wall_keys = WallKeys(stage, self.keys, self.idle.touch, self)
        self.furnisher = Furnisher(self.late_parts, lambda: self.idle.untouched, self)
        self._connect()
        self._let_late_ones_join()
        self._shade = ReadingShade(self.feed, self)
        dress(self)

    @property
    def writing(self) -> WritingPort:
        """What is read of the texts of the show in play."""
        return self._stage.writing

    def _make_bands(self) -> None:
        self.status = StatusBand(self.feed, self.verbs)
        self.program = ProgramBand(self.feed, self.verbs, self._store)
        self.stops = StopsBand(self.feed, self.verbs)
        self.front_view = FrontView(self.feed, self.verbs, self._store)
        self.lane = MessageLane(self.feed, self.verbs)

    def _make_panels(self) -> None:
        self.recorder = Recorder(self.feed, self)
        self.log_sink = LogSink()
        self.flow = FlowPanel(self.feed, self.verbs, self._stage)
        self.manuscript = ManuscriptPanel(self.feed, self._stage, self.verbs, self._starter)
        self.rooms = PictureRooms(self, self.feed, self.verbs, self._store)
        self.candidates = self.rooms.candidates
        flow, script = Late(lambda: self.flow), Late(lambda: self.manuscript)
        window = type(self)
        self.left = Dock(tr("FLOW"), [Page(tr("FLOW"), tr("The cycle and the line to the Architect"), flow)])
        self.left.strip.add_corner(self.flow.task)
        self.centre = Dock(
            tr("SCRIPT"),
            [
                Page(tr("MANUSCRIPT"), tr("What is being written"), script),
                Page(tr("MATRIX"), tr("Every chapter and how it stands"), window.matrix.of(self)),
                Page(tr("PERSONAS"), tr("The company of writers"), window.personas.of(self)),
                Page(
                    tr("STORY BIBLE"), tr("The show, its people and places, timeline and brief"), window.bible.of(self)
                ),
                Page(tr("TIMELINE"), tr("Everything that happened, from the journal"), window.timeline.of(self)),
                Page(tr("METRICS"), tr("Times, tokens, money and memory as plots"), window.metrics.of(self)),
                Page(tr("LOG"), tr("What the programs write about themselves"), window.log.of(self)),
            ],
        )
        self.right = Dock(
            tr("PICTURES"),
            [
                *self.rooms.pages(),
                Page(
                    tr("REHEARSAL"),
                    tr("How rehearsals are played, recordings, and copies"),
                    window.rehearsal.of(self),
                ),
                Page(tr("DAY"), tr("Opening hours, pre-flight and report"), window.day.of(self), keep=True),
            ],
        )

    def _lay_out(self) -> None:
        self._docks = QMainWindow()
        self._docks.setWindowFlags(Qt.WindowType.Widget)
        self._docks.setObjectName("docks")
        self._docks.setDockNestingEnabled(True)
        docks = (self.left, self.centre, self.right)
        for dock, name in zip(docks, ("left", "centre", "right"), strict=True):
            dock.setObjectName(name)  # kept layouts know it by that, in every language
            self._docks.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, dock)
        self.layouts = Layouts(self._docks, docks, self)
        self._middle = QWidget()
        within = QVBoxLayout(self._middle)
        within.setContentsMargins(0, 0, 0, 0)
        within.addWidget(self._docks)
        within.addWidget(self.front_view)
        holder = QVBoxLayout()
        holder.setContentsMargins(MARGIN, 0, MARGIN, 8)
        holder.addWidget(self._middle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.status)
        column.addWidget(self.program)
        column.addWidget(self.stops)
        column.addLayout(holder, 1)
        column.addWidget(self.lane)

    def _connect(self) -> None:
        self.verbs.on_refused = self._on_refused
        self.verbs.serve(Verb.HELP, self.overlays.toggle_keys)
        self.keymap.changed(lambda: self.feed.refreshed.emit(~Area.NOTHING))
        self.verbs.serve(Verb.RESET_LAYOUT, self.layouts.reset)
        self.verbs.serve(Verb.LAYOUT_FOR_SHOW, self._keep_layout_for_show)
        self.verbs.serve(Verb.SET_PIN, self._open_pin_form)
        self.verbs.serve(Verb.SHOWS, self.sheets.open_shows)
        self.verbs.serve(Verb.SET_UP, self.sheets.open_assistant)
        self.verbs.serve(Verb.MANUAL, self.sheets.toggle_manual)
        self.keys.refuses = self.front.refuses
        self.keys.exempt = self.front_view.pin
        self.keys.said.connect(self.front_view.say)
        self.verbs.serve(Verb.PALETTE, self.overlays.toggle_palette)
        self.verbs.serve(Verb.PEEK, self.overlays.open_peek, self.overlays.show_peek)
        self.verbs.serve(Verb.EDIT_CAPTION, self.program.edit_caption)
        self.verbs.serve(Verb.FULL_SCREEN, lambda: self._fill_screen(not self.isFullScreen()), self._fill_screen)
        self.keys.lamp_changed.connect(self.stops.show_keys)
        self.keys.said.connect(self.stops.say)
        self.keys.released.connect(lambda _verb: self.overlays.hide_peek())
        peek = self.program.controls.buttons[Verb.PEEK]
        peek.released.connect(self.overlays.hide_peek)
        self.lane.details_wanted.connect(lambda: self.overlays.toggle_history(self.feed.state))
        self.feed.follow(self._on_refreshed)
        self.feed.heard.connect(self._on_heard)

    def _let_late_ones_join(self) -> None:
        window = type(self)
        window.matrix.of(self).join(lambda matrix: matrix.table.opened.connect(self._open_chapter))
        window.matrix.of(self).join(lambda matrix: matrix.let_assign(self.flow.assign_to))
        window.personas.of(self).join(lambda personas: personas.drafts_changed.connect(self._show_drafts))
        window.bible.of(self).join(self._join_bible)
        Overlays.keys.of(self.overlays).join(self._let_keys_be_changed)
        for late in self.late_parts():
            late.join(self._welcome)

    def _join_bible(self, bible: "BiblePanel") -> None:
        bible.drafts_changed.connect(self._show_bible_drafts)
        for late in bible.late_parts():
            late.join(self._welcome)

    def late_parts(self) -> list[Late[Any]]:
        """What is made when it is first looked at, or when nothing else is to be done: the soonest wanted first."""
        bible = type(self).bible.of(self).made
        parts = [*self.manuscript.late_parts(), *self.flow.late_parts(), *self.late_panels()]
        parts += [*self.rooms.late_parts(), *self.overlays.late_parts()]
        return [*parts, *(bible.late_parts() if bible is not None else [])]

    def furnish(self) -> None:
        """Make everything that is not there yet, now."""
        while missing := [late for late in self.late_parts() if late.made is None]:
            missing[0]()

    def _welcome(self, part: QWidget) -> None:
        """A part that came late looks at the state, and finds its size."""
        self.feed.catch_up()
        if self.styleSheet():
            fit(part)

    def _let_keys_be_changed(self, keys: "KeysOverlay") -> None:
        keys.learn = self.keys.learn
        keys.manual.clicked.connect(lambda: self.verbs.fire(Verb.MANUAL))
        keys.locked = lambda: mode_rules.settings_locked(self.feed.state)

    def _on_heard(self, event: Event) -> None:
        if isinstance(event, RehearsalLeft):
            ask_what_becomes_of_it(self.overlays.question, self.verbs, event)

    def _on_refreshed(self, areas: Area) -> None:
        state = self.feed.state
        if areas & Area.SHOW:
            self.layouts.show_mode(state.mode if state.reading is None else Mode.EDIT)
            self.setWindowTitle(tr("{title} — TextCraft", title=harmless(state.title)) if state.title else "TextCraft")
        if areas & Area.PICTURES:
            count = len(state.candidates)
            self.right.strip.rename(0, tr("CANDIDATES {count}", count=count) if count else tr("CANDIDATES"))

    def _on_refused(self, verb: Verb | None, reason: str) -> None:
        short = reason if self.feed.state.reading is None else tr("reading along")
        day = type(self).day.of(self).made
        rows = (self.program.controls, self.stops.controls, self.flow.controls, *([day.controls] if day else []))
        for controls in rows:
            if verb in controls.buttons:
                controls.buttons[verb].flash(short)
        self.stops.say(reason)
        said = _spoken(verb) if verb else ""
        why = reason.removesuffix(".")
        self.feed.tell(tr("{verb} did nothing: {reason}.", verb=said, reason=why) if verb else reason)

    def _keep_layout_for_show(self) -> None:
        self.layouts.keep_for_show()
        self.feed.tell(tr("SHOW will have the docks as they stand now."))

    def _open_pin_form(self) -> None:
        self.overlays.open(self.pin_form)
        self.pin_form.begin()

    def _open_chapter(self, path: str) -> None:
        self.manuscript.open_chapter(path)
        self.centre.open(self.manuscript)

    def _show_drafts(self, count: int) -> None:
        self.centre.strip.rename(2, tr("PERSONAS · draft") if count else tr("PERSONAS"))

    def _show_bible_drafts(self, count: int) -> None:
        self.centre.strip.rename(3, tr("STORY BIBLE · draft") if count else tr("STORY BIBLE"))

    def _fill_screen(self, on: bool) -> None:
        if on != self.isFullScreen():
            self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def settle_in(self, place: QRect) -> None:
        """Take a place on the screen before it is shown; one that leaves no room for a frame means all of it."""
        if place.size() == self.size():
            self.move(place.topLeft())
        else:
            self.setGeometry(place)
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def grab_png(self, path: Path) -> None:
        """Write what the window shows now as a PNG. Raises OSError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if not self.grab().save(str(path), "PNG", QUICK_PNG):
            raise OSError(f"{path} could not be written")

    def shut(self) -> None:
        """Close for good, after `close_requested` was answered. May be called again."""
        self._may_close = True
        self.keys.uninstall()
        self.wall_keys.stop()
        self.idle.stop()
        self.furnisher.stop()
        self.feed.stop()
        self.rooms.close()
        self._store.close()
        self.close()

    def _keep_drafts(self) -> None:
        """What was typed in the last second is on disk before anything ends."""
        bible, personas = type(self).bible.of(self).made, type(self).personas.of(self).made
        if bible is not None:
            bible.keep_drafts()
        if personas is not None:
            personas.document.keep_draft()
        self.manuscript.keep_draft()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  Qt's name
        """Ask first: somebody else decides what becomes of the walls."""
        if self._may_close:
            event.accept()
            return
        event.ignore()
        self._keep_drafts()
        self.close_requested.emit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """From now on it follows the stage and hears keys; no text has the keyboard at first."""
        super().showEvent(event)
        self.feed.start()
        self.keys.install()
        self.wall_keys.start()
        self.idle.start()
        self.activateWindow()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.layouts.share()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: N802  Qt's names
        """Tab goes on in the order one reads."""
        return move_on(self, onward=next)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """The pictures grow with the window."""
        super().resizeEvent(event)
        self.program.fit(self.width(), round(self.height() * _program_share(self.height())))
        self.front.fit()
        self.layouts.share()
        self.overlays.follow()


def _spoken(verb: Verb) -> str:
    """A verb as it stands on its button, where words stand there: who pressed RUN never heard of a toggle."""
    action = BY_VERB.get(verb)
    named = action is not None and any(letter.isalpha() for letter in action.text)
    words = action.label if action is not None and named else translated(verb.value)
    return words[:1].upper() + words[1:]


def _program_share(height: int) -> float:
    """How much of the window the pictures get: the docks need their rows first, beyond that the pictures grow."""
    return 0.365 + 0.035 * min(1.0, max(0.0, (height - 720) / 360))
