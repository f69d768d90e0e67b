"""Drafts lie beside the show's files, survive what they were kept for, and lead nowhere else."""

import json

import pytest

from tests.fakes.clock import FakeClock
from textcraft_core.errors import BibleError, MergeConflict
from textcraft_core.show.drafts import Draft, DraftStore, change_of

PATH = "story_bible/characters.json"


@pytest.fixture
def store(tmp_path):
    return DraftStore(tmp_path / "drafts", FakeClock())


def test_a_draft_is_kept_replaced_and_dropped(store, tmp_path):
    assert (store.all(), store.get(PATH)) == ([], None)
    store.keep(Draft(path=PATH, base={}, content={"a": {"name": "A"}}))
    store.keep(Draft(path=PATH, base={}, content={"b": {"name": "B"}}, waiting=True))
    again = DraftStore(tmp_path / "drafts", FakeClock())
    assert [(draft.content, draft.waiting) for draft in again.all()] == [({"b": {"name": "B"}}, True)]
    store.drop(PATH)
    store.drop(PATH)
    assert again.all() == []


@pytest.mark.parametrize("path", ["../../escape", "/etc/passwd", "a/" * 100, "ü" * 200, "con", "x\0y"])
def test_no_name_leads_out_of_the_folder(store, tmp_path, path):
    store.keep(Draft(path=path, content="t"))
    assert [child.name for child in tmp_path.iterdir()] == ["drafts"]
    assert store.get(path).content == "t"


def test_a_broken_draft_is_set_aside_and_the_others_stay(store, tmp_path):
    store.keep(Draft(path=PATH, content={}))
    (tmp_path / "drafts" / "odd.json").write_text("{", encoding="utf-8")
    assert [draft.path for draft in store.all()] == [PATH]
    assert [path.name for path in (tmp_path / "drafts").glob("odd.json.bad-*")]


def test_a_change_of_the_bible_is_merged_and_checked():
    base = {"a": {"name": "A"}, "b": {"name": "B"}}
    mine = {"a": {"name": "Mine"}, "b": {"name": "B"}}
    theirs = json.dumps({"a": {"name": "A"}, "b": {"name": "Theirs"}, "c": {"name": "C"}}).encode()
    assert json.loads(change_of(PATH, base, mine)(theirs)) == {
        "a": {"name": "Mine"},
        "b": {"name": "Theirs"},
        "c": {"name": "C"},
    }
    with pytest.raises(MergeConflict, match=r"a\.name") as caught:
        change_of(PATH, base, mine)(b'{"a": {"name": "Other"}}')
    assert caught.value.places == ("a.name",)
    with pytest.raises(BibleError, match="traits"):
        change_of(PATH, {}, {"a": {"name": "A", "psychology": {"traits": 5}}})(None)


def test_a_change_of_a_text_is_only_made_on_what_it_began_from():
    change = change_of("manuscripts/ch01.md", "old", "new")
    assert change(b"old") == b"new"
    assert change(b"new") == b"new"
    with pytest.raises(MergeConflict):
        change(b"other")
    assert change_of("manuscripts/ch01.md", None, "new")(None) == b"new"


def test_whether_there_is_any_draft_is_known_by_one_look(store, tmp_path):
    assert store.is_empty
    store.keep(Draft(path=PATH, content={}))
    assert not store.is_empty
    (tmp_path / "drafts" / ".left.json.1-0-0.tmp").touch()
    store.drop(PATH)
    assert store.is_empty
    (tmp_path / "drafts" / "by-another-program.json").write_text('{"path": "a.md", "content": "t"}', encoding="utf-8")
    assert not store.is_empty
