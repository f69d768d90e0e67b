from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.show import make_show
from textcraft_core.errors import ShowError
from textcraft_core.show.folder import ShowFolder, new_show, open_show, rehearsal_copy, rehearsals_of, show_id


def tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def test_the_places_of_a_show(tmp_path: Path) -> None:
    show = ShowFolder(tmp_path)
    places = [show.matrix, show.control, show.bible, show.manuscripts, show.images, show.journal, show.restore]
    names = ["data/matrix.json", "data/control.json", "data/story_bible", "data/manuscripts", "images"]
    assert [show.relative(place) for place in places] == [*names, "journal.sqlite", "restore.json"]


def test_a_new_show_is_a_copy_of_the_sample(tmp_path: Path) -> None:
    sample = make_show(tmp_path, {"ch01": 3})
    made = new_show(tmp_path / "new" / "mine", sample.root)
    assert tree(made.root) == tree(sample.root)
    assert open_show(str(made.root)) == made


def test_a_new_show_is_never_begun_over_something(tmp_path: Path) -> None:
    sample = make_show(tmp_path)
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("kept")
    with pytest.raises(ShowError, match="new folder"):
        new_show(full, sample.root)
    with pytest.raises(ShowError, match="new folder"):
        new_show(full / "mine.txt", sample.root)
    assert tree(full) == {"mine.txt"}


def test_an_incomplete_installation_is_told(tmp_path: Path) -> None:
    with pytest.raises(ShowError, match="install"):
        new_show(tmp_path / "new", tmp_path / "nothing")


def test_a_rehearsal_copy_holds_the_story_and_nothing_real(tmp_path: Path) -> None:
    show = make_show(tmp_path, {"ch01": 3})
    for name in (
        ".env",
        "journal.sqlite",
        "journal.sqlite-wal",
        "restore.json",
        "core.toml",
        "a.lock",
        "images/x.png",
        "script/s.json",
        "rehearsals/20200101-000000/data/matrix.json",
        "data/images/kept.md",
    ):
        (show.root / name).parent.mkdir(parents=True, exist_ok=True)
        (show.root / name).write_text("x")
    (show.data / "link.json").symlink_to(show.root / ".env")
    copy = rehearsal_copy(show, FakeClock())
    assert copy.root == show.rehearsals / "20300101-000000"
    assert tree(copy.root) == {"core.toml", "script/s.json", "data/images/kept.md"} | {
        name for name in tree(show.root) if name.startswith(("data/story_bible", "data/manuscripts"))
    }
    (copy.manuscripts / "ch01.md").write_text("changed")
    assert (show.manuscripts / "ch01.md").read_text() != "changed"


def test_rehearsals_are_listed_newest_first_and_never_share_a_name(tmp_path: Path) -> None:
    show, clock = make_show(tmp_path), FakeClock(datetime(2030, 1, 1, tzinfo=UTC))
    assert rehearsals_of(show) == []
    first, second = rehearsal_copy(show, clock), rehearsal_copy(show, clock)
    clock.advance(60)
    third = rehearsal_copy(show, clock)
    (show.rehearsals / ".20300101-000500.half").mkdir()
    assert rehearsals_of(show) == [third, second, first]


def test_a_show_is_found_by_path_by_name_and_by_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    show = make_show(tmp_path)
    (tmp_path / "projects").mkdir()
    show.root.rename(tmp_path / "projects" / "mine")
    monkeypatch.chdir(tmp_path)
    expected = ShowFolder(tmp_path / "projects" / "mine")
    assert open_show(str(expected.root)) == expected
    assert open_show("mine") == expected
    monkeypatch.setenv("PROJECT_ENV", "mine")
    assert open_show("") == expected


def test_what_is_no_show_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROJECT_ENV", raising=False)
    with pytest.raises(ShowError, match="choose a folder"):
        open_show(str(tmp_path))
    with pytest.raises(ShowError, match="PROJECT_ENV"):
        open_show("")


def test_the_id_belongs_to_the_place(tmp_path: Path) -> None:
    one, other = ShowFolder(tmp_path / "a"), ShowFolder(tmp_path / "b")
    assert show_id(one) == show_id(ShowFolder(tmp_path / "b" / ".." / "a"))
    assert show_id(one) != show_id(other)
    assert len(show_id(one)) == 16
