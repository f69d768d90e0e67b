"""The icons that are kept are those the two drawings make."""

from pathlib import Path

import numpy
import pytest
from PIL import Image

from tests.support.build_modules import load

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory, qapp):
    folder = tmp_path_factory.mktemp("icons")
    return {path.name: path for path in load("icons").make(folder, folder / "window.png")}


def pixels(path):
    with Image.open(path) as image:
        return numpy.asarray(image.convert("RGBA"), dtype=float)


def test_each_kept_icon_is_as_it_would_be_drawn_today(made):
    """When this fails: python build/icons.py."""
    kept = {path.name: path for path in (ROOT / "build" / "icons").iterdir() if path.suffix != ".svg"}
    kept["window.png"] = ROOT / "resources" / "icons" / "textcraft.png"
    assert set(kept) == set(made)
    for name, path in kept.items():
        assert pixels(path).shape == pixels(made[name]).shape, name
        assert abs(pixels(path) - pixels(made[name])).mean() < 1, name
