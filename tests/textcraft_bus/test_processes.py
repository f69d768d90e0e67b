"""One process for each wall name; what was started can be seen, found again and ended."""

import gc
import os
import subprocess
import sys

import psutil
import pytest

from textcraft_bus import processes
from textcraft_bus.processes import NameLock, NameTaken, _Detached


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTCRAFT_HOME", str(tmp_path))
    return tmp_path


def test_a_wall_record_is_there_while_the_lock_is_held():
    lock = NameLock("wall.brick")
    lock.acquire("tcp://127.0.0.1:1", "show")
    assert [(r.peer, r.pid, r.endpoint) for r in processes.running_services("show")] == [
        ("wall.brick", os.getpid(), "tcp://127.0.0.1:1")
    ]
    assert processes.running_services("another show") == []
    lock.release()
    assert processes.running_services("show") == []


def test_a_second_wall_of_one_name_is_told_who_holds_it():
    code = (
        "import sys; from textcraft_bus.processes import NameLock;"
        "lock = NameLock('wall.brick'); lock.acquire('e', 's');"
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1) as holder:
        assert holder.stdout.readline().strip() == b"held"
        with pytest.raises(NameTaken, match=str(holder.pid)):
            NameLock("wall.brick").acquire("e", "s")
        holder.kill()
    NameLock("wall.brick").acquire("e", "s")


def test_the_record_of_a_dead_process_is_no_running_wall():
    lock = NameLock("wall.brick")
    lock.acquire("e", "show")
    path = processes._record_path("wall.brick")
    path.write_text(path.read_text().replace(f'"pid": {os.getpid()}', '"pid": 999999999'))
    assert processes.running_services("show") == []
    path.write_text("{")
    assert processes.running_services("show") == []


def test_a_detached_program_outlives_nothing_it_should_not(monkeypatch, home):
    monkeypatch.setattr(processes, "command", lambda program: [sys.executable, "-c", "import sys; sys.stdin.read()"])
    child = processes.start_detached("textcraft-core", [], "core")
    assert child.wait(10) == 0
    assert (home / "logs" / "core.out").exists()


def test_end_process_terminates_and_confirms():
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        assert processes.is_alive(process.pid)
        assert not processes.is_alive(process.pid, started=1.0)
        assert processes.end_process(process.pid)
    assert processes.end_process(process.pid)


@pytest.mark.filterwarnings("error")
def test_letting_go_of_a_child_that_goes_on_is_no_mistake():
    child = _Detached([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    pid, stdin = child.pid, child.stdin
    del child
    gc.collect()
    assert psutil.pid_exists(pid)
    stdin.close()
