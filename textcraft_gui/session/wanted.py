"""Which processes a mode wants, and with which arguments each is started; starts nothing itself."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QGuiApplication

from textcraft_bus.channel.messages import Mode, Role, peer_name
from textcraft_core.stage.keeper import Wanted
from textcraft_core.stage.pictures.painters import painters
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.machine.own_screen import black_behind_walls
from textcraft_gui.session.venue import Venue
from textcraft_gui.session.window_names import PREVIEW, REHEARSAL

LEAST_WALL = 480
SMALL_WALL = 320
LANE = 48
"""What stays free below a wall's window, so that the console's message lane can be read."""
FRAME = QSize(8, 40)
"""What a window manager's frame takes at most, about."""


def wall_names(mode: Mode, config: ConsoleConfig, held: Sequence[str]) -> list[str]:
    """The walls a mode opens; `held` still show what SHOW left on them, and no rehearsal touches those."""
    if mode is Mode.SHOW:
        return list(config.walls)
    if mode is Mode.EDIT:
        return [] if held else [PREVIEW]
    return [f"{name}{REHEARSAL}" if name in held else name for name in config.walls]


def image_servers(venue: Venue, config: ConsoleConfig) -> list[Wanted]:
    """The image servers of this machine, as the show's settings say. Raises ShowError."""
    wanted = config.textcraft.image_servers
    settings = ("--config", str(venue.show.root / "image_server.toml"))
    return painters(1 if wanted is None else wanted, (*_common(venue), *settings))


def behind_walls(venue: Venue, *, windowed: bool) -> list[Wanted]:
    """Black behind walls that have a screen of their own."""
    return [] if windowed else black_behind_walls(venue.id)


def wall(venue: Venue, name: str, number: int, config: ConsoleConfig, *, windowed: bool) -> Wanted:
    """One wall, the `number`th on this machine; in a window where it is wanted so, or until a screen is there."""
    place = wall_place(QGuiApplication.primaryScreen().availableGeometry(), number)
    more = ["--config", str(venue.show.root / "display.toml"), "--wall", name]
    if windowed or len(QGuiApplication.screens()) == 1:
        more += ["--windowed" if windowed else "--makeshift", "--size", f"{place.width()}x{place.height()}"]
        more += ["--position", f"{place.x()},{place.y()}"]
    if config.shots is not None:
        more += ["--shots", str(Path(config.shots).absolute())]
    return Wanted(peer_name(Role.WALL, name), "textcraft-display", (*_common(venue), *more))


def _common(venue: Venue) -> tuple[str, ...]:
    return ("--core", f"tcp://127.0.0.1:{venue.port}", "--show", venue.id, "--images", str(venue.show.images))


def wall_place(screen: QRect, number: int) -> QRect:
    """Where a wall's window goes when there is one screen: at its right edge, beside a console of 1280 pixels.

    Where there is no room beside it the windows are small and stand side by side at the bottom, over the docks, where
    they hide no status and no stop; those for which the row is too short lie a little lower on the others.
    """
    beside = screen.width() - 1280
    if beside >= LEAST_WALL:
        width = min(960, beside)
        left, top = screen.right() + 1 - width, screen.y() + 40 + number * (width * 9 // 16 + 40)
    else:
        width, step = SMALL_WALL, SMALL_WALL + FRAME.width()
        row, column = divmod(number, max(1, screen.width() // step))
        left = screen.right() + 1 - width - column * step
        top = screen.bottom() + 1 - width * 9 // 16 - LANE + row * FRAME.height() // 2
    height = width * 9 // 16
    return QRect(left, max(screen.y(), min(top, screen.bottom() + 1 - height)), width, height)


def console_place(screen: QRect, size: QSize) -> QRect:
    """Where the console opens: at the left, so that a wall's window has its room; the whole of a small screen."""
    room = QSize(screen.width() - FRAME.width(), screen.height() - FRAME.height())
    if room.width() < size.width() or room.height() < size.height():
        return screen
    return QRect(screen.topLeft(), size)
