import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.clock import FakeClock
from tests.fakes.show import BRIEF, CHARACTERS, CONF, PERSONAS
from textcraft_bus.errors import WriteFailed
from textcraft_core.errors import PersonaError
from textcraft_core.show.bible import check_persona
from textcraft_core.show.bible_models import ProjectConf, StoryBrief, Timeline, parse_characters, parse_locations
from textcraft_core.show.good_copies import GoodFile, Warnings, stamp_of
from textcraft_core.show.matrix import Matrix

strange = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        2**70,
        1.5,
        float("inf"),
        "",
        "text",
        "\ud800",
        "1e999",
        [],
        {},
        [None],
        [[]],
        [{}],
        {"": None},
        {"id": []},
        [{"id": 1}, {"id": 1}],
        [1, "a", {"b": [2]}],
    ]
)
MATRIX: dict[str, Any] = {
    "meta": {"title": "t", "project_status": "ACTIVE"},
    "metrics": {"total_word_count": 1, "session_cost": 0.5, "narrative_integrity_score": 5},
    "content": {"ch01": {"path": "p.md", "status": "EMPTY", "word_count": 1, "editor_notes": ["n"]}},
    "active_task": {"assigned_to": "narrator"},
}
TIMELINE: dict[str, Any] = {"events": [{"id": "e", "participants": ["a"]}]}
LOCATIONS: dict[str, Any] = {"l": {"name": "L", "atmosphere": {"light": "x"}, "key_landmarks": ["k"]}}
READERS = [
    (MATRIX, Matrix.model_validate),
    (CONF, ProjectConf.model_validate),
    (CHARACTERS, parse_characters),
    (LOCATIONS, parse_locations),
    (TIMELINE, Timeline.model_validate),
    (BRIEF, StoryBrief.model_validate),
]


