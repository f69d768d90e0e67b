import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.clock import FakeClock
from tests.fakes.show import make_show, write_json
from textcraft_bus.errors import Unreadable
from textcraft_core.show import matrix_text
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.matrix import (
    ActiveTask,
    Continuity,
    Entry,
    Matrix,
    MatrixStore,
    Metrics,
    ProjectStatus,
    Status,
    as_data,
    canonical_path,
)

FULL: dict[str, Any] = {
    "meta": {
        "project_name": "p",
        "title": "t",
        "version": "2.1",
        "project_status": "PAUSED",
        "last_scan_timestamp": "",
    },
    "metrics": {"total_word_count": 10, "chapter_count": 1, "narrative_integrity_score": 90, "session_cost": 0.5},
    "content": {
        "ch01": {
            "title": "One",
            "path": "data/manuscripts/ch01_One.md",
            "word_count": 10,
            "last_modified": "2030-01-01T00:00:00+00:00",
            "status": "DRAFTING",
            "continuity_check": "PENDING",
            "editor_notes": ["a"],
            "notes": ["b"],
        }
    },
    "active_task": {"assigned_to": "narrator", "target": "ch01_One.md", "action": "generate"},
}
unknown = st.dictionaries(
    st.text(min_size=1).map(lambda key: "x_" + key),
    st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(), st.lists, max_leaves=5),
    max_size=3,
)


def store_of(show: ShowFolder) -> MatrixStore:
    return MatrixStore(show, FakeClock())


def test_canonical_data_is_read_and_written_unchanged(tmp_path: Path) -> None:
    show = make_show(tmp_path, matrix=FULL)
    store = store_of(show)
    matrix = store.load()
    assert store.save(matrix.model_copy(update={"metrics": Metrics(session_cost=1)}))
    expected = {**FULL, "metrics": {**as_data(Metrics()), "session_cost": 1}}
    assert json.loads(show.matrix.read_text()) == expected
    assert (
        show.matrix.read_text()
        == json.dumps(expected, indent=2, ensure_ascii=False).replace('"session_cost": 1\n', '"session_cost": 1.0\n')
        + "\n"
    )


def test_variants_of_other_programs_are_read(tmp_path: Path) -> None:
    variant = {
        "meta": None,
        "metrics": {"total_word_count": "1,200", "chapter_count": None, "narrative_integrity_score": 140},
        "content": [
            {"id": "ch01", "path": "manuscripts\\ch01.md", "status": "review ready", "editor_notes": "one"},
            {"id": "ch02", "word_count": 12.0, "continuity_check": None, "notes": None, "title": 7},
        ],
        "active_task": {"assigned_to": "ai_services.narrator", "target": "ch01", "action": "revise"},
    }
    show = make_show(tmp_path)
    show.matrix.write_bytes(b"\xef\xbb\xbf" + json.dumps(variant).encode())
    matrix = store_of(show).load()
    assert matrix.meta.project_status is ProjectStatus.ACTIVE
    assert (matrix.metrics.total_word_count, matrix.metrics.narrative_integrity_score) == (1200, 100)
    first, second = matrix.content["ch01"], matrix.content["ch02"]
    assert (first.path, first.status, first.editor_notes) == (
        "data/manuscripts/ch01.md",
        Status.REVIEW_READY,
        ("one",),
    )
    assert (second.word_count, second.continuity_check, second.notes, second.title) == (12, Continuity.PENDING, (), "7")
    assert matrix.active_task == ActiveTask(assigned_to="narrator", target="ch01", action="revise")


@settings(max_examples=60, deadline=None)
@given(unknown, unknown, unknown, unknown, unknown)
def test_unknown_keys_are_kept_at_every_level(top: Any, meta: Any, metrics: Any, entry: Any, task: Any) -> None:
    data = {
        **top,
        "meta": {**FULL["meta"], **meta},
        "metrics": {**FULL["metrics"], **metrics},
        "content": {"ch01": {**FULL["content"]["ch01"], **entry}},
        "active_task": {**FULL["active_task"], **task},
    }
    assert as_data(Matrix.model_validate(data)) == data


