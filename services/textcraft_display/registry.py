"""Which screen belongs to which wall on this machine, kept in its settings: a device, never an index.

One small file for each wall: `<settings>/walls/<name>.json`. An unreadable one counts as none and is set aside.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from filelock import FileLock
from pydantic import TypeAdapter, ValidationError

from textcraft_bus.clock import SystemClock
from textcraft_bus.disk.files import read_json, set_aside, write_json
from textcraft_bus.disk.folders import config_folder, made, service_folder
from textcraft_bus.errors import BusError, FileMissing, Unreadable
from textcraft_bus.processes import read_record
from textcraft_qt.screens import ScreenIdentity, find_match

log = logging.getLogger(__name__)

_IDENTITY = TypeAdapter(ScreenIdentity)
CLAIM_SECONDS = 5.0


class ScreenRegistry:
    """The screens of this machine's walls, as one of the walls sees them; every call blocks for a few milliseconds."""

    def __init__(self, wall: str, folder: Path | None = None) -> None:
        self._wall = wall
        self._folder = made(folder or config_folder() / "walls")

    def own(self) -> ScreenIdentity | None:
        """The screen this wall was bound to last."""
        return self._read(self._folder / f"{self._wall}.json")

    def keep(self, identity: ScreenIdentity) -> None:
        """Bind this wall to a screen from now on; a disk that refuses is logged, the wall goes on."""
        if identity == self.own():
            return
        try:
            write_json(self._folder / f"{self._wall}.json", asdict(identity))
            self._unbind_others(identity)
        except (BusError, OSError) as error:
            log.warning("the screen of this wall cannot be kept: %s", error)

    def forget(self) -> None:
        """Bind this wall to no screen: the one it had is another wall's now."""
        (self._folder / f"{self._wall}.json").unlink(missing_ok=True)

    def _unbind_others(self, identity: ScreenIdentity) -> None:
        """A screen is one wall's: one that is not open now and had it chooses anew when it comes back."""
        for name, other in self.all().items():
            if name != self._wall and find_match(identity, [other]) is not None and not _runs(name):
                (self._folder / f"{name}.json").unlink(missing_ok=True)

    def all(self) -> dict[str, ScreenIdentity]:
        """Every wall of this machine and its screen."""
        found = {path.stem: self._read(path) for path in sorted(self._folder.glob("*.json"))}
        return {name: identity for name, identity in found.items() if identity is not None}

    def taken(self) -> list[ScreenIdentity]:
        """The screens of the other walls that run now."""
        return [identity for name, identity in self.all().items() if name != self._wall and _runs(name)]

    @contextmanager
    def claiming(self) -> Iterator[None]:
        """Two walls that start at once choose one after the other."""
        with FileLock(self._folder / "claim.lock", timeout=CLAIM_SECONDS):
            yield

    def _read(self, path: Path) -> ScreenIdentity | None:
        try:
            return _IDENTITY.validate_python(read_json(path))
        except FileMissing:
            return None
        except (Unreadable, ValidationError) as error:
            log.warning("%s cannot be used and was set aside: %s", path.name, error)
            set_aside(path, SystemClock())
            return None


def _runs(wall: str) -> bool:
    record = read_record(service_folder() / "walls" / f"{wall}.json")
    return record is not None and record.alive()