def places(data: Any) -> list[tuple[Any, ...]]:
    """Return the way to every value inside."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [(), *((key, *rest) for key, value in items for rest in places(value))]


def replaced(data: Any, way: tuple[Any, ...], value: Any) -> Any:
    if not way:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[way[0]] = replaced(data[way[0]], way[1:], value)
    return copy


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_mutant_is_read_or_refused_by_a_value_error(data: st.DataObject) -> None:
    original, read = data.draw(st.sampled_from(READERS))
    mutant = replaced(original, data.draw(st.sampled_from(places(original))), data.draw(strange))
    try:
        assert read(mutant) is not None
    except ValueError as exc:
        assert str(exc)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_mutant_of_a_persona_is_used_or_named(data: st.DataObject) -> None:
    original = PERSONAS["narrator"]
    mutant = replaced(original, data.draw(st.sampled_from(places(original))), data.draw(strange))
    try:
        assert check_persona("narrator", mutant).system_prompt.strip()
    except PersonaError as exc:
        assert exc.what_to_do


def good_file(path: Path, clock: FakeClock | None = None) -> tuple[GoodFile[int], Warnings]:
    warnings = Warnings()
    return GoodFile(path, int, clock or FakeClock(), warnings), warnings


def test_a_good_copy_is_kept_beside_the_file(tmp_path: Path) -> None:
    path = tmp_path / "n.json"
    path.write_text("5")
    file, _ = good_file(path)
    assert file.read() == 5
    assert (tmp_path / "n.json.bak").read_text() == "5"
    path.write_text("6 ")
    assert file.read() == 6
    assert (tmp_path / "n.json.bak").read_text() == "6 "


def test_writing_keeps_the_copy_at_the_same_state(tmp_path: Path) -> None:
    file, _ = good_file(tmp_path / "n.json")
    file.write(b"7", 7)
    assert ((tmp_path / "n.json").read_text(), (tmp_path / "n.json.bak").read_text()) == ("7", "7")
    assert file.is_current


def test_a_broken_copy_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "n.json").write_text("{")
    (tmp_path / "n.json.bak").write_text("{")
    file, warnings = good_file(tmp_path / "n.json")
    assert file.read() is None
    assert "no good copy" in warnings.take()[0].text


def test_a_file_that_never_was_is_nothing(tmp_path: Path) -> None:
    file, warnings = good_file(tmp_path / "n.json")
    assert file.read() is None
    assert warnings.take() == ()
    assert not file.is_current


def test_a_file_of_nothing_but_null_is_no_state(tmp_path: Path) -> None:
    path, warnings = tmp_path / "matrix.json", Warnings()
    path.write_text(json.dumps(MATRIX))
    file = GoodFile(path, Matrix.model_validate, FakeClock(), warnings)
    good = file.read()
    path.write_text("null")
    assert file.read() == good
    assert "null" in warnings.take()[0].text


def test_no_broken_file_is_lost_however_many_follow(tmp_path: Path) -> None:
    path = tmp_path / "n.json"
    path.write_text("5")
    file, _ = good_file(path)
    for broken in ("{", "[", '"x"'):
        assert file.read() == 5
        path.write_text(broken)
    assert file.read() == 5
    assert sorted(aside.read_text() for aside in tmp_path.glob("*.bad-*")) == ['"x"', "[", "{"]


def test_warnings_are_told_once_until_the_trouble_is_over() -> None:
    warnings = Warnings()
    warnings.add("a", "broken")
    warnings.add("a", "broken")
    assert [warned.text for warned in warnings.take()] == ["broken"]
    warnings.settle("a")
    warnings.add("a", "broken", fault=True)
    assert [warned.fault for warned in warnings.take()] == [True]


def test_a_stamp_tells_files_apart(tmp_path: Path) -> None:
    one, other = tmp_path / "a", tmp_path / "b"
    one.write_text(json.dumps(1))
    other.write_text(json.dumps(1))
    assert stamp_of(one) != stamp_of(other)
    assert stamp_of(tmp_path / "c") is None


@pytest.mark.parametrize("value", [1, 2])
def test_an_adopted_value_is_read_until_the_file_changes(tmp_path: Path, value: int) -> None:
    path = tmp_path / "n.json"
    path.write_text("5")
    file, _ = good_file(path)
    file.read()
    file.adopt(value)
    assert file.read() == value
    path.write_text("55")
    assert file.read() == 55


def test_writing_over_another_programs_change_is_told(tmp_path: Path) -> None:
    path = tmp_path / "n.json"
    file, warnings = good_file(path)
    file.write(b"7", 7)
    path.write_text("88")
    file.write(b"9", 9)
    assert "another program" in warnings.take()[0].text
    assert file.read() == 9


def test_what_cannot_be_set_aside_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "n.json"
    path.write_text("5")
    file, warnings = good_file(path)
    file.read()
    path.write_text("{")

    def refuse(path: Path, clock: FakeClock) -> Path:
        raise WriteFailed(path, 30, "the disk is read-only")

    monkeypatch.setattr("textcraft_core.show.good_copies.set_aside", refuse)
    assert file.read() == 5
    assert "read-only" in warnings.take()[0].text
    assert path.read_text() == "{"


def test_an_owed_copy_is_the_newest_once_it_is_kept(tmp_path: Path) -> None:
    file, _ = good_file(tmp_path / "n.json")
    file.write(b"7", 7)
    file.write(b"8", 8, copy=False)
    file.write(b"9", 9, copy=False)
    assert ((tmp_path / "n.json").read_text(), (tmp_path / "n.json.bak").read_text()) == ("9", "7")
    file.keep_copy()
    assert (tmp_path / "n.json.bak").read_text() == "9"
    (tmp_path / "n.json.bak").unlink()
    file.keep_copy()
    assert not (tmp_path / "n.json.bak").exists()


def test_what_is_put_back_is_the_newest_though_its_copy_was_owed(tmp_path: Path) -> None:
    path = tmp_path / "n.json"
    file, _ = good_file(path)
    file.write(b"7", 7)
    file.write(b"8", 8, copy=False)
    path.write_text("{")
    assert file.read() == 8
    assert (path.read_text(), (tmp_path / "n.json.bak").read_text()) == ("8", "8")


def test_an_owed_copy_never_replaces_what_another_program_wrote_later(tmp_path: Path) -> None:
    path = tmp_path / "n.json"
    file, _ = good_file(path)
    file.write(b"7", 7, copy=False)
    path.write_text("88")
    assert file.read() == 88
    file.keep_copy()
    assert (tmp_path / "n.json.bak").read_text() == "88"
