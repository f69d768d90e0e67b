import contextlib
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.show import make_show, write_chapter
from textcraft_core.show import manuscript_files
from textcraft_core.show.manuscript_files import ManuscriptFiles, count_words

LATER = 2**62
spaced = st.text(
    alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from("a é\u00a0\u2003\u3000\x1c\x85\n\t “")
)


@given(spaced)
def test_words_are_counted_as_python_splits(text: str) -> None:
    assert count_words(text.encode()) == len(text.split())


@given(st.text(alphabet=" \t\n\x0b\x0c\r\x1c\x1f\x00ab"), st.sampled_from(["", "\u2009", "“quoted”", "\u3000"]))
def test_words_of_mostly_ascii_texts(text: str, extra: str) -> None:
    whole = text * 9 + extra + text
    assert count_words(whole.encode()) == len(whole.split())


def test_text_that_is_not_utf8_has_no_words() -> None:
    with pytest.raises(UnicodeDecodeError):
        count_words(b"caf\xe9 word")


def test_walks_tell_what_was_read_and_what_changed(tmp_path: Path) -> None:
    show = make_show(tmp_path, {"ch01": 5, "part/ch02": 6})
    files = ManuscriptFiles(show)
    first = files.walk(LATER)
    assert set(first.texts) == first.fresh == {"data/manuscripts/ch01.md", "data/manuscripts/part/ch02.md"}
    assert files.walk(LATER).is_same
    os.utime(show.manuscripts / "ch01.md", (5, 5))
    touched = files.walk(LATER)
    assert (touched.fresh, touched.changed) == ({"data/manuscripts/ch01.md"}, set())
    write_chapter(show, "part/ch02", 7)
    assert files.walk(LATER).changed == {"data/manuscripts/part/ch02.md"}
    (show.manuscripts / "ch01.md").unlink()
    gone = files.walk(LATER)
    assert (set(gone.texts), gone.is_same) == ({"data/manuscripts/part/ch02.md"}, False)


def test_what_was_known_outlives_the_process(tmp_path: Path) -> None:
    show = make_show(tmp_path, {"ch01": 5, "ch02": 6})
    before = ManuscriptFiles(show)
    texts = before.walk(LATER).texts
    before.close()
    write_chapter(show, "ch02", "other words")
    after = ManuscriptFiles(show).walk(LATER)
    assert after.fresh == after.changed == {"data/manuscripts/ch02.md"}
    assert after.texts["data/manuscripts/ch01.md"] == texts["data/manuscripts/ch01.md"]


def test_a_folder_that_cannot_be_read_does_not_look_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    show = make_show(tmp_path, {"ch01": 5})
    files = ManuscriptFiles(show)
    files.walk(LATER)

    def refuse(folder: str) -> None:
        raise OSError(5, "Input/output error", folder)

    monkeypatch.setattr(os, "scandir", refuse)
    found = files.walk(LATER)
    assert set(found.texts) == {"data/manuscripts/ch01.md"}
    assert "Input/output error" in found.problems[0]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_chapter_that_goes_during_the_walk_takes_no_other_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    show = make_show(tmp_path, {"ch01": 5, "ch02": 6, "ch03": 7})
    files = ManuscriptFiles(show)
    files.walk(LATER)
    real = manuscript_files._items_of
    gone: list[str] = []

    @contextlib.contextmanager
    def thinned(folder: str) -> Iterator[Iterator[os.DirEntry[str]]]:
        with real(folder) as items:
            listed = list(items)
            gone.append(listed[at].name)
            Path(folder, gone[0]).unlink()
            yield iter(listed)

    with monkeypatch.context() as patch:
        patch.setattr(manuscript_files, "_items_of", thinned)
        found = files.walk(LATER)
    assert set(found.texts) == {f"data/manuscripts/ch0{n}.md" for n in (1, 2, 3)} - {f"data/manuscripts/{gone[0]}"}
    assert not found.fresh
    assert not found.same_files
    assert files.walk(LATER).is_same


def test_a_new_chapter_that_goes_during_the_walk_was_never_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = make_show(tmp_path, {"ch01": 5})
    files = ManuscriptFiles(show)
    files.walk(LATER)
    write_chapter(show, "ch02", 6)
    real = manuscript_files._items_of

    @contextlib.contextmanager
    def thinned(folder: str) -> Iterator[Iterator[os.DirEntry[str]]]:
        with real(folder) as items:
            listed = list(items)
            Path(folder, "ch02.md").unlink()
            yield iter(listed)

    monkeypatch.setattr(manuscript_files, "_items_of", thinned)
    assert set(files.walk(LATER).texts) == {"data/manuscripts/ch01.md"}


