"""A rehearsal is compared, kept under a title or thrown away; a name from outside reaches nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.show import make_show, write_chapter
from textcraft_core.errors import ShowError
from textcraft_core.show.folder import rehearsal_copy, rehearsals_of
from textcraft_core.show.rehearsals import (
    Difference,
    Rehearsal,
    all_rehearsals,
    differences,
    keep,
    older_than,
    throw_away,
)


@pytest.fixture
def show(tmp_path):
    return make_show(tmp_path, {"ch01_One": 10, "ch02_Two": 20})


def test_what_a_rehearsal_changed_is_told_with_its_words(show):
    copy = rehearsal_copy(show, FakeClock())
    assert differences(show, copy.root.name) == []
    write_chapter(copy, "ch01_One", 15)
    write_chapter(copy, "ch03_Three", 5)
    (copy.manuscripts / "ch02_Two.md").unlink()
    assert differences(show, copy.root.name) == [
        Difference("manuscripts/ch01_One.md", 10, 15),
        Difference("manuscripts/ch02_Two.md", 20, -1),
        Difference("manuscripts/ch03_Three.md", -1, 5),
    ]


def test_a_kept_one_has_its_title_and_a_size(show):
    name = rehearsal_copy(show, FakeClock()).root.name
    assert keep(show, name, "  the  sea version ") == "the sea version"
    [rehearsal] = all_rehearsals(show)
    assert (rehearsal.name, rehearsal.title) == (name, "the sea version")
    assert rehearsal.size > 0
    assert keep(show, name, "") == name


def test_one_that_is_thrown_away_is_gone_and_the_show_stays(show):
    name = rehearsal_copy(show, FakeClock()).root.name
    throw_away(show, name)
    assert rehearsals_of(show) == []
    assert list(show.rehearsals.iterdir()) == []
    assert (show.manuscripts / "ch01_One.md").is_file()


@pytest.mark.parametrize("name", ["", "..", "../..", "19990101-000000", "/etc", "."])
def test_a_name_that_is_no_rehearsal_reaches_nothing(show, name):
    rehearsal_copy(show, FakeClock())
    for ask in (lambda: throw_away(show, name), lambda: keep(show, name, "x"), lambda: differences(show, name)):
        with pytest.raises(ShowError):
            ask()
    assert len(rehearsals_of(show)) == 1


def test_a_broken_title_is_none(show):
    copy = rehearsal_copy(show, FakeClock())
    (copy.root / "telling.json").write_text("{")
    assert all_rehearsals(show)[0].title == ""


def test_what_is_old_and_was_not_kept_may_go():
    now = datetime(2030, 1, 31, tzinfo=UTC)
    made = [
        Rehearsal("new", "", 1, 1, now - timedelta(days=2)),
        Rehearsal("old", "", 1, 1, now - timedelta(days=20)),
        Rehearsal("kept", "The flood", 1, 1, now - timedelta(days=20)),
        Rehearsal("playing", "", 1, 1, now - timedelta(days=20)),
    ]
    assert [copy.name for copy in older_than(made, 7, now, but="playing")] == ["old"]
