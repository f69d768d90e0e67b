"""The bible's forms: lists, fields of every kind, drafts within five seconds, edits from outside merged or shown."""

import copy
import json
from importlib.resources import files

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.show.bible_files import FILES
from textcraft_gui.panels.texts.specs import BIBLE

PATH = "story_bible/characters.json"


def sample(file):
    place = files("textcraft_core") / "sample_show" / "data" / "story_bible" / f"{file}.json"
    return json.loads(place.read_text("utf-8"))


@pytest.fixture
def panel(stage, open_console):
    for file in FILES:
        stage.writing.files[file] = sample(file)
    window = open_console()
    window.centre.strip.choose(3)
    return window.bible


@pytest.fixture
def people(panel):
    panel.choose(1)
    return panel.editor


def field(editor, path):
    return editor.form.fields[tuple(path.split(".")) if path else ()]


def rewrite(widget, text):
    widget.setFocus()
    widget.selectAll()
    for number, line in enumerate(text.split("\n")):
        if number:
            QTest.keyClick(widget, Qt.Key.Key_Return)
        QTest.keyClicks(widget, line)


@pytest.mark.parametrize("index", range(len(BIBLE)))
def test_every_form_shows_the_sample_and_calls_nothing_an_edit(panel, stage, index):
    panel.choose(index)
    editor = panel.editor
    assert not editor.document.dirty
    assert not editor.save.isEnabled()
    for row in range(len(editor.list.titles()) if editor.list else 1):
        editor.choose(row)
        told = [each.told.text() for each in editor.form.fields.values() if each.told.isVisible()]
        assert told == []
    assert stage.handled == []


def test_an_empty_file_teaches(open_console):
    window = open_console()
    window.centre.strip.choose(3)
    window.bible.choose(1)
    assert window.bible.editor.empty.isVisible()
    window.bible.editor.list.add.click()
    assert window.bible.editor.list.titles() == ["new · draft"]
    assert window.bible.editor.form.isVisible()


def test_lines_words_and_pairs_keep_their_shape(people):
    rewrite(field(people, "appearance.age").widget, "59")
    rewrite(field(people, "psychology.traits").widget, "blunt\nnew one\n")
    rewrite(field(people, "relationships").widget, "pim: teaches her\ncasimir: x: y")
    item = people.item
    assert item["appearance"]["age"] == "59"
    assert item["psychology"]["traits"] == ["blunt", "new one"]
    assert item["relationships"] == {"pim": "teaches her", "casimir": "x: y"}
    assert item["pronouns"] == "she"
    assert item["psychology"]["fears"] == sample("characters")["orsolya"]["psychology"]["fears"]


def test_a_stranger_is_told_and_may_be_saved(people):
    rewrite(field(people, "relationships").widget, "nobody: x")
    assert field(people, "relationships").told.text() == "nobody is not in characters.json."
    assert people.save.isEnabled()


def test_items_are_added_copied_moved_and_removed_by_holding(qtbot, people):
    names = people.list.titles()
    people.list.down.click()
    assert people.list.titles()[1].startswith(names[0])
    people.list.up.click()
    assert people.list.titles() == names
    people.list.copy.click()
    assert list(people.document.content)[:2] == ["orsolya", "orsolya-2"]
    assert people.key == "orsolya-2"
    qtbot.mousePress(people.list.remove, Qt.MouseButton.LeftButton)
    assert "orsolya-2" in people.document.content
    qtbot.waitUntil(lambda: "orsolya-2" not in people.document.content)
    qtbot.mouseRelease(people.list.remove, Qt.MouseButton.LeftButton)
    people.undo.click()
    assert "orsolya-2" in people.document.content
    people.revert.click()
    assert people.list.titles() == names


def test_an_id_is_changed_and_the_order_stays(people):
    rewrite(field(people, "").widget, "orla")
    assert next(iter(people.document.content)) == "orla"
    assert people.document.content["orla"] == sample("characters")["orsolya"]


def test_the_list_is_searched(people):
    QTest.keyClicks(people.list.search, "iv")
    assert "Iveta Sand" in people.list.titles()
    assert "Lark Sorrel" not in people.list.titles()


def test_undo_takes_a_whole_typing_back(people):
    rewrite(field(people, "name").widget, "Someone")
    rewrite(field(people, "archetype").widget, "Else")
    people.undo.click()
    assert (people.item["name"], people.item["archetype"]) == ("Someone", sample("characters")["orsolya"]["archetype"])
    people.undo.click()
    assert not people.document.dirty
    people.redo.click()
    assert people.item["name"] == "Someone"


def test_a_draft_is_on_disk_within_five_seconds_of_the_last_key(qtbot, stage, people):
    rewrite(field(people, "name").widget, "Typed")
    assert stage.writing.drafts == {}
    qtbot.waitUntil(lambda: PATH in stage.writing.drafts)
    draft = stage.writing.drafts[PATH]
    assert (draft.content["orsolya"]["name"], draft.base) == ("Typed", sample("characters"))
    assert stage.writing.files["characters"] == sample("characters")


