"""The picture of a wall with no program, and the file that is shipped of it."""

from pathlib import Path

import numpy as np
from PIL import Image

import textcraft_display
from tests.bench import safe_look
from textcraft_image_server.painting.curtain import paint_curtain

SHIPPED = Path(textcraft_display.__file__).with_name("safe_look.jpg")


def _check(path: Path) -> None:
    assert path.stat().st_size <= 250_000
    with Image.open(path) as image:
        assert (image.format, image.size, image.mode) == ("JPEG", (1920, 1080), "RGB")
        shown = np.asarray(image, dtype=np.float64)
    assert 12 < shown.mean() < 40
    assert shown.std() > 8
    assert shown.max() < 160
    blocks = shown.mean(axis=2).reshape(135, 8, 240, 8).std(axis=(1, 3))
    assert (blocks < 0.2).mean() < 0.02, "the dither outlives the compression"


def test_the_shipped_file_is_dark_but_not_black_and_free_of_bands() -> None:
    _check(SHIPPED)


def test_the_bench_writes_what_is_shipped(tmp_path: Path) -> None:
    made = safe_look.make(tmp_path / "safe.jpg")
    _check(made)
    with Image.open(made) as new, Image.open(SHIPPED) as old:
        difference = np.abs(np.asarray(new, dtype=np.float64) - np.asarray(old, dtype=np.float64))
    assert difference.mean() < 0.5


def test_the_curtain_is_repeatable_and_varies_with_its_seed() -> None:
    first, again, other = (paint_curtain(160, 90, seed) for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes()
    assert np.abs(np.asarray(first, dtype=float) - np.asarray(other, dtype=float)).mean() > 2
    assert paint_curtain(64, 300).size == (64, 300)
