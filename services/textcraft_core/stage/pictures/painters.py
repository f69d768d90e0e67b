"""Which image servers a show starts: from a number or a list in its settings to what the keeper starts; starts none."""

import re
from collections.abc import Sequence
from typing import Final

from textcraft_bus.channel.messages import Role, peer_name
from textcraft_core.errors import ShowError
from textcraft_core.stage.keeper import Wanted

PROGRAM: Final = "textcraft-image-server"
FIRST: Final = "painter"
MOST: Final = 16
_ITEM: Final = re.compile(r"(?P<name>[A-Za-z0-9_-]{1,40})(=(?P<generator>[a-z0-9_]{1,40}))?")


def painters(wanted: int | Sequence[str], common: Sequence[str]) -> list[Wanted]:
    """Return the image servers to start, with arguments they have in common.

    A number makes painter, painter2, painter3 …; a list gives each a name, or `NAME=BACKEND`. Raises ShowError.
    """
    items = _names(wanted) if isinstance(wanted, int) else list(wanted)
    if len(items) > MOST:
        raise ShowError("image_servers", f"at most {MOST} can be started on one machine")
    found = [_read(item) for item in items]
    if len({name for name, _ in found}) < len(found):
        raise ShowError("image_servers", "each needs a name of its own")
    return [_wanted(name, generator, common) for name, generator in found]


def _names(count: int) -> list[str]:
    return [FIRST if number == 1 else f"{FIRST}{number}" for number in range(1, count + 1)]


def _read(item: str) -> tuple[str, str]:
    match = _ITEM.fullmatch(item.strip())
    if match is None:
        raise ShowError(f"image_servers: {item[:60]!r}", "say NAME or NAME=BACKEND, such as painter2=comfyui")
    return match["name"], match["generator"] or ""


def _wanted(name: str, generator: str, common: Sequence[str]) -> Wanted:
    chosen = ("--generator", generator) if generator else ()
    return Wanted(peer_name(Role.IMAGE_SERVER, name), PROGRAM, (*common, "--service-name", name, *chosen))
