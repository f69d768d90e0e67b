import errno
import os
import resource
import signal
import stat
import subprocess
import sys

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.clock import FakeClock
from textcraft_bus.disk import durable
from textcraft_bus.disk.files import (
    read_bytes,
    read_json,
    read_text_lenient,
    set_aside,
    write_durably,
    write_json,
)
from textcraft_bus.disk.leftovers import sweep_temps
from textcraft_bus.errors import FileMissing, Unreadable, WriteFailed

CALLS = ["open", "write", "fsync", "replace", "close"]


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


def fail_at(monkeypatch, call, number, code):
    """Let the n-th use of an os function on our own paths fail; return a function that says whether it did."""
    real, seen = getattr(os, call), []

    def broken(*args, **kwargs):
        seen.append(args)
        if len(seen) == number:
            if call == "close":
                real(*args, **kwargs)
            raise OSError(code, os.strerror(code))
        return real(*args, **kwargs)

    monkeypatch.setattr(durable.os, call, broken)
    return lambda: len(seen) >= number


def dead_pid():
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    return child.pid


def test_a_write_replaces_the_whole_content(tmp_path):
    path = tmp_path / "a.json"
    for data in (b"first, and longer", b"second", b""):
        write_durably(path, data)
        assert path.read_bytes() == data
    assert names(tmp_path) == ["a.json"]


def test_the_order_is_write_sync_replace_sync_of_the_folder(tmp_path, monkeypatch):
    steps = []

    def record(call, describe):
        real = getattr(os, call)

        def spy(*args, **kwargs):
            result = real(*args, **kwargs)
            steps.append(describe(*args))
            return result

        monkeypatch.setattr(durable.os, call, spy)

    record("write", lambda fd, data: "write")
    record("fsync", lambda fd: "sync folder" if stat.S_ISDIR(os.fstat(fd).st_mode) else "sync file")
    record("replace", lambda old, new: f"replace {new}")
    write_durably(tmp_path / "a", b"data")
    assert steps == ["write", "sync file", "replace a", "sync folder"]


def test_short_writes_are_continued(tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr(durable.os, "write", lambda fd, data: real(fd, data[:3]))
    write_durably(tmp_path / "a", b"0123456789")
    assert (tmp_path / "a").read_bytes() == b"0123456789"


@pytest.mark.parametrize("taken", [1, 3, 4, 7, 100])
def test_pieces_are_written_one_after_the_other_however_few_bytes_are_taken(tmp_path, monkeypatch, taken):
    def few(_fd, pieces):
        return os.write(_fd, b"".join(bytes(piece) for piece in pieces)[:taken])

    monkeypatch.setattr(durable.os, "writev", few, raising=False)
    write_durably(tmp_path / "a", (b"abc", b"", b"d", b"efgh", b""))
    assert (tmp_path / "a").read_bytes() == b"abcdefgh"
    write_durably(tmp_path / "a", ())
    assert (tmp_path / "a").read_bytes() == b""


def test_many_pieces_are_written_where_a_system_takes_only_one_at_a_time(tmp_path, monkeypatch):
    pieces = tuple(b"%d," % number for number in range(2000))
    write_durably(tmp_path / "a", pieces)
    monkeypatch.delattr(durable.os, "writev")
    write_durably(tmp_path / "b", pieces)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == b"".join(pieces)


def test_pieces_that_are_too_many_bytes_together_are_refused(tmp_path):
    with pytest.raises(WriteFailed, match="more than the 5 allowed"):
        write_durably(tmp_path / "a", (b"abc", b"def"), max_bytes=5)


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o755])
def test_the_permissions_of_an_existing_file_are_kept(tmp_path, mode):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(mode)
    write_durably(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_permissions_can_be_given(tmp_path):
    write_durably(tmp_path / "key", b"secret", mode=0o600)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_a_read_only_file_is_respected(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(WriteFailed, match="no permission") as caught:
        write_durably(path, b"new")
    assert caught.value.errno == errno.EACCES
    assert path.read_bytes() == b"old"


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a").write_bytes(b"old")
    (tmp_path / "a").symlink_to("real/a")
    write_durably(tmp_path / "a", b"new")
    assert (tmp_path / "a").is_symlink()
    assert (tmp_path / "real" / "a").read_bytes() == b"new"


def test_the_backup_holds_the_previous_content(tmp_path):
    path = tmp_path / "a.json"
    write_durably(path, b"1", backup=True)
    assert names(tmp_path) == ["a.json"]
    path.chmod(0o600)
    write_durably(path, b"2", backup=True)
    write_durably(path, b"3", backup=True)
    backup = tmp_path / "a.json.bak"
    assert (path.read_bytes(), backup.read_bytes()) == (b"3", b"2")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert path.stat().st_nlink == backup.stat().st_nlink == 1


def test_the_size_is_limited(tmp_path):
    with pytest.raises(WriteFailed, match="more than the 10 allowed"):
        write_durably(tmp_path / "a", b"x" * 11, max_bytes=10)
    assert names(tmp_path) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.EFBIG])
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("backup", [False, True])
def test_an_error_at_any_call_leaves_a_whole_file_and_no_temp(tmp_path, monkeypatch, code, call, number, backup):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with monkeypatch.context() as patch:
        happened = fail_at(patch, call, number, code)
        try:
            write_durably(path, b"new", backup=backup)
        except WriteFailed as exc:
            assert exc.errno == code
            assert exc.what_to_do
            folder_was_last = call in {"fsync", "close"}
            assert path.read_bytes() == b"old" or folder_was_last
        else:
            assert not happened()
    assert path.read_bytes() in {b"old", b"new"}
    assert set(names(tmp_path)) <= {"a", "a.bak"}
    write_durably(path, b"newer")
    assert path.read_bytes() == b"newer"


