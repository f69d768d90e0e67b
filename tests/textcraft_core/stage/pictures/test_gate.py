"""Nothing that is not a whole, large enough, varied picture passes the gate, and the reason is told."""

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from textcraft_bus.errors import PictureRefused
from textcraft_bus.pictures import sha256_of
from textcraft_core.stage.pictures.gate import inspect, local_path, within


def picture(size=(320, 180), *, flat=False, kind="JPEG") -> bytes:
    image = Image.new("RGB", size, (9, 9, 9)) if flat else Image.effect_noise(size, 90).convert("RGB")
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def judge(tmp_path, data: bytes, *, caption="words", sha256=None):
    path = tmp_path / "picture"
    path.write_bytes(data)
    return inspect(path, sha256 or sha256_of(data), caption)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_good_picture_passes_with_its_size(tmp_path, kind):
    report = judge(tmp_path, picture(kind=kind))
    assert report.passed
    assert (report.info.width, report.info.height) == (320, 180)
    assert report.checks == {"whole": True, "decodes": True, "size": True, "picture": True, "words": True}


@pytest.mark.parametrize(
    ("data", "check"),
    [
        (b"", "decodes"),
        (b"GIF89a" + b"\0" * 90, "decodes"),
        (picture()[:2000], "decodes"),
        (picture((32, 32)), "size"),
        (picture(flat=True), "picture"),
    ],
)
def test_a_bad_picture_fails_by_name(tmp_path, data, check):
    report = judge(tmp_path, data)
    assert not report.passed
    assert report.checks[check] is False
    assert report.reason


def test_a_file_that_changed_since_it_was_announced_is_refused(tmp_path):
    report = judge(tmp_path, picture(), sha256="0" * 64)
    assert report.checks == {"whole": False}


def test_a_missing_file_is_refused(tmp_path):
    assert not inspect(tmp_path / "nothing", "0" * 64, "").passed


def test_a_bomb_is_refused_by_its_header(tmp_path):
    header = picture((64, 64), kind="PNG")
    bomb = header[:16] + (60000).to_bytes(4, "big") * 2 + header[24:]
    assert "too many" in judge(tmp_path, bomb).reason


@pytest.mark.parametrize("caption", ["x" * 141, "two\nlines", "bell\x07"])
def test_words_are_bounded(tmp_path, caption):
    assert judge(tmp_path, picture(), caption=caption).checks["words"] is False


def test_local_path_takes_files_only(tmp_path):
    spaced = tmp_path / "a b%20c.jpg"
    spaced.touch()
    assert local_path(spaced.as_uri()) == spaced
    assert local_path(f"file://{spaced}") == spaced
    assert local_path(str(spaced)) == spaced
    for uri in ("http://127.0.0.1/a.jpg", "a.jpg", "data:image/png;base64,AA"):
        with pytest.raises(PictureRefused):
            local_path(uri)


def test_a_path_must_lead_into_one_of_the_folders_and_is_not_opened_for_it(tmp_path):
    inside, outside = tmp_path / "images", tmp_path / "elsewhere"
    inside.mkdir()
    outside.mkdir()
    (outside / "a.png").touch()
    (inside / "link.png").symlink_to(outside / "a.png")
    assert within(inside / "a.png", [inside]) == inside / "a.png"
    for path in (outside / "a.png", inside / "link.png", inside / ".." / "elsewhere" / "a.png", tmp_path, Path("/")):
        with pytest.raises(PictureRefused, match="outside"):
            within(path, [inside])


def test_a_pipe_is_refused_and_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    assert not inspect(tmp_path / "pipe.png", "0" * 64, "").passed


def test_a_placeholder_of_a_foreign_server_is_flagged(tmp_path):
    path = tmp_path / "mockimagegenerator_7.png"
    path.write_bytes(picture(kind="PNG"))
    assert inspect(path, sha256_of(path.read_bytes()), "").flags == ("placeholder",)


def test_a_picture_that_is_almost_black_fails(tmp_path):
    image = Image.effect_noise((320, 180), 40).convert("L").point(lambda value: value // 100).convert("RGB")
    file = io.BytesIO()
    image.save(file, "PNG")
    assert judge(tmp_path, file.getvalue()).reason == "it is almost black"
