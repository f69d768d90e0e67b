"""Films of a foreign core on a real wall, judged from outside; not part of the usual run, for QtMultimedia is large.

`pytest -m extra tests/interop` runs it where `textcraft[video]` is installed; where it is not, it fails and says so.
What is said of films without the extra is part of the usual run.
"""

import contextlib
import importlib.util

import pytest

from tests.interop.test_foreign_display import BLUE, BOX, GREEN, RED, core, near, pixel, seen
from tests.support.film import write_film
from tests.support.screen import capture, mean
from tests.support.waiting import until

__all__ = ["core"]

LOSS = 16
"""What a film's colours may lose on their way through YCbCr."""


def marked(test):
    for mark in (pytest.mark.extra, pytest.mark.timeout(120)):
        test = mark(test)
    return test


@pytest.fixture
def films():
    """The walls find it by themselves; here it would only warn of sound it does not find."""
    assert importlib.util.find_spec("PySide6.QtMultimedia"), "these tests need the extra textcraft[video]"


async def shown(colour):
    await until(lambda: near(colour, by=LOSS), 30, f"{colour} in the film; there is {pixel()}")


@marked
async def test_a_film_plays_in_its_order_again_and_again_and_covers_the_wall(films, core):
    core.media(uri=str(core.file(BLUE, "blue.png")), fade_in=0)
    await seen(BLUE)
    film = write_film(core.images / "a film.avi", [RED] * 10 + [GREEN] * 10)
    core.media("video", video_path=str(film), loop=True, fade_in=0)
    for colour in (RED, GREEN, RED, GREEN):
        await shown(colour)
    left, top, right, bottom = BOX
    corners = [(0, 0), (right - left - 1, 0), (0, bottom - top - 1), (right - left - 1, bottom - top - 1)]
    assert {capture(BOX).getpixel(place) for place in corners} != {BLUE}
    assert core.alerts() == []


@marked
async def test_a_film_that_is_over_leaves_the_picture_that_was_there(films, core):
    core.media(uri=str(core.file(BLUE, "blue.png")), fade_in=0)
    await seen(BLUE)
    film = write_film(core.images / "short.avi", [RED] * 20)
    core.media("video", video_path=film.as_uri(), fade_in=0)
    await shown(RED)
    await seen(BLUE, within=30)


@marked
async def test_a_film_fades_in_ends_with_its_duration_and_goes_for_a_picture(films, core):
    core.media(uri=str(core.file(BLUE, "blue.png")), fade_in=0)
    await seen(BLUE)
    film = write_film(core.images / "long.avi", [RED] * 100)
    core.media("video", video_path=str(film), fade_in=2.0, duration=4.0, fade_out=0.2)
    await until(lambda: 40 < pixel()[0] < 160 and 40 < pixel()[2] < 160, 30, "the middle of the fade")
    await shown(RED)
    await until(lambda: mean(capture(BOX)) < 1, 30, "black after its duration")
    core.media("video", video_path=str(film), fade_in=0)
    await shown(RED)
    core.media(uri=str(core.file(GREEN, "green.png")), fade_in=0)
    await seen(GREEN)


@marked
async def test_what_is_no_film_or_lies_elsewhere_changes_nothing(films, core):
    core.media(uri=str(core.file(BLUE, "blue.png")), fade_in=0)
    await seen(BLUE)
    (core.images / "broken.avi").write_bytes(b"RIFF\0\0\0\0AVI no film")
    (core.images / "picture.png").write_bytes(b"no film")
    outside = write_film(core.folder / "outside.avi", [RED] * 20)
    cases = (("broken.avi", "cannot be played"), ("picture.png", "no film"), ("absent.avi", "no file"))
    for path, words in [*((core.images / name, words) for name, words in cases), (outside, "not below")]:
        core.media("video", video_path=str(path), fade_in=0)
        await core.alerted(words)
        await seen(BLUE)
    await shown(BLUE)
    assert core.program.process.poll() is None


async def test_films_without_the_extra_are_refused_with_words_and_change_nothing(core):
    if importlib.util.find_spec("PySide6.QtMultimedia") is not None:
        pytest.fail("textcraft[video] is installed: the usual run is to be without it, see requirements-dev.lock")
    core.media(uri=str(core.file(BLUE, "blue.png")), fade_in=0)
    await seen(BLUE)
    before = capture(BOX)
    film = write_film(core.images / "a film.avi", [RED] * 20)
    core.media("video", video_path=str(film), request_id="f1", fade_in=0)
    await core.alerted("films need the extra textcraft[video]")
    with contextlib.suppress(AssertionError):
        await until(lambda: capture(BOX).tobytes() != before.tobytes(), 0.5)
    assert capture(BOX).tobytes() == before.tobytes()
    assert core.program.process.poll() is None
