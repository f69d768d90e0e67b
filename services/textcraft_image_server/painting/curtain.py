"""The house-open picture: a quiet curtain of light for a wall with no program; it knows no prompt."""

import numpy as np
from PIL import Image

from textcraft_image_server.painting import noise
from textcraft_image_server.painting.chance import Chance
from textcraft_image_server.painting.colour import display_from_lab, lab_from_hex
from textcraft_image_server.painting.raster import Plane, stretch

_STOPS = ("#04070c", "#0b1320", "#182840", "#2b4560", "#587389", "#9aabb0")
_SHADOW, _TOP = 0.115, 0.74  # tone of the darkest corner and of the brightest fold, of 1


def _tone(rows: int, cols: int, seed: int) -> Plane:
    """Brightness 0..1: folds that fall from above, thinned and bent by slow noise, darker all around."""
    rng = Chance("curtain", seed).stream("folds")
    xs = np.linspace(-1.0, 1.0, cols, dtype=np.float32)[None, :]
    ys = np.linspace(0.0, 1.0, rows, dtype=np.float32)[:, None]
    bend = noise.fractal(rng, (rows, cols), (rows * 0.9, cols * 0.45), 3, 0.4) * np.float32(0.07)
    wide, fine = noise.line(rng, 4096, 420, 2, 0.4), noise.line(rng, 4096, 60, 3, 0.45)
    place = np.clip(((xs + bend + 0.10 * (ys - 0.4) * xs) * 0.5 + 0.5) * 3000 + 500, 0, 4094)
    fold = wide[place.astype(np.int32)] * 0.55 + fine[place.astype(np.int32)] * (0.20 * (1.0 - 0.55 * ys))
    drift = noise.fractal(rng, (rows, cols), (rows * 0.5, cols * 0.3), 4, 0.5)
    hem = 0.62 + 0.10 * wide[place.astype(np.int32)] + 0.05 * drift
    body = np.exp(-(np.clip(ys - hem, 0.0, None) ** 2) / 0.035) * np.exp(
        -(np.clip(hem - 0.1 - ys, 0.0, None) ** 2) / 0.26
    )
    air = 0.20 * np.exp(-((xs * 0.8) ** 2) - ((ys - 0.62) * 1.5) ** 2)
    glow = air + np.clip(0.46 + 0.26 * fold + 0.05 * drift, 0.0, 1.2) * body * np.exp(-((xs * 0.92) ** 2) * 0.9)
    found: Plane = np.clip(_SHADOW + (_TOP - _SHADOW) * glow, 0.0, 1.0)
    return found


def paint_curtain(width: int, height: int, seed: int = 11) -> Image.Image:
    """Paint the picture at width × height pixels; a mean of about 30 of 255, every tone dithered by ± 2 levels."""
    tone = stretch(_tone(max(2, height // 2), max(2, width // 2), seed), height, width)
    stops = np.stack([lab_from_hex(stop) for stop in _STOPS], axis=1)
    places = np.linspace(0.0, 1.0, len(_STOPS))
    lab = np.stack([np.interp(np.linspace(0.0, 1.0, 4096), places, row) for row in stops]).astype(np.float32)
    shown = display_from_lab(lab)[:, np.clip(tone * 4095, 0, 4095).astype(np.int32)]
    rng = Chance("curtain", seed).stream("dither")
    speck = 2.0 * (rng.random((height, width), dtype=np.float32) - rng.random((height, width), dtype=np.float32))
    picture = np.clip(shown * 255.0 + speck[None] + 0.5, 0.0, 255.0).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(picture.transpose(1, 2, 0)))
