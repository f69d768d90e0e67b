"""Pictures are decoded no larger than the wall can show them."""

from pathlib import Path

import pytest
from PIL import Image

from textcraft_display.errors import NoPicture
from textcraft_display.picture_file import PictureFile, read_picture

WALL = (1920, 1080)


@pytest.mark.parametrize(
    ("stored", "fit", "turned", "size"),
    [
        ((4096, 2304), "fill", False, (1920, 1080)),
        ((1024, 1024), "fill", False, (1024, 1024)),
        ((4000, 4000), "fill", False, (1920, 1920)),
        ((4000, 4000), "fit", False, (1080, 1080)),
        ((4000, 4000), "fill", True, (1920, 1920)),
        ((4320, 7680), "fill", True, (1080, 1920)),
        ((2200, 1238), "fill", False, (2200, 1238)),
        ((1, 1), "stretch", False, (1, 1)),
        ((10000, 1), "fit", False, (1920, 1)),
    ],
)
def test_the_decoded_size_covers_the_wall_and_no_more(stored, fit, turned, size):
    assert PictureFile(Path("x.png"), *stored).size_for(WALL, fit, turned=turned) == size


def test_a_quarter_turn_in_the_file_is_taken_into_account():
    lying = PictureFile(Path("x.jpg"), 2160, 3840, quarter_turned=True)
    assert lying.size_for(WALL, "fill", turned=False) == (1080, 1920)


@pytest.mark.parametrize(
    ("mode", "kind", "clear"), [("RGB", "png", False), ("RGBA", "png", True), ("RGB", "jpg", False)]
)
def test_the_header_tells_size_and_transparency(tmp_path, mode, kind, clear):
    path = tmp_path / f"a.{kind}"
    Image.new(mode, (30, 20)).save(path)
    picture = read_picture(path)
    assert (picture.width, picture.height, picture.see_through, picture.quarter_turned) == (30, 20, clear, False)


def test_what_is_not_what_its_name_says_is_refused(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg' width='5' height='5'/>")
    with pytest.raises(NoPicture):
        read_picture(path)
