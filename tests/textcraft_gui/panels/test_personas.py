"""Personas are edited with every mistake said beside the field, and saved only whole."""

import pytest
from PySide6.QtCore import Qt

from tests.fakes.stage import PERSONAS
from textcraft_core import commands as cmd
from textcraft_core import events as ev


@pytest.fixture
def panel(window):
    window.centre.strip.choose(2)
    window.personas.choose("narrator")
    return window.personas


def test_every_persona_is_listed_and_shown(panel):
    model = panel.list.model()
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == list(PERSONAS)
    assert panel.form.lines["name"].text() == "Creative Writer"
    assert [name for name, box in panel.form.tools.items() if box.isChecked()] == ["write_file", "append_file"]
    assert panel.note.text() == "Used by the next cycle."
    assert not panel.save.isEnabled()


def test_an_edit_is_marked_until_it_is_saved(qtbot, window, stage, panel):
    panel.form.lines["temperature"].setText("0.5")
    assert panel.list.currentIndex().data() == "narrator · draft"
    assert window.centre.strip.buttons[2].text() == "PERSONAS · draft"
    qtbot.mouseClick(panel.save, Qt.MouseButton.LeftButton)
    window.feed.flush()
    assert stage.handled == [cmd.SavePersona(role="narrator", persona={**PERSONAS["narrator"], "temperature": 0.5})]
    assert panel.list.currentIndex().data() == "narrator"
    assert window.centre.strip.buttons[2].text() == "PERSONAS"
    assert panel.form.lines["temperature"].text() == "0.5"


def test_what_is_wrong_is_said_and_cannot_be_saved(panel):
    panel.form.lines["temperature"].setText("1.4")
    assert panel.note.text() == "Temperature lies between 0 and 1."
    assert panel.form.lines["temperature"].property("wrong") is True
    assert not panel.save.isEnabled()
    assert panel.revert.isEnabled()
    panel.form.lines["temperature"].setText("1.0")
    assert panel.save.isEnabled()


def test_revert_throws_the_edit_away(qtbot, stage, panel):
    panel.form.prompt.setPlainText("something else")
    qtbot.mouseClick(panel.revert, Qt.MouseButton.LeftButton)
    assert panel.form.prompt.toPlainText() == PERSONAS["narrator"]["system_prompt"]
    assert panel.draft("narrator") is None
    assert stage.handled == []


def test_drafts_of_several_personas_are_kept_apart(panel):
    panel.form.lines["name"].setText("A")
    panel.choose("editor")
    assert panel.form.lines["name"].text() == "Ruthless Critic"
    panel.form.lines["name"].setText("B")
    panel.choose("narrator")
    assert panel.form.lines["name"].text() == "A"
    assert panel.draft("editor").name == "B"


def test_an_edit_taken_back_by_hand_is_no_draft(panel):
    panel.form.lines["name"].setText("A")
    panel.form.lines["name"].setText("Creative Writer")
    assert panel.draft("narrator") is None


def test_tools_are_ticked(qtbot, window, stage, panel):
    panel.form.tools["read_file"].setChecked(True)
    panel.form.tools["write_file"].setChecked(False)
    qtbot.mouseClick(panel.save, Qt.MouseButton.LeftButton)
    assert stage.handled[0].persona["allowed_tools"] == ["append_file", "read_file"]


def test_keys_the_form_does_not_show_are_kept(qtbot, stage, panel):
    panel.choose("editor")
    panel.form.lines["model"].setText("other")
    qtbot.mouseClick(panel.save, Qt.MouseButton.LeftButton)
    assert stage.handled[0].persona["confirm"] is True


def test_a_refused_save_keeps_the_draft(qtbot, window, stage, panel):
    stage.refusal = "The disk is full."
    panel.form.lines["name"].setText("A")
    qtbot.mouseClick(panel.save, Qt.MouseButton.LeftButton)
    window.feed.flush()
    assert panel.draft("narrator").name == "A"
    assert "The disk is full." in window.lane.text.text()


def test_a_persona_saved_elsewhere_does_not_take_a_draft_away(stage, tell, panel):
    panel.form.lines["name"].setText("mine")
    stage.raw_personas["narrator"]["model"] = "another"
    stage.raw_personas["editor"]["name"] = "theirs"
    tell(ev.PersonaSaved(role="editor", sha256="1"))
    assert panel.form.lines["name"].text() == "mine"
    panel.choose("editor")
    assert panel.form.lines["name"].text() == "theirs"


def test_hostile_words_stay_words(stage, window, tell, panel):
    stage.raw_personas["narrator"]["name"] = "<img src=file:///x>"
    tell(ev.PersonaSaved(role="narrator", sha256="2"))
    assert panel.form.lines["name"].text() == "<img src=file:///x>"
