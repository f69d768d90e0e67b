"""Writes the picture that a wall shows before the show: `python -m tests.bench.safe_look OUT.jpg`."""

import sys
from pathlib import Path

from textcraft_image_server.painting.curtain import paint_curtain

SIZE = (1920, 1080)
QUALITY = 95  # high enough that the dither outlives the compression


def make(path: Path) -> Path:
    """Paint the curtain at SIZE, write it to `path` as JPEG and return the path."""
    paint_curtain(*SIZE).save(path, "JPEG", quality=QUALITY, optimize=True, subsampling="4:2:0")
    return path


if __name__ == "__main__":
    make(Path(sys.argv[1]))
