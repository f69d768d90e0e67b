"""What every kind of wall needs before it has a core: its window, its place, its screenshots."""

import asyncio
import logging
from pathlib import Path

from PySide6.QtGui import QImage, QImageWriter

from textcraft_bus.disk.assets import resources
from textcraft_bus.errors import BusError
from textcraft_bus.pictures import check
from textcraft_display.config import DisplayConfig
from textcraft_display.overlays import Overlays
from textcraft_display.placement import Placement, Wish
from textcraft_display.registry import ScreenRegistry
from textcraft_display.view import WallView
from textcraft_qt.fonts import load_fonts
from textcraft_qt.screens import ScreenProvider

log = logging.getLogger(__name__)


def make_view(config: DisplayConfig, overlays: Overlays | None = None) -> WallView:
    """The window of a wall, not shown yet."""
    return WallView(config.wall, load_fonts(resources("fonts")).ui, safe_look(config), overlays)


def place_of(config: DisplayConfig, view: WallView, screens: ScreenProvider) -> Placement:
    """Where the window belongs, and what keeps it there."""
    place = Placement(view, screens, _wish(config), ScreenRegistry(config.wall))
    view.screenChanged.connect(place.on_moved)
    return place


def safe_look(config: DisplayConfig) -> Path | None:
    """The checked picture, or None: the wall then draws a plain dark ground instead."""
    path = (config.safe_look or Path(__file__).with_name("safe_look.jpg")).absolute()
    try:
        check(path.read_bytes())
    except (BusError, OSError) as error:
        log.warning("the safe look cannot be shown, a plain ground is: %s", error)
        return None
    return path


async def save_shot(view: WallView, config: DisplayConfig, number: int) -> None:
    """Write what shows into the folder of the shots, unless it moves."""
    image = await view.grab()
    if image is not None and config.shots is not None:
        await asyncio.to_thread(_save, image, config.shots / f"wall-{config.wall}-{number:03}.png")


def _wish(config: DisplayConfig) -> Wish:
    width, _, height = config.size.partition("x")
    x, _, y = config.position.partition(",")
    place = (int(x), int(y)) if y else None
    windowed = config.windowed or config.safe
    return Wish(config.screen, windowed, config.makeshift, (int(width), int(height)), place)


def _save(image: QImage, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    if QImageWriter(str(unfinished), b"png").write(image):
        unfinished.replace(path)
    else:
        log.warning("%s cannot be written", path)
