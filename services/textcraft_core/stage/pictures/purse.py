"""What pictures cost: set aside before a request goes out, settled by its end, in the show's one account.

Knows no sockets. Prices come from the image servers' hellos; a server that names none costs nothing.
"""

from textcraft_bus.channel import facts
from textcraft_bus.channel.messages import PeerName, Role, ServiceHello
from textcraft_bus.constants import MAX_ATTEMPTS
from textcraft_core.spend import Ledger, Reservation

SOURCE = "pictures"


class Purse:
    """The reservations of the pictures that are asked for; `account` None pays nothing and knows no bounds."""

    def __init__(self, account: Ledger | None) -> None:
        self._account = account
        self._servers: dict[PeerName, ServiceHello] = {}
        self._held: dict[str, tuple[Reservation, float]] = {}
        self._count = 0

    def on_fact(self, fact: facts.Fact) -> None:
        """Take in who paints, and for how much."""
        match fact:
            case facts.PeerSeen(peer, hello) if hello.role is Role.IMAGE_SERVER:
                self._servers[peer] = hello
            case facts.PeerLost(peer=peer):
                self._servers.pop(peer, None)

    def price(self, generator: str) -> float:
        """Return the most a picture can cost at the servers there now, USD."""
        return max(self._prices(generator), default=0.0)

    def budget(self, request_id: str) -> float | None:
        """Return what is set aside for each attempt, USD; None without an account, where any price is taken."""
        if self._account is None:
            return None
        held = self._held.get(request_id)
        return held[1] if held else 0.0

    def falls_short(self, request_id: str, generator: str) -> bool:
        """Whether every server there asks for more than is set aside."""
        prices, budget = self._prices(generator), self.budget(request_id)
        return bool(prices) and budget is not None and min(prices) > budget

    async def set_aside(self, request_id: str, usd: float) -> None:
        """Set aside `usd` for each attempt. Raises BrainError, as every payer of the account, when it must not be."""
        if self._account is None or usd <= 0:
            return
        self.settle(request_id, 0.0)
        self._count += 1
        call_id = f"picture-{request_id}-{self._count}"
        self._held[request_id] = await self._account.reserve(call_id, SOURCE, usd * MAX_ATTEMPTS), usd

    def settle(self, request_id: str, usd: float, unseen: int = 0, *, estimated: bool = False) -> None:
        """Tell what a picture came to; each unseen attempt is presumed to have cost what was set aside for it."""
        held = self._held.pop(request_id, None)
        if held is not None and self._account is not None:
            reservation, price = held
            self._account.settle(reservation, usd + unseen * price, estimated=estimated or unseen > 0)

    def _prices(self, generator: str) -> list[float]:
        able = [hello for hello in self._servers.values() if not generator or generator in hello.capabilities]
        return [hello.prices.get(generator or hello.generator, 0.0) for hello in able]
