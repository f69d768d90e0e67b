"""The black behind the walls as a service that is wanted; knows no screen."""

from textcraft_bus.channel.messages import PeerName
from textcraft_core.stage.keeper import Wanted

PEER = PeerName("backdrop.main")


def backdrop(show_id: str, *more: str) -> Wanted:
    """Black behind the walls of this machine, in SHOW on every screen but the console's."""
    arguments = ("--backdrop", "--show", show_id, *more)
    return Wanted(PEER, "textcraft-display", arguments, in_show=("--every-screen",), hears=False)
