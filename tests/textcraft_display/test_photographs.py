"""Photographs of every transition in its middle and of every map, on painted pictures with a caption; kept to be seen.

`pytest --basetemp DIR tests/textcraft_display/test_photographs.py` leaves them below DIR.
"""

from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image, ImageOps

import textcraft_display
from tests.support.qt_loop import until
from tests.support.screen import mean_difference
from tests.textcraft_display.rig import on_wall
from textcraft_bus.channel.messages import Transition, TransitionKind, WallMap

SIZE = (640, 360)
WORDS = "The bells stood open-mouthed in the yard, and nobody asked them anything."
MAPS = {
    "fill": WallMap(),
    "fit": WallMap(fit="fit"),
    "stretch": WallMap(fit="stretch"),
    "crop": WallMap(crop=(0.3, 0.3, 0.4, 0.4)),
    "turned": WallMap(rotate=90),
    "upside down": WallMap(rotate=180),
    "turned back": WallMap(rotate=270),
    "corners": WallMap(corners=((0.1, 0.05), (0.95, 0.2), (0.85, 0.95), (0.0, 0.8))),
    "brighter": WallMap(brightness=0.3),
    "more contrast": WallMap(contrast=0.5),
}


def pictures() -> tuple[Image.Image, Image.Image]:
    safe = Image.open(Path(textcraft_display.__file__).with_name("safe_look.jpg")).convert("RGB")
    cold = safe.resize((1000, 1000))
    warm = ImageOps.colorize(ImageOps.autocontrast(ImageOps.mirror(cold).convert("L")), "#1a0500", "#ffd9a0")
    return ImageOps.autocontrast(cold), warm


@pytest.mark.parametrize("kind", [kind for kind in TransitionKind if kind is not TransitionKind.CUT])
def test_each_transition_in_its_middle(tmp_path, kind):
    async def play(rig):
        first, second = (rig.picture(picture) for picture in pictures())
        await rig.show(first, WORDS)
        before = rig.screen()
        seconds = 1.6
        number = rig.play(second, "And then it was evening.", transition=Transition(kind=kind, seconds=seconds))
        samples = []
        await until(lambda: samples.append(rig.screen()) or rig._told(number, "settled"), 30)
        after = rig.screen()
        # what is neither the one nor the other, most of both
        middle = max(samples, key=lambda one: min(mean_difference(one, before), mean_difference(one, after)))
        middle.save(tmp_path / f"transition {kind}.png")
        assert min(mean_difference(middle, before), mean_difference(middle, after)) > 4

    on_wall(tmp_path, play, SIZE)


def test_each_map(tmp_path):
    async def play(rig):
        picture = rig.picture(pictures()[0])
        seen = {}
        for name, wall_map in MAPS.items():
            await rig.show(picture, WORDS, map=wall_map)
            seen[name] = rig.screen()
            seen[name].save(tmp_path / f"map {name}.png")
        assert rig.refusals() == []
        for one, other in combinations(seen, 2):
            assert mean_difference(seen[one], seen[other]) > 1, f"{one} looks like {other}"

    on_wall(tmp_path, play, SIZE)
