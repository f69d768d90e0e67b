"""Lets pictures and links fail in a rehearsal, as its fault profile says; knows no brain and takes no picture away.

A black picture is really painted: the request asks the image server for it, and the gate has to find out. A cut link
is really cut: for a while nothing of the addressed channel comes or goes.
"""

from typing import Final, Protocol

from textcraft_core.brains.faults import FaultProfile
from textcraft_core.events import CycleStarted, Event, FaultRehearsed, RenderRequested
from textcraft_core.record.stream import EventStream

BLACK: Final = "black"
LINK: Final = "link cut"


class CutPort(Protocol):
    """What the desk asks of the bus."""

    def cut_link(self, seconds: float) -> None:
        """Let nothing through for so long."""


class FaultDesk:
    """Made for a rehearsal; without a profile (None) nothing fails here."""

    def __init__(self, profile: FaultProfile | None, seed: int, bus: CutPort, stream: EventStream) -> None:
        self._profile = profile
        self._seed = seed
        self._bus = bus
        self._stream = stream
        stream.subscribe(self._on_event)

    def change(self, profile: FaultProfile | None) -> None:
        """Let the next cycles and pictures fail as another profile says; None: nothing fails any more."""
        self._profile = profile

    def generator(self, event: RenderRequested) -> str | None:
        """Return which backend is to paint, None for the image server's own choice."""
        profile = self._profile
        if profile is None or not profile.is_black(self._seed, event.cycle, event.target, event.seed):
            return None
        self._stream.emit(FaultRehearsed(fault=f"{BLACK} picture", cycle=event.cycle, target=event.target))
        return BLACK

    def _on_event(self, event: Event) -> None:
        if not isinstance(event, CycleStarted) or self._profile is None:
            return
        seconds = self._profile.link_cut_s(self._seed, event.cycle)
        if seconds > 0:
            self._stream.emit(FaultRehearsed(fault=LINK, cycle=event.cycle, seconds=seconds))
            self._bus.cut_link(seconds)
