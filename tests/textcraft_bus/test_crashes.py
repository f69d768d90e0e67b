"""A dying process leaves its stacks; one that ends well leaves nothing; the newest files are kept."""

import signal
import subprocess
import sys

import pytest

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
    code = "import ctypes; mine.expect_life()\nctypes.PyDLL(None).usleep(3_600_000)\nmine.close()"
    assert run(tmp_path, code).returncode == 0
    (left,) = crash_files(tmp_path)
    assert "Timeout" in left.read_text()


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
