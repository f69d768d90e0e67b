"""What killed writers leave: ours is swept, what another program wrote is never removed."""

import os
import stat
import subprocess
import sys

import pytest

from textcraft_bus.disk import temps
from textcraft_bus.disk.durable import Folder
from textcraft_bus.disk.leftovers import Stray, Swept, sweep_temps
from textcraft_bus.disk.sandbox import Sandbox

NAME = "ch01.md"
LONG = "ä" * 120 + ".md"
can_exchange = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="seen on Linux only")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def holds(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def dead_pid():
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    return child.pid


def test_the_sweep_takes_leftovers_only(tmp_path):
    run = temps._run()
    gone = dead_pid()
    kept = [
        f".a.{os.getpid()}-{run}-1.tmp",
        ".a.tmp",
        "a.tmp",
        f".a.{os.getppid()}-{run}-1.tmp",
        "b.json",
        ".a.1-x-1.tmp",
    ]
    stale = [f".a.json.{gone}-{run}-7.tmp", f".b.{os.getpid()}-00000000-1.tmp"]
    for name in kept + stale:
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / f".dir.{gone}-{run}-7.tmp").mkdir()
    assert sorted(path.name for path in sweep_temps(tmp_path).removed) == sorted(stale)
    assert names(tmp_path) == sorted([*kept, f".dir.{gone}-{run}-7.tmp"])


def test_a_temp_older_than_the_process_of_its_number_is_a_leftover(tmp_path):
    temp = tmp_path / f".a.{os.getppid()}-00000000-1.tmp"
    temp.write_bytes(b"x")
    os.utime(temp, (1_000_000_000, 1_000_000_000))
    assert sweep_temps(tmp_path) == Swept(removed=[temp])


def test_the_sweep_goes_deep_only_when_told_and_never_through_links(tmp_path):
    outside, root = tmp_path / "outside", tmp_path / "root"
    (root / "part" / "one").mkdir(parents=True)
    outside.mkdir()
    name = f".a.{dead_pid()}-00000000-1.tmp"
    for folder in (outside, root / "part" / "one"):
        (folder / name).write_bytes(b"x")
    (root / "link").symlink_to(outside)
    assert sweep_temps(root) == Swept()
    assert sweep_temps(root, deep=True) == Swept(removed=[root / "part" / "one" / name])
    assert names(outside) == [name]
    assert sweep_temps(tmp_path / "nowhere") == Swept()


KILLED = """
import os, signal, sys
from pathlib import Path
from textcraft_bus.disk import renames
from textcraft_bus.disk.sandbox import Sandbox
folder, name, before, after, when = Path(sys.argv[1]), *sys.argv[2:]
real, turns = renames.exchange, []

def come(how):
    if how == "link":
        (folder / name).unlink()
        (folder / name).symlink_to("/etc/hostname")
    elif how == "gone":
        (folder / name).unlink()
    elif how == "in place":
        with (folder / name).open("ab") as file:
            file.write(b" and more")
    elif how != "nobody":
        (folder / "aside").write_bytes(how.encode())
        (folder / "aside").replace(folder / name)

def exchange(*places):
    turns.append(places)
    if len(turns) == 1:
        come(before)
    done = real(*places)
    if len(turns) == 1:
        come(after)
    if len(turns) == int(when):
        os.kill(os.getpid(), signal.SIGKILL)
    return done

renames.exchange = exchange
Sandbox(folder).write(name, b"ours", instead_of=b"old")
"""


def killed_between(folder, before, after="nobody", *, when=1, name=NAME):
    """Save in a process that is killed right after so many exchanges; the other program comes around the first."""
    (folder / name).write_bytes(b"old")
    child = subprocess.run([sys.executable, "-c", KILLED, str(folder), name, before, after, str(when)], check=False)
    assert child.returncode == -9
    (temp,) = set(names(folder)) - {name}
    assert temps.is_temp(temp)
    return folder / temp


@can_exchange
@pytest.mark.parametrize("name", [NAME, LONG])
def test_what_was_expected_to_come_out_is_swept(tmp_path, name):
    temp = killed_between(tmp_path, "nobody", name=name)
    assert temp.read_bytes() == b"old"
    assert sweep_temps(tmp_path) == Swept(removed=[temp])
    assert holds(tmp_path) == {name: b"ours"}


