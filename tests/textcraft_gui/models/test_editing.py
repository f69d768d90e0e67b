"""Edits, their undo, and what others write meanwhile: nothing is lost, nothing overwritten unseen."""

from textcraft_gui.models.editing import MOST_STEPS, Editing

BASE = {"a": "1", "b": {"c": "2"}}


def test_typing_at_one_place_is_one_step():
    editing = Editing(BASE)
    for text in ("x", "xy", "xyz"):
        editing.set(("a",), text)
    editing.set(("b", "c"), "3")
    editing.undo()
    assert editing.content == {"a": "xyz", "b": {"c": "2"}}
    editing.undo()
    assert editing.content == BASE
    assert (editing.can_undo, editing.dirty) == (False, False)
    editing.redo()
    editing.redo()
    assert editing.content == {"a": "xyz", "b": {"c": "3"}}


def test_the_steps_are_bounded():
    editing = Editing(BASE)
    for number in range(MOST_STEPS + 50):
        editing.set((f"k{number}",), "x")
    while editing.can_undo:
        editing.undo()
    assert len(editing.content) == 2 + 50


def test_what_came_in_from_outside_survives_undo():
    editing = Editing(BASE)
    editing.set(("a",), "mine")
    assert editing.take_theirs({"a": "1", "b": {"c": "theirs"}})
    assert not editing.take_theirs({"a": "1", "b": {"c": "theirs"}})
    editing.undo()
    assert editing.content == {"a": "1", "b": {"c": "theirs"}}


def test_a_collision_waits_and_a_draft_of_it_still_knows_where_it_began():
    editing = Editing(BASE)
    editing.set(("a",), "mine")
    disk = {"a": "theirs", "b": {"c": "2"}}
    editing.take_theirs(disk)
    (conflict,) = editing.conflicts
    assert (conflict.mine, conflict.theirs, editing.began) == ("mine", "theirs", BASE)
    again = Editing(disk, editing.content, editing.began)
    assert again.conflicts == editing.conflicts
    again.choose(conflict, theirs=True)
    assert (again.content, again.conflicts, again.dirty) == (disk, (), False)
    again.undo()
    assert again.content["a"] == "mine"
    editing.choose(conflict, theirs=False)
    assert (editing.content["a"], editing.began) == ("mine", disk)


def test_my_own_save_ends_the_edit():
    editing = Editing(BASE)
    editing.set(("a",), "mine")
    editing.take_theirs({"a": "mine", "b": {"c": "2"}})
    assert (editing.dirty, editing.conflicts) == (False, ())


def test_a_text_is_one_value():
    editing = Editing("old")
    editing.replace("mine", ("text",))
    editing.take_theirs("theirs")
    (conflict,) = editing.conflicts
    editing.choose(conflict, theirs=True)
    assert editing.content == "theirs"