def test_what_was_typed_last_is_kept_before_the_window_closes(stage, people):
    rewrite(field(people, "name").widget, "Typed")
    assert stage.writing.drafts == {}
    people.window().close()
    assert stage.writing.drafts[PATH].content["orsolya"]["name"] == "Typed"


def test_typing_without_rest_is_kept_too(qtbot, stage, people):
    line = field(people, "name").widget
    line.setFocus()

    def typed_on():
        QTest.keyClicks(line, "x")
        return PATH in stage.writing.drafts

    qtbot.waitUntil(typed_on)


def test_other_keys_changed_outside_come_in(people, stage):
    rewrite(field(people, "name").widget, "Mine")
    theirs = copy.deepcopy(sample("characters"))
    theirs["tobin"]["name"] = "Theirs"
    stage.writing.change("characters", theirs)
    people.document.look()
    assert people.list.titles()[1] == "Theirs"
    assert people.item["name"] == "Mine"
    assert not people.conflicts.isVisible()
    people.save.click()
    assert stage.writing.files["characters"]["tobin"]["name"] == "Theirs"
    assert stage.writing.files["characters"]["orsolya"]["name"] == "Mine"


@pytest.mark.parametrize("theirs_in", [True, False])
def test_what_collides_is_shown_and_chosen_before_anything_is_saved(qtbot, people, stage, theirs_in):
    rewrite(field(people, "name").widget, "Mine")
    theirs = copy.deepcopy(sample("characters"))
    theirs["orsolya"]["name"] = "Theirs"
    stage.writing.change("characters", theirs)
    people.document.look()
    assert people.conflicts.isVisible()
    assert (people.conflicts.mine.text(), people.conflicts.theirs.text()) == ("Mine", "Theirs")
    assert not people.save.isEnabled()
    button = people.conflicts.take if theirs_in else people.conflicts.keep
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not people.conflicts.isVisible()
    assert people.item["name"] == ("Theirs" if theirs_in else "Mine")
    assert people.save.isEnabled() is not theirs_in
    people.save.click()
    assert stage.writing.files["characters"]["orsolya"]["name"] == ("Theirs" if theirs_in else "Mine")


def test_a_broken_file_is_told_and_not_overwritten(stage, open_console):
    stage.writing.broken.add("characters")
    window = open_console()
    window.centre.strip.choose(3)
    window.bible.choose(1)
    assert "characters.json is broken" in window.bible.editor.note.text()
    window.bible.editor.list.add.click()
    assert not window.bible.editor.save.isEnabled()


def test_the_brief_and_its_chapters_share_one_file(panel, stage):
    panel.choose(5)
    rewrite(field(panel.editor, "title").widget, "Another title")
    panel.choose(4)
    rewrite(field(panel.editor, "logline").widget, "A line")
    assert panel.choices[4].text() == "BRIEF ·"
    panel.editor.save.click()
    saved = [command for command in stage.handled if isinstance(command, cmd.SaveBible)]
    assert len(saved) == 1
    assert saved[0].content["logline"] == "A line"
    assert saved[0].content["structure"]["chapters"][0]["title"] == "Another title"


def test_each_file_has_its_versions(qtbot, panel, people, stage):
    older = {"orsolya": {"name": "Older"}}
    stage.writing.history[PATH] = [("operator", json.dumps(older)), ("operator", json.dumps(sample("characters")))]
    qtbot.mouseClick(panel.versions, Qt.MouseButton.LeftButton)
    assert panel.past.isVisible()
    assert len(panel.past.versions) == 2
    panel.past.restore.click()
    assert stage.handled[-1] == cmd.RestoreRevision(path=PATH, revision=1)
    stage.emit(ev.ModeChanged(mode=Mode.SHOW))
    panel.window().feed.flush()
    panel.window().centre.open(panel)  # SHOW has a layout of its own
    panel.past.restore.click()
    assert people.document.content == older
    assert people.isVisible()
    assert people.save.text() == "apply at next cycle"


def test_ctrl_s_saves(stage, people):
    rewrite(field(people, "name").widget, "Mine")
    QTest.keyClick(field(people, "name").widget, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert stage.writing.files["characters"]["orsolya"]["name"] == "Mine"


def test_another_show_in_play_has_its_own_texts_and_keeps_the_draft_of_the_last(people, stage):
    rewrite(field(people, "name").widget, "Typed")
    stage.emit(ev.VerbUsed(verb="rehearse mode", who="operator", how="button"))
    assert stage.writing.drafts[PATH].content["orsolya"]["name"] == "Typed"
    stage.writing.drafts.clear()
    stage.writing.files["characters"] = {"other": {"name": "Another"}}
    stage.emit(ev.StageExchanged())
    people.window().feed.flush()
    assert people.list.titles() == ["Another"]
    assert not people.document.dirty
    assert stage.writing.drafts == {}
