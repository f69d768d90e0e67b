"""A dressed application and consoles on a fake stage, each of which is shut after its test."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from tests.fakes.clock import FakeClock
from tests.fakes.stage import FakeStage, InlineTasks
from tests.support import show_script
from textcraft_bus.disk.assets import resources
from textcraft_core.events import Event
from textcraft_gui.theme import prepare
from textcraft_gui.window import ConsoleWindow
from textcraft_qt.fonts import FontFamilies, load_fonts

OpenConsole = Callable[..., ConsoleWindow]


@pytest.fixture(scope="session")
def fonts(qapp: QApplication) -> FontFamilies:
    qapp.setQuitOnLastWindowClosed(False)
    families = load_fonts(resources("fonts"))
    prepare(qapp, families)
    return families


@pytest.fixture
def stage(tmp_path: Path) -> FakeStage:
    made = FakeStage(FakeClock(datetime(2030, 1, 1, 20, 13, 30, tzinfo=UTC)), answers=True)
    made.opening = show_script.opened(tmp_path)
    return made


@pytest.fixture
def open_console(qtbot, fonts: FontFamilies, stage: FakeStage) -> Iterator[OpenConsole]:
    windows: list[ConsoleWindow] = []

    def make(
        size: QSize | None = None, *, load: Path | None = None, furnished: bool = True, **parts: Any
    ) -> ConsoleWindow:
        """`load` holds the layouts of an earlier console; `parts` take the place of the window's own.

        A furnished one has every part, as a console has soon after its start; else they come when they are looked at.
        """
        parts.setdefault("tasks", InlineTasks())
        window = ConsoleWindow(stage, fonts=fonts, **parts)
        windows.append(window)
        if load is not None:
            window.layouts.load(load)
        window.resize(size or QSize(1280, 720))
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: window.isActiveWindow() and window.windowHandle().isExposed())
        if furnished:
            window.furnish()
        return window

    yield make
    for window in windows:
        window.shut()
        window.deleteLater()
    qtbot.wait(0)


@pytest.fixture
def window(open_console: OpenConsole) -> ConsoleWindow:
    return open_console()


@pytest.fixture
def tell(window: ConsoleWindow, stage: FakeStage) -> Callable[..., None]:
    """Emit events and let the widgets look at once."""

    def emit(*events: Event) -> None:
        stage.emit(*events)
        window.feed.flush()

    return emit


@pytest.fixture(autouse=True)
def _garbage(garbage_stays_here):
    """As in the programs."""
