"""Draws the programs' icon for each system from two drawings: `python build/icons.py`, by whoever changed one of them.

`icons/textcraft.svg` is the icon, `icons/textcraft_small.svg` what is left of it at 32 pixels and below. What is drawn
is kept in git, so that a build needs nobody's painter; a test draws it again and compares.
"""

import io
import sys
from pathlib import Path
from typing import Final

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

HERE: Final = Path(__file__).parent / "icons"
WINDOW: Final = Path(__file__).parent.parent / "resources" / "icons" / "textcraft.png"
SMALL: Final = 32
WINDOWS_SIZES: Final = (16, 24, 32, 48, 64, 128, 256)
MACOS_SIZES: Final = (16, 32, 64, 128, 256, 512, 1024)
LINUX_SIZES: Final = (16, 24, 32, 48, 64, 128, 256, 512)


def draw(size: int) -> Image.Image:
    """Return the icon as a square of so many pixels."""
    source = HERE / ("textcraft_small.svg" if size <= SMALL else "textcraft.svg")
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        QSvgRenderer(str(source)).render(painter)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return Image.open(io.BytesIO(buffer.data().data())).convert("RGBA")


def make(folder: Path = HERE, window: Path = WINDOW) -> list[Path]:
    """Write the icons of Windows, macOS, Linux and of the console's own window; return where they lie."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {size: draw(size) for size in {*WINDOWS_SIZES, *MACOS_SIZES, *LINUX_SIZES}}
    windows, macos = folder / "textcraft.ico", folder / "textcraft.icns"
    _save([drawn[size] for size in WINDOWS_SIZES], windows)
    _save([drawn[size] for size in MACOS_SIZES], macos)
    linux = [folder / f"textcraft-{size}.png" for size in LINUX_SIZES]
    for path, size in zip([*linux, window], [*LINUX_SIZES, 256], strict=True):
        drawn[size].save(path, optimize=True)
    return [windows, macos, *linux, window]


def _save(images: list[Image.Image], path: Path) -> None:
    """Write one file that holds several sizes, each of them drawn and none shrunk from another."""
    images[-1].save(path, append_images=images[:-1], sizes=[image.size for image in images])


if __name__ == "__main__":
    for made in make():
        sys.stdout.write(f"{made.relative_to(HERE.parent.parent)}\n")
