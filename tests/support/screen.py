"""What is on the X screen, seen from outside every program of ours."""

import os
from pathlib import Path

from PIL import Image, ImageChops, ImageGrab, ImageStat

Box = tuple[int, int, int, int]


def capture(box: Box | None = None) -> Image.Image:
    """The root window's pixels, or a box (left, top, right, bottom) of them."""
    picture = ImageGrab.grab(xdisplay=os.environ["DISPLAY"]).convert("RGB")
    return picture.crop(box) if box else picture


def mean_difference(one: Image.Image, other: Image.Image) -> float:
    """Mean absolute difference of two pictures of one size, of 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def mean(picture: Image.Image) -> float:
    """Mean of all channels, of 255."""
    return sum(ImageStat.Stat(picture).mean) / 3


def as_on_wall(path: Path, size: tuple[int, int]) -> Image.Image:
    """A picture file as a wall of that size shows it: scaled to cover, cropped in the middle.

    Halves are exact averages; other ratios are averages weighted by distance, as every good scaler does them.
    """
    picture = Image.open(path).convert("RGB")
    scale = max(size[0] / picture.width, size[1] / picture.height)
    whole = abs(1 / scale - round(1 / scale)) < 1e-9 and round(1 / scale) in (1, 2, 4)
    way = Image.Resampling.BOX if whole else Image.Resampling.BILINEAR
    scaled = picture.resize((round(picture.width * scale), round(picture.height * scale)), way)
    left, top = (scaled.width - size[0]) // 2, (scaled.height - size[1]) // 2
    return scaled.crop((left, top, left + size[0], top + size[1]))


def apart_from_words(picture: Image.Image) -> Image.Image:
    """The middle of a wall: between the watermark at its top and the caption at its foot."""
    return picture.crop((0, picture.height // 12, picture.width, picture.height * 2 // 3))
