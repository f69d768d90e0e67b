"""How the docks stand in each mode, and which tab each shows: kept on this machine; one verb goes back to the usual.

SHOW is never arranged before an audience: it takes what was arranged for it, else what was rehearsed. Knows no panel.
"""

import base64
import binascii
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QMainWindow

from textcraft_bus.channel.messages import Mode
from textcraft_bus.disk.files import read_json, write_json
from textcraft_bus.errors import BusError
from textcraft_bus.records import dataclass
from textcraft_gui.panels.dock import Dock

log = logging.getLogger(__name__)

VERSION: Final = 1
"""Raised when docks come or go: a layout of another version is left out."""
MAX_BYTES: Final = 64 << 10
SHARES: Final[Mapping[Mode, tuple[int, ...]]] = {
    Mode.EDIT: (22, 52, 26),
    Mode.REHEARSE: (24, 48, 28),
    Mode.SHOW: (24, 48, 28),
}
"""How wide the three docks are beside each other, in percent."""
_GRABS: Final = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.HoverMove, QEvent.Type.HoverEnter})


@dataclass
class Layout:
    """One mode: the docks as Qt writes them down (nothing while they stand as usual), and the tab of each."""

    docks: bytes = b""
    tabs: dict[str, str] = field(default_factory=dict)
    widths: tuple[int, ...] = ()
    """How wide the docks were then: in a window of another size each gets the same share."""
    usual: bool = False
    """SHOW was reset: it takes nothing over from a rehearsal."""


