"""The garbage collector is out of the way while a program starts, and what is there by then is left alone."""

import gc

import pytest

from textcraft_bus import garbage


@pytest.fixture(autouse=True)
def _as_it_was():
    yield
    gc.unfreeze()
    gc.enable()


def test_nothing_is_collected_until_the_program_stands():
    garbage.pause()
    assert not gc.isenabled()
    garbage.settle()
    assert gc.isenabled()


def test_what_the_start_left_is_not_looked_through_again():
    kept = [[number] for number in range(50_000)]
    garbage.pause()
    garbage.settle()
    assert gc.get_freeze_count() >= len(kept)
    assert len(gc.get_objects(generation=2)) < 1000
