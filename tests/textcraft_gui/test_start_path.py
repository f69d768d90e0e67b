"""What a start imports, and in which order: slow libraries and late panels come when they are first used."""

import subprocess
import sys

SLOW = (
    "openai",
    "httpx2",
    "pyqtgraph",
    "numpy",
    "PIL",
    "pythonosc",
    "genai_prices",
    "watchfiles",
    "pydantic_settings",
    "urllib.request",
    "PySide6.QtPrintSupport",
)
LATE = (
    "textcraft_gui.panels.texts.bible",
    "textcraft_gui.panels.texts.personas",
    "textcraft_gui.panels.matrix.matrix",
    "textcraft_gui.panels.record.timeline",
    "textcraft_gui.panels.record.metrics",
    "textcraft_gui.panels.record.log",
    "textcraft_gui.panels.rehearsal.rehearsal",
    "textcraft_gui.panels.day",
    "textcraft_gui.panels.pictures.gallery",
    "textcraft_gui.panels.walls.walls",
    "textcraft_gui.panels.walls.map_editor",
    "textcraft_gui.panels.pictures.card_form",
    "textcraft_gui.overlays.keys_overlay",
    "textcraft_gui.overlays.palette",
    "textcraft_core.ai_services.lifecycle",
    "textcraft_core.ai_services.live",
    "textcraft_core.day.report",
    "textcraft_core.replay.player",
    "textcraft_gui.assistant",
    "textcraft_core.show.settings_files",
)
SHOWN = """
import sys
from datetime import UTC, datetime
from pathlib import Path
import textcraft_gui.app
from PySide6.QtWidgets import QApplication
from tests.fakes.clock import FakeClock
from tests.fakes.stage import FakeStage, InlineTasks
from tests.support import show_script
from textcraft_bus.disk.assets import resources
from textcraft_gui.window import ConsoleWindow
from textcraft_qt.fonts import load_fonts
app = QApplication(["test"])
stage = FakeStage(FakeClock(datetime(2030, 1, 1, 20, 13, 30, tzinfo=UTC)), answers=True)
stage.opening = show_script.opened(Path({folder!r}))
window = ConsoleWindow(stage, InlineTasks(), load_fonts(resources("fonts")))
window.show()
app.processEvents()
"""


def _loaded(code: str, names: tuple[str, ...], **env: str) -> list[str]:
    code += f"\nprint(' '.join(m for m in {names!r} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True, env=env or None
    )
    return done.stdout.split()


def test_the_console_starts_without_what_only_some_evenings_need():
    loaded = _loaded("import sys, textcraft_gui.app", (*SLOW, *LATE, "PySide6.QtWidgets"))
    assert loaded == ["PySide6.QtWidgets"]


def test_a_console_that_is_shown_has_made_no_panel_that_is_out_of_sight(tmp_path):
    shown = SHOWN.format(folder=str(tmp_path))
    late = tuple(name for name in LATE if name.startswith("textcraft_gui"))
    there = (
        "textcraft_gui.panels.texts.manuscript",
        "textcraft_gui.panels.flow.flow",
        "textcraft_gui.panels.pictures.candidates",
    )
    assert _loaded(shown, (*late, *there), QT_QPA_PLATFORM="offscreen", PYTHONPATH=".") == list(there)


def test_everything_that_needs_no_qt_can_be_imported_before_it():
    code = "import sys, textcraft_gui.command_line, textcraft_core.stage.stage"
    assert _loaded(code, ("PySide6", "pydantic")) == ["pydantic"]
