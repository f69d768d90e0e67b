"""The matrix model, checked by Qt's own tester and against a plain dictionary."""

from random import Random

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from tests.support import show_script as script
from textcraft_core.events import MatrixChanged
from textcraft_gui.models.matrix import ENTRY_ROLE, Column, MatrixModel


@pytest.fixture
def model(qapp):
    made = MatrixModel()
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    made.take_in(script.matrix())
    yield made
    del tester


def column(model, which):
    return [model.data(model.index(row, which)) for row in range(model.rowCount())]


def test_each_chapter_is_a_row(model):
    assert column(model, Column.ID) == ["ch01", "ch02", "ch03", "ch04", "ch05"]
    assert column(model, Column.STATUS)[1] == "review ready"
    assert column(model, Column.WORDS)[3] == "184 / 420"
    assert column(model, Column.NOTES)[2] == "A note that is long enough to be cut off in a narrow column."


def test_ids_sort_as_numbers(model):
    model.take_in(MatrixChanged(entries={"ch10": {"title": "x"}, "ch100": {"title": "y"}}))
    assert column(model, Column.ID)[-3:] == ["ch05", "ch10", "ch100"]


@pytest.mark.parametrize("which", list(Column))
def test_every_column_sorts_both_ways(model, which):
    model.sort(which, Qt.SortOrder.AscendingOrder)
    up = column(model, Column.ID)
    model.sort(which, Qt.SortOrder.DescendingOrder)
    assert column(model, Column.ID) == up[::-1]


def test_a_change_tells_its_row_only(model):
    told = []
    model.dataChanged.connect(lambda top, bottom: told.append((top.row(), bottom.row())))
    model.take_in(MatrixChanged(entries={"ch04": {"title": "Fourth", "word_count": 200, "status": "DRAFTING"}}))
    assert told == [(3, 3)]
    assert column(model, Column.WORDS)[3] == "200 / 420"


def test_a_row_that_moves_takes_its_index_along(model):
    model.sort(Column.WORDS, Qt.SortOrder.DescendingOrder)
    kept = QPersistentModelIndex(model.index(model.row_of("ch04"), 0))
    model.take_in(MatrixChanged(entries={"ch04": {"title": "Fourth", "word_count": 5000}}))
    assert model.row_of("ch04") == 0
    assert kept.row() == 0
    assert model.data(kept) == "ch04"


def test_what_is_gone_is_gone(model):
    model.take_in(MatrixChanged(entries={}, removed=("ch02", "ch99")))
    assert column(model, Column.ID) == ["ch01", "ch03", "ch04", "ch05"]


def test_odd_entries_do_not_break_it(model):
    model.take_in(MatrixChanged(entries={"odd": {"word_count": "many", "notes": None, "status": None}}))
    row = model.row_of("odd")
    assert model.data(model.index(row, Column.WORDS)) == "0 / 420"
    assert model.data(model.index(row, Column.STATUS)) == "unknown"


def test_it_always_agrees_with_a_dictionary(model):
    rng = Random(7)
    known = dict(script.matrix().entries)
    model.sort(Column.WORDS, Qt.SortOrder.AscendingOrder)
    for turn in range(25):
        keys = [f"ch{rng.randrange(60):02}" for _ in range(rng.choice((1, 2, 40)))]
        entries = {key: {"title": f"t{turn}", "word_count": rng.randrange(900)} for key in keys}
        removed = tuple(rng.sample(sorted(known), 1)) if rng.random() < 0.2 else ()
        removed = tuple(key for key in removed if key not in entries)
        known.update(entries)
        for key in removed:
            known.pop(key)
        model.take_in(MatrixChanged(entries=entries, removed=removed))
        rows = [
            (model.data(model.index(row, 0)), model.data(model.index(row, 0), ENTRY_ROLE))
            for row in range(model.rowCount())
        ]
        assert dict(rows) == known
        assert [words["word_count"] for _key, words in rows] == sorted(entry["word_count"] for entry in known.values())
