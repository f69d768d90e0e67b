"""Which numbers the frames of each service had, so that a frame that comes again is known; knows not what is in them.

Every frame of one start of a service has a number of its own. They may overtake each other over a new connection, so
the last so many are remembered, as one bit each, and not the last one alone.
"""

from collections.abc import Container
from typing import Final

from textcraft_bus.channel.messages import Envelope, PeerName, ServiceHello
from textcraft_bus.records import dataclass

REMEMBERED: Final = 1024
"""Numbers that many below the newest are taken for heard: nothing of ours is so late."""
MAX_PEERS: Final = 256


@dataclass(slots=True)
class _Heard:
    instance: str
    newest: int = 0
    bits: int = 0
    """Bit n is set when the number `newest` - n was heard."""

    def takes(self, number: int) -> bool:
        """Remember a number; False when it was heard already."""
        ahead = number - self.newest
        if ahead > 0:
            kept = self.bits << ahead if ahead < REMEMBERED else 0
            self.bits, self.newest = (kept | 1) & _ALL, number
            return True
        if ahead <= -REMEMBERED or self.bits >> -ahead & 1:
            return False
        self.bits |= 1 << -ahead
        return True


class HeardNumbers:
    """The numbers of all peers; another start of a service begins anew."""

    def __init__(self) -> None:
        self._heard: dict[PeerName, _Heard] = {}

    def is_repeated(self, peer: PeerName, message: Envelope, known: Container[PeerName]) -> bool:
        """Say whether this very frame was heard before, and remember it. One without a number never was.

        Only who says hello, or did, is remembered; beyond 256 peers only the `known` ones are.
        """
        if message.seq <= 0:
            return False
        if isinstance(message, ServiceHello):
            self._meet(peer, message.instance, known)
        heard = self._heard.get(peer)
        return heard is not None and not heard.takes(message.seq)

    def _meet(self, peer: PeerName, instance: str, known: Container[PeerName]) -> None:
        heard = self._heard.get(peer)
        # Who does not say which start it is may have been started again with every hello.
        if heard is None or not instance or heard.instance != instance:
            if len(self._heard) >= MAX_PEERS:
                self._heard = {each: was for each, was in self._heard.items() if each in known}
            self._heard[peer] = _Heard(instance)


_ALL: Final = (1 << REMEMBERED) - 1
