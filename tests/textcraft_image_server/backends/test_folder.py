"""A folder of pictures: which one comes, and that nothing outside ever does."""

import os

import pytest

from tests.textcraft_image_server.pictures import bomb, picture
from textcraft_image_server.backends import BackendError, Order, create_backend
from textcraft_image_server.config import ImageServerConfig


def backend(folder, order="seed"):
    return create_backend("folder", ImageServerConfig(folder={"path": folder, "order": order}))


def order(seed=0):
    return Order("p", "", seed, 64, 64)


async def served(made, *seeds):
    return [(await made.paint(order(seed), lambda _fraction: None)).data for seed in seeds]


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    data = [picture(width, 20, kind) for width, kind in ((30, "PNG"), (31, "JPEG"), (32, "WEBP"))]
    for name, bytes_ in zip(("a.PNG", "b.jpg", "c.webp"), data, strict=True):
        (folder / name).write_bytes(bytes_)
    (folder / "notes.txt").write_text("not a picture")
    (folder / "more").mkdir()
    (folder / "more" / "d.png").write_bytes(picture(33, 20))
    return folder, data


async def test_the_seed_chooses(pictures):
    folder, (a, b, c) = pictures
    assert await served(backend(folder), 0, 1, 2, 3, 1, -1) == [a, b, c, a, b, c]


async def test_in_sequence(pictures):
    folder, (a, b, c) = pictures
    assert await served(backend(folder, "sequence"), 5, 5, 5, 5) == [a, b, c, a]


async def test_pictures_that_come_later_are_served_too(pictures):
    folder, _ = pictures
    made = backend(folder)
    await served(made, 0)
    (folder / "0.png").write_bytes(picture(40, 20))
    assert await served(made, 0) == [picture(40, 20)]


async def test_links_hard_links_pipes_and_what_is_no_picture_are_passed_over(pictures, tmp_path, caplog):
    folder, (a, b, c) = pictures
    outside = tmp_path / "outside.png"
    outside.write_bytes(picture(50, 20))
    (folder / "0.png").symlink_to(outside)
    os.link(outside, folder / "1.png")
    os.mkfifo(folder / "2.png")
    (folder / "3.png").write_text("<svg/>")
    (folder / "4.png").write_bytes(bomb())
    (folder / "5.png").write_bytes(picture()[:-30])
    assert set(await served(backend(folder), *range(12))) == {a, b, c}
    assert "3.png is passed over" in caplog.text


async def test_a_folder_that_was_a_link_when_told_is_the_operator_s_word(pictures, tmp_path):
    folder, (a, _, _) = pictures
    (tmp_path / "link").symlink_to(folder)
    assert await served(backend(tmp_path / "link"), 0) == [a]


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "cannot be read"), ({}, "there is no"), ({"a.png": b"x"}, "none")]
)
async def test_without_a_picture_it_says_why(tmp_path, content, reason):
    folder = tmp_path / "pictures"
    if content is not None:
        folder.mkdir()
        for name, data in content.items():
            (folder / name).write_bytes(data)
    with pytest.raises(BackendError, match=reason):
        await served(backend(folder), 0)
