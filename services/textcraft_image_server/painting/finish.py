"""From scene light to a picture: bloom, exposure, vignette, tone curve, grain; it knows no scene."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from textcraft_image_server.painting.colour import display_from_scene
from textcraft_image_server.painting.raster import Canvas, Light, Plane, average, stretch, strips

_LUMA = (0.2126, 0.7152, 0.0722)
_DARKEST, _BRIGHTEST = 0.20, 0.38  # mean luma a dark hall can take, of 1
_LEAST_DEVIATION = 0.11
_FADING = 0.16  # share of colour given up, as print and film do


def _shrink(light: Light, side: int) -> Light:
    step = max(1, min(light.shape[1:]) // side)
    rows, cols = light.shape[1] // step, light.shape[2] // step
    return np.stack([average(plane, rows, cols) for plane in light])


def add_bloom(canvas: Canvas, strength: float = 0.10, threshold: float = 1.1) -> None:
    """Let strong light spill over its neighbourhood, as it does in a lens."""
    small = _shrink(canvas.light, 270)
    bright = np.clip(small - threshold, 0.0, 24.0)
    rows, cols = bright.shape[1:]
    spill = np.zeros_like(bright)
    for shrink, weight in ((4, 0.5), (14, 0.35), (40, 0.3)):
        for channel in range(3):
            reduced = average(bright[channel], max(1, rows // shrink), max(1, cols // shrink))
            spill[channel] += weight * stretch(reduced, rows, cols)
    if float(spill.max()) > 1e-3:
        for channel in range(3):
            canvas.light[channel] += stretch(spill[channel], canvas.height, canvas.width) * np.float32(strength)


def _vignette(width: int, height: int) -> tuple[Plane, Plane]:
    across = (np.arange(width, dtype=np.float32)[None, :] + 0.5) * (2.0 / width) - 1.0
    down = (np.arange(height, dtype=np.float32)[:, None] + 0.5) * (2.0 / height) - 1.0
    return 1.0 - 0.34 * across**4 - 0.06 * across**2, 1.0 - 0.30 * down**4 - 0.06 * down**2


def _develop(light: Light, exposure: float, contrast: float) -> Light:
    shown = display_from_scene(light * np.float32(exposure))
    found: Plane = shown + contrast * shown * (1.0 - shown) * (2.0 * shown - 0.84)
    return found


def _luma(display: Light) -> Plane:
    found: Plane = _LUMA[0] * display[0] + _LUMA[1] * display[1] + _LUMA[2] * display[2]
    return found


def _expose(proxy: Light, contrast: float) -> float:
    """Find the gain that brings the mean into the hall's range, leaving it alone when it lies there already."""
    mean = float(_luma(_develop(proxy, 1.0, contrast)).mean())
    target = min(max(mean, _DARKEST), _BRIGHTEST)
    low, high = -16.0, 16.0
    for _ in range(22):
        middle = (low + high) / 2
        below = float(_luma(_develop(proxy, 2.0**middle, contrast)).mean()) < target
        low, high = (middle, high) if below else (low, middle)
    return float(2.0 ** ((low + high) / 2))


def _meter(canvas: Canvas) -> tuple[float, float]:
    """Return exposure and contrast; a flat picture gets more contrast."""
    proxy = _shrink(canvas.light, 90)
    across, down = _vignette(proxy.shape[2], proxy.shape[1])
    proxy = np.clip(proxy * (across * down), 0.0, None)
    for contrast in (0.28, 0.6, 0.95):
        exposure = _expose(proxy, contrast)
        if float(_luma(_develop(proxy, exposure, contrast)).std()) >= _LEAST_DEVIATION:
            break
    return exposure, contrast


def _grain(rng: np.random.Generator, rows: int, cols: int) -> NDArray[np.uint8]:
    return np.frombuffer(rng.bytes((rows + 2) * (cols + 2)), dtype=np.uint8).reshape(rows + 2, cols + 2)


def develop(canvas: Canvas, rng: np.random.Generator) -> Image.Image:
    """Return the finished RGB picture; dither and grain hide the steps between 8-bit tones."""
    exposure, contrast = _meter(canvas)
    across, down = _vignette(canvas.width, canvas.height)
    grain = _grain(rng, canvas.height, canvas.width)
    picture = np.empty((canvas.height, canvas.width, 3), dtype=np.uint8)
    for rows in strips(canvas.height, canvas.width):
        speck = _speck(grain, rows)
        gain = across * down[rows]
        shown = _develop(np.clip(canvas.light[:, rows] * gain, 0.0, None), exposure, contrast)
        grey = _luma(shown)
        for channel in range(3):
            tone = (shown[channel] + _FADING * (grey - shown[channel])) * 255.0
            picture[rows, :, channel] = np.clip(tone + speck + 0.5, 0.0, 255.0)
    return Image.fromarray(picture)


def _speck(grain: NDArray[np.uint8], rows: slice) -> Plane:
    """Grain of ± 2.5 levels, a little larger than one pixel, mean 0."""
    high = grain[rows.start : rows.stop + 1].astype(np.float32)
    pair = high[:-1] + high[1:]
    return (pair[:, :-2] + pair[:, 1:-1] - 510.0) * np.float32(1.6 / 255)
