"""A second console on one show, in the real programs: it reads along, changes nothing, and may take over in the end."""

import asyncio
import os
import signal
from contextlib import asynccontextmanager

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from tests.support.footprint import changed, footprint
from tests.support.programs import ours, programs
from tests.support.qt_loop import run_on_qt
from tests.support.waiting import until, wait_until
from textcraft_bus.channel.messages import Mode
from textcraft_bus.processes import running_services
from textcraft_core import commands as cmd
from textcraft_core.errors import CommandRefused
from textcraft_core.show.folder import new_show, show_id
from textcraft_core.show.holder import holder_of
from textcraft_gui.app import Console, Start
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.verbs.facade import Refused
from textcraft_gui.verbs.verb import LOOKS, Verb

QUICK = ("--ports", "free", "--rehearsal.tokens-per-s", "400", "--textcraft.cycle-seconds", "0")


@asynccontextmanager
async def reading(show):
    """A second console in this process."""
    console = Console(ConsoleConfig(ports="free"), Start(show, mode=Mode.EDIT))
    running = asyncio.get_running_loop().create_task(console.run())
    await until(lambda: console.window is not None or running.done(), 30, "the window")
    if running.done():
        running.result()
    try:
        yield console
    finally:
        console.window.close()
        await asyncio.wait_for(running, 30)


def hold(started, show, *arguments):
    """A first console that holds the show."""
    first = started.start("textcraft", "--project", str(show.root), *QUICK, *arguments)
    wait_until(lambda: holder_of(show) is not None and show.restore.is_file(), 40, "the first console")
    return first


def sockets():
    """What this process listens at."""
    found = psutil.Process().net_connections(kind="inet")
    return {each.laddr for each in found if each.status == psutil.CONN_LISTEN}


@pytest.mark.timeout(150)
def test_the_second_reads_along_changes_nothing_and_takes_over_when_asked(tmp_path, textcraft_home):
    show = new_show(tmp_path / "lighthouse")

    async def journey():
        with programs(tmp_path) as started:
            first = hold(started, show, "--mode", "edit")
            await until(lambda: len(running_services(show_id(show))) == 2, 40, "the first one's services")
            services = {record.peer: record.pid for record in running_services(show_id(show))}
            listening = sockets()
            first.process.send_signal(signal.SIGSTOP)  # so that whatever changes now was changed by the second
            before = footprint(show.root)
            async with reading(show) as console:
                window, state = console.window, console.window.feed.state
                await until(lambda: state.reading is not None and state.title, 30, "the show")
                assert state.reading.pid == first.pid
                assert window.status.mode.text() == "READING"
                assert f"process {first.pid}" in window.status.sentence.text()
                for verb in set(Verb) - LOOKS:
                    refused = window.verbs.availability(verb)
                    assert isinstance(refused, Refused), verb
                    assert f"process {first.pid}" in refused.reason
                for command in (cmd.Step(), cmd.Take(), cmd.ChangeMode(mode=Mode.SHOW), cmd.OpenForWork()):
                    with pytest.raises(CommandRefused, match=f"process {first.pid}"):
                        await console.session.handle(command)
                press_everything(window)
                await asyncio.sleep(0.5)  # what was pressed had its chance
                assert sockets() == listening
                assert {record.peer: record.pid for record in running_services(show_id(show))} == services
                window.grab_png(tmp_path / "reading.png")
                assert changed(before, footprint(show.root)) == []

                first.process.send_signal(signal.SIGCONT)
                os.kill(first.pid, signal.SIGTERM)
                assert first.wait(40) == 0
                await until(lambda: state.reading is not None and state.reading.ended, 30, "that it ended")
                await until(lambda: "open for work" in window.status.sentence.text(), 30, "the sentence")
                button = window.status.modes.controls.buttons[Verb.OPEN_FOR_WORK]
                QTest.mouseClick(button, Qt.MouseButton.LeftButton)
                await until(lambda: console.session.mode is Mode.EDIT, 40, "EDIT")
                await until(lambda: holder_of(show).pid == os.getpid() and state.reading is None, 30, "the lock")
                await until(lambda: window.status.mode.text() == "EDIT", 30, "the word")
        assert holder_of(show) is None
        assert [process.cmdline() for process in ours()] == []

    run_on_qt(journey(), timeout=140)


def press_everything(window):
    """Every page is opened, every button and many keys are pressed: none of it reaches the show."""
    for dock in (window.left, window.centre, window.right):
        for place in range(len(dock.strip._buttons)):
            dock.strip.choose(place)
            for button in dock.widget().findChildren(QAbstractButton):
                if button.isVisible() and button.isEnabled():
                    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
                if popup := QApplication.activePopupWidget():
                    popup.close()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_H, Qt.Key.Key_S, Qt.Key.Key_Period, Qt.Key.Key_M, Qt.Key.Key_P):
        QTest.keyClick(window.windowHandle(), key)
