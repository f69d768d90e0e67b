"""What every side towards a foreign core has: one bus thread, its sockets, one way in and one way out."""

from abc import ABC, abstractmethod

from textcraft_bus.transport.thread import BusThread, Pump


class ForeignClient(ABC):
    """Opens its sockets on a bus thread of its own and closes them there; the core may come and go."""

    def __init__(self) -> None:
        self._thread = BusThread("foreign core")
        self._pumps: list[Pump] = []

    async def start(self) -> None:
        """Connect; the core may come later. Raises ValueError for an address that is none."""
        self._thread.start()
        try:
            await self._thread.ask(self._open())
        except BaseException:
            await self._thread.stop()
            raise

    async def stop(self) -> None:
        """Close within 2 s; what was not taken yet stays with the core."""
        self._thread.post(self._close)
        await self._thread.stop()

    @abstractmethod
    async def _open(self) -> None:
        """Make the sockets, on the bus thread, each with its pump in `_pumps`."""

    def _close(self) -> None:
        for pump in self._pumps:
            pump.close()
        self._pumps.clear()
