"""A real SHOW that is soaked: supervised console, image server on a folder of pictures, one wall; driven by OSC."""

import contextlib
import io
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from pythonosc.udp_client import SimpleUDPClient

from tests.support.ports import free_udp_port
from tests.support.programs import programs
from tests.support.supervised import Supervised
from tests.support.waiting import wait_until
from textcraft_bus.processes import running_services
from textcraft_gui.session.which_show import the_show

PICTURES, SIDE = 40, 1024
TAKE_SECONDS = 5.0
"""AUTO takes a picture so often."""
END_SECONDS = 40.0
COUNTS_VARIABLE = "TEXTCRAFT_COUNTS"


class Played:
    """The show in play; everything is asked for as a desk beside the console asks for it."""

    def __init__(self, supervised: Supervised, port: int, pictures: "Pictures") -> None:
        self.supervised = supervised
        self.pictures = pictures
        self._desk = SimpleUDPClient("127.0.0.1", port)

    def begin(self) -> None:
        """Off with the safe look, AUTO and RUN on."""
        for address, value in (("safe_look", 0), ("auto", 1), ("run", 1)):
            self._desk.send_message(f"/textcraft/{address}", value)

    def processes(self) -> dict[str, int]:
        """Every process of the show by what people call it."""
        own = self.supervised
        named = {"supervisor": own.program.pid, "console": own.console, "spare": own.spare}
        found = {name: pid for name, pid in named.items() if pid is not None}
        return found | {record.peer.partition(".")[0]: record.pid for record in running_services(self.supervised.id)}

    def count(self, name: str) -> int:
        """How many events of this name the journal holds."""
        with contextlib.closing(sqlite3.connect(f"file:{self.supervised.show.journal}?mode=ro", uri=True)) as journal:
            return int(journal.execute("SELECT count(*) FROM events WHERE name = ?", (name,)).fetchone()[0])

    def goes_on(self) -> bool:
        """Whether RUN is on."""
        return self.count("RunStarted") > self.count("RunEnded")


@contextmanager
def played(folder: Path, rate: float) -> Iterator[Played]:
    """Play at `rate` cycles a second, in a TEXTCRAFT_HOME of its own; at the end all of it is gone."""
    show = the_show(None)
    pictures = Pictures(folder / "pictures")
    settings = f'generator = "folder"\n[folder]\npath = "{pictures.folder}"\norder = "sequence"\n'
    (show.root / "image_server.toml").write_text(settings, encoding="utf-8")
    port = free_udp_port()
    words = ("--osc.on", "--osc.port", str(port), "--mode", "show", "--ports", "free", *_pace(rate))
    with programs(folder) as started:
        supervised = Supervised(started, *words, quick=())
        supervised.stands()
        wait_until(supervised.ready, 60, "the console")
        play = Played(supervised, port, pictures)
        wait_until(lambda: play.count("ServiceSeen") >= 2, 60, "wall and image server")
        play.begin()
        try:
            yield play
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(supervised.program.pid, signal.SIGTERM)
            supervised.program.wait(END_SECONDS)
            supervised.end_walls()


def _pace(rate: float) -> tuple[str, ...]:
    pace = {
        "textcraft.cadence-s": 0.95 / rate,
        "textcraft.auto-seconds": TAKE_SECONDS,
        "rehearsal.first-token-s": 0.0,
        "rehearsal.tokens-per-s": 0,  # all at once: what is typed slowly would take longer than a cycle may
        "textcraft.on-complete": "begin_anew",
    }
    return tuple(word for name, value in pace.items() for word in (f"--{name}", str(value)))


class Pictures:
    """A folder of pictures that are new again and again: no hash comes twice, so every cache by hash really fills."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self._turn = 0
        self._painted = [self._paint(number) for number in range(PICTURES)]
        self.renew()

    def renew(self) -> None:
        """Give each picture another comment, and so another hash."""
        self._turn += 1
        for number, jpeg in enumerate(self._painted):
            words = f"{self._turn} {number}".encode()
            comment = b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words
            temporary = self.folder / f"{number}.new"
            temporary.write_bytes(jpeg[:2] + comment + jpeg[2:])
            temporary.replace(self.folder / f"{number}.jpg")

    @staticmethod
    def _paint(number: int) -> bytes:
        data = io.BytesIO()
        small = Image.effect_noise((SIDE // 32, SIDE // 32), 40 + number).convert("RGB")
        small.resize((SIDE, SIDE)).save(data, "JPEG", quality=85)
        return data.getvalue()
