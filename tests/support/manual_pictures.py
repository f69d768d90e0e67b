"""The manual's pictures, of the real console: a first evening, a rehearsal, and a show that is live. Knows no test.

`python -m tests.support.manual_pictures FOLDER` plays them and writes small WebP files; `dev.py shots --manual` lets it
write into resources/manual.
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from tests.support.evening import Evening, evening
from tests.support.qt_loop import run_on_qt
from tests.support.screen import capture
from tests.support.shots import change, play
from tests.support.waiting import until
from textcraft_bus.channel.messages import Mode
from textcraft_core.events import StopName
from textcraft_gui.app import Console, Start
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.session.which_show import the_show
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.window import ConsoleWindow

SIZE = QSize(1440, 900)
QUALITY = 82
SETTLE_S = 0.8
SECONDS = 600.0


class Printer:
    """Takes a window's picture, small enough for a manual."""

    def __init__(self, folder: Path, work: Path) -> None:
        self._folder, self._work = folder, work
        self.made: list[Path] = []

    async def print(self, window: ConsoleWindow, name: str) -> None:
        """What this machine says of itself (it may fall asleep, it stood still) is acknowledged first."""
        window.resize(SIZE)
        await asyncio.sleep(SETTLE_S)
        while window.lane.acknowledge.isEnabled():
            window.lane.acknowledge.click()
            await asyncio.sleep(0)
        taken = self._work / f"{name}.png"
        window.grab_png(taken)
        with Image.open(taken) as picture:
            self.keep(picture.convert("RGB"), name)

    def keep(self, picture: Image.Image, name: str) -> None:
        path = self._folder / f"{name}.webp"
        picture.save(path, "WEBP", quality=QUALITY, method=6)
        self.made.append(path)


async def first_evening(printer: Printer) -> None:
    console = Console(ConsoleConfig(ports="free"), Start(the_show(None), mode=None, assistant=True))
    running = asyncio.get_running_loop().create_task(console.run())
    await until(lambda: console.window and console.window.sheets.assistant, 60, "the assistant")
    window, assistant = console.window, console.window.sheets.assistant
    assistant.show_step.cards.buttons[2].click()
    assistant.show_step.new.field.setText("~/Documents/TextCraft/Souls Aboard")  # as on anybody's machine
    await printer.print(window, "assistant_show")
    assistant.next.click()
    await until(lambda: assistant.index == 1, 30, "the brain")
    assistant.next.click()
    await until(lambda: assistant.index == 2, 30, "the painter")
    assistant.painter.ask.click()
    await until(lambda: assistant.painter.view.picture.path and assistant.next.isEnabled(), 90, "its picture")
    await printer.print(window, "assistant_pictures")
    window.close()
    await asyncio.wait_for(running, 40)


async def rehearsed(printer: Printer, night: Evening) -> None:
    night.window.verbs.nudge("somebody opens a window")
    await play(night, 2)
    night.window.verbs.fire(Verb.STEP)
    await until(lambda: night.window.feed.state.engine.role, 40, "somebody at work")
    await printer.print(night.window, "console")
    await until(lambda: not night.window.feed.state.engine.busy, 60, "the engine to rest")
    night.window.right.open(night.window.rehearsal)
    await printer.print(night.window, "rehearsal")
    night.window.right.open(night.window.rooms.walls)
    await printer.print(night.window, "walls")


async def live(printer: Printer, night: Evening) -> None:
    """A show before an audience: pictures go up by themselves, the engine goes on."""
    await change(night, Verb.SHOW_MODE, Mode.SHOW)
    night.window.overlays.put_away()
    await play(night, 2)
    if StopName.SAFE_LOOK in night.stage.playout.state.stops:
        night.window.verbs.fire(Verb.SAFE_LOOK)
    night.window.verbs.fire(Verb.TAKE)
    night.window.verbs.fire(Verb.AUTO)
    night.window.verbs.fire(Verb.TOGGLE_RUN)
    state = night.window.feed.state
    await until(lambda: state.next and state.auto and state.engine.role, 90, "NEXT, AUTO and somebody at work")
    await printer.print(night.window, "live")
    night.window.verbs.fire(Verb.AUTO)
    night.window.verbs.fire(Verb.TOGGLE_RUN)
    await asyncio.sleep(2)
    printer.keep(capture(night.box), "wall")
    night.window.right.open(night.window.day)
    night.window.verbs.fire(Verb.PREFLIGHT)
    await until(lambda: night.window.feed.state.day.ready is not None, 60, "the pre-flight")
    await printer.print(night.window, "day")
    night.window.verbs.fire(Verb.FRONT_OF_HOUSE)
    await until(night.window.front_view.isVisible, 30, "front of house")
    await printer.print(night.window, "front")
    night.window.verbs.fire(Verb.FRONT_OF_HOUSE)


async def session(folder: Path, work: Path) -> list[Path]:
    printer = Printer(folder, work)
    await first_evening(printer)
    async with evening(Start(the_show(None)), ports="free", textcraft={"auto_seconds": 45.0}) as night:
        await rehearsed(printer, night)
        await live(printer, night)
    return printer.made


def main() -> int:
    """Make them all and say how large they are."""
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    QApplication([])
    with tempfile.TemporaryDirectory() as home:
        os.environ["TEXTCRAFT_HOME"] = os.environ["HOME"] = home
        made = run_on_qt(session(folder, Path(home)), timeout=SECONDS)
    size = sum(path.stat().st_size for path in made) >> 10
    sys.stdout.write(f"{len(made)} pictures of the manual, {size} KiB, in {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
