"""What only a Qt program can see of a machine; a process of its own, for Qt ends the one that has no screen server.

`textcraft qt-look` prints one line of JSON.
"""

import json
from typing import Any, Final

LINES: Final = {0x1F00: "vendor", 0x1F01: "renderer", 0x1F02: "version"}
"""OpenGL's names of its own strings."""


def main(_words: list[str]) -> int:
    """Look, and print what was found."""
    from textcraft_bus.cli import fail, say  # noqa: PLC0415 - as below
    from textcraft_bus.errors import Unheard  # noqa: PLC0415 - as below
    from textcraft_qt.errors import QtHelperError  # noqa: PLC0415 - this module is imported without Qt, too

    try:
        found = look()
    except QtHelperError as error:
        found = {"error": str(error)}
    try:
        say(json.dumps(found))
    except Unheard as error:
        fail("textcraft qt-look", error)
    return 0


def look() -> dict[str, Any]:
    """Return platform, screens, fonts and who paints. Raises QtHelperError."""
    from PySide6.QtGui import QGuiApplication  # noqa: PLC0415 - as above

    from textcraft_bus.disk.assets import resources  # noqa: PLC0415 - as above
    from textcraft_qt.errors import FontsMissingError  # noqa: PLC0415 - as above
    from textcraft_qt.fonts import load_fonts  # noqa: PLC0415 - as above
    from textcraft_qt.guards import application  # noqa: PLC0415 - as above

    app = application(["textcraft-qt-look"], gui=False)
    screens = [_screen(screen) for screen in QGuiApplication.screens()]
    try:
        fonts = load_fonts(resources("fonts")).ui
    except FontsMissingError as error:
        fonts, wrong = "", str(error)
    else:
        wrong = ""
    return {"platform": app.platformName(), "screens": screens, "fonts": fonts, "fonts_wrong": wrong, **_painter()}


def _screen(screen: Any) -> dict[str, Any]:
    size = screen.size() * screen.devicePixelRatio()
    return {
        "name": screen.name(),
        "model": " ".join(part for part in (screen.manufacturer(), screen.model()) if part),
        "serial": bool(screen.serialNumber()),
        "width": round(size.width()),
        "height": round(size.height()),
        "hz": round(screen.refreshRate()),
    }


def _painter() -> dict[str, str]:
    """Who paints: the graphics card, or the processor in its place; empty where there is no OpenGL at all."""
    from PySide6.QtGui import QOffscreenSurface, QOpenGLContext  # noqa: PLC0415 - as above

    context, surface = QOpenGLContext(), QOffscreenSurface()
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        return {}
    functions = context.functions()
    found = {name: str(functions.glGetString(number) or "") for number, name in LINES.items()}
    context.doneCurrent()
    return found
