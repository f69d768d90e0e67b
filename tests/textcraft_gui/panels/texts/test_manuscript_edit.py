"""A chapter is edited by hand and has a past: drafts, conflicts with the engine, versions, undo, passages."""

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.support import show_script as script
from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.events import Phase
from textcraft_core.record.history import Alternative
from textcraft_core.show.drafts import Draft
from textcraft_gui.panels.texts.manuscript import EDIT, TEXT, VERSIONS

FULL = "data/manuscripts/ch04_Fourth.md"
PATH = FULL.removeprefix("data/")
FIFTH = "data/manuscripts/ch05_Fifth_Title.md"


@pytest.fixture
def panel(window, stage, tell):
    stage.manuscripts[FULL] = "It was late."
    stage.manuscripts[FIFTH] = "Another one."
    tell(script.matrix())
    window.manuscript.open_chapter(FULL)
    window.manuscript.show_view(EDIT)
    return window.manuscript


@pytest.fixture
def editor(panel):
    return panel.editor


def written(path=FULL, by="narrator"):
    return ev.FileWritten(path=path, sha256="1", size=1, by=by)


def test_what_is_typed_is_saved_with_what_it_began_from(stage, editor):
    editor.text.selectAll()
    QTest.keyClicks(editor.text, "It was early")
    assert editor.note.text() == "Edited, not in use. Kept as a draft."
    QTest.keyClick(editor.text, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert cmd.SaveManuscript(path=PATH, text="It was early", base="It was late.") in stage.handled
    assert stage.manuscripts[FULL] == "It was early"
    assert editor.note.text() == "3 words"
    assert not editor.save.isEnabled()


def test_nothing_typed_is_lost(qtbot, window, stage, panel, editor):
    QTest.keyClicks(editor.text, "X")
    qtbot.waitUntil(lambda: PATH in stage.writing.drafts)
    draft = stage.writing.drafts[PATH]
    assert (draft.content, draft.base) == ("XIt was late.", "It was late.")
    assert panel.views[EDIT].text() == "edit · draft"
    QTest.keyClicks(editor.text, "Y")
    panel.open_chapter(FIFTH)
    assert stage.writing.drafts[PATH].content == "XYIt was late."
    assert editor.text.toPlainText() == "Another one."
    panel.open_chapter(FULL)
    assert editor.text.toPlainText() == "XYIt was late."
    assert stage.manuscripts[FULL] == "It was late."


def test_what_the_engine_writes_comes_in_while_nothing_was_typed(stage, editor, tell):
    stage.manuscripts[FULL] = "It was late. A bell rang."
    tell(written())
    assert editor.text.toPlainText() == "It was late. A bell rang."
    assert not editor.document.dirty


@pytest.mark.parametrize("theirs", [True, False])
def test_what_both_wrote_is_shown_and_chosen(qtbot, stage, editor, tell, theirs):
    QTest.keyClicks(editor.text, "Mine. ")
    stage.manuscripts[FULL] = "It was late. A bell rang."
    tell(written())
    assert editor.both.isVisible()
    assert not editor.text.isVisible()
    assert editor.both.old.toPlainText() == "Mine. It was late."
    assert editor.both.new.toPlainText() == "It was late. A bell rang."
    assert not editor.save.isEnabled()
    assert stage.manuscripts[FULL] == "It was late. A bell rang."
    qtbot.mouseClick(editor.conflicts.take if theirs else editor.conflicts.keep, Qt.MouseButton.LeftButton)
    assert editor.text.isVisible()
    assert editor.text.toPlainText() == ("It was late. A bell rang." if theirs else "Mine. It was late.")
    editor.save.click()
    assert stage.manuscripts[FULL] == ("It was late. A bell rang." if theirs else "Mine. It was late.")


def test_in_show_it_waits_for_the_next_cycle(stage, editor, tell):
    tell(ev.ModeChanged(mode=Mode.SHOW))
    QTest.keyClicks(editor.text, "X")
    editor.save.click()
    assert stage.manuscripts[FULL] == "It was late."
    assert stage.writing.drafts[PATH].waiting
    assert editor.back.isVisible()
    stage.manuscripts[FULL] = "XIt was late."
    tell(*stage.writing.apply(PATH))
    assert not editor.document.dirty
    assert editor.note.text() == "3 words"


def test_a_file_keeps_its_ends_of_lines(stage, panel, editor):
    stage.manuscripts[FIFTH] = "one\r\ntwo"
    panel.open_chapter(FIFTH)
    assert not editor.document.dirty
    QTest.keyClicks(editor.text, "x")
    editor.save.click()
    assert stage.manuscripts[FIFTH] == "xone\r\ntwo"


def test_who_edits_stays_while_another_chapter_is_written(qtbot, panel, editor, tell):
    QTest.keyClicks(editor.text, "X")
    tell(*script.cycle_until(5, Phase.EXECUTE, "ch05_Fifth_Title.md"))
    tell(*script.streamed(5, "new words", "ch05_Fifth_Title.md"))
    assert editor.text.toPlainText() == "XIt was late."
    assert panel.chapter.text() == "ch04 · Fourth"
    panel.follow.click()
    qtbot.waitUntil(lambda: panel.page.toPlainText() == "new words")
    assert panel.views[TEXT].isChecked()


def test_chapters_are_chosen_from_a_menu_and_one_by_one(qtbot, stage, panel):
    stage.manuscripts["data/manuscripts/ch03_Third_Long_Title.md"] = "Third."
    panel.before.click()
    assert panel.chapter.text().startswith("ch03")
    panel.after.click()
    qtbot.mouseClick(panel.choice, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["ch04  Fourth"]
    menu.actions()[4].trigger()
    menu.close()
    assert panel.chapter.text() == "ch05 · Fifth Title"


@pytest.fixture
def versions(stage, panel):
    stage.writing.history[PATH] = [
        ("narrator", "It was late."),
        ("narrator", "It was very late."),
        ("operator", "It was not late."),
    ]
    stage.writing.undoable[PATH] = (2, 0)
    panel.show_view(VERSIONS)
    return panel.versions


def rows(versions):
    model = versions.list.model()
    return [model.index(row, 0).data().split("  ")[-1] for row in range(model.rowCount())]


def changed(versions):
    return [(piece.change, piece.text) for piece in versions.page.pieces if piece.change != "same"]


def select(versions, *which):
    selection = versions.list.selectionModel()
    selection.clearSelection()
    for row in which:
        selection.select(versions.list.model().index(row, 0), selection.SelectionFlag.Select)


def test_versions_tell_who_and_how_many_words(versions):
    assert rows(versions) == ["operator · 4 w", "narrator · 4 w", "narrator · 3 w"]


def test_one_is_compared_with_the_present_and_two_with_each_other(versions):
    assert changed(versions) == [("removed", "very"), ("added", "not")]
    select(versions, 1, 2)
    assert changed(versions) == [("added", "very ")]
    select(versions, 0, 1, 2)
    assert changed(versions) == []
    select(versions, 0)
    assert changed(versions) == [("removed", "very"), ("added", "not")]
    assert not versions.restore.isEnabled()


def test_what_was_added_and_removed_is_marked_without_colour_too(versions):
    form = versions.page.one.document().find("very").charFormat()
    assert form.fontStrikeOut()
    assert versions.page.one.document().find("not").charFormat().fontUnderline()


def test_a_version_is_brought_back_and_changes_undone(qtbot, stage, versions):
    select(versions, 2)
    qtbot.mouseClick(versions.restore, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(versions.undo, Qt.MouseButton.LeftButton)
    assert not versions.redo.isEnabled()
    assert stage.handled[-2:] == [cmd.RestoreRevision(path=PATH, revision=1), cmd.Undo(path=PATH)]


def test_a_new_version_appears_when_the_file_changes(stage, versions, tell):
    stage.writing.history[PATH].append(("narrator", "It was noon."))
    tell(written())
    assert rows(versions)[0] == "narrator · 3 w"


def test_a_passage_that_was_replaced_is_put_back(qtbot, stage, panel, versions):
    now = datetime(2030, 1, 1, tzinfo=UTC)
    stage.writing.replaced[PATH] = [Alternative(7, now, "narrator", 3, "It was noon.", 3, "It was not late.")]
    versions.refresh()
    assert rows(versions)[-1] == "narrator: It was noon."
    select(versions, 3)
    assert ("added", "noon") in changed(versions)
    qtbot.mouseClick(versions.restore, Qt.MouseButton.LeftButton)
    assert stage.handled[-1] == cmd.RestorePassage(path=PATH, revision=7)


def test_a_file_without_a_past_teaches(panel):
    panel.show_view(VERSIONS)
    assert panel.versions.empty.isVisible()
    assert not panel.versions.list.isVisible()


def test_hostile_text_is_literal(stage, panel):
    stage.writing.history[PATH] = [("narrator", "<b>a</b>"), ("narrator", "<b>b</b>")]
    panel.show_view(VERSIONS)
    assert panel.versions.page.one.toPlainText() == "<b>ab</b>"


def test_a_draft_of_an_earlier_session_is_marked_before_anybody_edits(stage, window, tell):
    stage.manuscripts[FULL] = "It was late."
    stage.writing.drafts[PATH] = Draft(path=PATH, base="It was late.", content="It was mine.")
    tell(script.matrix())
    window.manuscript.open_chapter(FULL)
    assert window.manuscript.views[EDIT].text() == "edit · draft"
    window.manuscript.show_view(EDIT)
    assert window.manuscript.editor.text.toPlainText() == "It was mine."


def test_another_show_in_play_begins_anew(stage, panel, editor, tell):
    QTest.keyClicks(editor.text, "X")
    stage.emit(ev.VerbUsed(verb="show mode", who="operator", how="button"))
    assert stage.writing.drafts[PATH].content == "XIt was late."
    tell(ev.StageExchanged())
    assert panel.views[TEXT].isChecked()
    assert editor.document.path == ""
    assert editor.text.toPlainText() == ""


def test_a_console_opens_before_any_show_is_in_play_and_lives_through_a_change(open_console, stage):
    stage.writing.between = True
    window = open_console()
    window.centre.strip.choose(3)
    window.feed.flush()
    window.bible.editor.document.look()
    stage.writing.between = False
    stage.emit(ev.StageExchanged())
    window.feed.flush()
    window.personas.choose("narrator")
    assert window.personas.editor.form.fields[("name",)].widget.text() == "Creative Writer"
    stage.writing.between = True
    window.personas.document.look()
    window.personas.document.set(("narrator", "name"), "Typed")
    assert window.personas.document.dirty


def test_what_is_typed_until_the_stage_closes_is_a_draft_of_its_folder(stage, panel, editor, tell):
    QTest.keyClicks(editor.text, "X")
    stage.emit(ev.VerbUsed(verb="show mode", who="operator", how="button"))
    QTest.keyClicks(editor.text, "Y")
    stage.emit(ev.StageClosing())
    assert stage.writing.drafts[PATH].content == "XYIt was late."
    assert editor.text.isReadOnly()
    tell(ev.ModeChanging(mode=Mode.REHEARSE, doing="opening"))
    editor.document.type("typed into nothing")
    assert editor.document.content == "XYIt was late."
    stage.writing.drafts.clear()  # the copy has none
    tell(ev.StageExchanged(), ev.ModeChanging(mode=Mode.REHEARSE), script.matrix())
    panel.open_chapter(FULL)
    panel.show_view(EDIT)
    assert editor.text.toPlainText() == "It was late."
    assert not editor.document.dirty
    assert stage.writing.drafts == {}


def test_a_recording_is_read_and_not_edited(stage, panel, editor, tell):
    when = (datetime(2030, 1, 1, tzinfo=UTC),)
    stage.opening = [*stage.opening, ev.ReplayOpened(label="sample", copy_root="/x", began=when)]
    tell(ev.StageExchanged(), script.matrix())
    panel.open_chapter(FULL)
    panel.show_view(EDIT)
    assert editor.text.toPlainText() == "It was late."
    assert editor.text.isReadOnly()
    editor.document.type("another past")
    assert not editor.document.dirty


def test_one_key_changes_one_place_of_a_french_chapter_from_windows(stage, editor):
    text = "Qui est là\u00a0?\r\nMoi\u00a0!\rFin\ufffd."
    stage.manuscripts[FULL] = text
    stage.emit(written())
    cursor = editor.text.textCursor()
    cursor.setPosition(3)
    editor.text.setTextCursor(cursor)
    QTest.keyClicks(editor.text, "XY")
    assert editor.document.content == text.replace("Qui", "QuiXY")
    assert editor.text.textCursor().position() == 5
    assert "stays the byte" in editor.note.text()
    QTest.keyClick(editor.text, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert stage.manuscripts[FULL] == text.replace("Qui", "QuiXY")
    assert "1 × �" in editor.note.text()