def test_a_real_limit_of_the_system_is_told_and_overcome(tmp_path):
    path = tmp_path / "a"
    write_durably(path, b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(WriteFailed, match="larger than this system allows"):
            write_durably(path, b"x" * 10_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (names(tmp_path), path.read_bytes()) == (["a"], b"old")


def test_a_missing_folder_and_a_bad_name_are_told(tmp_path):
    with pytest.raises(WriteFailed, match="the folder is gone"):
        write_durably(tmp_path / "gone" / "a", b"x")
    with pytest.raises(WriteFailed, match="no file system takes"):
        write_durably(tmp_path / "a\0b", b"x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(WriteFailed, match="something that is not a file"):
        write_durably(tmp_path / "folder", b"x")


@pytest.mark.parametrize("name", ["n" * 255, "é" * 127, ".env", "a b"])
def test_any_name_the_system_takes_can_be_written(tmp_path, name):
    write_durably(tmp_path / name, b"x")
    assert names(tmp_path) == [name]


def test_windows_busy_files_are_tried_again_within_bounds(tmp_path, monkeypatch):
    real, tries = os.replace, []
    monkeypatch.setattr(durable.time, "sleep", tries.append)

    def busy(*args, **kwargs):
        if len(tries) < 3:
            exc = PermissionError(errno.EACCES, "busy")
            exc.winerror = 32
            raise exc
        return real(*args, **kwargs)

    monkeypatch.setattr(durable.os, "replace", busy)
    write_durably(tmp_path / "a", b"x")
    assert tries == [0.01, 0.02, 0.04]
    assert (tmp_path / "a").read_bytes() == b"x"

    def always_busy(*args, **kwargs):
        exc = PermissionError(errno.EACCES, "busy")
        exc.winerror = 5
        raise exc

    monkeypatch.setattr(durable.os, "replace", always_busy)
    with pytest.raises(WriteFailed):
        write_durably(tmp_path / "a", b"y")
    assert sum(tries) < 2
    assert names(tmp_path) == ["a"]


WRITER = """
import sys
from pathlib import Path
from textcraft_bus.disk.files import write_durably
path, number = Path(sys.argv[1]), 0
while True:
    number += 1
    write_durably(path, (b"%d " % number) * 2000)
    print(number, flush=True)
"""


def test_killed_writers_lose_nothing_they_acknowledged(tmp_path):
    path = tmp_path / "a"
    for kill in range(12):
        child = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
        lines = [child.stdout.readline() for _ in range(3 + 7 * kill)]
        os.kill(child.pid, signal.SIGKILL)
        lines += child.stdout.readlines()
        child.wait()
        child.stdout.close()
        acknowledged = int([line for line in lines if line.endswith(b"\n")][-1])
        words = path.read_bytes().split()
        assert len(words) == 2000
        assert len(set(words)) == 1
        assert int(words[0]) in {acknowledged, acknowledged + 1}
        sweep_temps(tmp_path)
        assert names(tmp_path) == ["a"]


def test_json_is_written_for_people_and_read_back(tmp_path):
    path = tmp_path / "a.json"
    obj = {"z": 1, "a": ["é", None, 0.04], "nested": {"y": {}, "b": True}}
    write_json(path, obj)
    text = path.read_text(encoding="utf-8")
    assert text.startswith('{\n  "z": 1,\n  "a": [\n    "é",')
    assert text.endswith("}\n")
    assert read_json(path) == obj
    assert list(read_json(path)) == ["z", "a", "nested"]


@pytest.mark.parametrize("obj", [{1: 2}, {"a": "\ud800"}, object(), 2**70, {"a": {1, 2}}])
def test_what_json_cannot_hold_is_refused_before_the_file_is_touched(tmp_path, obj):
    path = tmp_path / "a.json"
    write_json(path, {"old": True})
    with pytest.raises(WriteFailed, match="JSON cannot"):
        write_json(path, obj)
    assert read_json(path) == {"old": True}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b" [1]\r\n", [1]),
        (b"null", None),
        (b"[" * 200 + b"]" * 200, None),
        (b"[" + b"[]," * 1000 + b"[]]", [[]] * 1001),
    ],
)
def test_json_of_others_is_read_generously(tmp_path, data, expected):
    path = tmp_path / "a.json"
    path.write_bytes(data)
    assert read_json(path) == (orjson.loads(data) if data.startswith(b"[[[") else expected)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b'{"a": 1',
        b"\0" * 100,
        b'{"a": NaN}',
        b"Infinity",
        b'{"a": "\xff"}',
        b'"\\ud800"',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000,
        b"[" * 300 + b"]" * 300,
        b'\xff\xfe{\x00"\x00',
        b"{} {}",
    ],
)
def test_broken_json_is_unreadable_with_a_reason(tmp_path, data):
    path = tmp_path / "a.json"
    path.write_bytes(data)
    with pytest.raises(Unreadable) as caught:
        read_json(path)
    assert caught.value.path == path
    assert caught.value.why
    assert path.read_bytes() == data


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:0123456789.eE-+ntfalsru\\ \ufeff', max_size=80))
def test_any_bytes_are_json_or_unreadable(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "fuzz.json"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    try:
        value = read_json(path)
    except Unreadable:
        return
    write_json(path, value)
    assert read_json(path) == value


def test_large_files_are_refused_without_reading_them(tmp_path):
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(Unreadable, match="larger"):
        read_json(path)
    path.write_bytes(b"x" * 11)
    assert read_bytes(path, 11) == b"x" * 11
    with pytest.raises(Unreadable, match="larger than 10"):
        read_bytes(path, 10)


def test_text_is_utf8_with_or_without_a_mark(tmp_path):
    path = tmp_path / "a.md"
    path.write_bytes(b"\xef\xbb\xbfna\xc3\xafve\r\nline\n")
    assert read_text_lenient(path) == "naïve\r\nline\n"
    for data, why in ((b"na\xefve", "not UTF-8 .at byte 2."), (b"a\0b", "NUL")):
        path.write_bytes(data)
        with pytest.raises(Unreadable, match=why):
            read_text_lenient(path)
        assert path.read_bytes() == data


def test_what_is_not_a_file_is_unreadable_at_once(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()
    for name in ("fifo", "folder"):
        with pytest.raises(Unreadable, match="not a regular file"):
            read_bytes(tmp_path / name)
    with pytest.raises(FileMissing, match="does not exist"):
        read_json(tmp_path / "gone.json")


def test_a_broken_file_is_set_aside_and_never_lost(tmp_path):
    path, clock = tmp_path / "matrix.json", FakeClock()
    moved = []
    for content in (b"one", b"two", b"three"):
        path.write_bytes(content)
        moved.append(set_aside(path, clock))
        assert not path.exists()
    assert [file.name for file in moved] == [
        "matrix.json.bad-20300101T000000Z",
        "matrix.json.bad-20300101T000000Z-2",
        "matrix.json.bad-20300101T000000Z-3",
    ]
    assert [file.read_bytes() for file in moved] == [b"one", b"two", b"three"]
    with pytest.raises(WriteFailed):
        set_aside(path, clock)
