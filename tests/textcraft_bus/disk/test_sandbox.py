import contextlib
import os
import shutil
import socket
import sys
import threading
import time
import unicodedata
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textcraft_bus.disk import durable
from textcraft_bus.disk.sandbox import Sandbox
from textcraft_bus.errors import BusError, ChangedMeanwhile, FileMissing, SecurityError, Unreadable, WriteFailed

CANARY = b"canary: nobody may read or change this"


@pytest.fixture
def place(tmp_path):
    """A sandbox between things worth stealing."""
    root = tmp_path / "show" / "data"
    (root / "manuscripts").mkdir(parents=True)
    (root / "manuscripts" / "ch01.md").write_bytes(b"chapter one")
    for outside in (tmp_path / "secret.txt", tmp_path / "show" / ".env", tmp_path / "show" / "data2"):
        outside.write_bytes(CANARY)
    return root


def canaries(root):
    top = root.parent.parent
    return {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if is_outside(path, root)}


def is_outside(path, root):
    return path.is_file() and root not in path.parents


def real_path(fd):
    if sys.platform == "darwin":
        import fcntl

        return Path(os.fsdecode(fcntl.fcntl(fd, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0")))
    return Path(f"/proc/self/fd/{fd}").readlink()


@pytest.fixture
def opened(monkeypatch):
    """The real path of everything that gets opened, whatever name was used for it."""
    real, found = os.open, []

    def spy(*args, **kwargs):
        fd = real(*args, **kwargs)
        found.append(real_path(fd))
        return fd

    monkeypatch.setattr(durable.os, "open", spy)
    return found


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


FRAGMENTS = [
    *["..", ".", "", "...", "/", "\\", "//", "a", "manuscripts", "ch01.md", "link", "up", "twin.md", "new.md", "pipe"],
    *["\u2024\u2024", "\uff0e\uff0e", "\u2215", "\uff0f", "\u2044", "\u200d", "\ufeff", "\u202e", ".\u0338", "\ud800"],
    *["C:", "c:\\", "\\\\?\\", "\\\\server\\share", "file://", "~", "~root", "$HOME", "%2e%2e", "%00", "..%2f", "\0"],
    *["CON", "nul.md", "COM1", "LPT\u00b9", "a.", "a ", "x:y", ".. ", " ..", "etc", "passwd", "secret.txt", ".env"],
    *["..;", "....", "data2", "show", "data", "MATRIX~1", "e\u0301", "\n", "\x1b", "x" * 255, "proc", "self", "root"],
]
JOINTS = ["/", "/", "/", "/", "/", "\\", "", "/../", "\\..\\", "\u2215", "//"]
LEADS = ["", "", "", "", "/", "\\", "../", "./", "link/", "up/", "C:/", "manuscripts/../../"]


def nasty_path(random):
    """Glue one to five fragments together; now and then one any character may be part of."""
    parts = [random.choice(FRAGMENTS) for _ in range(random.randint(1, 5))]
    if random.random() < 0.3:
        parts.append("".join(chr(random.choice((random.randrange(128), random.randrange(0x11000)))) for _ in range(4)))
    return random.choice(LEADS) + "".join(part + random.choice(JOINTS) for part in parts[:-1]) + parts[-1]


def test_ten_thousand_nasty_paths_escape_nowhere(place, opened):
    (place / "link").symlink_to("..")
    (place / "up").symlink_to("/")
    (place / "twin.md").hardlink_to(place.parent / ".env")
    os.mkfifo(place / "pipe")
    sandbox, before, tried, read = Sandbox(place), canaries(place), [], []

    @settings(max_examples=120, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**64))
    def attack(seed):
        random = Random(seed)
        for path in [nasty_path(random) for _ in range(100)]:
            tried.append(path)
            with contextlib.suppress(BusError):
                sandbox.write(path, b"stolen")
            with contextlib.suppress(BusError):
                read.append(sandbox.read(path))
            with contextlib.suppress(BusError):
                sandbox.list(path)

    attack()
    assert len(tried) >= 10_000
    assert len(set(tried)) > 8_000
    assert canaries(place) == before
    assert CANARY not in read
    assert b"stolen" in read
    assert [path for path in set(opened) if path != place and place not in path.parents] == []
    assert (place / "link").is_symlink()


def test_a_folder_that_turns_into_a_link_gives_no_way_out(place, opened):
    outside = place.parent / "outside"
    outside.mkdir()
    (outside / "ch01.md").write_bytes(CANARY)
    sandbox, done, flips = Sandbox(place), threading.Event(), []

    def flip():
        while not done.is_set():
            (place / "manuscripts").rename(place / "parked")
            # The writer may make the missing folder at any moment.
            with contextlib.suppress(OSError):
                (place / "manuscripts").symlink_to(outside)
                (place / "manuscripts").unlink()
            while (place / "parked").exists():
                shutil.rmtree(place / "manuscripts", ignore_errors=True)
                with contextlib.suppress(OSError):
                    (place / "parked").rename(place / "manuscripts")
            flips.append(1)

    outcomes = race(sandbox, "manuscripts/ch01.md", flip, done)
    assert len(flips) > 100
    assert list(outside.iterdir()) == [outside / "ch01.md"]
    check_race(outcomes, place, opened, outside / "ch01.md")


def test_a_file_that_turns_into_a_link_gives_no_way_out(place, opened):
    outside = place.parent / "outside.md"
    outside.write_bytes(CANARY)
    sandbox, done, flips = Sandbox(place), threading.Event(), []

    def flip():
        target, link, parked = place / "manuscripts" / "ch01.md", place / "l", place / "p"
        while not done.is_set():
            link.unlink(missing_ok=True)
            link.symlink_to(outside)
            parked.write_bytes(b"chapter one")
            link.replace(target)
            parked.replace(target)
            flips.append(1)

    outcomes = race(sandbox, "manuscripts/ch01.md", flip, done)
    assert len(flips) > 100
    check_race(outcomes, place, opened, outside)


def race(sandbox, path, flip, done):
    """Read and write `path` 3,000 times while `flip` runs; return the outcomes."""
    thread, outcomes = threading.Thread(target=flip), []
    thread.start()
    try:
        for number in range(3_000):
            try:
                outcomes.append(sandbox.read(path) if number % 4 else sandbox.write(path, b"chapter one"))
            except BusError as exc:
                outcomes.append(type(exc))
    finally:
        done.set()
        thread.join()
    return outcomes


def check_race(outcomes, place, opened, outside):
    assert outside.read_bytes() == CANARY
    assert CANARY not in outcomes
    assert b"chapter one" in outcomes
    assert SecurityError in outcomes
    # A writer of the test replaces files under way: their old bytes have no name any more.
    names = {Path(str(path).removesuffix(" (deleted)")) for path in opened}
    assert [path for path in names if path != place and place not in path.parents] == []


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
