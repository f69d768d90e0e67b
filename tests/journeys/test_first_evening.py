"""The first evening on a new machine, in the real programs: nothing to open, the assistant, the show that follows."""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtTest import QTest

from tests.support.programs import ours, programs
from tests.support.qt_loop import run_on_qt
from tests.support.waiting import until, wait_until
from textcraft_bus.processes import running_services
from textcraft_core.show.folder import ShowFolder, rehearsals_of, show_id
from textcraft_core.show.holder import holder_of
from textcraft_gui.app import Console, Start
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.session.which_show import last_show, the_show

SHOWN = "no show to open: the assistant is shown"
USABLE = "the console can be used"


async def opened(console):
    running = asyncio.get_running_loop().create_task(console.run())
    await until(lambda: running.done() or (console.window and console.window.sheets.assistant), 60, "the assistant")
    if running.done():
        running.result()
    return running, console.window, console.window.sheets.assistant


def console():
    return Console(ConsoleConfig(ports="free"), Start(the_show(None), mode=None, assistant=True))


@pytest.fixture
def documents(tmp_path, monkeypatch):
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _place: str(tmp_path / "Documents"))
    monkeypatch.setattr(sys, "argv", ["textcraft", "--ports", "free", "--rehearsal.tokens-per-s", "400"])
    return tmp_path / "Documents"


@pytest.mark.timeout(180)
def test_a_show_is_set_up_and_the_next_console_rehearses_it(documents, tmp_path):
    async def journey():
        with programs(tmp_path):
            first = console()
            running, window, assistant = await opened(first)
            await until(assistant.isVisible, 30, "it to be in sight")
            assert not window.program.isVisible() and window.stops.isVisible()
            assert first.session.wanted_services() == [], "no window and no painter before a show is chosen"
            assistant.show_step.cards.buttons[2].click()
            QTest.keyClick(assistant.show_step.new.field, Qt.Key.Key_Return)
            await until(lambda: assistant.index == 1, 30, "the brain")
            assistant.next.click()
            await until(lambda: assistant.index == 2, 30, "the painter")
            assistant.painter.ask.click()
            await until(lambda: assistant.painter.view.picture.path, 60, "a picture of the real image server")
            await until(assistant.next.isEnabled, 30, "the trial to end")
            assistant.next.click()
            await until(lambda: assistant.index == 3, 30, "the walls")
            assistant.walls.names[0].setText("brick")
            assistant.next.click()
            await until(lambda: assistant.index == 4, 30, "the end")
            show = ShowFolder(documents / "TextCraft" / "Souls Aboard")
            assert not show.root.exists()
            QTest.keyClick(assistant.last.rehearse, Qt.Key.Key_Space)
            await asyncio.wait_for(running, 60)
            assert last_show().root == show.root
            await until(lambda: holder_of(show) is not None, 60, "the next console to hold the show")
            await until(lambda: rehearsals_of(show), 60, "the rehearsal's copy")
            (copy,) = rehearsals_of(show)
            await until(lambda: {"wall.brick", "image_server.painter"} <= peers(copy), 60, "its wall and painter")
            assert ours()

    run_on_qt(journey(), 170.0)


def peers(show):
    return {record.peer for record in running_services(show_id(show))}


@pytest.mark.timeout(120)
def test_put_away_it_leaves_the_sample_and_a_console_that_works(documents, tmp_path):
    async def journey():
        with programs(tmp_path):
            first = console()
            running, window, assistant = await opened(first)
            await until(assistant.isVisible, 30, "it to be in sight")
            QTest.keyClick(assistant.show_step.new.field, Qt.Key.Key_Escape)
            await until(lambda: len(first.session.wanted_services()) == 2, 40, "the window and the painter of EDIT")
            assert window.program.isVisible() and last_show() is None and not documents.exists()
            window.close()
            await asyncio.wait_for(running, 40)

    run_on_qt(journey(), 110.0)


@pytest.mark.timeout(120)
def test_a_console_that_is_closed_meanwhile_leaves_no_process_and_no_folder(documents, tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))

    async def journey():
        with programs(tmp_path):
            running, window, assistant = await opened(console())
            await until(assistant.isVisible, 30, "it to be in sight")
            assistant.go_to(2)
            assistant.painter.ask.click()
            await until(lambda: assistant.painter.view.picture.path, 60, "a picture")
            assert len(ours()) == 1
            window.close()
            await asyncio.wait_for(running, 40)
            assert ours() == [] and list((tmp_path / "tmp").iterdir()) == []

    run_on_qt(journey(), 110.0)


@pytest.mark.timeout(120)
def test_it_is_shown_on_an_empty_machine_and_never_again_once_a_show_was_chosen(tmp_path, textcraft_home):
    with programs(tmp_path) as started:
        first = started.start("textcraft", "--ports", "free", "--log-level", "INFO")
        wait_until(lambda: SHOWN in first.output, 60, "the assistant")
        first.process.terminate()
        first.wait(30)
        sample = textcraft_home / "data" / "shows" / "sample"
        (textcraft_home / "config" / "last_show.json").write_text(json.dumps({"folder": str(sample)}))
        second = started.start("textcraft", "--ports", "free", "--log-level", "INFO")
        wait_until(lambda: USABLE in second.output, 60, "the console")
        assert SHOWN not in second.output
        assert holder_of(ShowFolder(Path(sample))).pid == second.pid
        second.process.terminate()
        second.wait(30)
