"""A text becomes a picture that passes the gate whatever it says and whatever its size."""

import io

import pytest
from PIL import Image

from textcraft_bus.pictures import sha256_of
from textcraft_core.stage.pictures.card import INK, paint_card
from textcraft_core.stage.pictures.gate import inspect


def card(text: str, size=(1280, 720)) -> Image.Image:
    return Image.open(io.BytesIO(paint_card(text, *size))).convert("RGB")


def ink_box(image: Image.Image) -> tuple[int, int, int, int]:
    return image.point(lambda value: 255 if value > 150 else 0).getbbox()


@pytest.mark.parametrize("text", ["A", "Interval\nback at half past eight", "word " * 110, "W" * 600, "é à ç œ"])
@pytest.mark.parametrize("size", [(1920, 1080), (640, 960)])
def test_a_card_passes_the_gate_and_keeps_its_margins(tmp_path, text, size):
    data = paint_card(text, *size)
    path = tmp_path / "card.png"
    path.write_bytes(data)
    report = inspect(path, sha256_of(data), "")
    assert report.passed, report.reason
    assert (report.info.width, report.info.height) == size
    left, top, right, bottom = ink_box(card(text, size))
    assert left > size[0] * 0.1
    assert right < size[0] * 0.9
    assert top > size[1] * 0.1
    assert bottom < size[1] * 0.9


def test_a_short_text_is_large_and_in_the_middle():
    left, top, right, bottom = ink_box(card("Interval"))
    assert (right - left) > 1280 * 0.25
    assert abs((left + right) / 2 - 640) < 12
    assert abs((top + bottom) / 2 - 360) < 40


def test_the_ink_stands_out():
    assert tuple(high for _, high in card("Interval").getextrema()) == INK


def test_lines_of_the_text_are_kept():
    one, two = ink_box(card("one two")), ink_box(card("one\ntwo"))
    assert two[3] - two[1] > (one[3] - one[1]) * 1.6
