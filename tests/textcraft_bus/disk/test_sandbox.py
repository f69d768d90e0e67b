import contextlib
import os
import socket
import time
import unicodedata
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import escapes
from tests.support.escapes import CANARY, canaries
from textcraft_bus.disk import durable
from textcraft_bus.disk.sandbox import Sandbox
from textcraft_bus.errors import BusError, ChangedMeanwhile, FileMissing, SecurityError, Unreadable, WriteFailed


@pytest.fixture
def place(tmp_path):
    """A sandbox between things worth stealing."""
    return escapes.make_place(tmp_path)


def test_what_is_written_is_read(place):
    sandbox = Sandbox(place)
    sandbox.write("manuscripts/ch02.md", b"two")
    assert sandbox.read("manuscripts/ch02.md") == b"two"
    assert sandbox.read("./manuscripts\\ch02.md") == b"two"
    sandbox.write("manuscripts/ch02.md", b"changed")
    assert (place / "manuscripts" / "ch02.md").read_bytes() == b"changed"
    assert sandbox.list("manuscripts") == ["ch01.md", "ch02.md"]


def test_missing_folders_are_made_on_writing_only(place):
    sandbox = Sandbox(place)
    for look in (sandbox.read, sandbox.list):
        with pytest.raises(FileMissing):
            look("manuscripts/part 1/ch01.md")
    assert not sandbox.exists("manuscripts/part 1")
    sandbox.write("manuscripts/part 1/act 2/ch01.md", b"x")
    assert sandbox.exists("manuscripts/part 1/act 2")
    assert sandbox.list("manuscripts/part 1/") == ["act 2/"]


def test_a_file_is_no_folder_and_a_folder_no_file(place):
    sandbox = Sandbox(place)
    with pytest.raises(FileMissing):
        sandbox.read("manuscripts/ch01.md/x")
    with pytest.raises(WriteFailed, match="a file stands where"):
        sandbox.write("manuscripts/ch01.md/x", b"")
    with pytest.raises(Unreadable, match="folder"):
        sandbox.read("manuscripts")
    with pytest.raises(WriteFailed):
        sandbox.write("manuscripts", b"x")
    for path in ("", ".", "./"):
        with pytest.raises(SecurityError, match="the folder itself"):
            sandbox.write(path, b"x")
    assert not sandbox.exists("manuscripts/ch01.md/x")


def test_sizes_are_limited(place):
    sandbox = Sandbox(place)
    sandbox.write("a", b"x" * (2 << 20))
    assert len(sandbox.read("a")) == 2 << 20
    with pytest.raises(WriteFailed, match="allowed"):
        sandbox.write("a", b"x" * ((2 << 20) + 1))
    with pytest.raises(Unreadable, match="larger than 10 bytes"):
        sandbox.read("a", 10)


def test_a_root_that_is_gone_or_a_link(place, tmp_path):
    with pytest.raises(FileMissing):
        Sandbox(tmp_path / "nowhere").read("a")
    with pytest.raises(WriteFailed):
        Sandbox(tmp_path / "nowhere").write("a", b"")
    (tmp_path / "link").symlink_to(place)
    assert Sandbox(tmp_path / "link").read("manuscripts/ch01.md") == b"chapter one"


def touch_everything(sandbox, path):
    for act in (sandbox.read, sandbox.exists, sandbox.list, lambda path: sandbox.write(path, b"stolen")):
        with contextlib.suppress(BusError):
            act(path)


@pytest.mark.parametrize("target", ["../../secret.txt", "/etc/hostname", "manuscripts/ch01.md", "nowhere", "../.env"])
def test_links_to_files_are_refused(place, target):
    sandbox, before = Sandbox(place), canaries(place)
    (place / "link.md").symlink_to(target)
    for act in (sandbox.read, sandbox.exists, lambda path: sandbox.write(path, b"stolen")):
        with pytest.raises(SecurityError, match="link"):
            act("link.md")
    assert sandbox.list() == ["manuscripts/"]
    assert canaries(place) == before
    assert (place / "link.md").is_symlink()


