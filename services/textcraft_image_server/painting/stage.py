"""What every scene is given: canvas, orders, chance and tones; it knows no scene."""

from dataclasses import dataclass

import numpy as np

from textcraft_image_server.painting.chance import Chance
from textcraft_image_server.painting.colour import Tones, lamp_from_lab, light_from_lab, mix, vary
from textcraft_image_server.painting.raster import Canvas, Light, Plane
from textcraft_image_server.painting.reading import Brief
from textcraft_image_server.painting.vocabulary import load

_LIGHTNESS = {"night": 0.9, "dusk": 1.0, "dawn": 1.03, "day": 1.05}


@dataclass(frozen=True)
class Stage:
    """One picture in the making; only the canvas changes."""

    canvas: Canvas
    brief: Brief
    chance: Chance
    tones: Tones

    def rng(self, name: str) -> np.random.Generator:
        """Return the random stream of one layer."""
        return self.chance.stream(name)

    def has(self, *names: str) -> bool:
        """Tell whether any of these elements or weathers was asked for."""
        return any(name in self.brief.elements or name in self.brief.weather for name in names)

    @property
    def night(self) -> bool:
        """Tell whether lamps are lit and stars are out."""
        return self.brief.time == "night"

    def air(self, distance: float) -> Light:
        """Scene light of land at `distance` 0 (at hand) .. 1 (lost in the air)."""
        return light_from_lab(self.tones.aerial(distance))

    def shine(self, lab: Plane, strength: float = 1.0) -> Light:
        """Light of a palette colour for lamps and glows, `strength` at most in any channel."""
        return lamp_from_lab(lab) * np.float32(strength)

    def paint_dark(self) -> Light:
        """Scene light of things seen against the light."""
        return light_from_lab(self.tones.near)

    def between(self, one: Plane, other: Plane, share: float) -> Light:
        """Scene light of a mix of two palette colours."""
        return light_from_lab(mix(one, other, share))


def tune_tones(brief: Brief, chance: Chance) -> Tones:
    """Take the palette of the brief, lit for its time of day and nudged by the seed (± 6° of hue)."""
    rng = chance.stream("tones")
    tones = load().palettes[brief.palette].tones
    turn, chroma = float(np.clip(rng.normal(0.0, 0.07), -0.11, 0.05)), float(rng.uniform(0.7, 1.0))
    lightness = _LIGHTNESS[brief.time] * float(rng.uniform(0.97, 1.03))
    parts = (tones.sky, tones.glow, tones.light, tones.far, tones.near)
    sky, glow, light, far, near = (
        vary(part, turn, chroma, min(lightness, 1.0 / float(part[0].max()))) for part in parts
    )
    return Tones(sky, glow, light, far, near, tones.accent)
