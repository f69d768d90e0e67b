import pytest

from textcraft_core.engine.survey import Survey, by_number, look_again, look_over
from textcraft_core.show.matrix import Entry, Status
from textcraft_core.show.touched import touched

BEFORE = {
    name: Entry(path=f"data/manuscripts/{name}.md", status=status)
    for name, status in (("ch10", Status.LOCKED), ("ch2", Status.DRAFTING), ("notes", Status.EMPTY))
}


def changed(name: str, **update: object) -> dict[str, Entry]:
    return {**BEFORE, name: BEFORE[name].model_copy(update=update)}


def test_a_survey_has_the_chapters_in_the_order_of_their_numbers() -> None:
    survey = look_over(BEFORE)
    assert (survey.open, survey.locked, survey.locked_ids) == (("notes", "ch2"), ("ch10",), {"ch10"})
    assert survey.numbers == {0, 2, 10}
    assert survey.index["ch2"] == "manuscripts/ch2.md"
    assert survey.counts == {"LOCKED": 1, "DRAFTING": 1, "EMPTY": 1}
    assert sorted(["ch10", "ch2", "x"], key=by_number) == ["x", "ch2", "ch10"]


@pytest.mark.parametrize(
    "after",
    [
        BEFORE,
        dict(BEFORE),
        {},
        changed("ch2", word_count=5, notes=("n",)),
        changed("ch2", status=Status.LOCKED),
        changed("ch10", status=Status.DRAFTING, word_count=7),
        changed("ch2", path="data/manuscripts/ch2_Other.md"),
        {**BEFORE, "ch3": Entry()},
        {name: entry for name, entry in BEFORE.items() if name != "ch2"},
        {"ch3" if name == "ch2" else name: entry for name, entry in BEFORE.items()},
    ],
)
def test_looking_again_sees_what_a_first_look_sees(after: dict[str, Entry]) -> None:
    assert look_again(look_over(BEFORE), BEFORE, after) == look_over(after)
    assert look_again(Survey(), {}, after) == look_over(after)


def test_what_is_none_of_the_surveys_makes_no_new_one() -> None:
    survey = look_over(BEFORE)
    assert look_again(survey, BEFORE, changed("ch2", word_count=5)) is survey


def test_touched_entries_are_other_objects() -> None:
    copy = BEFORE["ch2"].model_copy()
    assert touched(BEFORE, BEFORE) == []
    assert touched(BEFORE, {**BEFORE, "ch2": copy, "ch3": copy}) == ["ch2", "ch3"]
    assert touched({}, BEFORE) == list(BEFORE)
