"""Carries events from the stage into the state and tells widgets which areas to look at again, in batches."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from textcraft_bus.clock import Clock
from textcraft_core.events import Event, RehearsalLeft, StageClosing, StageExchanged, TrialStreamed
from textcraft_gui.projection import apply, lane, settle
from textcraft_gui.session.ports import StagePort
from textcraft_gui.state.show_state import Area, Moment, Severity, ShowState, moment

BATCH_MS: Final = 40
"""Events that come together are shown together: at most 25 looks a second, whatever the engine tells."""
TICK_MS: Final = 250
"""How often clocks, ages and the sentence are looked at."""


class Feed(QObject):
    """The state, kept up to date; one for each window."""

    refreshed = Signal(object)
    """The areas that changed since the last time."""
    heard = Signal(object)
    """Every event that is no mere progress, in order, for models that keep rows of their own."""
    streamed = Signal(object)
    """A piece of the answer of a trial."""

    def __init__(self, stage: StagePort, clock: Clock | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = ShowState()
        self._stage = stage
        self._clock = clock or stage.clock
        self._unsubscribe: Callable[[], None] | None = None
        self._touched = Area.NOTHING
        self._late: list[Callable[[Area], None]] = []
        """Who follows since the last look, and has seen nothing yet."""
        self._batch = QTimer(self, singleShot=True, interval=BATCH_MS)
        self._batch.timeout.connect(self.flush)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._on_tick)

    def now(self) -> Moment:
        """The present, for ages and clocks."""
        return moment(self._clock)

    def follow(self, look: Callable[[Area], None]) -> None:
        """Call `look` with the areas that changed, each time; who comes late looks at everything first."""
        self.refreshed.connect(look)
        if self._unsubscribe:
            self._late.append(look)
            self._batch.start()

    def hear(self, listener: Callable[[Event], None]) -> None:
        """Call `listener` with each event of `heard`; who comes late is told the opening events, as others were."""
        self.heard.connect(listener)
        if self._unsubscribe:
            for event in self._stage.opening_events():
                listener(event)

    def start(self) -> None:
        """Bring the state to the present and follow it from here on; asked again, it goes on as it was."""
        if self._unsubscribe:
            return
        self._unsubscribe = self._stage.subscribe(self.take_in)
        for event in self._stage.opening_events():
            self.take_in(event)
        settle(self.state)
        self._tick.start()
        self._touched = ~Area.NOTHING
        self.flush()

    def stop(self) -> None:
        """Follow no longer."""
        if self._unsubscribe:
            self._unsubscribe()
            self._unsubscribe = None
        self._tick.stop()
        self._batch.stop()

    def take_in(self, event: Event) -> None:
        """Let one event change the state; its widgets look within a batch."""
        if isinstance(event, StageExchanged):
            self._begin_again(event)
            return
        self._touch(apply(self.state, event, self.now()))
        if event.durability != "none" or isinstance(event, RehearsalLeft | StageClosing):
            self.heard.emit(event)
        elif isinstance(event, TrialStreamed):
            self.streamed.emit(event)

    def _begin_again(self, event: StageExchanged) -> None:
        """Another stage is in play: all but the lane is of the last one."""
        lane_so_far = self.state.lane
        self.state.forget()
        self.heard.emit(event)
        for opening in self._stage.opening_events():
            self.take_in(opening)
        settle(self.state)
        self.state.lane = lane_so_far  # what the journal remembers was told in its time, here or elsewhere
        self._touch(~Area.NOTHING)

    def tell(self, text: str, severity: Severity = Severity.NOTE) -> None:
        """Put a line of the console's own into the lane."""
        self._touch(lane.tell(self.state, self.now(), text, severity))

    def acknowledge(self, number: int | None = None) -> None:
        """Tick off one line of the lane, or all."""
        self._touch(lane.acknowledge(self.state, number))

    def catch_up(self) -> None:
        """Let those who came late have their first look now."""
        late, self._late = self._late, []
        for look in late:
            look(~Area.NOTHING)

    def flush(self) -> None:
        """Let the widgets look now."""
        self.catch_up()
        touched, self._touched = self._touched, Area.NOTHING
        self._batch.stop()
        if touched:
            self.refreshed.emit(touched)

    def _touch(self, areas: Area) -> None:
        self._touched |= areas
        if areas and not self._batch.isActive():
            self._batch.start()

    def _on_tick(self) -> None:
        self._touched |= Area.TIME
        self.flush()
