import json
import os

import pytest

from tests.textcraft_core.test_foreign_folder import foreign_show
from textcraft_core.errors import ShowError
from textcraft_core.show.bring_in import REPORT, bring_in
from textcraft_core.show.folder import ShowFolder, open_show


def contents(root):
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def theirs(tmp_path):
    show = foreign_show(tmp_path) or ShowFolder(tmp_path / "theirs")
    show.root.joinpath(".env").write_text("LLM_API_KEY=sk-secret")
    show.root.joinpath("journal.sqlite").write_bytes(b"not ours")
    show.root.joinpath("notes.odt").write_bytes(b"\x00unknown")
    show.root.joinpath("data", "theirs.bin").write_bytes(b"\xff\xfe")
    show.root.joinpath("matrix.lock").touch()
    show.root.joinpath("schemas.py").write_text("raise SystemExit")
    return show.root


def test_the_copy_holds_everything_known_or_not_and_the_original_stays(theirs, tmp_path):
    before = contents(theirs)
    imported = bring_in(theirs, tmp_path / "new" / "mine")
    assert contents(theirs) == before
    left = {".env", "journal.sqlite", "matrix.lock"}
    assert set(imported.left) == left
    copied = contents(tmp_path / "new" / "mine")
    report = copied.pop(REPORT).decode()
    assert copied == {name: data for name, data in before.items() if name not in left}
    assert ".env (secrets)" in report and "chapters" in report and "sk-secret" not in report
    assert "schemas.py" in report
    assert open_show(str(tmp_path / "new" / "mine")).matrix.is_file()
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["mine"]


def test_a_story_without_a_data_folder_gets_one(tmp_path):
    flat = tmp_path / "flat"
    (flat / "manuscripts").mkdir(parents=True)
    (flat / "manuscripts" / "ch01_One.md").write_text("Once.")
    (flat / "matrix.json").write_text("{")
    imported = bring_in(flat, tmp_path / "mine")
    assert (imported.show.manuscripts / "ch01_One.md").read_text() == "Once."
    assert imported.show.matrix.read_text() == "{"
    assert any("matrix.json cannot be read" in note for note in imported.notes)
    assert any("personas" in note for note in imported.notes)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_links_and_pipes_stay_behind(theirs, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "diary.md").write_text("private")
    (theirs / "data" / "manuscripts" / "ch50_Link.md").symlink_to(outside / "diary.md")
    (theirs / "data" / "elsewhere").symlink_to(outside)
    os.mkfifo(theirs / "pipe")
    imported = bring_in(theirs, tmp_path / "mine")
    assert imported.left["data/manuscripts/ch50_Link.md"] == imported.left["data/elsewhere"] == "a link"
    assert imported.left["pipe"] == "no plain file"
    assert not any(b"private" in data for data in contents(tmp_path / "mine").values())


class Enough(Exception):
    pass


def test_progress_is_told_and_what_it_raises_leaves_nothing(theirs, tmp_path):
    shares = []
    bring_in(theirs, tmp_path / "whole", shares.append)
    assert shares == sorted(shares) and shares[-1] == 1

    def stop(share):
        if share > 0.3:
            raise Enough

    with pytest.raises(Enough):
        bring_in(theirs, tmp_path / "half", stop)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["theirs", "whole"]


@pytest.mark.parametrize("wanted", ["nothing", "empty", "inside", "full"])
def test_what_cannot_be_done_is_told_before_anything_is_written(theirs, tmp_path, wanted):
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    source = {"nothing": tmp_path / "nothing", "empty": tmp_path / "empty"}.get(wanted, theirs)
    to = {"inside": theirs / "copy", "full": tmp_path / "full"}.get(wanted, tmp_path / "new")
    before = contents(tmp_path)
    with pytest.raises(ShowError):
        bring_in(source, to)
    assert contents(tmp_path) == before and not (tmp_path / "new").exists()


def test_an_empty_folder_may_be_the_place(theirs, tmp_path):
    (tmp_path / "mine").mkdir()
    assert json.loads(bring_in(theirs, tmp_path / "mine").show.matrix.read_bytes()[3:])["x_last"] == "end"
