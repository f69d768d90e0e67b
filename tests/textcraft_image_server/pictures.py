"""Small real pictures for tests."""

import io

from PIL import Image


def picture(
    width: int = 64, height: int = 48, kind: str = "PNG", colour: tuple[int, int, int] = (40, 90, 160)
) -> bytes:
    """A picture that is not one colour, so that it compresses to more than a header."""
    image = Image.new("RGB", (width, height), colour)
    for x in range(width):
        for y in range(0, height, 3):
            image.putpixel((x, y), (x * 3 % 256, y * 5 % 256, colour[2]))
    target = io.BytesIO()
    image.save(target, kind)
    return target.getvalue()


def bomb() -> bytes:
    """A PNG of some bytes that claims 30000 × 30000 pixels."""
    plain = picture(8, 8)
    return plain[:16] + (30000).to_bytes(4, "big") * 2 + plain[24:]
