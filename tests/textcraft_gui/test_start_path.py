"""What a start imports, and in which order: slow libraries and late panels come when they are first used."""

import subprocess
import sys

from textcraft_core.show.folder import new_show

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
    "textcraft_gui.panels.texts.text_editor",
    "textcraft_gui.panels.texts.history",
    "textcraft_gui.panels.flow.assign_form",
    "textcraft_gui.panels.flow.run_form",
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


def test_what_makes_a_start_quick_comes_before_all_else_is_read():
    code = """
import gc, sys
from textcraft_gui.quick_start import LIBRARIES, quickly
with quickly():
    early = [name for name in ("pydantic", "asyncio", "typing_inspection") if name in sys.modules]
    assert not gc.isenabled() and not early, early
    import textcraft_gui.command_line
from textcraft_qt.features import read_no_sources
assert read_no_sources()
import textcraft_gui.app, textcraft_qt.program
late = {name: sys.modules[name].__dict__.get("__getattr__") for name in LIBRARIES if name in sys.modules}
read = [name for name, asked in late.items() if asked is None or asked.__self__._begun]
import annotated_types
assert type(annotated_types.Len.__dict__["__init__"]).__module__ == "textcraft_bus.records"
import pydantic_core.core_schema
assert type(pydantic_core.core_schema.ModelSchema).__module__ == "textcraft_bus.typed_dicts"
print(read)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[]"


def test_most_models_are_not_finished_before_the_console_is_shown(tmp_path):
    shown = SHOWN.format(folder=str(tmp_path))
    shown += """
from textcraft_bus.models import Model
def all_of(cls):
    return [kind for sub in type.__subclasses__(cls) for kind in (sub, *all_of(sub))]
models = [cls for cls in all_of(Model) if cls.__module__.startswith("textcraft_")]
finished = [cls for cls in models if "__pydantic_fields__" in type.__getattribute__(cls, "__dict__")]
print(len(models) > 350, len(finished) < len(models) / 3, len(finished))
"""
    env = {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": "."}
    done = subprocess.run(
        [sys.executable, "-c", shown], capture_output=True, text=True, timeout=120, check=True, env=env
    )
    assert done.stdout.split()[:2] == ["True", "True"], done.stdout


def test_a_window_that_is_shown_makes_the_binding_look_up_no_more_kinds_of_objects_than_it_has(tmp_path):
    shown = SHOWN.format(folder=str(tmp_path))
    shown += "\nimport PySide6.QtCore, PySide6.QtGui"
    shown += "\nprint([n for n in ('QSharedMemory', 'QStateMachine', 'QProcess') if n in vars(PySide6.QtCore)])"
    env = {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": "."}
    done = subprocess.run(
        [sys.executable, "-c", shown], capture_output=True, text=True, timeout=120, check=True, env=env
    )
    assert done.stdout.strip() == "[]"


STANDING = """
import sys
from PySide6.QtWidgets import QMessageBox
from textcraft_gui import app, command_line
from textcraft_qt.errors import ModalDialogError
class Console:
    def __init__(self, config, start):
        self.start = start
    async def run(self):
        self.start.stands()
        try:
            QMessageBox.information(None, "title", "text")
        except ModalDialogError:
            print("refused")
app.Console = Console
sys.argv = ["textcraft", "--project", {folder!r}]
command_line.main()
"""


def test_from_when_the_console_stands_a_modal_window_is_refused(tmp_path):
    show = new_show(tmp_path / "show").root
    env = {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": ".", "TEXTCRAFT_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-c", STANDING.format(folder=str(show))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, env=env)
    assert done.stdout.strip() == "refused"


def test_everything_that_needs_no_qt_can_be_imported_before_it():
    code = "import sys, textcraft_gui.command_line, textcraft_core.stage.stage"
    assert _loaded(code, ("PySide6", "pydantic")) == ["pydantic"]
