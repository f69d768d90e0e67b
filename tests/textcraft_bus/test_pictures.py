import hashlib
import io
import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from textcraft_bus.errors import PictureRefused
from textcraft_bus.pictures import MAX_PIXELS, PictureInfo, check, sha256_of, sniff

SIZES = [(1, 1), (7, 300), (640, 360), (1021, 3)]


def encode(kind, size=(64, 48), mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size, 128).save(out, kind, **options)
    return out.getvalue()


def exif():
    tags = Image.Exif()
    tags[0x0112] = 6  # turned by 90°
    tags[0x010E] = "a description " * 500
    return tags.tobytes()


VARIANTS = {
    "png": ("PNG", "RGB", {}),
    "png grey": ("PNG", "L", {"optimize": True}),
    "png alpha": ("PNG", "RGBA", {}),
    "png palette": ("PNG", "P", {}),
    "jpeg": ("JPEG", "RGB", {}),
    "jpeg grey": ("JPEG", "L", {"quality": 10}),
    "jpeg cmyk": ("JPEG", "CMYK", {}),
    "jpeg progressive": ("JPEG", "RGB", {"progressive": True}),
    "jpeg exif": ("JPEG", "RGB", {"exif": exif()}),
    "jpeg profile": ("JPEG", "RGB", {"icc_profile": b"p" * 300_000, "comment": b"\xff\xc0" * 50}),
    "webp lossy": ("WEBP", "RGB", {}),
    "webp lossless": ("WEBP", "RGB", {"lossless": True}),
    "webp alpha": ("WEBP", "RGBA", {}),
    "webp lossless alpha": ("WEBP", "RGBA", {"lossless": True}),
    "webp exif": ("WEBP", "RGB", {"exif": exif(), "icc_profile": b"p" * 100}),
}
MIMES = {"PNG": ("image/png", "png"), "JPEG": ("image/jpeg", "jpg"), "WEBP": ("image/webp", "webp")}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("variant", VARIANTS)
def test_real_pictures_agree_with_their_decoder(variant, size):
    kind, mode, options = VARIANTS[variant]
    data = encode(kind, size, mode, **options)
    with Image.open(io.BytesIO(data)) as image:
        assert check(data) == PictureInfo(*MIMES[kind], *image.size)


def test_all_three_kinds_of_webp_are_covered():
    kinds = {encode("WEBP", mode=mode, **options)[12:16] for _, mode, options in list(VARIANTS.values())[-5:]}
    assert kinds == {b"VP8 ", b"VP8L", b"VP8X"}


def test_fill_bytes_before_a_marker_are_skipped():
    data = encode("JPEG")
    assert sniff(data[:2] + b"\xff" * 50 + data[2:]) == sniff(data)


def test_the_scaling_bits_of_a_lossy_webp_are_no_size():
    data = bytearray(encode("WEBP", (640, 360)))
    assert data[12:16] == b"VP8 "
    data[27] |= 0xC0
    data[29] |= 0x40
    assert sniff(bytes(data)) == PictureInfo("image/webp", "webp", 640, 360)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM", "ICO", "AVIF"])
def test_other_formats_are_refused_though_a_decoder_exists(kind):
    with pytest.raises(PictureRefused, match="no PNG, JPEG or WebP"):
        check(encode(kind))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"RIFF" + bytes(4) + b"WAVE" + bytes(40),
        b"RIFF" + bytes(4) + b"WEBPJUNK" + bytes(40),
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xd9" + bytes(10),
        b"\xff\xd8" + b"\xff\xe0\x00\x02" * 5000,
        b"\xff\xd8" + b"\xff\xd0" * 50_000,
        b"\xff\xd8" + b"\xff" * (8 << 20),
        b"\xff\xd8\xff\xe0\x00\x00" * 100,
        b"\xff\xd8\xff\xc3\x00\x11\x08\x00\x10\x00\x10\x03" + bytes(9),
        b"\xff\xd8\xff\xc0\x00\x11\x08\x00\x00\x00\x10\x03" + bytes(9),
        b"\xff\xd8\xff\xc0\x00\x11\x0c\x00\x10\x00\x10\x03" + bytes(9),
        b"\xff\xd8\xff\xc0\x00\x07\x08\x00\x10\x00\x10\x03" + bytes(9),
    ],
)
def test_what_only_looks_like_a_picture_is_refused(data):
    assert sniff(data) is None
    with pytest.raises(PictureRefused):
        check(data)


def png_of(width, height):
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + bytes(9)


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (1 << 31, 1), (0xFFFFFFFF, 0xFFFFFFFF)])
def test_impossible_sizes_are_no_picture(size):
    assert sniff(png_of(*size)) is None


@pytest.mark.parametrize("size", [(100_000, 100_000), (16_385, 1), (1, 16_385), (8192, 4097)])
def test_bombs_are_refused_by_their_header(size):
    with pytest.raises(PictureRefused, match=f"{size[0]} × {size[1]} pixels are too many"):
        check(png_of(*size))


def test_limits_are_inclusive_and_can_be_given():
    assert check(png_of(8192, 4096)).width * 4096 == MAX_PIXELS
    data = encode("PNG", (10, 10))
    assert check(data, max_bytes=len(data), max_pixels=100, max_side=10).height == 10
    for limits in ({"max_bytes": len(data) - 1}, {"max_pixels": 99}, {"max_side": 9}):
        with pytest.raises(PictureRefused):
            check(data, **limits)


SAMPLES = [encode(kind, mode=mode, **options) for kind, mode, options in VARIANTS.values()]


@st.composite
def spoiled(draw):
    """A real picture with some bytes changed and its end cut off."""
    data = bytearray(draw(st.sampled_from(SAMPLES))[:2000])
    for _ in range(draw(st.integers(0, 6))):
        data[draw(st.integers(0, min(len(data), 64) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)))])


MAGICS = st.sampled_from(
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8X", b"RIFF1234WEBPVP8L"]
)


@given(spoiled() | st.builds(bytes.__add__, MAGICS, st.binary(max_size=80)) | st.binary(max_size=80))
@example(b"\xff\xd8\xff\xc0")
@example(b"\xff\xd8\xff\xff")
def test_no_header_raises_anything_but_a_refusal(data):
    info = sniff(data)
    assert info is None or (info.width > 0 and info.height > 0)
    try:
        assert check(data) == info
    except PictureRefused as exc:
        assert exc.reason


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_cut_header_never_lies(variant):
    kind, mode, options = VARIANTS[variant]
    data = encode(kind, mode=mode, **options)
    whole = sniff(data)
    assert whole is not None
    assert {sniff(data[:end]) for end in range(min(len(data), 700))} <= {None, whole}


def test_the_hash_is_sha256():
    assert sha256_of(b"picture") == hashlib.sha256(b"picture").hexdigest()