@pytest.mark.parametrize("target", ["..", "/", "manuscripts", "nowhere"])
def test_links_to_folders_are_refused(place, target):
    sandbox, before = Sandbox(place), canaries(place)
    (place / "link").symlink_to(target)
    for act in (sandbox.read, sandbox.exists, sandbox.list, lambda path: sandbox.write(path, b"stolen")):
        with pytest.raises(SecurityError, match="link"):
            act("link/.env")
    with pytest.raises(SecurityError, match="link"):
        sandbox.list("link")
    assert canaries(place) == before


def test_hard_links_are_refused(place):
    sandbox, secret = Sandbox(place), place.parent.parent / "secret.txt"
    (place / "twin.md").hardlink_to(secret)
    for act in (sandbox.read, sandbox.exists, lambda path: sandbox.write(path, b"stolen")):
        with pytest.raises(SecurityError, match="hard link"):
            act("twin.md")
    assert sandbox.list() == ["manuscripts/"]
    assert secret.read_bytes() == CANARY


def test_pipes_sockets_and_devices_are_refused_at_once(place, monkeypatch):
    os.mkfifo(place / "pipe")
    monkeypatch.chdir(place)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        sandbox = Sandbox(place)
        for name in ("pipe", "socket"):
            for act in (sandbox.read, sandbox.exists, lambda path: sandbox.write(path, b"x")):
                with pytest.raises(SecurityError, match="device or a pipe"):
                    act(name)
        assert sandbox.list() == ["manuscripts/"]


def test_case_twins_have_one_verdict(place):
    sandbox = Sandbox(place)
    for act in (sandbox.read, sandbox.exists, lambda path: sandbox.write(path, b"x")):
        for path in ("manuscripts/CH01.md", "Manuscripts/ch01.md", "MANUSCRIPTS/new.md"):
            with pytest.raises(SecurityError, match="same name on other systems"):
                act(path)
    assert sandbox.list("manuscripts") == ["ch01.md"]


@pytest.mark.parametrize("stranger", ["", "é.md"])
@pytest.mark.parametrize("twins", [("b.md", "B.md"), ("B.md", "b.md"), ("A.md", "B.md", "b.md")])
def test_a_twin_is_found_among_many_names(place, twins, stranger):
    sandbox, folder = Sandbox(place), place / "many"
    folder.mkdir()
    for name in (*(f"{part}{number}.md" for number in range(40) for part in ("a", "ab", "B", "x.b")), stranger):
        if name:
            (folder / name).write_bytes(b"")
    for name in twins:
        (folder / name).write_bytes(b"")
    if len(list(folder.iterdir())) == 160 + bool(stranger) + len(twins):  # a file system that keeps case apart
        with pytest.raises(SecurityError, match="same name"):
            sandbox.read("many/b.md")
    assert sandbox.read("many/ab7.md") == b""
    with pytest.raises(SecurityError, match=r"'B7\.md' has the same name"):
        sandbox.read("many/b7.md")


def test_decomposed_names_on_disk_are_one_with_composed_ones(place):
    sandbox = Sandbox(place)
    decomposed = unicodedata.normalize("NFD", "été.md")
    (place / decomposed).write_bytes(b"old")
    assert sandbox.read("été.md") == b"old"
    sandbox.write("été.md", b"new")
    assert sandbox.list() == ["manuscripts/", "été.md"]
    assert len(list(place.iterdir())) == 2
    assert (place / decomposed).read_bytes() == b"new"
    with pytest.raises(SecurityError, match="composed"):
        sandbox.read(decomposed)


def test_two_spellings_of_one_name_are_ambiguous(place):
    (place / "été.md").write_bytes(b"1")
    (place / unicodedata.normalize("NFD", "été.md")).write_bytes(b"2")
    if len(list(place.iterdir())) == 3:  # a file system that keeps both
        with pytest.raises(SecurityError, match="same name"):
            Sandbox(place).read("été.md")


def test_the_list_hides_what_cannot_be_opened(place):
    for name in ("con.md", "a:b", "bad.", ".x.1-00000000-1.tmp", "b.md"):
        (place / name).write_bytes(b"")
    assert Sandbox(place).list() == ["b.md", "manuscripts/"]
    for path in ("..", "/", "manuscripts/..", "//"):
        with pytest.raises(SecurityError):
            Sandbox(place).list(path)


