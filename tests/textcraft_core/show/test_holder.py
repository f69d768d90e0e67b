"""Who holds a show: one process, named to everybody else by user, program, process and time."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from tests.fakes.show import make_show
from tests.support.footprint import changed, footprint
from textcraft_core.show.holder import Holder, ShowHeld, hold, holder_of

TAKES = """
import sys
from pathlib import Path
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.holder import hold
lock = hold(ShowFolder(Path(sys.argv[1])), "textcraft-core")
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def show(tmp_path):
    return make_show(tmp_path / "show", {"ch01_one": 20})


@pytest.fixture
def other(show):
    """Another process that holds the show."""
    line = [sys.executable, "-c", TAKES, str(show.root)]
    process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline().strip() == "held"
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_nobody_holds_it_at_first_and_the_holder_can_be_named(show):
    assert holder_of(show) is None
    lock = hold(show, "textcraft")
    try:
        holder = holder_of(show)
        assert (holder.program, holder.pid) == ("textcraft", os.getpid())
        assert holder.since <= datetime.now(UTC)
    finally:
        lock.release()
    assert holder_of(show) is None


def test_another_process_that_holds_it_is_named(show, other):
    before = footprint(show.root)
    with pytest.raises(ShowHeld, match=rf"textcraft-core, process {other.pid}, since ") as held:
        hold(show, "textcraft")
    assert held.value.pid == other.pid
    assert held.value.holder == holder_of(show)
    assert changed(before, footprint(show.root)) == []


def test_who_crashed_holds_nothing(show, other):
    other.kill()
    other.wait()
    assert holder_of(show) is None
    hold(show, "textcraft").release()


def test_the_words_have_a_date_when_it_was_not_today():
    since = datetime(2020, 5, 4, 19, 2).astimezone()
    assert Holder("textcraft", 4711, since, "anna").words == "anna, textcraft, process 4711, since 2020-05-04 19:02"
    now = datetime.now(UTC)
    assert Holder("textcraft", 4711, now).words == f"textcraft, process 4711, since {now.astimezone():%H:%M}"