def test_a_chapter_that_cannot_be_read_is_flawed_not_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    show = make_show(tmp_path, {"ch01": 5})
    real = os.open

    def refuse(path: str, *rest: int, **more: int) -> int:
        if str(path).endswith("ch01.md"):
            raise PermissionError(13, "Permission denied", path)
        return real(path, *rest, **more)

    monkeypatch.setattr(os, "open", refuse)
    files = ManuscriptFiles(show)
    assert "Permission denied" in files.walk(LATER).texts["data/manuscripts/ch01.md"].flaw
    monkeypatch.setattr(os, "open", real)
    assert files.walk(LATER).texts["data/manuscripts/ch01.md"].words == 5


@pytest.mark.parametrize(
    ("date_ns", "age_ns", "believed"),
    [
        (5_000_000_000, 1_900_000_000, False),
        (5_000_000_000, 2_100_000_000, True),
        (5_000_000_001, 400_000_000, False),
        (5_000_000_001, 600_000_000, True),
        (5_000_000_001, -400_000_000, False),
    ],
)
def test_a_young_file_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, date_ns: int, age_ns: int, believed: bool
) -> None:
    show = make_show(tmp_path, {"ch01": 5})
    path = show.manuscripts / "ch01.md"
    os.utime(path, ns=(date_ns, date_ns))
    files = ManuscriptFiles(show)
    files.walk(date_ns + age_ns)
    path.write_bytes(b"word wo d " * 2 + b"wrd w")
    os.utime(path, ns=(date_ns, date_ns))
    assert (files.walk(date_ns + age_ns).changed == set()) is believed


def test_a_file_that_only_grew_old_is_no_news(tmp_path: Path) -> None:
    show = make_show(tmp_path, {"ch01": 5})
    files = ManuscriptFiles(show)
    date_ns = (show.manuscripts / "ch01.md").stat().st_mtime_ns
    files.walk(date_ns)
    assert files.walk(date_ns).is_same
    assert files.walk(date_ns + 10**10).is_same
    assert files._known is not None
    assert files._known["data/manuscripts/"]["ch01.md"].settled_ns == date_ns


ACTS = ("write", "append", "replace", "new", "delete", "rename", "touch", "folder", "link", "break")


@pytest.mark.parametrize("seed", range(12))
def test_a_second_look_finds_what_a_walk_finds(tmp_path: Path, seed: int) -> None:
    show, chance = make_show(tmp_path, {f"ch{n:02}": n for n in range(8)} | {"part/ch90": 9}), random.Random(seed)
    files, acts = ManuscriptFiles(show), [act for act in ACTS if chance.random() < 0.7] or ["write"]
    for round_ in range(40):
        seen = (files.walk if chance.random() < 0.3 else files.look_again)(time.time_ns())
        there = ManuscriptFiles(show).walk(time.time_ns())
        assert {path: text._replace(settled_ns=0) for path, text in seen.texts.items()} == {
            path: text._replace(settled_ns=0) for path, text in there.texts.items()
        }
        assert sorted(seen.problems) == sorted(there.problems)
        for _ in range(chance.randrange(3)):
            _act(chance.choice(acts), show.manuscripts, chance, round_)
    files.close()


def _act(act: str, folder: Path, chance: random.Random, number: int) -> None:
    chapters = sorted(path for path in folder.rglob("*.md") if not path.is_symlink())
    one = chance.choice(chapters or [folder / "ch00.md"])
    match act:
        case "write" | "new":
            (one if act == "write" else folder / f"new{number}.md").write_text("word " * chance.randrange(9))
        case "append":
            with one.open("a") as file:
                file.write(" more")
        case "replace":
            one.with_name("x.tmp").write_text("word " * number)
            one.with_name("x.tmp").replace(one)
        case "delete":
            one.unlink(missing_ok=True)
        case "rename" if one.exists():
            one.rename(one.with_name(f"moved{number}.md"))
        case "touch" if one.exists():
            os.utime(one, (5 + number, 5))
        case "folder":
            (folder / f"part{number}").mkdir(exist_ok=True)
            (folder / f"part{number}" / "inner.md").write_text("inner")
        case "link" if not (folder / f"link{number}.md").is_symlink():
            (folder / f"link{number}.md").symlink_to(one)
        case "break":
            one.write_bytes(b"caf\xe9")


def test_a_second_look_does_not_look_at_every_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    show = make_show(tmp_path, {"ch01": 5, "ch02": 6})
    files = ManuscriptFiles(show)
    files.walk(LATER)
    files.look_again(LATER)

    def refuse(_folder: str) -> None:
        raise AssertionError("it walked")

    with monkeypatch.context() as patch:
        patch.setattr(manuscript_files, "_items_of", refuse)
        assert files.look_again(LATER).is_same
        write_chapter(show, "ch02", 7)
        assert files.look_again(LATER).changed == {"data/manuscripts/ch02.md"}
        (show.manuscripts / "ch01.md").unlink()
        gone = files.look_again(LATER)
    assert set(gone.texts) == {"data/manuscripts/ch02.md"}
    assert not gone.same_files
    files.close()
