"""A dying process leaves its stacks; one that ends well leaves nothing; the newest files are kept."""

import signal
import subprocess
import sys

import pytest

from textcraft_bus import crashes
from textcraft_bus.crashes import KEPT, crash_files, crash_of, prune

START = "import sys, pathlib; from textcraft_bus.crashes import keep_crash_file\n"
START += "mine = keep_crash_file(pathlib.Path(sys.argv[1]), 'textcraft')\n"


def run(folder, code):
    line = [sys.executable, "-c", START + code, str(folder)]
    return subprocess.run(line, check=False, capture_output=True, timeout=60)


def test_a_fatal_signal_leaves_every_stack(tmp_path):
    code = "import os, signal\ndef falls_here(): os.kill(os.getpid(), signal.SIGABRT)\nfalls_here()"
    done = run(tmp_path, code)
    assert done.returncode == -signal.SIGABRT
    (left,) = crash_files(tmp_path)
    assert "falls_here" in left.read_text()
    assert done.stderr == b""


def test_a_good_end_leaves_nothing(tmp_path):
    assert run(tmp_path, "mine.expect_life(); mine.close()").returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_call_that_holds_the_interpreter_is_seen(tmp_path):
    code = "import ctypes\ndef is_held_here(): ctypes.PyDLL(None).usleep(3_600_000)\n"
    assert run(tmp_path, code + "mine.expect_life()\nis_held_here()\nmine.close()").returncode == 0
    (left,) = crash_files(tmp_path)
    assert "is_held_here" in left.read_text()


MOVES = """
import time
from textcraft_bus import crashes
crashes.HELD_SECONDS = 0.0005
def deep(n):
    return [deep(n - 1) for _ in (0,)] if n else [eval(compile("[x for x in (1, 2)]", "made anew " * 9, "eval"))]
until = time.process_time() + 1.5
while time.process_time() < until:
    mine.expect_life()
    for _ in range(12):
        deep(80)
mine.close()
"""


def test_a_thread_that_goes_on_while_its_stack_is_written_is_not_felled_by_it(tmp_path):
    """As a process does that was stopped, or not let run, for longer than it may say nothing."""
    assert run(tmp_path, MOVES).returncode == 0
    (left,) = crash_files(tmp_path)
    assert "in deep" in left.read_text()
    assert left.stat().st_size < 2 * crashes.MAX_BYTES


def test_another_s_alarm_is_left_alone(tmp_path):
    code = "mine.close()\nimport signal\nsignal.signal(signal.SIGALRM, lambda *_: print('rings'))\n"
    code += (
        "mine = keep_crash_file(pathlib.Path(sys.argv[1]), 'textcraft')\nsignal.setitimer(signal.ITIMER_REAL, 0.2)\n"
    )
    code += "mine.expect_life(); mine.rest()\nsignal.pause()\nmine.close()"
    assert run(tmp_path, code).stdout.strip() == b"rings"


def test_a_folder_that_cannot_be_written_is_no_reason_to_end(tmp_path):
    assert run(tmp_path / "missing", "assert mine is None").returncode == 0


def test_the_newest_are_kept_and_empty_ones_of_the_dead_go(tmp_path):
    for number in range(KEPT + 5):
        (tmp_path / f"crash-203001{number:02}T000000Z-textcraft-{number}.txt").write_text("x")
    (tmp_path / "stall-20310101T000000Z-7-1.txt").write_text("y")
    (tmp_path / "crash-20320101T000000Z-textcraft-999999999.txt").write_text("")
    (tmp_path / "textcraft.log").write_text("")
    prune(tmp_path)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert len(left) == KEPT + 1
    assert "stall-20310101T000000Z-7-1.txt" in left
    assert "textcraft.log" in left
    assert crash_of(tmp_path, 7).name == "stall-20310101T000000Z-7-1.txt"


@pytest.mark.parametrize("pid", [0, 1, 99])
def test_another_s_file_is_not_taken_for_its_own(tmp_path, pid):
    (tmp_path / "crash-20300101T000000Z-textcraft-199.txt").write_text("x")
    assert crash_of(tmp_path, pid) is None
