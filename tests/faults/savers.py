"""Every way the programs save, each writing a number that can be read back; knows no fault.

As a program (`python -m tests.faults.savers FOLDER KIND COUNT`, its output a socket) it saves, tells each number once
it was acknowledged and each refusal of the system, and goes on: what the cases kill and starve.
"""

import asyncio
import json
import os
import socket
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.fakes.show import make_show
from textcraft_bus.clock import SystemClock
from textcraft_bus.disk.files import read_json, write_json
from textcraft_bus.disk.leftovers import sweep_temps
from textcraft_bus.errors import BusError, FileMissing
from textcraft_core.errors import EngineError
from textcraft_core.events import RunEnded
from textcraft_core.record.journal import Journal
from textcraft_core.show.drafts import Draft, DraftStore
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.matrix import Matrix, MatrixStore
from textcraft_core.show.writer import ShowWriter
from textcraft_core.stage.walls import restore

CHAPTER = "manuscripts/ch01_one.md"
PADDING = "word " * 400
NOTHING = -1
"""What is read where nothing was ever saved."""


class Desk:
    """One open show and the six kinds of saves; blocking."""

    def __init__(self, folder: Path) -> None:
        self.show = ShowFolder(folder)
        clock = SystemClock()
        self.journal = Journal(self.show.journal, clock)
        self.writer = ShowWriter(self.show, self.journal)
        self.matrix = MatrixStore(self.show, clock)
        self.drafts = DraftStore(folder / "drafts", clock)
        self._runner = asyncio.Runner()  # one for all saves, so that one thread makes them all

    def save_chapter(self, number: int) -> None:
        """A passage, by the one way texts change."""
        self.writer.write(CHAPTER, f"{number}\n{PADDING}\n".encode(), "narrator")

    def save_matrix(self, number: int) -> None:
        """The matrix, with its good copy."""
        now = self.matrix.load()
        metrics = now.metrics.model_copy(update={"session_cost": float(number)})
        self.matrix.save(now.model_copy(update={"metrics": metrics}))

    def save_restore(self, number: int) -> None:
        """What the walls come back from."""
        self._runner.run(restore.save(self.show.root / "restore.json", restore.Restore(scene=number)))

    def save_draft(self, number: int) -> None:
        """An edit that waits."""
        self.drafts.keep(Draft(path=CHAPTER, content=f"{number}\n{PADDING}"))

    def save_setting(self, number: int) -> None:
        """A small file with the last one kept beside it, as settings are."""
        write_json(self.show.root / "settings.json", {"number": number}, backup=True, mode=0o600)

    def save_event(self, number: int) -> None:
        """An event that is on disk before its effect."""
        self.journal.write(RunEnded(reason=str(number))).result()


def read_chapter(show: ShowFolder) -> int:
    """Return the number in the chapter. Raises ValueError for a text that is not whole."""
    text = (show.data / CHAPTER).read_text()
    first, rest = text.split("\n", 1)
    if rest != PADDING + "\n":
        raise ValueError("the chapter is not whole")
    return int(first)


def read_matrix(show: ShowFolder) -> int:
    """Return the number in the matrix, which must be valid as it lies there."""
    return int(Matrix.model_validate(read_json(show.matrix)).metrics.session_cost)


def read_restore(show: ShowFolder) -> int:
    """Return the number in restore.json."""
    return restore.Restore.model_validate(read_json(show.root / "restore.json")).scene


def read_draft(show: ShowFolder) -> int:
    """Return the number in the one draft."""
    files = list((show.root / "drafts").glob("*.json"))
    if not files:
        raise FileMissing(show.root / "drafts")
    return int(str(json.loads(files[0].read_text())["content"]).split("\n", 1)[0])


def read_setting(show: ShowFolder) -> int:
    """Return the number in the settings; the copy beside it, where there is one, must be whole too."""
    kept = show.root / "settings.json.bak"
    if kept.exists():
        json.loads(kept.read_text())
    return int(read_json(show.root / "settings.json")["number"])


def read_event(show: ShowFolder) -> int:
    """Return the newest number in the journal, which must be sound."""
    with closing(sqlite3.connect(show.journal)) as database:
        sound = database.execute("PRAGMA quick_check").fetchone()[0]
        if sound != "ok":
            raise ValueError(f"the journal is broken: {sound}")
        rows = database.execute("SELECT body FROM events WHERE name = 'RunEnded' ORDER BY seq DESC LIMIT 1").fetchall()
    return int(json.loads(rows[0][0])["reason"]) if rows else NOTHING


SAVES: dict[str, tuple[Callable[[Desk, int], None], Callable[[ShowFolder], int]]] = {
    "chapter": (Desk.save_chapter, read_chapter),
    "matrix": (Desk.save_matrix, read_matrix),
    "restore": (Desk.save_restore, read_restore),
    "draft": (Desk.save_draft, read_draft),
    "setting": (Desk.save_setting, read_setting),
    "event": (Desk.save_event, read_event),
}
"""Each kind: how a number is saved, and how it is read back."""


def new_show(folder: Path) -> ShowFolder:
    """Make a small show to save into, with a journal and nothing saved yet."""
    folder.mkdir(parents=True, exist_ok=True)
    show = make_show(folder, {"ch01_one": f"{NOTHING}\n{PADDING}\n"})
    (show.root / "drafts").mkdir(exist_ok=True)
    Journal(show.journal, SystemClock()).close()
    return show


def verdict(show: ShowFolder, kind: str, acknowledged: int) -> str:
    """Say what is wrong after a fault: "" when what was acknowledged is there and whole, and a start leaves no temp."""
    if wrong := loss(show, kind, acknowledged):
        return wrong
    sweep_temps(show.root, deep=True)
    left = [path.name for path in show.root.rglob("*.tmp")]
    return f"{kind}: left behind: {left}" if left else ""


def loss(show: ShowFolder, kind: str, acknowledged: int) -> str:
    """Say what is lost or broken; "" when what was acknowledged, or something newer, is there and whole."""
    try:
        found = SAVES[kind][1](show)
    except FileMissing:
        found = NOTHING
    except (BusError, ValueError, OSError, KeyError, sqlite3.Error) as error:
        return f"{kind}: broken: {type(error).__name__}: {error}"
    return "" if found >= acknowledged else f"{kind}: {acknowledged} was acknowledged, {found} is there"


def main() -> None:
    """Save so many numbers of one kind, and tell each that was acknowledged."""
    folder, kind, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    desk = open_desk(folder)
    for number in range(count):
        try:
            SAVES[kind][0](desk, number)
        except (BusError, EngineError) as refused:
            say(f"refused {number} {type(refused).__name__}")
        else:
            say(f"saved {number}")
    say("done")


def open_desk(folder: Path) -> Desk:
    """Open the show, again when the system refused: as somebody does who reads what was said and frees some space."""
    try:
        return Desk(folder)
    except (BusError, EngineError) as refused:
        say(f"refused to open: {type(refused).__name__}")
        return Desk(folder)


def say(line: str) -> None:
    """Tell a line, at once and by no system call that saves make, so that faults in those never hit the telling."""
    with socket.socket(fileno=os.dup(sys.stdout.fileno())) as out:
        out.sendall(f"{line}\n".encode())


if __name__ == "__main__":
    main()
