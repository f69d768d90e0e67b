"""The procedural painter: prompt, seed and size in, picture out; it knows no network and no clock."""

import io
from typing import Literal

from PIL import Image

from textcraft_image_server.painting.chance import Chance
from textcraft_image_server.painting.finish import add_bloom, develop
from textcraft_image_server.painting.raster import Canvas
from textcraft_image_server.painting.reading import read
from textcraft_image_server.painting.scenes import SCENES
from textcraft_image_server.painting.stage import Stage, tune_tones

SMALLEST, LARGEST = 64, 4096
_MOST_PIXELS = 8_294_400  # 3840 × 2160; larger pictures are painted at this size and enlarged, which bounds memory

__all__ = ["LARGEST", "SMALLEST", "encode", "paint"]


def _working_size(width: int, height: int) -> tuple[int, int]:
    shrink = min(1.0, (_MOST_PIXELS / (width * height)) ** 0.5)
    return max(SMALLEST, int(width * shrink)), max(SMALLEST, int(height * shrink))


def paint(prompt: str, seed: int, width: int, height: int, *, negative_prompt: str = "") -> Image.Image:
    """Paint an RGB picture of width × height pixels, each SMALLEST..LARGEST (else ValueError).

    The same prompt, seed and size give the same picture; what the negative prompt names is left out.
    """
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
        raise ValueError(f"picture size {width} × {height} is outside {SMALLEST}..{LARGEST} pixels a side")
    chance = Chance(prompt, seed)
    brief = read(prompt, negative_prompt, chance)
    stage = Stage(Canvas(*_working_size(width, height)), brief, chance, tune_tones(brief, chance))
    SCENES[brief.family](stage)
    add_bloom(stage.canvas)
    picture = develop(stage.canvas, stage.rng("grain"))
    return picture if picture.size == (width, height) else picture.resize((width, height), Image.Resampling.BICUBIC)


def encode(image: Image.Image, format: Literal["jpeg", "png"] = "jpeg") -> bytes:
    """Return the picture as a JPEG file of quality 92 or as a PNG file."""
    target = io.BytesIO()
    if format == "jpeg":
        image.save(target, "JPEG", quality=92)
    elif format == "png":
        image.save(target, "PNG", compress_level=4)
    else:
        raise ValueError(f"pictures are encoded as jpeg or png, not {format!r}")
    return target.getvalue()