@pytest.mark.parametrize("gone", [{"active_task": None}, {"active_task": {}}, {"content": None}, {"content": {}}])
def test_empty_sections_are_empty(gone: dict[str, Any]) -> None:
    matrix = Matrix.model_validate({**FULL, **gone})
    assert matrix.active_task is None or matrix.content == {}


def test_nothing_is_written_when_only_the_timestamp_changed(tmp_path: Path) -> None:
    show = make_show(tmp_path, matrix=FULL)
    store = store_of(show)
    matrix = store.load()
    before = show.matrix.stat()
    later = matrix.model_copy(update={"meta": matrix.meta.model_copy(update={"last_scan_timestamp": "later"})})
    assert not store.save(later)
    assert store.load() is later
    assert show.matrix.stat().st_mtime_ns == before.st_mtime_ns
    assert store.save(later.with_entry("ch02", Entry(title="Two")))
    assert list(json.loads(show.matrix.read_text())["content"]) == ["ch01", "ch02"]


def test_the_same_object_is_loaded_until_somebody_else_writes(tmp_path: Path) -> None:
    show = make_show(tmp_path, matrix=FULL)
    store = store_of(show)
    saved = store.load().with_entry("ch02", Entry())
    store.save(saved)
    assert store.load() is saved
    write_json(show.matrix, {**FULL, "content": {}})
    assert store.load().content == {}


def test_only_changed_entries_are_made_again_and_the_text_is_right(tmp_path: Path) -> None:
    show = make_show(tmp_path)
    store = store_of(show)
    matrix = store.load()
    for number in range(5):
        matrix = matrix.with_entry(f"ch{number:02}", Entry(title='quote " and\nline', notes=("a", "b")))
        store.save(matrix)
    store.save(matrix.with_entry("ch03", Entry(title="other")))
    assert store_of(show).load().content == {**matrix.content, "ch03": Entry(title="other")}


def test_a_torn_file_gives_the_last_good_state_wherever_it_was_torn(tmp_path: Path) -> None:
    show = make_show(tmp_path)
    store = store_of(show)
    saved = store.load().with_entry("ch01", Entry(title="One", editor_notes=("kept",)))
    store.save(saved)
    whole = show.matrix.read_bytes()
    for length in [*range(0, len(whole) - 1, 7), len(whole) - 2]:
        show.matrix.write_bytes(whole[:length])
        fresh = store_of(show)
        assert fresh.load() == saved, length
        (warned,) = fresh.take_warnings()
        assert "set aside" in warned.text
        assert warned.fault
        assert show.matrix.read_bytes() == whole
        (aside,) = show.data.glob("matrix.json.bad-*")
        assert aside.read_bytes() == whole[:length]
        aside.unlink()


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\0" * 900,
        b"[1, 2]",
        b'"text"',
        b'{"metrics": {"session_cost": NaN}}',
        b'{"content": 5}',
        b"[" * 100_000,
        b'{"content": {"ch01": "text"}}',
        b'{"content": [{"title": "no id"}]}',
        b'{"meta": {"project_status": []}}',
    ],
)
def test_what_cannot_be_used_is_set_aside_and_told(tmp_path: Path, broken: bytes) -> None:
    show = make_show(tmp_path)
    show.matrix.write_bytes(broken)
    store = store_of(show)
    assert store.load() == Matrix()
    (warned,) = store.take_warnings()
    assert "no good copy" in warned.text
    assert [path.read_bytes() for path in show.data.glob("matrix.json.bad-*")] == [broken]


def test_a_file_that_is_gone_is_told_once_and_written_again(tmp_path: Path) -> None:
    show = make_show(tmp_path)
    store = store_of(show)
    saved = store.load().with_entry("ch01", Entry())
    store.save(saved)
    show.matrix.unlink()
    assert store.load() is saved
    store.load()
    assert len(store.take_warnings()) == 1
    assert store.save(saved)
    assert store_of(show).load() == saved


