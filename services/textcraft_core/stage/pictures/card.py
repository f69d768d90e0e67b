"""Paints a text as a picture: quiet ground, the shipped type, as large as fits; pure but for reading the font."""

import io
from functools import cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from textcraft_bus.disk.assets import resources

FONT: Final = "Inter-SemiBold.otf"
GROUND, GLOW, INK = (14, 15, 18), (38, 42, 50), (236, 233, 225)
MARGIN: Final = 0.12
"""Share of the width and height that stays free on each side."""
LARGEST, SMALLEST = 6, 24
"""A letter is at most a sixth and, however long the text, at least a twenty-fourth of the card's height."""
LEADING: Final = 1.32


def paint_card(text: str, width: int, height: int) -> bytes:
    """Return a PNG of `width` × `height` pixels with the text in its middle; what does not fit is cut with an ellipsis.

    Line breaks in the text are kept.
    """
    card = _ground(width, height)
    draw = ImageDraw.Draw(card)
    room = width * (1 - 2 * MARGIN), height * (1 - 2 * MARGIN)
    font, lines = _fit(draw, text, *room, height)
    step = font.size * LEADING
    top = (height - step * len(lines)) / 2
    for number, line in enumerate(lines):
        draw.text((width / 2, top + step * (number + 0.5)), line, font=font, fill=INK, anchor="mm")
    file = io.BytesIO()
    card.save(file, "PNG")
    return file.getvalue()


def _ground(width: int, height: int) -> Image.Image:
    """Return a dark ground that is a little lighter in its middle, so that it reads as a picture and not as a fault."""
    glow = Image.radial_gradient("L").resize((width, height), Image.Resampling.BICUBIC)
    return Image.composite(Image.new("RGB", glow.size, GROUND), Image.new("RGB", glow.size, GLOW), glow)


def _fit(
    draw: ImageDraw.ImageDraw, text: str, wide: float, high: float, height: int
) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """Return the largest type in which the text fits, and its lines."""
    size, least = max(8, height // LARGEST), max(8, height // SMALLEST)
    while True:
        font = _font(size)
        lines = _wrapped(draw, text, font, wide)
        fits = len(lines) * size * LEADING <= high and all(draw.textlength(line, font=font) <= wide for line in lines)
        if fits or size <= least:
            return font, lines if fits else _cut(draw, lines, font, wide, int(high // (size * LEADING)))
        size = max(least, int(size * 0.92))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(resources("fonts", FONT)), size)


def _wrapped(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, wide: float) -> list[str]:
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and draw.textlength(longer, font=font) > wide:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


def _cut(
    draw: ImageDraw.ImageDraw, lines: list[str], font: ImageFont.FreeTypeFont, wide: float, most: int
) -> list[str]:
    """Return at most so many lines, each within the width; an ellipsis says that there was more."""
    kept = lines[: max(1, most)]
    if len(lines) > len(kept):
        kept[-1] += " …"
    return [_shortened(draw, line, font, wide) for line in kept]


def _shortened(draw: ImageDraw.ImageDraw, line: str, font: ImageFont.FreeTypeFont, wide: float) -> str:
    if draw.textlength(line, font=font) <= wide:
        return line
    while line and draw.textlength(line + "…", font=font) > wide:
        line = line[:-1]
    return line.rstrip() + "…"
