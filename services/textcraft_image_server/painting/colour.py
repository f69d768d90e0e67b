"""Colours: OKLab for mixing, scene light for painting, one tone curve between; it knows no prompt."""

import math
from dataclasses import dataclass

import numpy as np

from textcraft_image_server.painting.raster import Light, Plane

# Björn Ottosson's OKLab matrices (2020), linear sRGB → cone response → Lab.
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_BRIGHTEST = 0.945  # the tone curve reaches 1 only at infinite light; beyond this one channel would outshine all


def lab_from_hex(text: str) -> Plane:
    """Turn "#rrggbb" into OKLab, shape (3,)."""
    encoded = np.array([int(text[i : i + 2], 16) / 255.0 for i in (1, 3, 5)])
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    found: Plane = (_LAB @ np.cbrt(_CONES @ linear)).astype(np.float32)
    return found


def display_from_lab(lab: Plane) -> Plane:
    """Turn OKLab (3, n) into encoded sRGB 0..1 (3, n), clipped to the gamut."""
    linear = np.linalg.solve(_CONES, np.linalg.solve(_LAB, lab.astype(np.float64)) ** 3)
    linear = np.clip(linear, 0.0, 1.0)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return encoded.astype(np.float32)


def scene_from_display(display: Plane) -> Plane:
    """Undo the tone curve: the scene light that will be shown as `display` (0..1)."""
    square = np.clip(display, 0.0, _BRIGHTEST) ** 2
    return (square / (1.0 - square)).astype(np.float32)


def display_from_scene(light: Plane) -> Plane:
    """The tone curve: light of any strength to 0..1, with a soft shoulder like film."""
    return np.sqrt(light / (1.0 + light))


def light_from_lab(lab: Plane) -> Light:
    """Turn one OKLab colour (3,) into scene light of shape (3, 1, 1)."""
    return scene_from_display(display_from_lab(lab[:, None]))[:, :, None]


def lamp_from_lab(lab: Plane) -> Light:
    """Turn one OKLab colour (3,) into light to be added, at most 1 a channel, so that a glow keeps its hue."""
    return (display_from_lab(lab[:, None]) ** 2)[:, :, None]


def ramp(stops: Plane, places: tuple[float, ...], at: Plane) -> Plane:
    """Mix OKLab `stops` (3, k) lying at `places` for each value of `at` (n,); returns scene light (3, n)."""
    lab = np.stack([np.interp(at, places, stops[channel]) for channel in range(3)])
    return scene_from_display(display_from_lab(lab.astype(np.float32)))


def vary(lab: Plane, turn: float, chroma: float, lightness: float) -> Plane:
    """Turn the hue of OKLab colours (3, …) by `turn` radians and scale chroma and lightness."""
    cos, sin = math.cos(turn) * chroma, math.sin(turn) * chroma
    varied = np.stack([lab[0] * lightness, lab[1] * cos - lab[2] * sin, lab[1] * sin + lab[2] * cos])
    return varied.astype(np.float32)


def mix(one: Plane, other: Plane, share: float) -> Plane:
    """Mix two OKLab colours."""
    return one + (other - one) * share


@dataclass(frozen=True)
class Tones:
    """The palette of one picture in OKLab: five sky stops from zenith to horizon (3, 5), the rest (3,) each."""

    sky: Plane
    glow: Plane
    light: Plane
    far: Plane
    near: Plane
    accent: Plane

    @property
    def horizon(self) -> Plane:
        """The colour of the air where the sky ends."""
        return self.sky[:, 4]

    @property
    def zenith(self) -> Plane:
        """The colour of the sky overhead."""
        return self.sky[:, 0]

    def aerial(self, distance: float) -> Plane:
        """The colour of land at `distance` 0 (at hand) .. 1 (lost in the air)."""
        return (
            mix(self.near, self.far, distance * 2)
            if distance < 0.5
            else mix(self.far, self.sky[:, 3], distance * 2 - 1)
        )
