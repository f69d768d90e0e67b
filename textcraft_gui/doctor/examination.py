"""The whole list of what doctor looks at, in the order it is told; makes one look after the other."""

import time
from collections.abc import AsyncIterator
from typing import Any, Final

from textcraft_bus.clock import SystemClock
from textcraft_bus.constants import DEFAULT_PORTS
from textcraft_bus.crashes import crash_files
from textcraft_bus.disk.folders import log_folder
from textcraft_bus.records import dataclass
from textcraft_core.day import looks
from textcraft_core.day.preflight import Check, Finding, aside, made
from textcraft_core.diagnosis import machine
from textcraft_core.diagnosis import show as show_looks
from textcraft_core.show.folder import ShowFolder, show_id
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.doctor.looks import QtEyes, platform_libraries, programs_start, stays_awake
from textcraft_gui.machine.preflight_looks import brain_key

LOOK_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the examination."""

    check: str
    finding: Finding
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        found = self.finding
        return {"check": self.check, "state": found.state.value, "found": found.found, "advice": found.advice}


def checks(show: ShowFolder, config: ConsoleConfig) -> dict[str, Check]:
    """Return every look by its name."""
    eyes = QtEyes()
    return {
        "python": aside(machine.python_and_qt),
        "packages": aside(machine.libraries),
        "libraries": aside(platform_libraries),
        "display": eyes.display(),
        "screens": eyes.screens(len(config.walls)),
        "fonts": eyes.fonts(),
        "painter": eyes.painter(),
        "programs": programs_start,
        "sleep": stays_awake,
        "power": looks.battery(),
        "memory": aside(machine.memory),
        "files": aside(machine.file_limit),
        "folders": aside(machine.own_folders),
        "disk": looks.disk(show.root),
        "disk speed": aside(lambda: machine.disk_speed(show.root)),
        "clock": looks.clock(SystemClock(), lambda: show_looks.last_event_at(show.journal), config.day.zone),
        "zone": aside(lambda: machine.time_zone(config.day.zone)),
        "ports": aside(lambda: machine.ports(DEFAULT_PORTS)),
        "leftovers": aside(lambda: machine.leftovers((show_id(show),))),
        "settings": aside(lambda: show_looks.settings(show)),
        "texts": aside(lambda: show_looks.texts(show)),
        "journal": aside(lambda: show_looks.journal(show.journal)),
        "last end": aside(lambda: show_looks.came_back(show)),
        "key": brain_key(config, show.root / ".env"),
        "prices": aside(lambda: show_looks.prices(config, show.root / ".env")),
        "crashes": aside(lambda: machine.crash_notes([path.name for path in crash_files(log_folder())])),
    }


async def examine(show: ShowFolder, config: ConsoleConfig) -> AsyncIterator[Told]:
    """Make every look, one after the other, and tell each when it is made."""
    for name, check in checks(show, config).items():
        began = time.monotonic()
        finding = await made(check, LOOK_SECONDS)
        yield Told(name, finding, time.monotonic() - began)
