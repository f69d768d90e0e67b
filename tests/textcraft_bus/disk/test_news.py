import contextlib
import gc
import os
from pathlib import Path

import pytest

from textcraft_bus.disk import news as module
from textcraft_bus.disk.news import FolderNews


@pytest.fixture
def news(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "old.md").write_text("old")
    found = FolderNews()
    followed = list(found.follow(iter([(str(tmp_path), "top/"), (str(tmp_path / "sub"), "sub/")])))
    assert [key for _, key in followed] == ["top/", "sub/"]
    yield found
    found.close()


def test_nothing_happened(news):
    assert news.take() == set()


@pytest.mark.parametrize(
    "act",
    [
        lambda path: path.write_text("new"),
        lambda path: path.unlink(),
        lambda path: os.utime(path, (5, 5)),
        lambda path: path.chmod(0o600),
        lambda path: path.open("a").close() or os.truncate(path, 1),
        lambda path: path.with_name("other").write_text("x") and path.with_name("other").replace(path),
    ],
)
def test_whatever_is_done_to_a_name_is_heard_before_it_is_done(news, tmp_path, act):
    act(tmp_path / "old.md")
    assert ("top/", "old.md") in news.take()
    assert news.take() == set()


def test_each_folder_has_its_key(news, tmp_path):
    (tmp_path / "sub" / "a.md").write_text("a")
    (tmp_path / "\udcff.md").write_text("b")
    assert news.take() == {("sub/", "a.md"), ("top/", "\udcff.md")}


def test_what_only_is_read_is_no_news(news, tmp_path):
    (tmp_path / "old.md").read_text()
    list(tmp_path.iterdir())
    assert news.take() == set()


@pytest.mark.parametrize(
    "act",
    [
        lambda top: (top / "new").mkdir(),
        lambda top: (top / "sub").rename(top / "elsewhere"),
        lambda top: (top / "sub").rmdir(),
        lambda top: top.rename(top.with_name(f"{top.name}-gone")),
    ],
)
def test_folders_that_come_or_go_make_it_unsure_until_it_follows_again(news, tmp_path, act):
    other = tmp_path.with_name(f"{tmp_path.name}-next")
    act(tmp_path)
    assert news.take() is None
    assert news.take() is None
    other.mkdir()
    list(news.follow(iter([(str(other), "next/")])))
    (other / "a").write_text("a")
    assert news.take() == {("next/", "a")}


def test_what_is_no_longer_followed_is_not_told(news, tmp_path):
    list(news.follow(iter([(str(tmp_path / "sub"), "sub/")])))
    (tmp_path / "old.md").write_text("new")
    (tmp_path / "more").mkdir()
    assert news.take() == set()


def test_a_queue_that_runs_over_makes_it_unsure(news, tmp_path):
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    for _ in range(limit // 2 + 100):
        os.utime(tmp_path / "old.md")
        os.truncate(tmp_path / "old.md", 0)
    assert news.take() is None


def test_a_folder_that_is_a_link_or_not_there_makes_it_unsure(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("link", "missing"):
        found = FolderNews()
        list(found.follow(iter([(str(tmp_path / name), "a/")])))
        assert found.take() is None
        found.close()


def test_without_a_system_that_tells_nothing_is_certain(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_IS_LINUX", False)
    found = FolderNews()
    assert list(found.follow(iter([(str(tmp_path), "a/")]))) == [(str(tmp_path), "a/")]
    assert found.take() is None
    found.close()


def test_its_handle_goes_with_it(tmp_path):
    before = _handles()
    found = FolderNews()
    for _ in range(5):
        list(found.follow(iter([(str(tmp_path), "a/")])))
    assert _handles() == before + 1
    found.close()
    found.close()
    assert _handles() == before
    list(found.follow(iter([(str(tmp_path), "a/")])))
    assert found.take() == set()
    del found
    gc.collect()
    assert _handles() == before


def _handles():
    found = 0
    for handle in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the one that lists them
            found += str(handle.readlink()).endswith("inotify")
    return found
