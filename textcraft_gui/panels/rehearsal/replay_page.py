"""Recordings: chosen from a list, played with a scrub bar; where one differs, the difference is shown, literally."""

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPlainTextEdit, QVBoxLayout, QWidget

from textcraft_core import commands as cmd
from textcraft_core.replay.recorded import Recorded
from textcraft_gui.panels.rehearsal.replay_pictures import ReplayPictures
from textcraft_gui.pictures.pictures import PictureStore
from textcraft_gui.state.bench import Replay
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import ShowState
from textcraft_gui.verbs.facade import Refused, Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.choice import Choice
from textcraft_gui.widgets.steady import SteadySlider
from textcraft_gui.widgets.words import button, describe, label, set_text
from textcraft_gui.words.i18n import counted, tr

SETTLE_MS: Final = 250
"""A scrub bar that is moved by keys asks when it rests."""
SPEEDS: Final = (1.0, 5.0, 20.0, 0.0)
TALL: Final = 250
"""Pixels of height from which there is room for the note."""
_NAME: Final = Qt.ItemDataRole.UserRole


class ReplayPage(QWidget):
    """The list while nothing is played, else the player."""

    def __init__(self, feed: Feed, verbs: Verbs, store: PictureStore) -> None:
        super().__init__()
        self._feed, self._verbs = feed, verbs
        self.pictures = ReplayPictures(store)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._seek)
        self.head = label("", "strong", elide=True, name=tr("what is played"))
        self.empty = label(
            tr("No recording yet. Whatever the engine does is recorded: run some cycles in REHEARSE or SHOW, then see "
               "them again here, cycle by cycle, without a brain and without a cost. No wall shows a replay."),
            "quiet",
        )  # fmt: skip
        self.empty.setWordWrap(True)
        self._make_list()
        self._make_player()
        self._lay_out()

    def _make_list(self) -> None:
        self.list = QListWidget()
        self.list.setProperty("look", "menu")
        self.list.setAccessibleName(tr("recordings"))
        describe(self.list, tr("The show's own recording and those of its rehearsals; Enter plays one"))
        self.list.itemActivated.connect(lambda _item: self._start())
        self.start = button(tr("replay"), hint=tr("Play the chosen recording before you; no wall shows it"))
        self.start.clicked.connect(self._start)

    def _make_player(self) -> None:
        self.bar = SteadySlider()
        self.bar.setAccessibleName(tr("place in the recording"))
        describe(self.bar, tr("Cycles of the recording; drag, or use the arrow keys, Home and End"))
        self.bar.sliderReleased.connect(self._seek)
        self.bar.valueChanged.connect(self._on_moved)
        self.where = label("", "figure", elide=True, name=tr("place of the replay"))
        self.back = button("◀", "small", hint=tr("One cycle back"), name=tr("one cycle back"))
        self.play = button(tr("▶ play"), hint=tr("Play on, or rest after the running cycle"), name=tr("play or pause"))
        self.on = button("▶|", "small", hint=tr("One cycle on"), name=tr("one cycle on"))
        self.leave = button(tr("leave replay"), hint=tr("Return to where you were; nothing of the replay stays"))
        self.back.clicked.connect(lambda: self._step(-1))
        self.on.clicked.connect(lambda: self._step(1))
        self.play.clicked.connect(self._toggle)
        self.leave.clicked.connect(lambda: self._verbs.ask(Verb.LEAVE_REPLAY, cmd.LeaveReplay()))
        options = [
            (speed, f"{speed:g}×" if speed else tr("max"), tr("As it was") if speed == 1 else tr("Faster, at once"))
            for speed in SPEEDS
        ]
        self.speed = Choice(tr("speed of the replay"), options)
        self.speed.chosen.connect(lambda speed: self._verbs.ask(Verb.REPLAY_SPEED, cmd.SetReplaySpeed(speed=speed)))
        self.trouble = label("", "warn", name=tr("difference from the recording"))
        self.trouble.setWordWrap(True)
        self.diff = QPlainTextEdit()
        self.diff.setReadOnly(True)
        self.diff.setProperty("look", "field")
        self.diff.setAccessibleName(tr("the difference, line by line"))
        describe(self.diff, tr("What was recorded, with −, and what came now, with +"))
        self.note = label(
            tr("The panels show the recorded time; what is edited or asked there is refused. No picture is painted "
               "again, and the walls keep what they show."),
            "quiet",
        )  # fmt: skip
        self.note.setWordWrap(True)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for widget in (self.back, self.play, self.on):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        self.player = QWidget()
        inner = QVBoxLayout(self.player)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(6)
        inner.addWidget(self.where)
        inner.addWidget(self.bar)
        inner.addWidget(self.pictures)
        inner.addLayout(buttons)
        inner.addWidget(self.speed)
        inner.addWidget(self.trouble)
        inner.addWidget(self.diff, 1)
        inner.addWidget(self.note)
        inner.addStretch(0)
        self.chooser = QWidget()
        column = QVBoxLayout(self.chooser)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        column.addWidget(self.start, 0, Qt.AlignmentFlag.AlignLeft)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(6)
        outer.addWidget(self.head)
        outer.addWidget(self.chooser, 1)
        outer.addWidget(self.player, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """The pictures take the room there is; in a small window what they mean is said by the sentence alone."""
        super().resizeEvent(event)
        self.pictures.fit(self.height())
        self._show_note()

    def _show_note(self) -> None:
        replay = self._feed.state.replay
        self.note.setVisible(replay is not None and replay.diverged is None and self.height() >= TALL)

    # What is asked

    def _start(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._verbs.ask(Verb.START_REPLAY, cmd.StartReplay(name=item.data(_NAME)))

    def _toggle(self) -> None:
        replay = self._feed.state.replay
        if replay is not None:
            self._verbs.ask(Verb.PLAY_REPLAY, cmd.PlayReplay(on=not replay.playing))

    def _step(self, by: int) -> None:
        self.bar.setValue(self.bar.value() + by)

    def _on_moved(self) -> None:
        replay = self._feed.state.replay
        if replay is not None:
            set_text(self.where, _where(replay, self.bar.value()))
        if not self.bar.isSliderDown():
            self._settle.start()

    def _seek(self) -> None:
        self._settle.stop()
        replay = self._feed.state.replay
        if replay is not None and self.bar.value() != replay.position:
            self._verbs.ask(Verb.SEEK_REPLAY, cmd.SeekReplay(place=self.bar.value()))

    # What is shown

    def show_recordings(self, found: list[Recorded], label_of_show: str) -> None:
        """Offer these recordings."""
        chosen = self.list.currentItem().data(_NAME) if self.list.currentItem() is not None else ""
        self.list.clear()
        for each in found:
            day = each.first.astimezone().strftime("%d %b %Y, %H:%M")
            name = tr("the show") if not each.name else tr("rehearsal")
            cycles = counted(each.cycles, "{n} cycle", "{n} cycles")
            item = QListWidgetItem(f"{name} · {day} · {cycles}")
            item.setData(_NAME, each.name)
            self.list.addItem(item)
            if each.name == chosen:
                self.list.setCurrentItem(item)
        if found and self.list.currentItem() is None:
            self.list.setCurrentRow(0)
        self.empty.setVisible(not found)
        self.list.setVisible(bool(found))
        self.start.setVisible(bool(found))
        describe(self.start, tr("Play the chosen recording of {show} before you; no wall shows it", show=label_of_show))

    def show_state(self, state: ShowState) -> None:
        """Show where the replay stands."""
        replay = state.replay
        self.player.setVisible(replay is not None)
        self.head.setVisible(replay is None)
        self.chooser.setVisible(replay is None)
        refused = self._verbs.availability(Verb.START_REPLAY)
        self.start.setEnabled(not isinstance(refused, Refused))
        if replay is None:
            set_text(self.head, refused.reason if isinstance(refused, Refused) else tr("See a recording again"))
            return
        self._show_place(replay)
        self.pictures.show_replay(replay)
        self._show_difference(replay)
        self.speed.show_value(replay.speed)
        self.play.setText(tr("‖ pause") if replay.playing else tr("▶ play"))
        self.play.setEnabled(replay.playing or not isinstance(self._verbs.availability(Verb.PLAY_REPLAY), Refused))

    def _show_place(self, replay: Replay) -> None:
        if self.bar.isSliderDown() or self._settle.isActive():
            return
        blocker = QSignalBlocker(self.bar)
        self.bar.setRange(0, replay.length)
        self.bar.setPageStep(max(1, replay.length // 10))
        self.bar.setValue(replay.position)
        del blocker
        set_text(self.where, _where(replay, replay.position))
        self.back.setEnabled(replay.position > 0)
        self.on.setEnabled(not replay.at_end)

    def _show_difference(self, replay: Replay) -> None:
        found = replay.diverged
        self.trouble.setVisible(found is not None)
        self.speed.setVisible(found is None)
        self.diff.setVisible(found is not None and bool(found.diff))
        self._show_note()
        if found is None:
            return
        who = f", {found.role}" if found.role else ""
        set_text(self.trouble, tr("▲ Cycle {cycle}{who}: {reason}.", cycle=found.cycle, who=who, reason=found.reason))
        if self.diff.toPlainText() != found.diff:
            self.diff.setPlainText(found.diff)


def _where(replay: Replay, place: int) -> str:
    """The place in cycles, and when the cycle that follows began; behind the last one, when that began."""
    if not replay.began:
        return tr("0 of 0")
    at = replay.began[min(place, replay.length - 1)].astimezone()
    return tr("cycle {place} of {length} · {at}", place=place, length=replay.length, at=at.strftime("%d %b, %H:%M:%S"))
