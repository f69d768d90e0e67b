"""What kills left in the machine's own folders is swept, beside whatever else runs there."""

import os
import subprocess
import sys
import threading
import time

import pytest

from tests.textcraft_bus.disk.test_leftovers import dead_pid
from textcraft_bus.disk import temps
from textcraft_bus.disk.durable import Folder
from textcraft_bus.disk.files import write_json
from textcraft_bus.disk.folders import MACHINE, cache_folder, config_folder, data_folder, log_folder
from textcraft_bus.disk.leftovers import SETTLED_S, sweep_machine, sweep_temps
from textcraft_bus.errors import BusError

PLACES = ("config/walls", "data/walls", "data/sentinel", "data/images", "data/support", "cache/wall", "logs/health")


def left(folder, pid, *, age=10 * SETTLED_S, stem="wall.json"):
    folder.mkdir(parents=True, exist_ok=True)
    temp = folder / f".{stem}.{pid}-00000000-7.tmp"
    temp.write_bytes(b"half")
    os.utime(temp, (time.time() - age,) * 2)
    return temp


def test_temps_of_the_dead_go_from_all_of_the_machine_s_folders(textcraft_home):
    pid = dead_pid()
    gone = [left(textcraft_home / place, pid) for place in PLACES]
    kept = textcraft_home / "data" / "walls" / "wall.json"
    kept.write_text("{}")
    assert sorted(sweep_machine([])) == sorted(gone)
    assert not [temp for temp in gone if temp.exists()]
    assert kept.exists()
    assert sweep_machine([]) == []


def test_those_of_the_living_and_the_newest_stay(textcraft_home):
    """Of a young one nobody knows: its writer may live on another machine that has the same home."""
    walls = textcraft_home / "data" / "walls"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as living:
        stay = [left(walls, living.pid, age=0), left(walls, dead_pid(), age=SETTLED_S / 2, stem="young")]
        own = left(walls, f"{os.getpid()}", stem="own")
        ours = own.rename(walls / temps.new_temp("own"))
        os.utime(ours, (time.time() - 10 * SETTLED_S,) * 2)
        assert sweep_machine([]) == []
        assert all(temp.exists() for temp in (*stay, ours))
        living.communicate(b"\n", timeout=30)
    for temp in stay:
        os.utime(temp, (time.time() - 2 * SETTLED_S,) * 2)
    assert sorted(sweep_machine([])) == sorted(stay)


def test_one_a_wrong_clock_dated_ahead_is_no_young_one(textcraft_home):
    temp = left(textcraft_home / "logs", dead_pid(), age=-86_400)
    assert sweep_machine([]) == [temp]


def test_whole_shows_are_left_to_whoever_opens_them(textcraft_home):
    show = textcraft_home / "data" / "shows"
    temp = left(show / "sample" / "data", dead_pid())
    assert sweep_machine([show]) == []
    assert temp.exists()


def test_a_temp_another_console_swept_at_the_same_moment_is_no_fault(tmp_path, monkeypatch):
    temps_left = [left(tmp_path, dead_pid(), stem=f"{number}.json") for number in range(3)]
    remove = Folder.remove

    def too_late(self, name):
        (self.path / name).unlink()
        remove(self, name)

    monkeypatch.setattr(Folder, "remove", too_late)
    assert sorted(sweep_temps(tmp_path).removed) == sorted(temps_left)


def test_a_folder_that_refuses_keeps_no_other_from_being_swept(textcraft_home, caplog, monkeypatch):
    (textcraft_home / "config").touch()
    temp = left(textcraft_home / "logs" / "health", dead_pid())
    assert sweep_machine([]) == [temp]
    assert "could not be swept" in caplog.text
    caplog.clear()


@pytest.mark.timeout(60)
def test_a_sweep_beside_writers_takes_nothing_from_them(textcraft_home):
    """Four write without end while it sweeps: every file is whole at each look, and no save fails."""
    folder, ending, faults = data_folder() / "walls", threading.Event(), []
    folder.mkdir(parents=True)

    def write(name):
        number = 0
        while not ending.is_set():
            try:
                write_json(folder / name, {"number": (number := number + 1)})
            except (BusError, OSError) as error:
                faults.append(error)

    writers = [threading.Thread(target=write, args=(f"{name}.json",)) for name in range(4)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(50):
            assert sweep_machine([]) == []
    finally:
        ending.set()
        for writer in writers:
            writer.join()
    assert faults == []


def test_these_are_all_the_folders_there_are():
    assert {folder_of() for folder_of in MACHINE} == {
        config_folder(), data_folder(), log_folder(), cache_folder("wall").parent
    }  # fmt: skip
