"""How the docks of each mode stand outlives the console, and one key brings the usual ones back."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.support.evening import Evening, evening
from tests.support.qt_loop import run_on_qt
from tests.support.waiting import until
from textcraft_bus.channel.messages import Mode
from textcraft_bus.disk.folders import config_folder
from textcraft_gui.app import Start
from textcraft_gui.layouts import SHARES
from textcraft_gui.session.working_copy import the_show


def widths(night: Evening) -> list[int]:
    return [dock.width() for dock in (night.window.left, night.window.centre, night.window.right)]


def near(one: list[int], other: list[int]) -> bool:
    return all(abs(a - b) <= 12 for a, b in zip(one, other, strict=True))


def shares(night: Evening) -> list[int]:
    room = sum(widths(night))
    return [round(room * share / 100) for share in SHARES[Mode.EDIT]]


async def roomy(night: Evening) -> None:
    """A window with room to move its docks in."""
    night.window.resize(1700, 900)
    await until(lambda: sum(widths(night)) > 1600, 30, "the window to grow")


async def drag_the_edge(night: Evening, pixels: int) -> None:
    """With a real mouse on the edge between FLOW and SCRIPT."""
    docks, before = night.window._docks, night.window.left.width()
    edge = QPoint(night.window.left.geometry().right() + 4, docks.height() // 2)
    QTest.mousePress(docks, Qt.MouseButton.LeftButton, pos=edge)
    QTest.mouseMove(docks, edge + QPoint(pixels, 0))
    await until(lambda: night.window.left.width() >= before + pixels // 2, 30, "the edge to move")
    QTest.mouseRelease(docks, Qt.MouseButton.LeftButton, pos=edge + QPoint(pixels, 0))


@pytest.mark.timeout(150)
def test_each_modes_docks_outlive_the_console_and_one_key_resets_them():
    async def journey():
        kept = config_folder() / "layouts.json"
        start = {"mode": Mode.EDIT}
        async with evening(Start(the_show(None), **start), ports="free") as night:
            await roomy(night)
            await until(lambda: near(widths(night), shares(night)), 30, "the usual docks of EDIT")
            usual = widths(night)
            await drag_the_edge(night, 120)
            moved = widths(night)
            night.window.centre.open(night.window.matrix)
            await until(kept.is_file, 30, "the layout to be kept")
        async with evening(Start(the_show(None), **start), ports="free") as night:
            assert night.window.matrix.isVisible()
            await roomy(night)
            await until(lambda: near(widths(night), moved), 30, "the docks as they were left")
            night.key(Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
            await until(lambda: near(widths(night), usual), 30, "the usual docks")
            assert night.window.manuscript.isVisible()

    run_on_qt(journey(), timeout=140)
