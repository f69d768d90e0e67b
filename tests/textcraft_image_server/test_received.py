import pytest

from tests.textcraft_image_server.pictures import bomb, picture
from textcraft_image_server.backends import BackendError
from textcraft_image_server.received import received


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_a_whole_picture_stays_as_it_is(kind):
    assert await received(picture(kind=kind)) == picture(kind=kind)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
async def test_half_a_picture_is_refused(kind, share):
    whole = picture(300, 200, kind)
    with pytest.raises(BackendError):
        await received(whole[: int(len(whole) * share)])


@pytest.mark.parametrize("data", [b"", b"<html>", b"<svg/>", picture(kind="GIF"), picture(kind="TIFF"), bomb()])
async def test_anything_else_is_refused(data):
    with pytest.raises(BackendError):
        await received(data)
