"""Every field of a foreign core's text or tile is honoured, or a sentence says why not."""

import pytest

from textcraft_bus.schemas_base import DisplayMedia, DisplayText
from textcraft_display.foreign_look import MAX_FADE, duration_of, fades_of, look_of, tile_of

WALL = (1920, 1080)


def text(**fields):
    return look_of(DisplayText(type="DisplayText", text_id="t", content="words", **fields), WALL)


@pytest.mark.parametrize(
    ("speaker", "size", "x", "anchor", "plate"),
    [
        ("agent", 28, 0.5, (0.5, 1.0), True),
        ("system", 24, 0.9775, (1.0, 0.0), False),
        ("title", 72, 0.5, (0.5, 0.5), False),
    ],
)
def test_each_speaker_has_a_look_of_its_own(speaker, size, x, anchor, plate):
    look, said = text(speaker=speaker)
    assert (look.size, look.x, (look.anchor_x, look.anchor_y), look.plate) == (size, pytest.approx(x), anchor, plate)
    assert said == []


def test_a_style_overrides_everything():
    style = {"font_size": 50, "color": "#10203040", "position": [960, 270], "max_width": 400, "anchor": "baseline_left",
             "align": "right", "background": True}  # fmt: skip
    look, said = text(style=style, duration=4, fade_duration=[0.5, 2])
    assert said == []
    assert (look.size, look.color, look.max_width, look.align, look.plate) == (50, "#40102030", 400, "right", True)
    assert (look.x, look.y, look.anchor_x, look.anchor_y) == (0.5, 0.75, 0.0, 2.0)
    assert (look.seconds, look.fade_in, look.fade_out) == (4, 0.5, 2)


@pytest.mark.parametrize("value", [[255, 0, 0], [255, 0, 0, 255], "red", "#FF0000", "#ff0000ff"])
def test_colours_in_every_form(value):
    assert text(style={"color": value})[0].color.upper() == "#FFFF0000"


def test_two_numbers_below_one_are_shares_of_the_wall():
    look = text(style={"position": [0.25, 0.5]})[0]
    assert (look.x, look.y) == (0.25, 0.5)


@pytest.mark.parametrize("content", ["", "  \n", "x" * 4001])
def test_nothing_and_too_much_are_refused(content):
    with pytest.raises(ValueError, match="text"):
        look_of(DisplayText(type="DisplayText", text_id="t", content=content), WALL)


def media(**fields):
    return DisplayMedia(type="DisplayMedia", content_type="image", **fields)


def test_a_tile_lies_where_it_is_said():
    said = []
    assert tile_of(media(), WALL, said) is None
    tile = tile_of(media(position=[100, 80], size=[300, 200]), WALL, said)
    assert (tile.x, tile.y, tile.width, tile.height, tile.anchor_x, tile.anchor_y) == (100, 1000, 300, 200, 0, 1)
    tile = tile_of(media(position="bottom_right"), WALL, said)
    assert (tile.x, tile.y, tile.width, tile.anchor_x, tile.anchor_y) == (1920, 1080, 0, 1, 1)
    tile = tile_of(media(size=[50, 50]), WALL, said)
    assert (tile.x, tile.y, tile.anchor_x) == (960, 540, 0.5)
    assert said == []
    tile_of(media(position="left of the door", size=[-4, 99999]), WALL, said)
    assert len(said) == 2


def test_times_are_bounded_and_that_is_said():
    said = []
    assert fades_of(media(), said) == (1.0, 1.0)
    assert fades_of(media(fade_in=0, fade_out=1e9), said) == (0, MAX_FADE)
    assert duration_of(media(duration=float("nan")), said) == 0
    assert len(said) == 2
