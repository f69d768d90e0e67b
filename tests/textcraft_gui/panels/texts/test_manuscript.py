"""The text grows as it is written, in batches and literally, and then is what stands on disk."""

import pytest

from tests.support import show_script as script
from textcraft_core import events as ev
from textcraft_core.events import Phase
from textcraft_gui.panels.texts.manuscript_page import MOST_CHARS

PATH = "data/manuscripts/ch04_Fourth.md"


@pytest.fixture
def panel(window, tell):
    tell(script.matrix())
    return window.manuscript


def _shows(qtbot, panel, text):
    qtbot.waitUntil(lambda: panel.page.toPlainText() == text)


def test_it_teaches_when_there_is_nothing(window):
    assert window.manuscript.page.placeholderText()
    assert window.manuscript.chapter.text() == "No chapter yet"


def test_tokens_appear_word_by_word_and_literally(qtbot, panel, tell):
    text = "<b>bold</b> & <img src='file:///etc/passwd'> one\n\ntwo"
    tell(*script.cycle_until(4, Phase.EXECUTE), *script.streamed(4, text))
    _shows(qtbot, panel, text)
    assert panel.page.growing
    assert (panel.chapter.text(), panel.state.text()) == ("ch04 · Fourth", "being written")
    assert panel.words.text() == "184 of 420 words"


def test_tokens_come_in_batches_and_none_is_lost(qtbot, panel, tell):
    contents = []
    panel.page.document().contentsChanged.connect(lambda: contents.append(1))
    tell(*script.cycle_until(4, Phase.EXECUTE))
    pieces = [f"{number}\n" for number in range(2000)]
    for piece in pieces:
        tell(ev.TokensStreamed(cycle=4, role="narrator", target="ch04_Fourth.md", text=piece))
    _shows(qtbot, panel, "".join(pieces))
    assert len(contents) < 100


def test_finished_it_is_the_file(qtbot, stage, panel, tell):
    stage.manuscripts[PATH] = "The whole chapter.\n\nWith more."
    tell(*script.cycle_until(4, Phase.EXECUTE), *script.streamed(4, "With more."))
    tell(ev.FileWritten(path=PATH, sha256="0", size=9, by="narrator"))
    tell(ev.ReportReturned(cycle=4, role="narrator", status="success", modified=("ch04_Fourth.md",), cost=0))
    _shows(qtbot, panel, "The whole chapter.\n\nWith more.")
    assert not panel.page.growing
    assert panel.state.text() == "drafting"


def test_a_file_that_changes_later_is_shown_anew(qtbot, stage, panel, tell):
    stage.manuscripts[PATH] = "one"
    tell(ev.FileWritten(path=PATH, sha256="0", size=3, by="operator"))
    assert panel.page.toPlainText() == "one"
    stage.manuscripts[PATH] = "two"
    tell(ev.FileWritten(path=PATH, sha256="1", size=3, by="operator"))
    assert panel.page.toPlainText() == "two"


def test_a_chapter_opened_by_hand_stays(qtbot, window, stage, panel, tell):
    stage.manuscripts["data/manuscripts/ch02_Second.md"] = "Second text."
    window.centre.strip.choose(1)
    window.matrix.table.activated.emit(window.matrix.model.index(1, 0))
    assert window.manuscript.isVisible()
    assert panel.page.toPlainText() == "Second text."
    tell(*script.cycle_until(4, Phase.EXECUTE), *script.streamed(4, "new words"))
    qtbot.wait(150)
    assert panel.page.toPlainText() == "Second text."
    panel.follow.click()
    _shows(qtbot, panel, "new words")
    assert not panel.follow.isVisible()


def test_a_file_that_cannot_be_read_is_told(window, panel):
    panel.open_chapter("data/manuscripts/none.md")
    window.feed.flush()
    assert window.lane.text.text().startswith("The chapter stays as it was: ")
    assert "none.md" in window.lane.text.text()


def test_a_chapter_that_is_not_on_disk_yet_keeps_what_was_streamed(qtbot, window, panel, tell):
    tell(*script.cycle_until(4, Phase.EXECUTE, "ch09_New.md"), *script.streamed(4, "new words", "ch09_New.md"))
    tell(ev.ReportReturned(cycle=4, role="narrator", status="success", modified=(), cost=0))
    _shows(qtbot, panel, "new words")
    assert not window.feed.state.lane


@pytest.mark.parametrize("text", ["x" * 20_000, "word " * 4_000, "short\n\n" + "y" * 9_000 + "\nend"])
def test_no_paragraph_grows_without_end_and_nothing_is_lost(panel, text):
    panel.page.begin()
    for start in range(0, len(text), 700):
        panel.page.append_text(text[start : start + 700])
    blocks = panel.page.toPlainText().split("\n")
    assert max(map(len, blocks)) <= MOST_CHARS
    assert "".join(blocks) == text.replace("\n", "")


def test_while_it_grows_no_hint_stands_behind_the_text(panel, tell):
    tell(*script.cycle_until(4, Phase.EXECUTE), *script.streamed(4, "a"))
    assert panel.page.growing
    assert panel.page.placeholderText() == ""


def test_a_reader_who_scrolled_up_is_left_alone(qtbot, panel, tell):
    tell(*script.cycle_until(4, Phase.EXECUTE), *script.streamed(4, "line\n" * 200))
    bar = panel.page.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    bar.setValue(10)
    tell(*script.streamed(4, "more\n" * 50))
    qtbot.waitUntil(lambda: "more" in panel.page.toPlainText())
    assert bar.value() == 10
