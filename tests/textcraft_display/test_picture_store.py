"""Only verified copies of allowed files ever reach a wall."""

import io
import os

import pytest
from PIL import Image

from textcraft_bus.channel.messages import Picture
from textcraft_bus.errors import PictureRefused
from textcraft_bus.pictures import sha256_of
from textcraft_display.picture_store import NotHere, PictureStore


def jpeg(shade: int = 0) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), (shade, 0, 0)).save(file, "JPEG")
    return file.getvalue()


def announced(path, data: bytes) -> Picture:
    return Picture(sha256=sha256_of(data), uri=str(path), mime="image/jpeg", width=64, height=64)


@pytest.fixture
def images(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "cache").mkdir()
    return tmp_path / "images"


@pytest.fixture
def store(tmp_path, images):
    return PictureStore(tmp_path / "cache", images, 1 << 20)


def test_a_picture_is_copied_under_its_content_hash(store, images, tmp_path):
    path = images / "a b.jpg"
    path.write_bytes(jpeg())
    for uri in (str(path), path.as_uri()):
        copy = store.fetch(announced(path, jpeg()).model_copy(update={"uri": uri}))
        assert copy == tmp_path / "cache" / f"{sha256_of(jpeg())}.jpg"
        assert copy.read_bytes() == jpeg()


def test_a_file_that_changed_after_the_check_is_refused_even_when_a_copy_is_cached(store, images):
    path = images / "a.jpg"
    path.write_bytes(jpeg())
    picture = announced(path, jpeg())
    store.fetch(picture)
    path.write_bytes(jpeg()[:-20])
    with pytest.raises(PictureRefused, match="not the one"):
        store.fetch(picture)


def test_a_cached_picture_needs_its_file_no_longer(store, images):
    path = images / "a.jpg"
    path.write_bytes(jpeg())
    picture = announced(path, jpeg())
    copy = store.fetch(picture)
    path.unlink()
    assert store.fetch(picture) == copy


@pytest.mark.parametrize(
    "uri", ["http://127.0.0.1/a.jpg", "/etc/hostname", "file:///etc/hostname", "qrc:/a", "file://host/a.jpg", ""]
)
def test_hostile_addresses_open_nothing(store, uri):
    with pytest.raises(NotHere):
        store.fetch(announced(uri, jpeg()))


def test_a_link_out_of_the_folder_is_not_followed(store, images, tmp_path):
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(jpeg())
    (images / "link.jpg").symlink_to(secret)
    with pytest.raises(NotHere):
        store.fetch(announced(images / "link.jpg", jpeg()))
    with pytest.raises(NotHere):
        store.fetch(announced(images / ".." / "secret.jpg", jpeg()))


def test_what_is_no_picture_is_refused(store):
    data = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    with pytest.raises(PictureRefused):
        store.keep(data, sha256_of(data))


def test_the_cache_forgets_the_pictures_used_longest_ago(tmp_path, images):
    store = PictureStore(tmp_path / "cache", images, max_bytes=2 * len(jpeg()) + 100)
    copies = []
    for number in range(4):
        copy = store.keep(jpeg(number * 60), sha256_of(jpeg(number * 60)))
        os.utime(copy, (number, number))
        copies.append(copy)
    assert [copy.exists() for copy in copies] == [False, False, True, True]


def test_a_large_cache_is_not_looked_through_for_each_picture(tmp_path, images, monkeypatch):
    looks = []
    files = PictureStore._files
    monkeypatch.setattr(PictureStore, "_files", lambda store: looks.append(1) or files(store))
    store = PictureStore(tmp_path / "cache", images, max_bytes=16 * 3 * len(jpeg()))
    for number in range(40):
        data = jpeg(number * 6)
        store.keep(data, sha256_of(data))
    assert 40 // 4 <= len(looks) <= 40 // 2
    kept = sum(path.stat().st_size for path in (tmp_path / "cache").iterdir())
    assert kept <= 17 * 3 * len(jpeg())


def test_a_copy_that_went_bad_is_never_shown(store, images):
    path = images / "a.jpg"
    path.write_bytes(jpeg())
    copy = store.fetch(announced(path, jpeg()))
    copy.write_bytes(jpeg()[:-9])
    assert store.fetch(announced(path, jpeg())).read_bytes() == jpeg()
    copy.write_bytes(b"")
    path.unlink()
    with pytest.raises(NotHere):
        store.fetch(announced(path, jpeg()))


def test_files_are_read_only_where_the_core_s_disk_is_shared(tmp_path, images):
    path = images / "a.jpg"
    path.write_bytes(jpeg())
    asked = []

    def shared():
        asked.append(1)
        return images

    store = PictureStore(tmp_path / "cache", None, 1 << 20)
    for find in (lambda: None, lambda: tmp_path / "elsewhere"):
        store.ask_for_folder(find)
        with pytest.raises(NotHere):
            store.fetch(announced(path, jpeg()))
    store.ask_for_folder(shared)
    assert store.fetch(announced(path, jpeg())).read_bytes() == jpeg()
    assert asked


def test_a_configured_folder_stays_the_only_one_on_a_shared_disk(tmp_path, images):
    path, outside = images / "a.jpg", tmp_path / "b.jpg"
    for each in (path, outside):
        each.write_bytes(jpeg())
    store = PictureStore(tmp_path / "cache", images, 1 << 20)
    store.ask_for_folder(lambda: tmp_path)
    assert store.fetch(announced(path, jpeg()))
    with pytest.raises(NotHere, match="not under"):
        store.fetch(announced(outside, jpeg()).model_copy(update={"sha256": "0" * 64}))
    store.ask_for_folder(lambda: None)
    with pytest.raises(NotHere, match="share"):
        store.fetch(announced(path, jpeg(9)))
