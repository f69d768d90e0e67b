"""Pictures are read in workers, by magic and not by name, and kept within a bound."""

import pytest
from PySide6.QtCore import QSize, QThread

from tests.support import show_script as script
from textcraft_gui.pictures.pictures import PictureStore, read_scaled

SIZE = QSize(320, 180)


@pytest.fixture
def store(qtbot):
    made = PictureStore()
    yield made
    made.close()


def _read(qtbot, store, path, size=SIZE):
    with qtbot.waitSignal(store.ready):
        assert store.get(path, size) is None
    return store.get(path, size)


def test_a_picture_comes_when_it_was_read(qtbot, store, tmp_path):
    (path,) = script.pictures(tmp_path, 1)
    pixmap = _read(qtbot, store, path)
    assert (pixmap.width(), pixmap.height()) == (320, 180)


def test_it_is_read_off_the_gui_thread(qtbot, store, tmp_path, monkeypatch):
    (path,) = script.pictures(tmp_path, 1)
    threads = []

    def read(path, size):
        threads.append(QThread.currentThread())
        return read_scaled(path, size)

    monkeypatch.setattr("textcraft_gui.pictures.pictures.read_scaled", read)
    _read(qtbot, store, path)
    assert threads
    assert threads[0] is not QThread.currentThread()


@pytest.mark.parametrize("content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\nbroken"])
def test_what_is_no_picture_is_unreadable_and_asked_for_once(qtbot, store, tmp_path, content):
    path = tmp_path / "a.png"
    path.write_bytes(content)
    assert _read(qtbot, store, str(path)) is None
    assert store.is_unreadable(str(path))
    assert store.get(str(path), SIZE) is None


def test_a_missing_file_is_unreadable(qtbot, store, tmp_path):
    assert _read(qtbot, store, str(tmp_path / "none.png")) is None
    assert store.is_unreadable(str(tmp_path / "none.png"))


def test_an_odd_size_shows_the_known_one_meanwhile(qtbot, store, tmp_path):
    (path,) = script.pictures(tmp_path, 1)
    known = _read(qtbot, store, path)
    with qtbot.waitSignal(store.ready):
        assert store.get(path, QSize(448, 252)).cacheKey() == known.cacheKey()
    assert store.get(path, QSize(448, 252)).width() == 448


def test_near_sizes_share_one_reading(qtbot, store, tmp_path):
    (path,) = script.pictures(tmp_path, 1)
    known = _read(qtbot, store, path, QSize(310, 175))
    assert store.get(path, QSize(318, 179)).cacheKey() == known.cacheKey()


def test_the_memory_is_bounded(qtbot, tmp_path):
    store = PictureStore(max_bytes=3 * 320 * 180 * 4)
    for path in script.pictures(tmp_path, 5):
        _read(qtbot, store, path)
    assert store.kept_bytes <= 3 * 320 * 180 * 4
    store.close()


def test_closed_it_reads_no_more(qtbot, store, tmp_path):
    store.close()
    assert store.get(str(tmp_path / "a.png"), SIZE) is None
    assert not store.is_unreadable(str(tmp_path / "a.png"))
