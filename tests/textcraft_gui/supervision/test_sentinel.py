"""A console that did not take its mark away did not end by itself, and the next one says why."""

import os
import time

from textcraft_bus.disk.folders import log_folder
from textcraft_gui.supervision.sentinel import Mark, Sentinel, last_words


def test_the_mark_stays_until_it_is_taken_away():
    sentinel = Sentinel("abc")
    assert sentinel.found() is None
    sentinel.put()
    found = Sentinel("abc").found()
    assert found is not None
    assert found.pid == os.getpid()
    assert abs(found.began - time.time()) < 60
    assert Sentinel("other").found() is None
    sentinel.take_away()
    sentinel.take_away()
    assert Sentinel("abc").found() is None


def test_an_unreadable_mark_is_none(textcraft_home):
    Sentinel("abc").put()
    (textcraft_home / "data" / "sentinel" / "abc.json").write_bytes(b"\0\0")
    assert Sentinel("abc").found() is None


def test_nothing_is_said_of_a_console_that_ended_by_itself():
    assert last_words(None) == ""
    assert "exit code 1" in last_words(None, "it failed with exit code 1"), "it wound up, and was no good end"


def test_the_supervisor_s_word_comes_first():
    assert last_words(Mark(5, 100.0), "it was killed by SIGKILL", boot=500.0) == (
        "The last console did not end by itself: it was killed by SIGKILL."
    )


def test_without_one_the_machine_is_asked():
    assert "switched off" in last_words(Mark(5, 100.0), boot=500.0)
    assert "process 5 was gone" in last_words(Mark(5, 600.0), boot=500.0)


def test_what_it_left_of_itself_is_named():
    logs = log_folder()
    (logs / "crash-20300101T000000Z-textcraft-12.txt").write_text("stack")
    (logs / "crash-20300101T000000Z-textcraft-123.txt").write_text("another's")
    (logs / "crash-20300102T000000Z-textcraft-12.txt").write_text("")
    assert "crash-20300101T000000Z-textcraft-12.txt" in last_words(Mark(12, 1.0), "x", logs=logs)
    assert "beside the logs" not in last_words(Mark(1, 1.0), "x", logs=logs)
