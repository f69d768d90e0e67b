"""What was freed goes back to the system; in processes of their own, for the setting is the whole process's."""

import subprocess
import sys

import pytest

from textcraft_bus import heap

MIB = 1 << 20
GROWTH = """
import sys, threading
import psutil
from textcraft_bus import heap
told = sys.argv[1] == "on" and heap.give_back()
bytes(30 << 20)  # a large one that is freed moves glibc's threshold up
pictures, notes = [], []

def read():
    for turn in range(100):
        pictures.append(bytes([1]) * (700_000 + turn * 997))
        notes.append(bytes(3000))
        if len(pictures) > 20:
            pictures.pop(0)

for _ in range(8):
    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
pictures.clear()
print(int(told), psutil.Process().memory_info().rss)
"""


def grown(on: str) -> tuple[int, int]:
    done = subprocess.run([sys.executable, "-c", GROWTH, on], check=True, capture_output=True, text=True, timeout=50)
    told, rss = done.stdout.split()
    return int(told), int(rss)


def test_a_process_that_holds_no_picture_any_more_is_small_again():
    (_, left_alone), (told, given_back) = grown("off"), grown("on")
    assert given_back <= left_alone
    assert not told or given_back < left_alone - 20 * MIB, (given_back / MIB, left_alone / MIB)
    assert told or not sys.platform.startswith("linux")


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_elsewhere_it_says_that_nothing_was_said(monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)
    assert heap.give_back() is False