class Layouts(QObject):
    """The docks of one window. `on_changed` hears of everything that is to be kept."""

    def __init__(self, docks: QMainWindow, parts: Sequence[Dock], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._docks = docks
        self._parts = parts
        self._kept: dict[Mode, Layout] = {}
        self._mode: Mode | None = None
        self._usual: QByteArray | None = None
        self._showing = False
        self._grabbed = False
        self.on_changed: Callable[[], object] = lambda: None
        docks.installEventFilter(self)
        for part in parts:
            part.dockLocationChanged.connect(self._on_moved)
            part.strip.chosen.connect(lambda _index, part=part: self._on_tab(part))

    @property
    def locked(self) -> bool:
        """Whether the docks stay where they are."""
        return self._mode is Mode.SHOW

    def show_mode(self, mode: Mode | None) -> None:
        """Bring the docks of a mode; those of the mode before were kept when they were moved."""
        if mode is None or mode is self._mode:
            return
        self._mode = mode
        for part in self._parts:
            part.lock(self.locked)
        self._show()

    def reset(self) -> None:
        """The docks and tabs of this mode as they usually are."""
        if self._mode is None:
            return
        self._kept.pop(self._mode, None)
        if self.locked:
            self._kept[self._mode] = Layout(usual=True)
        self._show()
        self.on_changed()

    def keep_for_show(self) -> None:
        """SHOW gets the docks as they stand now."""
        self._write(Mode.SHOW)
        self.on_changed()

    def share(self) -> None:
        """Give the docks their widths in the room there is now: to be called when the window grew."""
        if not self._docks.isVisible():
            return
        shares = SHARES[self._mode or Mode.REHEARSE]
        if own := self._own():
            self._restore(own.docks)
            shares = own.widths  # Qt gives what is new of the room to one dock
        if sum(shares):
            sizes = [self._docks.width() * share // sum(shares) for share in shares]
            self._docks.resizeDocks(list(self._parts), sizes, Qt.Orientation.Horizontal)

    # Showing

    def _show(self) -> None:
        usual = bytes(self._usual_state().data())  # before anything is restored
        own = self._own()
        if self._mode is not None and own and not self._restore(own.docks):
            log.warning("the docks of %s cannot be restored: the usual ones serve", self._mode)
            own.docks, own = b"", None
        if not own:
            self._restore(usual)
        self._show_tabs()
        self.share()

    def _restore(self, written: bytes) -> bool:
        self._showing = True
        try:
            return self._docks.restoreState(QByteArray(written), VERSION)
        finally:
            self._showing = False

    def _show_tabs(self) -> None:
        if self._mode is None:
            return
        wanted = self._kept.get(self._mode, Layout()).tabs
        self._showing = True
        for part in self._parts:
            if not part.show_page(wanted.get(part.objectName(), "")):
                part.strip.choose(0)  # each dock opens with its first
        self._showing = False

    def _usual_state(self) -> QByteArray:
        if self._usual is None:
            self._usual = self._docks.saveState(VERSION)
        return self._usual

    def _own(self) -> Layout | None:
        """What was arranged for this mode; SHOW without one takes what was rehearsed."""
        if self._mode is None:
            return None
        own = self._kept.get(self._mode, Layout())
        rehearsed = self._kept.get(Mode.REHEARSE, Layout())
        wanted = rehearsed if self.locked and not own.usual and not own.docks else own
        return wanted if wanted.docks else None

    # Noticing

    def _of(self, mode: Mode) -> Layout:
        return self._kept.setdefault(mode, Layout())

    def _write(self, mode: Mode) -> None:
        layout = self._of(mode)
        layout.docks = bytes(self._docks.saveState(VERSION).data())
        layout.widths = tuple(part.width() for part in self._parts)

    def _on_moved(self) -> None:
        if self._mode is not None and not self._showing and not self.locked and self._docks.isVisible():
            self._write(self._mode)
            self.on_changed()

    def _on_tab(self, part: Dock) -> None:
        if self._mode is not None and not self._showing:
            self._of(self._mode).tabs[part.objectName()] = part.page
            self.on_changed()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """See a hand on the edges between the docks; in SHOW they give way to nobody."""
        kind = event.type()
        if kind is QEvent.Type.Show:
            # A mode that came, or a window that grew, meanwhile found no docks to share.
            QTimer.singleShot(0, self.share)
        if self.locked and kind in _GRABS:
            return True
        if kind is QEvent.Type.MouseButtonPress:
            self._grabbed = True
        elif kind is QEvent.Type.MouseButtonRelease and self._grabbed:
            self._grabbed = False
            self._on_moved()
        return False

    # Keeping

    def load(self, path: Path) -> None:
        """Take over what was kept; what nobody can read is left out and logged. Blocking."""
        try:
            kept = read_json(path, MAX_BYTES)
        except BusError as error:
            log.info("no layouts of this machine's own: %s", error)
            return
        told = kept.get("modes") if isinstance(kept, dict) and kept.get("version") == VERSION else None
        if not isinstance(told, dict):
            log.warning("%s holds no layouts of this version: the usual ones serve", path)
            return
        for mode in Mode:
            if (layout := _read(told.get(mode.value))) is not None:
                self._kept[mode] = layout

    def written(self) -> dict[str, Any]:
        """Return what is to be kept, as plain data."""
        modes = {
            mode.value: {
                "docks": base64.b64encode(layout.docks).decode("ascii"),
                "tabs": dict(layout.tabs),
                "widths": list(layout.widths),
                "usual": layout.usual,
            }
            for mode, layout in self._kept.items()
        }
        return {"version": VERSION, "modes": modes}


def save(path: Path, written: dict[str, Any]) -> None:
    """Keep what `Layouts.written` returned. Blocking. Raises WriteFailed."""
    write_json(path, written)


def _read(told: Any) -> Layout | None:
    if not isinstance(told, dict):
        return None
    docks, tabs = told.get("docks"), told.get("tabs")
    try:
        raw = base64.b64decode(docks, validate=True) if isinstance(docks, str) else b""
    except (binascii.Error, ValueError):
        log.warning("a layout is left out: its docks are no base64")
        raw = b""
    named = tabs.items() if isinstance(tabs, dict) else ()
    chosen = {name: word for name, word in named if isinstance(name, str) and isinstance(word, str)}
    return Layout(raw, chosen, _widths(told.get("widths")), told.get("usual") is True)


def _widths(told: Any) -> tuple[int, ...]:
    """One for each dock, or none at all."""
    of_docks = isinstance(told, list) and len(told) == len(SHARES[Mode.SHOW])
    return tuple(told) if of_docks and all(type(width) is int and 0 < width < MAX_BYTES for width in told) else ()
