"""Personas are edited with mistakes said beside the field, read as the brain reads them, tried, and saved whole."""

import dataclasses
import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.fakes.stage import PERSONAS
from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_gui.state.show_state import Area

PATH = "story_bible/personas.json"


@pytest.fixture
def panel(window):
    window.centre.strip.choose(2)
    window.personas.choose("narrator")
    return window.personas


def field(panel, name):
    return panel.editor.form.fields[(name,)]


def type_into(panel, name, text):
    widget = field(panel, name).widget
    widget.selectAll()
    QTest.keyClicks(widget, text) if text else QTest.keyClick(widget, Qt.Key.Key_Delete)


def saved(stage):
    return [command for command in stage.handled if isinstance(command, cmd.SaveBible)]


def narrator(panel):
    return panel.document.content["narrator"]


def test_every_persona_is_listed_and_shown(panel):
    assert panel.editor.list.titles() == list(PERSONAS)
    assert field(panel, "name").widget.text() == "Creative Writer"
    assert [name for name, box in field(panel, "allowed_tools").boxes.items() if box.isChecked()] == [
        "write_file",
        "append_file",
    ]
    assert not panel.editor.save.isEnabled()
    assert not panel.editor.note.isVisible()


def test_an_edit_is_marked_until_it_is_saved(qtbot, window, stage, panel):
    type_into(panel, "temperature", "0.5")
    assert panel.editor.list.titles()[1] == "narrator · draft"
    assert window.centre.strip.buttons[2].text() == "PERSONAS · draft"
    assert panel.editor.note.text() == "Edited, not in use. Kept as a draft."
    qtbot.mouseClick(panel.editor.save, Qt.MouseButton.LeftButton)
    window.feed.flush()
    wanted = {**PERSONAS, "narrator": {**PERSONAS["narrator"], "temperature": 0.5}}
    assert saved(stage) == [cmd.SaveBible(file="personas", content=wanted, base=PERSONAS)]
    assert panel.editor.list.titles()[1] == "narrator"
    assert window.centre.strip.buttons[2].text() == "PERSONAS"
    assert field(panel, "temperature").widget.text() == "0.5"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("temperature", "warm", "▲ This is to be a number."),
        ("temperature", "1.4", "▲ This is too large."),
        ("temperature", "-0.1", "▲ This is too small."),
        ("temperature", "nan", "▲ This is to be a number."),
        ("max_tokens", "0", "▲ This must be above 0."),
        ("max_tokens", "1.5", "▲ This is to be a whole number."),
        ("max_tokens", "", "▲ This is to be a whole number."),
        ("system_prompt", "", "▲ A persona needs a prompt."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_cannot_be_saved(panel, name, text, told):
    type_into(panel, name, text)
    assert field(panel, name).told.isVisible()
    assert field(panel, name).told.text() == told
    assert field(panel, name).widget.property("wrong") is True
    assert not panel.editor.save.isEnabled()
    panel.editor.undo.click()
    assert not field(panel, name).told.isVisible()
    assert field(panel, name).widget.property("wrong") is False


def test_revert_throws_the_edit_away_and_undo_brings_it_back(qtbot, stage, panel):
    type_into(panel, "system_prompt", "something else")
    panel.document.keep_draft()
    assert stage.writing.drafts[PATH].content["narrator"]["system_prompt"] == "something else"
    qtbot.mouseClick(panel.editor.revert, Qt.MouseButton.LeftButton)
    assert field(panel, "system_prompt").widget.toPlainText() == PERSONAS["narrator"]["system_prompt"]
    assert stage.writing.drafts == {}
    panel.editor.undo.click()
    assert field(panel, "system_prompt").widget.toPlainText() == "something else"
    assert saved(stage) == []


def test_edits_of_several_personas_are_kept_apart(panel):
    type_into(panel, "name", "A")
    panel.choose("editor")
    assert field(panel, "name").widget.text() == "Ruthless Critic"
    type_into(panel, "name", "B")
    panel.choose("narrator")
    assert field(panel, "name").widget.text() == "A"
    assert panel.editor.list.titles() == ["architect", "narrator · draft", "editor · draft"]


def test_an_edit_taken_back_by_hand_is_no_draft(panel):
    type_into(panel, "name", "A")
    type_into(panel, "name", "Creative Writer")
    assert not panel.document.dirty


def test_tools_are_ticked(qtbot, stage, panel):
    field(panel, "allowed_tools").boxes["read_file"].click()
    field(panel, "allowed_tools").boxes["write_file"].click()
    qtbot.mouseClick(panel.editor.save, Qt.MouseButton.LeftButton)
    assert saved(stage)[0].content["narrator"]["allowed_tools"] == ["append_file", "read_file"]


def test_keys_the_form_does_not_show_are_kept(stage, panel):
    stage.writing.change("personas", {**PERSONAS, "editor": {**PERSONAS["editor"], "odd": {"deep": None}}})
    panel.document.look()
    panel.choose("editor")
    type_into(panel, "model", "other")
    panel.editor.save.click()
    assert saved(stage)[0].content["editor"] == {**PERSONAS["editor"], "odd": {"deep": None}, "model": "other"}


def test_a_refused_save_keeps_the_edit(qtbot, window, stage, panel):
    stage.refusal = "The disk is full."
    type_into(panel, "name", "A")
    qtbot.mouseClick(panel.editor.save, Qt.MouseButton.LeftButton)
    window.feed.flush()
    assert narrator(panel)["name"] == "A"
    assert "The disk is full." in window.lane.text.text()


def test_a_persona_saved_elsewhere_comes_in_and_takes_no_edit_away(stage, panel, tell):
    type_into(panel, "name", "mine")
    theirs = {**PERSONAS, "editor": {**PERSONAS["editor"], "name": "theirs"}}
    theirs["narrator"] = {**theirs["narrator"], "model": "another"}
    stage.writing.change("personas", theirs)
    tell(ev.FileWritten(path=f"data/{PATH}", sha256="1", size=1, by="other"))
    assert (narrator(panel)["name"], narrator(panel)["model"]) == ("mine", "another")
    panel.choose("editor")
    assert field(panel, "name").widget.text() == "theirs"


def test_hostile_words_stay_words(stage, panel):
    hostile = {**PERSONAS, "narrator": {**PERSONAS["narrator"], "name": "<img src=file:///x>"}}
    stage.writing.change("personas", hostile)
    panel.document.look()
    assert field(panel, "name").widget.text() == "<img src=file:///x>"


def test_in_show_an_edit_waits_for_the_next_cycle(qtbot, window, stage, panel, tell):
    tell(ev.ModeChanged(mode=Mode.SHOW))
    panel.window().centre.open(panel)  # SHOW has a layout of its own
    type_into(panel, "temperature", "0.5")
    assert panel.editor.save.text() == "apply at next cycle"
    qtbot.mouseClick(panel.editor.save, Qt.MouseButton.LeftButton)
    window.feed.flush()
    assert saved(stage) == []
    assert stage.writing.drafts[PATH].waiting
    assert stage.writing.files["personas"] == PERSONAS
    assert panel.editor.note.text().startswith("‖ Waiting")
    assert not panel.editor.save.isVisible()
    qtbot.mouseClick(panel.editor.back, Qt.MouseButton.LeftButton)
    assert not stage.writing.drafts[PATH].waiting
    panel.editor.save.click()
    tell(*stage.writing.apply(PATH))
    assert not panel.document.dirty
    assert not panel.editor.note.isVisible()
    assert narrator(panel)["temperature"] == 0.5


def test_editing_on_after_applying_asks_anew(stage, panel, tell):
    tell(ev.ModeChanged(mode=Mode.SHOW))
    panel.window().centre.open(panel)  # SHOW has a layout of its own
    type_into(panel, "temperature", "0.5")
    panel.editor.save.click()
    type_into(panel, "temperature", "0.6")
    panel.document.keep_draft()
    assert not stage.writing.drafts[PATH].waiting
    assert panel.editor.save.isVisible()


def test_the_prompt_is_shown_filled_with_its_size_and_what_nobody_knows(qtbot, stage, panel):
    made = stage.writing.next_prompt
    stage.writing.next_prompt = dataclasses.replace(made, text="In {{tone}} and {{ odd }}.", unknown=("odd",))
    panel.editor.show_view("prompt")
    qtbot.waitUntil(lambda: "In {{tone}}" in panel.prompt.text.toPlainText())
    assert panel.prompt.figures.text() == "about 812 tokens · m · for ch01_One.md"
    assert panel.prompt.unknown.text() == "▲ nobody knows {{odd}}"
    marks = panel.prompt.text.extraSelections()
    assert [mark.cursor.selectedText() for mark in marks] == ["{{ odd }}"]
    assert stage.writing.prompts[-1][:2] == ("narrator", PERSONAS["narrator"])
    panel.editor.show_view("form")
    type_into(panel, "system_prompt", "New")
    panel.editor.show_view("prompt")
    qtbot.waitUntil(lambda: stage.writing.prompts[-1][1]["system_prompt"] == "New")


def test_a_persona_is_tried_with_its_price_before_and_the_answer_streamed(qtbot, stage, panel, tell):
    stage.writing.next_prompt = dataclasses.replace(stage.writing.next_prompt, most_usd=0.02134)
    panel.editor.show_view("try")
    assert panel.trial.go.text() == "try · ≤ $0.0213"
    QTest.keyClicks(panel.trial.task, "Say hello")
    qtbot.mouseClick(panel.trial.go, Qt.MouseButton.LeftButton)
    asked = cmd.TryPersona(role="narrator", persona=PERSONAS["narrator"], instructions="Say hello")
    assert stage.handled[-1] == asked
    tell(ev.TrialStarted(role="narrator", model="m"))
    assert not panel.trial.go.isVisible()
    text = "<b>Hello</b> & more"
    tell(*(ev.TrialStreamed(role="narrator", text=piece) for piece in text))
    qtbot.waitUntil(lambda: panel.trial.answer.toPlainText() == text)
    qtbot.mouseClick(panel.trial.stop, Qt.MouseButton.LeftButton)
    assert stage.handled[-1] == cmd.StopTrial()
    tell(ev.TrialEnded(role="narrator", status="stopped", text=text, seconds=1.24, cost=0.0012))
    assert panel.trial.state.text() == "■ stopped in 1.2 s · 3 words · $0.0012"
    assert panel.trial.go.isVisible()


def test_a_trial_that_fails_says_why(panel, tell):
    panel.editor.show_view("try")
    tell(ev.TrialStarted(role="narrator", model="m"))
    tell(ev.TrialEnded(role="narrator", status="error", text="", seconds=1, message="the server is away"))
    assert panel.trial.state.text() == "▲ the server is away"


def test_json_and_form_are_kept_in_step(stage, panel):
    panel.editor.show_view("JSON")
    text = panel.editor.json.text
    assert '"name": "Creative Writer"' in text.toPlainText()
    text.setPlainText(text.toPlainText().replace("Creative Writer", "Other"))
    assert field(panel, "name").widget.text() == "Other"
    text.setPlainText('{"name": ')
    assert panel.editor.json.told.text().startswith("▲ This is no JSON yet")
    assert not panel.editor.save.isEnabled()
    assert narrator(panel)["name"] == "Other"


def test_two_versions_stand_side_by_side_and_one_is_brought_back(qtbot, stage, panel):
    stage.writing.history[PATH] = [("operator", '{"a": 1}'), ("operator", '{"a": 2}')]
    panel.editor.show_view("versions")
    assert [panel.versions._rows.item(row).text().split("  ")[1] for row in range(2)] == [
        "operator · 2 w",
        "operator · 2 w",
    ]
    assert [(piece.change, piece.text) for piece in panel.versions.page.pieces if piece.change != "same"] == [
        ("removed", "1"),
        ("added", "2"),
    ]
    panel.versions.beside.click()
    assert panel.versions.page.old.toPlainText() == '{"a": 1}'
    assert panel.versions.page.new.toPlainText() == '{"a": 2}'
    qtbot.mouseClick(panel.versions.restore, Qt.MouseButton.LeftButton)
    assert stage.handled[-1] == cmd.RestoreRevision(path=PATH, revision=1)


def test_in_show_an_older_version_comes_back_as_a_draft(stage, panel, tell):
    older = {**PERSONAS, "narrator": {**PERSONAS["narrator"], "name": "Older"}}
    stage.writing.history[PATH] = [("operator", json.dumps(older)), ("operator", json.dumps(PERSONAS))]
    tell(ev.ModeChanged(mode=Mode.SHOW))
    panel.window().centre.open(panel)  # SHOW has a layout of its own
    panel.editor.show_view("versions")
    panel.versions.restore.click()
    assert not any(isinstance(command, cmd.RestoreRevision) for command in stage.handled)
    assert narrator(panel)["name"] == "Older"
    assert panel.editor.save.text() == "apply at next cycle"


def test_a_draft_of_an_earlier_session_is_there_again(open_console, stage):
    from textcraft_core.show.drafts import Draft

    content = {**PERSONAS, "narrator": {**PERSONAS["narrator"], "name": "Kept"}}
    stage.writing.drafts[PATH] = Draft(path=PATH, base=PERSONAS, content=content)
    window = open_console()
    assert window.personas.document.dirty
    assert window.personas.document.content["narrator"]["name"] == "Kept"
    window.feed.refreshed.emit(Area.SHOW)
    assert window.centre.strip.buttons[2].text() == "PERSONAS · draft"
