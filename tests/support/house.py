"""Two walls as events, with thumbnails and screens."""

import base64
import io
from pathlib import Path

from PIL import Image

from tests.support import show_script as script
from textcraft_bus.channel.messages import Layer, ScreenInfo, TransitionKind
from textcraft_core import events as ev
from textcraft_core.events import Event

SCREENS = (
    ScreenInfo(manufacturer="Epson", model="EB-L730U", connector="HDMI-1", width=1920, height=1200),
    ScreenInfo(manufacturer="Dell", model="U2720Q", connector="DP-2", width=3840, height=2160),
)


def jpeg(path: str | Path, size: tuple[int, int] = (320, 180)) -> str:
    """A wall's thumbnail of a picture file."""
    buffer = io.BytesIO()
    Image.open(path).convert("RGB").resize(size).save(buffer, "JPEG")
    return base64.b64encode(buffer.getvalue()).decode()


def two_walls() -> list[Event]:
    """Brick on its screen, stairs in a window; both follow and show the first picture."""
    return [
        *(ev.ServiceSeen(service=f"wall.{name}", role="wall", pid=pid, host="here") for name, pid in WALLS.items()),
        ev.TransitionSet(kind=TransitionKind.FADE, seconds=1.2),
        ev.WallPlaced(wall="brick", screen=SCREENS[0], present=SCREENS, free=SCREENS),
        ev.WallPlaced(wall="stairs", windowed=True, present=SCREENS, free=SCREENS),
        *(
            ev.WallConfirmed(wall=name, layer=Layer.PROGRAM, sha256=script.sha(1), phase="first_frame", scene=3)
            for name in WALLS
        ),
    ]


WALLS = {"brick": 4101, "stairs": 4105}
