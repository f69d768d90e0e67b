"""Photographs of the real console, every mode and every panel, at the least and the usual size, into a folder.

`python -m tests.support.shots FOLDER` plays some cycles in one console and grabs its window; knows no test.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from tests.support.evening import Evening, evening
from tests.support.qt_loop import run_on_qt
from tests.support.waiting import until
from textcraft_bus.channel.messages import Mode
from textcraft_bus.disk.folders import log_folder
from textcraft_bus.logs import setup_logging
from textcraft_core import events as ev
from textcraft_core.events import StopName
from textcraft_gui.app import Start
from textcraft_gui.panels.dock import Dock
from textcraft_gui.session.working_copy import the_show
from textcraft_gui.verbs.verb import Verb

SIZES = (QSize(1280, 720), QSize(1920, 1080))
SETTLE_S = 0.35
"""Thumbnails are read in a worker, plots are drawn one a turn."""
PICTURES = 3
SECONDS = 900.0


class Camera:
    """Takes the window's picture under a name, once for each size."""

    def __init__(self, night: Evening, folder: Path) -> None:
        self._night = night
        self._folder = folder
        self.taken = 0

    async def shoot(self, name: str, sizes: tuple[QSize, ...] = SIZES) -> None:
        for size in sizes:
            self._night.window.resize(size)
            await asyncio.sleep(SETTLE_S)
            await until(self._is_laid_out, 30, "the window to be laid out")
            self._night.window.grab_png(self._folder / f"{size.width()}x{size.height()}" / f"{name}.png")
            self.taken += 1

    def _is_laid_out(self) -> bool:
        window = self._night.window
        if window.front_view.isVisible():
            return window.front_view.width() > window.width() - 100
        return window.program.geometry().bottom() < window.stops.geometry().top() < window.lane.geometry().top()

    async def walk(self, prefix: str) -> None:
        """Every tab of every dock."""
        for dock, index, word in tabs(self._night):
            dock.strip.choose(index)
            if word == "log":
                await until(self._night.window.log.model.rowCount, 30, "lines in LOG")
            await self.shoot(f"{prefix}-{word}")
        for dock in docks(self._night):
            dock.strip.choose(0)


def docks(night: Evening) -> tuple[Dock, ...]:
    return night.window.left, night.window.centre, night.window.right


def tabs(night: Evening) -> Iterator[tuple[Dock, int, str]]:
    for dock in docks(night):
        for index, made in enumerate(dock.strip.buttons):
            word = "".join(letter for letter in made.accessibleName().lower() if letter.isalpha())
            if made.isEnabled() and len(dock.strip.buttons) > 1:
                yield dock, index, word


async def play(night: Evening, pictures: int) -> None:
    """So many pictures by hand, all but the last taken; a cycle of the editor paints none."""
    state = night.window.feed.state
    for number in range(pictures):
        if number:
            night.window.verbs.fire(Verb.TAKE)
        before = len(night.of(ev.CandidateAdded))
        while len(night.of(ev.CandidateAdded)) == before:
            await until(lambda: not state.engine.busy, 40, "the engine to rest")
            cycle = state.engine.cycle
            night.window.verbs.fire(Verb.STEP)
            await until(lambda cycle=cycle: state.engine.cycle > cycle and not state.engine.busy, 60, "a cycle")
            await until(lambda: state.engine.picture_since is None and not state.renders, 40, "its picture")


async def rehearse(camera: Camera, night: Evening) -> None:
    await camera.shoot("rehearse-empty")
    night.window.verbs.nudge("somebody opens a window")
    await play(night, PICTURES)
    night.window.verbs.fire(Verb.STEP)
    await until(lambda: night.window.feed.state.engine.role, 30, "somebody at work")
    night.window.verbs.fire(Verb.AUTO)
    await asyncio.sleep(2)
    await camera.shoot("rehearse")
    night.window.verbs.fire(Verb.AUTO)
    await until(lambda: not night.window.feed.state.engine.busy, 40, "the engine to rest")
    await camera.walk("rehearse")
    await overlays(camera, night)
    await stops(camera, night)


