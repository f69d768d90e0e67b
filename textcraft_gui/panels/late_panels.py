"""The panels that are not in sight when the console opens: each is imported and made when it is first looked at.

Until then it costs the start nothing. What it shows it reads from the state, so it comes as if it had been there.
"""

# Every import within a function here waits until its panel is wanted.
# ruff: noqa: PLC0415

from importlib import import_module
from typing import TYPE_CHECKING, Any

from textcraft_gui.late import Late, MadeLate
from textcraft_gui.metrics import Recorder
from textcraft_gui.models.log_lines import LogSink
from textcraft_gui.pictures.pictures import PictureStore
from textcraft_gui.session.ports import StagePort, Starter
from textcraft_gui.state.feed import Feed
from textcraft_gui.verbs.facade import Verbs

if TYPE_CHECKING:
    from textcraft_gui.panels.day import DayPanel
    from textcraft_gui.panels.matrix.matrix import MatrixPanel
    from textcraft_gui.panels.record.log import LogPanel
    from textcraft_gui.panels.record.metrics import MetricsPanel
    from textcraft_gui.panels.record.timeline import TimelinePanel
    from textcraft_gui.panels.rehearsal.rehearsal import RehearsalPanel
    from textcraft_gui.panels.texts.bible import BiblePanel
    from textcraft_gui.panels.texts.personas import PersonasPanel


PANELS = (
    "matrix.matrix",
    "texts.personas",
    "day",
    "texts.bible",
    "record.timeline",
    "rehearsal.rehearsal",
    "record.log",
    "record.metrics",
    "pictures.gallery",
    "walls.walls",
    "pictures.card_form",
    "walls.map_editor",
    "texts.text_editor",
    "texts.history",
    "flow.assign_form",
    "flow.run_form",
)
MODULES = (
    *(f"textcraft_gui.panels.{name}" for name in PANELS),
    "textcraft_gui.overlays.keys_overlay",
    "textcraft_gui.overlays.palette",
)
"""What late parts are made of."""


def read_panels() -> None:
    """Import all of it, for a worker thread; makes nothing. Blocking."""
    for name in MODULES:
        import_module(name)


class LatePanels:
    """Mixed into the window, whose own they are; it says what they are made of by the attributes below."""

    feed: Feed
    verbs: Verbs
    recorder: Recorder
    log_sink: LogSink
    _stage: StagePort
    _starter: Starter
    _store: PictureStore

    @MadeLate
    def matrix(self) -> "MatrixPanel":
        """Every chapter and how it stands."""
        from textcraft_gui.panels.matrix.matrix import MatrixPanel

        return MatrixPanel(self.feed, self.verbs)

    @MadeLate
    def personas(self) -> "PersonasPanel":
        """The company of writers."""
        from textcraft_gui.panels.texts.personas import PersonasPanel

        return PersonasPanel(self.feed, self._stage.writing, self.verbs, self._starter)

    @MadeLate
    def bible(self) -> "BiblePanel":
        """The show, its people and places."""
        from textcraft_gui.panels.texts.bible import BiblePanel

        return BiblePanel(self.feed, self._stage.writing, self.verbs, self._starter)

    @MadeLate
    def timeline(self) -> "TimelinePanel":
        """Everything that happened."""
        from textcraft_gui.panels.record.timeline import TimelinePanel

        return TimelinePanel(self.feed, self._stage, self._starter)

    @MadeLate
    def metrics(self) -> "MetricsPanel":
        """The plots."""
        from textcraft_gui.panels.record.metrics import MetricsPanel

        return MetricsPanel(self.feed, self.recorder.metrics)

    @MadeLate
    def log(self) -> "LogPanel":
        """What the programs write."""
        from textcraft_gui.panels.record.bundle_strip import BundleStrip
        from textcraft_gui.panels.record.log import LogPanel

        return LogPanel(self.log_sink, BundleStrip(self.feed, self.verbs))

    @MadeLate
    def rehearsal(self) -> "RehearsalPanel":
        """The bench."""
        from textcraft_gui.panels.rehearsal.rehearsal import RehearsalPanel

        return RehearsalPanel(self.feed, self._stage, self._starter, self.verbs, self._store)

    @MadeLate
    def day(self) -> "DayPanel":
        """Opening hours and pre-flight."""
        from textcraft_gui.panels.day import DayPanel

        return DayPanel(self.feed, self._stage, self._starter, self.verbs)

    def late_panels(self) -> list[Late[Any]]:
        """All of them, those first that are wanted soonest."""
        kind = type(self)
        found = (
            kind.matrix,
            kind.personas,
            kind.day,
            kind.bible,
            kind.timeline,
            kind.rehearsal,
            kind.log,
            kind.metrics,
        )
        return [each.of(self) for each in found]
