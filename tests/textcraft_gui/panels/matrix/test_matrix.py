"""Chapters are found, filtered, chosen in numbers, locked and forced; ten thousand of them stay quick."""

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from tests.support import show_script as script
from textcraft_core import commands as cmd
from textcraft_core.events import MatrixChanged
from textcraft_gui.models.matrix import Column

MANY = 10_000


@pytest.fixture
def panel(window, tell):
    tell(script.matrix())
    window.centre.strip.choose(1)
    return window.matrix


def entry(title="x", words=10, status="DRAFTING", **more):
    return {"title": title, "path": f"data/manuscripts/{title}.md", "word_count": words, "status": status, **more}


def in_sight(panel):
    return [panel.model.index(row, Column.ID).data() for row in range(panel.model.rowCount())]


def select(panel, *keys):
    panel.table.clearSelection()
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for key in keys:
        panel.table.selectionModel().select(panel.model.index(panel.model.row_of(key), 0), flags)


def find(qtbot, panel, text):
    panel.search.setText(text)
    qtbot.waitUntil(lambda: panel.model.sieve.text == text)


def test_it_teaches_when_there_is_none(window):
    window.centre.strip.choose(1)
    assert window.matrix.empty.isVisible()
    assert not window.matrix.search.isVisible()


def test_words_find_titles_ids_and_notes(qtbot, panel):
    find(qtbot, panel, "LONG")
    assert in_sight(panel) == ["ch03"]  # by its title and by its note
    find(qtbot, panel, "short note")
    assert in_sight(panel) == ["ch04"]
    find(qtbot, panel, "ch0")
    assert len(in_sight(panel)) == 5
    find(qtbot, panel, "nowhere")
    assert (in_sight(panel), panel.count.text()) == ([], "nothing fits")


def test_a_status_is_shown_alone_and_counted(qtbot, panel):
    qtbot.mouseClick(panel.filter, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert [action.text() for action in menu.actions()] == [
        "all  5",
        "empty  1",
        "drafting  1",
        "review ready  1",
        "revision needed  1",
        "locked  1",
    ]
    menu.actions()[2].trigger()
    menu.close()
    assert (in_sight(panel), panel.count.text(), panel.filter.text()) == (["ch04"], "1 / 5", "drafting ▾")


def test_a_chapter_comes_into_sight_and_goes_as_its_status_changes(panel, tell):
    panel.show_status("DRAFTING")
    tell(MatrixChanged(entries={"ch05": entry("Fifth"), "ch04": entry("Fourth", status="LOCKED")}))
    assert in_sight(panel) == ["ch05"]
    tell(MatrixChanged(entries={"ch09": entry("Nine"), "ch01": entry("First", 999, "LOCKED")}))
    assert in_sight(panel) == ["ch05", "ch09"]
    panel.show_status("")
    assert panel.model.rowCount() == 6
    assert panel.model.index(panel.model.row_of("ch01"), Column.WORDS).data() == "999 / 420"


def test_what_is_chosen_stays_chosen_while_others_come_and_go(panel, tell):
    select(panel, "ch02", "ch04")
    tell(MatrixChanged(entries={f"ch1{n}": entry() for n in range(60)}, removed=("ch01",)))
    assert panel.table.selected() == ["ch02", "ch04"]


def test_many_are_locked_at_once_and_only_those_that_are_not(qtbot, stage, panel):
    select(panel, "ch01", "ch02", "ch04")
    assert panel.notes.text() == "3 chapters selected"
    qtbot.mouseClick(panel.lock, Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.LockChapter(chapter_id=key, locked=True) for key in ("ch02", "ch04")]
    qtbot.mouseClick(panel.unlock, Qt.MouseButton.LeftButton)
    assert stage.handled[2:] == [cmd.LockChapter(chapter_id="ch01", locked=False)]


def test_notes_are_shown_by_whom_and_those_of_services_cleared(qtbot, stage, panel, tell):
    tell(MatrixChanged(entries={"ch04": entry("Fourth", editor_notes=["too long"], notes=["the door is red"])}))
    select(panel, "ch04")
    assert panel.notes.text() == "Editor: too long   Left for the next cycle: the door is red"
    qtbot.mouseClick(panel.forget, Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.ForgetNotes(chapter_id="ch04")]
    select(panel, "ch02")
    assert not panel.forget.isEnabled()
    assert panel.notes.text() == "No notes."


def test_a_target_is_forced_with_words_of_the_operator(qtbot, stage, panel):
    select(panel, "ch03")
    qtbot.mouseClick(panel.force, Qt.MouseButton.LeftButton)
    assert panel.strip.isVisible()
    assert not panel.force.isVisible()
    assert not panel.strip.go.isEnabled()
    QTest.keyClicks(panel.strip.words, "Let the bell ring")
    QTest.keyClick(panel.strip.words, Qt.Key.Key_Return)
    assert stage.handled == [cmd.Override(instruction="Let the bell ring", target="ch03")]
    assert not panel.strip.isVisible()
    assert panel.force.isVisible()


def test_nothing_is_forced_when_it_is_left(qtbot, stage, panel):
    select(panel, "ch03")
    panel.force.click()
    QTest.keyClicks(panel.strip.words, "Half a tho")
    qtbot.mouseClick(panel.strip.leave, Qt.MouseButton.LeftButton)
    assert stage.handled == []
    panel.force.click()
    assert panel.strip.words.text() == ""


def test_a_locked_chapter_cannot_be_forced(panel):
    select(panel, "ch01")
    assert not panel.force.isEnabled()
    assert panel.open.isEnabled()


def test_assign_opens_the_form_of_a_plan_for_the_chapter(qtbot, window, panel):
    asked = []
    panel.let_assign(asked.append)
    select(panel, "ch04")
    qtbot.mouseClick(panel.assign, Qt.MouseButton.LeftButton)
    assert asked == ["data/manuscripts/ch04_Fourth.md"]
    assert window.flow.assign_form.chapter.currentText().startswith("ch04")


def test_enter_in_the_search_goes_to_what_was_found_and_enter_there_opens_it(qtbot, window, stage, panel):
    stage.manuscripts["data/manuscripts/ch03_Third_Long_Title.md"] = "Third."
    panel.search.setFocus()
    QTest.keyClicks(panel.search, "third")
    QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.table.selected() == ["ch03"]
    panel.open.click()
    assert window.manuscript.isVisible()
    assert window.manuscript.page.toPlainText() == "Third."


def test_of_ten_thousand_rows_only_those_in_sight_are_painted_and_one_change_tells_one_row(qtbot, panel, tell):
    entries = {f"ch{n:05}": entry(f"t{n}", n, status="DRAFTING" if n % 3 else "LOCKED") for n in range(MANY)}
    tell(MatrixChanged(entries=entries))
    delegate, painted = panel.table.itemDelegate(), []
    paint = delegate.paint
    delegate.paint = lambda painter, option, index: (painted.append(index.row()), paint(painter, option, index))
    panel.table.viewport().repaint()
    assert 0 < len(set(painted)) < 60
    told, resets = QSignalSpy(panel.model.dataChanged), QSignalSpy(panel.model.modelReset)
    for n in range(50):
        tell(MatrixChanged(entries={f"ch{n:05}": entry(f"t{n}", n + 1)}))
    assert (told.count(), resets.count()) == (50, 0)
    find(qtbot, panel, "t999")
    assert (panel.model.rowCount(), resets.count()) == (11, 1)