def test_what_the_system_refuses_to_read_is_not_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    show = make_show(tmp_path, matrix=FULL)
    known = store_of(show)
    matrix = known.load()
    show.matrix.touch()
    real = os.open

    def refuse(path: Any, *rest: Any, **more: Any) -> int:
        if str(path) == str(show.matrix):
            raise OSError(errno.EMFILE, "too many open files")
        return real(path, *rest, **more)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(Unreadable):
        store_of(show).load()
    assert known.load() is matrix
    assert "too many files" in known.take_warnings()[0].text
    assert not list(show.data.glob("*.bad-*"))


def test_a_target_is_found_by_id_file_and_path() -> None:
    matrix = Matrix.model_validate(FULL)
    for target in ("ch01", "ch01_One.md", "manuscripts/ch01_One.md", "data/manuscripts/ch01_One.md", "x\\ch01_One.md"):
        assert matrix.resolve(target) == "ch01", target
    for target in ("ch1", "ch010", "ch02.md", "", "One"):
        assert matrix.resolve(target) is None, target


def test_an_ambiguous_target_is_not_resolved() -> None:
    twins = {"a": Entry(path="data/manuscripts/x/same.md"), "b": Entry(path="data/manuscripts/y/same.md")}
    matrix = Matrix(content=twins)
    assert matrix.resolve("same.md") is None
    assert matrix.resolve("y/same.md") == "b"


def test_notes_are_bounded_and_not_doubled() -> None:
    matrix = Matrix.model_validate(FULL).with_notes("ch01", "b", "x" * 300, " ", *(f"n{i}" for i in range(19)))
    notes = matrix.content["ch01"].notes
    assert len(notes) == 20
    assert (notes[0], notes[-1], notes.count("b")) == ("x" * 280, "n18", 0)
    with pytest.raises(KeyError):
        matrix.with_notes("nobody", "fact")


def test_a_note_with_half_a_character_can_be_saved(tmp_path: Path) -> None:
    store = store_of(make_show(tmp_path))
    store.save(Matrix.model_validate(FULL).with_notes("ch01", "half \ud800"))
    assert store.load().content["ch01"].notes[-1] == "half ?"


@pytest.mark.parametrize(
    ("given_path", "canonical"),
    [
        ("ch01.md", "data/manuscripts/ch01.md"),
        ("./data/manuscripts/a/b.md", "data/manuscripts/a/b.md"),
        ("manuscripts/b.md", "data/manuscripts/b.md"),
        ("C:\\shows\\x\\data\\manuscripts\\b.md", "data/manuscripts/b.md"),
        ("/shows/x/data/manuscripts/b.md", "data/manuscripts/b.md"),
        ("", ""),
    ],
)
def test_paths_of_other_programs_become_canonical(given_path: str, canonical: str) -> None:
    assert canonical_path(given_path) == canonical
    assert canonical_path(canonical) == canonical
    assert Entry(path=given_path).path == canonical


def test_saving_a_long_book_again_costs_one_chapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    show = make_show(tmp_path)
    store = store_of(show)
    matrix = Matrix(content={f"ch{number}": Entry(title=f"t{number}") for number in range(500)})
    store.save(matrix)
    made: list[str] = []
    real = matrix_text._line
    monkeypatch.setattr(matrix_text, "_line", lambda key, entry: made.append(key) or real(key, entry))
    changed = matrix.with_entry("ch7", Entry(title="other"))
    store.save(changed)
    assert made == ["ch7"]
    assert store_of(show).load() == changed


def test_of_entries_with_one_path_the_file_says_which_is_meant() -> None:
    place = "data/manuscripts/ch01_One.md"
    twins = {"other": Entry(path=place), "ch01": Entry(path=place), "third": Entry(path=place)}
    assert Matrix(content=twins).resolve("ch01_One.md") == "ch01"
    assert Matrix(content={"other": Entry(path=place)}).resolve("ch01_One.md") == "other"
    del twins["ch01"]
    assert Matrix(content=twins).resolve("ch01_One.md") is None