def test_ten_thousand_nasty_paths_escape_nowhere(place):
    attack, before, opened = escapes.Attack.on(place), canaries(place), []

    @settings(max_examples=120, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**64))
    def go(seed):
        with escapes.opened() as found:  # and not what Hypothesis opens between its examples
            attack.go(Random(seed), 100)
        opened.extend(found)

    go()
    assert len(attack.tried) >= 10_000
    assert len(set(attack.tried)) > 8_000
    assert canaries(place) == before
    assert CANARY not in attack.read
    assert b"stolen" in attack.read
    assert escapes.strangers(opened, place) == []
    assert (place / "link").is_symlink()


@pytest.mark.parametrize("flip", [escapes.flip_folder, escapes.flip_file])
def test_what_turns_into_a_link_gives_no_way_out(place, flip):
    outside = escapes.make_outside(place)
    with escapes.opened() as opened:
        outcomes, flips = escapes.race(place, outside, flip, 3_000)
    assert flips > 100
    assert list(outside.parent.iterdir()) == [outside]
    assert outside.read_bytes() == CANARY
    assert CANARY not in outcomes
    assert b"chapter one" in outcomes
    assert SecurityError in outcomes
    assert escapes.strangers(opened, place) == []


@pytest.fixture
def listed(monkeypatch):
    """The folders whose names were really asked for."""
    real, found = durable.Folder.names, []

    def spy(folder):
        found.append(folder.path.name)
        return real(folder)

    monkeypatch.setattr(durable.Folder, "names", spy)
    return found


def test_a_change_lists_a_long_folder_once(place, listed):
    sandbox = Sandbox(place)
    os.utime(place / "manuscripts", (5, 5.5))
    sandbox.read("manuscripts/ch01.md")
    sandbox.write("manuscripts/ch01.md", b"changed")
    assert listed.count("manuscripts") == 1


def test_a_folder_that_changes_is_listed_again(place, listed):
    sandbox = Sandbox(place)
    os.utime(place / "manuscripts", (5, 5.5))
    sandbox.read("manuscripts/ch01.md")
    (place / "manuscripts" / "CH01.md").write_bytes(b"a twin")
    with pytest.raises(SecurityError, match="same name"):
        sandbox.write("manuscripts/ch01.md", b"changed")
    assert listed.count("manuscripts") == 2


def test_a_folder_whose_date_proves_nothing_is_listed_each_time(place, listed):
    sandbox = Sandbox(place)
    for _ in range(2):
        date_ns = time.time_ns() + 3_600_000_000_001
        os.utime(place / "manuscripts", ns=(date_ns, date_ns))
        sandbox.read("manuscripts/ch01.md")
        sandbox.read("manuscripts/ch01.md")
    assert listed.count("manuscripts") == 4


def test_a_listing_is_kept_for_a_moment_only(place, listed, monkeypatch):
    sandbox = Sandbox(place)
    os.utime(place / "manuscripts", (5, 5.5))
    monkeypatch.setattr("textcraft_bus.disk.sandbox._KEPT_NS", 0)
    for _ in range(3):
        sandbox.read("manuscripts/ch01.md")
    assert listed.count("manuscripts") == 3


def test_removing_is_durable_and_bound_to_the_folder(place):
    sandbox, before = Sandbox(place), canaries(place)
    sandbox.remove("manuscripts/ch01.md")
    sandbox.remove("manuscripts/ch01.md")
    sandbox.remove("nowhere/at/all.md")
    assert not (place / "manuscripts" / "ch01.md").exists()
    (place / "link.md").symlink_to(place.parent / ".env")
    os.link(place.parent / "data2", place / "twin.md")
    for path in ("../data2", "link.md", "twin.md", "/etc/hostname", "manuscripts/../../.env", ""):
        with pytest.raises(SecurityError):
            sandbox.remove(path)
    with pytest.raises(WriteFailed):
        sandbox.remove("manuscripts")
    assert canaries(place) == before


def test_a_write_over_something_else_than_expected_is_refused_and_leaves_nothing(place):
    box, chapter = Sandbox(place), place / "manuscripts" / "ch01.md"
    box.write("manuscripts/ch01.md", b"second", instead_of=b"chapter one")
    for path, expected in (("ch01.md", b"chapter one"), ("ch01.md", None), ("ch02.md", b"something")):
        with pytest.raises(ChangedMeanwhile):
            box.write(f"manuscripts/{path}", b"third", instead_of=expected)
    assert chapter.read_bytes() == b"second"
    assert [path.name for path in chapter.parent.iterdir()] == ["ch01.md"]