@can_exchange
@pytest.mark.parametrize("name", [NAME, LONG])
def test_another_programs_edit_that_came_out_goes_back(tmp_path, name):
    temp = killed_between(tmp_path, "theirs", name=name)
    assert temp.read_bytes() == b"theirs"
    assert sweep_temps(tmp_path) == Swept(given_back=[tmp_path / name])
    assert holds(tmp_path) == {name: b"theirs"}
    assert sweep_temps(tmp_path) == Swept()


@can_exchange
def test_an_edit_that_was_given_back_already_stays_and_ours_is_swept(tmp_path):
    temp = killed_between(tmp_path, "theirs", when=2)
    assert temp.read_bytes() == b"ours"
    assert sweep_temps(tmp_path) == Swept(removed=[temp])
    assert holds(tmp_path) == {NAME: b"theirs"}


@can_exchange
@pytest.mark.parametrize("after", ["newer", "gone", "in place"])
def test_an_edit_whose_file_has_changed_since_is_told_and_left(tmp_path, after):
    temp = killed_between(tmp_path, "theirs", after)
    left = holds(tmp_path)
    assert sweep_temps(tmp_path) == Swept(strays=[Stray(temp, tmp_path / NAME)])
    assert holds(tmp_path) == left
    assert left[temp.name] == b"theirs"


@can_exchange
def test_a_newer_edit_on_its_way_back_is_told_and_left(tmp_path):
    temp = killed_between(tmp_path, "theirs", "newer", when=2)
    assert holds(tmp_path) == {NAME: b"theirs", temp.name: b"newer"}
    assert sweep_temps(tmp_path) == Swept(strays=[Stray(temp, tmp_path / NAME)])


@can_exchange
def test_a_link_that_came_out_goes_back_unread(tmp_path):
    temp = killed_between(tmp_path, "link")
    assert temp.is_symlink()
    assert sweep_temps(tmp_path) == Swept(given_back=[tmp_path / NAME])
    assert names(tmp_path) == [NAME]
    assert (tmp_path / NAME).is_symlink()


@can_exchange
def test_what_cannot_be_read_stays_under_neither_name(tmp_path, monkeypatch):
    temp, real = killed_between(tmp_path, "theirs"), Folder.open_to_read

    def refuse(self, name):
        if name == temp.name:
            raise PermissionError(name)
        return real(self, name)

    monkeypatch.setattr(Folder, "open_to_read", refuse)
    assert sweep_temps(tmp_path).strays == [Stray(temp, tmp_path / NAME)]
    assert holds(tmp_path) == {NAME: b"ours", temp.name: b"theirs"}


def test_a_half_written_temp_never_tells_that_it_is_whole(tmp_path, monkeypatch):
    seen = []

    def look(self, old, new):
        seen.append((temps.swap_of(old), temps.swap_of(new), (tmp_path / old).read_bytes()))
        (tmp_path / old).rename(tmp_path / new)

    monkeypatch.setattr(Folder, "rename", look)
    (tmp_path / NAME).write_bytes(b"old")
    Sandbox(tmp_path).write(NAME, b"ours", instead_of=b"old")
    before, after, content = seen[0]
    assert before is None
    assert (after.ours, after.instead, content) == (temps.digest([b"ours"]), temps.digest([b"old"]), b"ours")


def test_the_longest_name_still_fits(tmp_path):
    name = "n" * 251 + ".txt"
    (tmp_path / name).write_bytes(b"old")
    Sandbox(tmp_path).write(name, b"ours", instead_of=b"old")
    assert holds(tmp_path) == {name: b"ours"}


def test_a_folder_of_that_name_is_nobodys_business(tmp_path):
    swap = temps.swap_name(f".a.{dead_pid()}-00000000-1.tmp", "0" * 24, "1" * 24)
    (tmp_path / swap).mkdir()
    assert sweep_temps(tmp_path, deep=True).removed == []
    assert stat.S_ISDIR((tmp_path / swap).stat().st_mode)
