"""The painter as a whole: repeatable, of the right size, dark enough for a hall, never flat."""

import hashlib
import io
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from textcraft_image_server.painting import LARGEST, SMALLEST, encode, paint
from textcraft_image_server.painting.vocabulary import load

_SCRIPT = (
    "import hashlib, sys; from textcraft_image_server.painting import paint;"
    "print(hashlib.sha256(paint(sys.argv[1], int(sys.argv[2]), 160, 90).tobytes()).hexdigest())"
)


def _luma(image: Image.Image) -> np.ndarray:
    return np.asarray(image, dtype=np.float64) @ (0.2126, 0.7152, 0.0722)


def _difference(one: Image.Image, other: Image.Image) -> float:
    return float(np.asarray(ImageChops.difference(one, other), dtype=np.float64).mean())


def _words() -> list[str]:
    vocabulary = load()
    tables = (vocabulary.families, vocabulary.moods, vocabulary.weather, vocabulary.elements, vocabulary.times)
    return sorted({word for table in tables for word in table})


def test_same_prompt_seed_and_size_give_the_same_bytes() -> None:
    first, second = (encode(paint("the harbour at dusk", 7, 320, 180)) for _ in range(2))
    assert first == second


def test_another_process_paints_the_same_picture() -> None:
    here = hashlib.sha256(paint("snow on the hills", 3, 160, 90).tobytes()).hexdigest()
    there = subprocess.run(
        [sys.executable, "-c", _SCRIPT, "snow on the hills", "3"],
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
    )
    assert there.stdout.strip() == here


def test_the_global_random_state_is_neither_read_nor_moved() -> None:
    np.random.seed(1)
    before = paint("forest", 1, 96, 64).tobytes()
    untouched = np.random.get_state()[1].copy()
    np.random.seed(2)
    assert paint("forest", 1, 96, 64).tobytes() == before
    np.random.seed(1)
    assert (np.random.get_state()[1] == untouched).all()


@pytest.mark.parametrize(("width", "height"), [(SMALLEST, SMALLEST), (64, 300), (301, 65), (333, 777)])
def test_size_and_mode_are_as_asked(width: int, height: int) -> None:
    image = paint("a lighthouse in the rain", 2, width, height)
    assert (image.size, image.mode) == ((width, height), "RGB")


@pytest.mark.parametrize("size", [(LARGEST, 64), (64, LARGEST)])
def test_the_longest_strips_are_painted(size: tuple[int, int]) -> None:
    assert paint("city", 1, *size).size == size


@pytest.mark.parametrize("size", [(63, 100), (100, 63), (4097, 100), (100, 4097), (0, 0), (-64, 64)])
def test_sizes_out_of_bounds_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"outside 64\.\.4096"):
        paint("sea", 1, *size)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    words=st.lists(st.sampled_from(_words()), max_size=6),
    stray=st.text(max_size=12),
    seed=st.integers(min_value=-(2**63), max_value=2**64),
)
def test_every_picture_suits_a_dark_hall(words: list[str], stray: str, seed: int) -> None:
    luma = _luma(paint(" ".join([*words, stray]), seed, 160, 90))
    assert 0.15 * 255 <= luma.mean() <= 0.45 * 255
    assert luma.std() >= 12


@pytest.mark.parametrize("prompt", ["", "   ", "🜁🜂🜃", "漁村の夜", "Ночь", "a\x00b", "\ud800", "é" * 5000])
def test_any_text_is_painted(prompt: str) -> None:
    assert _luma(paint(prompt, 1, 128, 72)).std() >= 12


def test_two_prompts_differ() -> None:
    pictures = [paint(prompt, 5, 192, 108) for prompt in ("the sea", "the forest", "the city", "a room", "the desert")]
    assert min(_difference(a, b) for i, a in enumerate(pictures) for b in pictures[:i]) > 8


def test_two_prompts_of_one_family_differ() -> None:
    assert _difference(paint("the sea at night", 5, 192, 108), paint("the cold sea at night", 5, 192, 108)) > 4


@pytest.mark.parametrize("prompt", ["the sea at night", "a mountain valley", "an abstract memory", "snow", "a room"])
def test_two_seeds_differ(prompt: str) -> None:
    assert _difference(paint(prompt, 1, 192, 108), paint(prompt, 2, 192, 108)) > 4


def test_a_picture_keeps_its_composition_at_another_size() -> None:
    small, large = paint("a mountain valley at dawn", 4, 320, 180), paint("a mountain valley at dawn", 4, 640, 360)
    assert _difference(small.resize((80, 45)), large.resize((80, 45))) < 14


def test_the_negative_prompt_takes_things_away() -> None:
    assert (
        _difference(
            paint("the sea, a boat", 1, 192, 108), paint("the sea, a boat", 1, 192, 108, negative_prompt="boat")
        )
        > 0.05
    )


def test_encode_writes_the_picture_as_jpeg_and_png() -> None:
    picture = paint("dunes", 1, 128, 72)
    for name in ("jpeg", "png"):
        with Image.open(io.BytesIO(encode(picture, name))) as read:  # type: ignore[arg-type]  # the loop's str
            assert (read.format, read.size) == (name.upper(), (128, 72))
            assert _difference(read.convert("RGB"), picture) < (4 if name == "jpeg" else 1e-9)


def test_encode_refuses_other_formats() -> None:
    with pytest.raises(ValueError, match="jpeg or png"):
        encode(paint("dunes", 1, 64, 64), "webp")  # type: ignore[arg-type]  # the wrong value is the point
