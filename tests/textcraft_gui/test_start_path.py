"""What a start imports, and in which order: slow libraries come when they are first used."""

import subprocess
import sys

SLOW = ("openai", "httpx2", "pyqtgraph", "numpy", "pythonosc", "genai_prices", "watchfiles", "PySide6.QtPrintSupport")


def _loaded(modules: str, names: tuple[str, ...]) -> list[str]:
    code = f"import sys, {modules}; print(' '.join(m for m in {names!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    return done.stdout.split()


def test_the_console_starts_without_what_only_some_evenings_need():
    assert _loaded("textcraft_gui.app", (*SLOW, "PySide6.QtWidgets")) == ["PySide6.QtWidgets"]


def test_everything_that_needs_no_qt_can_be_imported_before_it():
    assert _loaded("textcraft_gui.__main__, textcraft_core.stage.stage", ("PySide6", "pydantic")) == ["pydantic"]
