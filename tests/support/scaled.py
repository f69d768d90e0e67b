"""A console on a fake show at a scale of its own, in a process of its own: says what is wrong, and saves pictures.

`python -m tests.support.scaled SIZES [FOLDER]` with QT_SCALE_FACTOR and QT_QPA_PLATFORM in the environment. Sizes are
logical, `1280x660,1920x1080`. Prints one JSON list of complaints.
"""

import json
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.fakes.clock import FakeClock
from tests.fakes.stage import FakeStage, InlineTasks
from tests.support import show_script as script
from tests.support.layout import inspect_window
from textcraft_bus.channel.messages import Mode
from textcraft_bus.disk.assets import resources
from textcraft_core import events as ev
from textcraft_core.events import DayState, Phase, StopName
from textcraft_gui.window import ConsoleWindow
from textcraft_qt.fonts import load_fonts

CLOSES = datetime(2030, 1, 1, 21, 0, tzinfo=UTC)


class Console:
    """A window and the stage behind it, played through its main states."""

    def __init__(self, size: QSize, folder: Path, shots: Path | None) -> None:
        clock = FakeClock(datetime(2030, 1, 1, 20, 13, 30, tzinfo=UTC))
        self.stage = FakeStage(clock, answers=True)
        self.stage.opening = script.opened(folder)
        self.window = ConsoleWindow(self.stage, InlineTasks(), load_fonts(resources("fonts")))
        self.window.resize(size)
        self.window.show()
        self.folder, self.shots = folder, shots
        self.said: list[str] = []

    def play(self) -> list[str]:
        """Look at each state; returns the complaints."""
        self._look("empty")
        self.stage.emit(*script.services(), script.matrix(), ev.ModeChanged(mode=Mode.SHOW))
        self.stage.emit(ev.DayChanged(state=DayState.OPEN, by="operator", closes_at=CLOSES))
        for number, path in enumerate(script.pictures(self.folder)):
            self.stage.emit(*script.candidate(number, path))
        self.stage.emit(script.taken(1), *script.confirmed(1), ev.NextStaged(request_id="picture-0"))
        self.stage.emit(ev.RunStarted(), *script.cycle_until(47, Phase.EXECUTE), *script.streamed(47), *script.beats())
        self._look("show")
        self.stage.emit(*(ev.StopChanged(stop=stop, on=True) for stop in StopName))
        self._look("stops")
        self.stage.emit(ev.AttendanceChanged(attended=False))
        self._look("front")
        self.stage.emit(ev.AttendanceChanged(attended=True), ev.ModeChanged(mode=Mode.EDIT))
        for dock, word in (("centre", "MATRIX"), ("centre", "PERSONAS"), ("right", "WALLS + LOOK"), ("right", "DAY")):
            getattr(self.window, dock).show_page(word)
            self._look(f"edit {word}")
        self.window.overlays.toggle_keys()
        self._look("keys")
        self.window.shut()
        return self.said

    def _look(self, where: str) -> None:
        self.window.feed.flush()
        QTest.qWait(60)
        size = f"{self.window.width()}x{self.window.height()}"
        self.said += [f"{size} {where}: {told}" for told in inspect_window(self.window)]
        if self.shots is not None:
            scale = self.window.devicePixelRatioF()
            self.window.grab_png(self.shots / f"{size}@{scale:g}-{where.replace(' ', '-').replace('+', 'and')}.png")


def main() -> None:
    """Play every size; the scale is the process's own."""
    app = QApplication(["scaled"])
    wanted = os.environ.get("QT_SCALE_FACTOR", "1")
    shots = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    said = [] if app.primaryScreen().devicePixelRatio() == float(wanted) else [f"the scale is not {wanted}"]
    for size in sys.argv[1].split(","):
        width, _, height = size.partition("x")
        with tempfile.TemporaryDirectory() as folder:
            said += Console(QSize(int(width), int(height)), Path(folder), shots).play()
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
