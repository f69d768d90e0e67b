import base64
import hashlib
import os

import pytest

from textcraft_bus.channel.blobs import BlobShelf, load_blob
from textcraft_bus.channel.messages import PeerName, Picture
from textcraft_bus.constants import MAX_IMAGE_BYTES
from textcraft_bus.errors import PictureRefused, Unreadable

WALL, OTHER = PeerName("wall.brick"), PeerName("wall.stairs")


def a_picture(uri, data=b"bytes"):
    return Picture(sha256=hashlib.sha256(data).hexdigest(), uri=uri, mime="image/png", width=1, height=1)


def test_a_blob_holds_the_verified_bytes(tmp_path):
    path = tmp_path / "p.png"
    path.write_bytes(b"bytes")
    blob = load_blob(a_picture(path.as_uri()))
    assert base64.b64decode(blob.data) == b"bytes"
    assert (blob.sha256, blob.mime) == (hashlib.sha256(b"bytes").hexdigest(), "image/png")


def test_changed_missing_large_and_strange_files_are_refused(tmp_path):
    changed, large, pipe = tmp_path / "changed", tmp_path / "large", tmp_path / "pipe"
    changed.write_bytes(b"other bytes")
    with large.open("wb") as file:
        file.truncate(MAX_IMAGE_BYTES + 1)
    os.mkfifo(pipe)
    with pytest.raises(PictureRefused, match="changed"):
        load_blob(a_picture(changed.as_uri()))
    for path in (large, pipe, tmp_path / "missing", tmp_path):
        with pytest.raises(Unreadable):
            load_blob(a_picture(path.as_uri()))
    with pytest.raises(PictureRefused, match="no file"):
        load_blob(a_picture("http://127.0.0.1/p.png"))


def test_only_registered_pictures_one_at_a_time_per_peer():
    shelf, picture = BlobShelf(), a_picture("file:///p.png")
    assert shelf.begin(WALL, picture.sha256) is None
    shelf.register(picture)
    assert shelf.begin(WALL, picture.sha256) == picture
    assert shelf.begin(WALL, picture.sha256) is None
    assert shelf.begin(OTHER, picture.sha256) == picture
    shelf.end(WALL)
    assert shelf.begin(WALL, picture.sha256) == picture


def test_the_shelf_keeps_the_newest():
    shelf = BlobShelf()
    pictures = [a_picture("file:///p", str(number).encode()) for number in range(70)]
    for picture in pictures:
        shelf.register(picture)
    kept = [picture for picture in pictures if shelf.begin(WALL, picture.sha256) and not shelf.end(WALL)]
    assert kept == pictures[6:]
