"""The garbage collector is out of the way while a program starts, and what is there by then is left alone."""

import gc
import threading

import pytest

from textcraft_bus import garbage


@pytest.fixture(autouse=True)
def _as_it_was():
    yield
    gc.unfreeze()
    garbage.let_go()


def cycles(number):
    for _ in range(number):
        ring: list[object] = []
        ring.append(ring)


@pytest.fixture
def collections():
    """Which generations were collected, in which threads."""
    seen = []

    def note(phase, info):
        if phase == "stop":
            seen.append((info["generation"], threading.get_ident()))

    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)


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


def test_another_thread_collects_nothing_and_this_one_when_it_looks(collections):
    look = garbage.keep_to_this_thread()
    collections.clear()
    maker = threading.Thread(target=cycles, args=(20_000,))
    maker.start()
    maker.join()
    assert collections == []
    look()
    assert collections == [(0, threading.get_ident())]


def test_a_full_collection_has_time(collections):
    now = [0.0]
    look = garbage.keep_to_this_thread(lambda: now[0])
    collections.clear()
    for _ in range(300):
        cycles(1_000)
        look()
    assert {generation for generation, _ in collections} == {0, 1}
    now[0] = garbage.FULL_SECONDS
    for _ in range(300):
        cycles(1_000)
        look()
    assert [generation for generation, _ in collections].count(2) == 1


def test_while_paused_nobody_collects(collections):
    garbage.pause()
    look = garbage.keep_to_this_thread()
    cycles(20_000)
    look()
    assert collections == []
    garbage.settle()
    assert not gc.isenabled()
    garbage.let_go()
    assert gc.isenabled()