async def overlays(camera: Camera, night: Evening) -> None:
    for verb, away in ((Verb.HELP, night.window.overlays.put_away), (Verb.PALETTE, night.window.overlays.palette.hide)):
        night.window.verbs.fire(verb)
        await camera.shoot(f"overlay-{verb}")
        away()
    night.window.overlays.toggle_history(night.window.feed.state)
    await camera.shoot("overlay-messages")
    night.window.overlays.put_away()


async def stops(camera: Camera, night: Evening) -> None:
    for verb in (Verb.HOLD, Verb.BLACK, Verb.PANIC):
        night.window.verbs.fire(verb)
        await asyncio.sleep(1)
        await camera.shoot(f"stop-{verb}")
        night.window.verbs.fire(Verb.RESTORE if verb is Verb.PANIC else verb)
        await asyncio.sleep(0.5)
    night.window.verbs.switch(Verb.PAUSE_AI, "button", on=False)


async def change(night: Evening, verb: Verb, mode: Mode) -> None:
    await until(lambda: not night.window.feed.state.changing, 40, "the last change to end")
    night.window.verbs.fire(verb)
    await until(lambda: night.console.session.mode is mode and night.stage is not None, 40, f"{mode}")
    await until(lambda: night.stage.playout.walls, 40, "the wall")


async def show(camera: Camera, night: Evening) -> None:
    await change(night, Verb.SHOW_MODE, Mode.SHOW)
    await until(night.window.overlays.question.isVisible, 30, "the question about the rehearsal")
    await camera.shoot("show-question")
    night.window.overlays.put_away()
    await play(night, 2)
    if StopName.SAFE_LOOK in night.stage.playout.state.stops:
        night.window.verbs.fire(Verb.SAFE_LOOK)
    night.window.right.open(night.window.day)
    night.window.verbs.fire(Verb.PREFLIGHT)
    await asyncio.sleep(6)
    await camera.shoot("show-preflight")
    await camera.walk("show")
    night.window.verbs.fire(Verb.LEAVE_ALONE)
    await until(lambda: not night.window.feed.state.attended, 30, "nobody to be there")
    await camera.shoot("show-unattended")
    night.window.verbs.fire(Verb.LOCK)
    await until(lambda: night.window.feed.state.attended, 30, "somebody to be there")


async def sheets(camera: Camera, night: Evening) -> None:
    """What lies over the docks of EDIT: whole shows, and the manual."""
    window = night.window
    window.verbs.fire(Verb.SHOWS)
    await until(lambda: window.sheets.shows is not None and window.sheets.shows.list.count(), 30, "the templates")
    window.sheets.shows.list.setCurrentRow(1)
    await camera.shoot("edit-shows")
    window.overlays.put_away()
    window.verbs.fire(Verb.MANUAL)
    for page in ("index.md", "quick_start.md", "what_to_do_when.md"):
        window.sheets.manual.open_page(page)
        await camera.shoot(f"edit-manual-{page.removesuffix('.md')}")
    window.overlays.put_away()


async def session(folder: Path) -> int:
    logs = setup_logging("textcraft", log_folder(), "INFO", console=False)  # as the program has it: LOG shows its lines
    try:
        start = Start(the_show(None), logs=logs)
        async with evening(start, ports="free", textcraft={"auto_seconds": 12.0}) as night:
            camera = Camera(night, folder)
            await rehearse(camera, night)
            await show(camera, night)
            await change(night, Verb.LOCK, Mode.EDIT)
            await camera.walk("edit")
            await sheets(camera, night)
            return camera.taken
    finally:
        logs.close()


def main() -> int:
    """Take them all and say how many."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "shots").resolve()
    QApplication([])
    with tempfile.TemporaryDirectory() as home:
        os.environ["TEXTCRAFT_HOME"] = home  # by it the programs of this machine that are ours are known
        taken = run_on_qt(session(folder), timeout=SECONDS)
    sys.stdout.write(f"{taken} photographs in {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
