"""Thousands of pictures as rows: order, search, what is pinned."""

import pytest
from PySide6.QtTest import QAbstractItemModelTester

from textcraft_gui.models.gallery import PICTURE_ROLE, GalleryModel
from textcraft_gui.pictures.gallery_files import GalleryPicture, with_words
from textcraft_gui.widgets.thumb_list import THUMB_ROLE


@pytest.fixture
def model(qapp):
    made = GalleryModel()
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    yield made
    del tester


def _picture(number, caption="", chapter=""):
    stamp = 1_763_000_000.0 + 60 * number
    return with_words(GalleryPicture(f"/p/{number}.png", stamp, sha256=f"{number:064x}"), caption, chapter)


def _captions(model):
    return [model.index(row).data(PICTURE_ROLE).caption for row in range(model.rowCount())]


def test_the_newest_stands_first(model):
    model.take_in([_picture(1, "old"), _picture(3, "new"), _picture(2, "middle")])
    assert _captions(model) == ["new", "middle", "old"]


def test_every_word_must_be_found_anywhere(model):
    model.take_in([_picture(1, "A Lamp by the sea", "ch04_Low_Water.md"), _picture(2, "a boat", "ch04_x.md")])
    for text, found in (("lamp", 1), ("LAMP sea", 1), ("chapter 4", 2), ("2025-11", 2), ("lamp boat", 0), ("", 2)):
        model.search(text)
        assert model.rowCount() == found, text


def test_only_pinned_ones(model):
    model.take_in([_picture(1), _picture(2)])
    model.search("", frozenset({f"{2:064x}"}))
    assert model.rowCount() == 1
    model.search("", None)
    assert model.rowCount() == 2


def test_a_new_picture_is_put_on_top_and_the_others_stay(model):
    resets = []
    model.modelReset.connect(lambda: resets.append(1))
    model.take_in([_picture(1)])
    model.take_in([_picture(1), _picture(2, "new")])
    assert _captions(model) == ["new", ""]
    assert resets == []
    model.take_in([_picture(2, "new")])
    assert _captions(model) == ["new"]


def test_a_thumbnail_carries_its_badge(model):
    model.mark = lambda sha256: ("live", "live", True)
    model.take_in([_picture(1, "a")])
    thumb = model.index(0).data(THUMB_ROLE)
    assert (thumb.path, thumb.word, thumb.kind, thumb.pinned) == ("/p/1.png", "live", "live", True)
    assert "a" in thumb.hint
