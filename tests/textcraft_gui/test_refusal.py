"""A console that cannot open says why: in a terminal in one line, to who started it by an icon in a window."""

import asyncio
import subprocess
import sys

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from tests.support.waiting import until
from textcraft_gui.refusal import Refusal, is_seen_nowhere
from textcraft_qt.labels import PlainLabel

REASON = 'core.toml cannot be read: <img src="file:///picture.png"> is no value'


@pytest.fixture
def refusal(qtbot):
    made = Refusal(REASON)
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_reason_is_told_literally_and_can_be_taken_along(refusal):
    told = [each for each in refusal.findChildren(PlainLabel) if each.text() == REASON]
    assert len(told) == 1
    copy, _ = refusal.findChildren(QPushButton)
    copy.click()
    assert QGuiApplication.clipboard().text() == REASON


def test_all_words_have_room(refusal):
    for each in refusal.findChildren(PlainLabel):
        assert each.height() >= each.heightForWidth(each.width())
        assert refusal.rect().contains(each.geometry())


def test_its_button_ends_it(refusal, qtbot):
    _, close = refusal.findChildren(QPushButton)
    with qtbot.waitSignal(refusal.closed):
        close.click()


def test_a_program_without_a_terminal_says_it_in_a_window_too(monkeypatch):
    assert not is_seen_nowhere(by_icon=False)
    assert is_seen_nowhere(by_icon=True)
    monkeypatch.setattr(sys, "stderr", None)
    assert is_seen_nowhere(by_icon=False)


def begun(folder, *words):
    (folder / "show" / "data").mkdir(parents=True)
    (folder / "show" / "core.toml").write_text("textcraft = [")
    line = [sys.executable, "-m", "textcraft_gui", "--project", str(folder / "show"), *words]
    return subprocess.Popen(line, stderr=subprocess.PIPE, text=True)


def xdotool(*words):
    return subprocess.run(["xdotool", *words], capture_output=True, text=True, check=False, timeout=30).stdout


def window():
    return xdotool("search", "--name", "^TextCraft Console did not open$").split()


def press_escape(window):
    """Press and let go: the window is gone by then, and a key that stays down is repeated to every later window."""
    xdotool("key", "--window", window, "Escape")
    xdotool("keyup", "Escape")


@pytest.mark.timeout(120)
async def test_who_clicked_an_icon_reads_why_nothing_opens(tmp_path, qapp):
    program = begun(tmp_path, "--by-icon")
    try:
        await until(window, 60, "the window")
        assert program.poll() is None
        await asyncio.to_thread(press_escape, window()[0])
        _, said = await asyncio.to_thread(program.communicate, timeout=60)
    finally:
        program.kill()
    assert "core.toml cannot be read" in said


@pytest.mark.timeout(120)
async def test_in_a_terminal_it_ends_at_once_with_one_line(tmp_path):
    program = begun(tmp_path)
    _, said = await asyncio.to_thread(program.communicate, timeout=60)
    assert (program.returncode, said.count("\n")) == (1, 1)
    assert not window()
