import logging
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6 import QtWidgets
from PySide6.QtCore import QMessageLogContext, QPoint, QtMsgType, qDebug

from textcraft_qt.errors import ModalDialogError, NoDisplayError, UnknownPlatformError
from textcraft_qt.guards import MODAL, _choose_platform, install_message_handler, install_modal_guard, log_qt_message

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def guarded() -> Iterator[None]:
    undo = install_modal_guard()
    yield
    undo()


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, name) for kind, names in MODAL.items() for name in names if hasattr(getattr(QtWidgets, kind), name)],
)
def test_every_modal_call_is_refused(guarded: None, kind: str, name: str) -> None:
    with pytest.raises(ModalDialogError, match=r"open\(\)"):
        getattr(getattr(QtWidgets, kind), name)(None, "title", "text")


def test_instances_and_subclasses_are_refused_too(guarded: None) -> None:
    for base in (QtWidgets.QDialog, QtWidgets.QMenu, QtWidgets.QProgressDialog):
        for widget in (base(), type("Own", (base,), {})()):
            with pytest.raises(ModalDialogError):
                widget.exec()
            widget.deleteLater()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_menu_still_works(guarded: None) -> None:
    menu = QtWidgets.QMenu("title")
    action = menu.addAction("do it")
    assert menu.title() == "title"
    assert menu.actions() == [action]
    menu.popup(QPoint(0, 0))
    assert menu.isVisible()
    menu.close()


def test_a_dialog_still_opens_without_being_modal_to_the_loop(guarded: None) -> None:
    dialog = QtWidgets.QDialog()
    dialog.open()
    assert dialog.isVisible()
    dialog.done(3)
    assert dialog.result() == 3


def test_the_guard_can_be_undone_completely() -> None:
    def snapshot() -> dict[tuple[str, str], object]:
        return {
            (k, n): vars(getattr(QtWidgets, k)).get(n)
            for k, names in MODAL.items()
            for n in (*names, "__getattribute__")
        }

    before = snapshot()
    undo = install_modal_guard()
    assert snapshot() != before
    undo()
    assert snapshot() == before


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        (QtMsgType.QtDebugMsg, logging.DEBUG),
        (QtMsgType.QtInfoMsg, logging.INFO),
        (QtMsgType.QtWarningMsg, logging.WARNING),
        (QtMsgType.QtCriticalMsg, logging.ERROR),
        (QtMsgType.QtFatalMsg, logging.CRITICAL),
    ],
)
def test_qt_messages_become_log_records(kind: QtMsgType, level: int, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "qt"):
        log_qt_message(kind, QMessageLogContext(), "100 % of it")
    assert [(r.name, r.levelno, r.message) for r in caplog.records] == [("qt", level, "default: 100 % of it")]


def test_the_message_handler_is_installed_and_taken_back(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "qt"):
        restore = install_message_handler()
        qDebug("while installed")
        restore()
        qDebug("afterwards")
    assert [record.message for record in caplog.records] == ["default: while installed"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has a choice of platforms")
@pytest.mark.parametrize(
    ("environ", "platform"),
    [
        ({"DISPLAY": ":0"}, "xcb"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "xcb"),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, "offscreen"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, None),
    ],
)
def test_linux_runs_on_xcb_where_there_is_a_choice(environ: dict[str, str], platform: str | None) -> None:
    _choose_platform(environ)
    assert environ.get("QT_QPA_PLATFORM") == platform


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has a choice of platforms")
def test_no_screen_server_is_an_error_not_an_abort() -> None:
    with pytest.raises(NoDisplayError, match="DISPLAY"):
        _choose_platform({})


@pytest.mark.parametrize("name", ["nope", "nope:size=1x1", " offscreen", "nope;neither"])
def test_a_platform_qt_does_not_have_is_an_error_not_an_abort(name: str) -> None:
    with pytest.raises(UnknownPlatformError, match=f"{name}.* unset it, or set it to one of .*minimal.*offscreen"):
        _choose_platform({"QT_QPA_PLATFORM": name})


@pytest.mark.parametrize("name", ["offscreen", "OffScreen", "offscreen:size=1x1", "nope;offscreen", "wayland-egl"])
def test_one_it_has_is_taken_as_qt_would_take_it(name: str) -> None:
    _choose_platform({"QT_QPA_PLATFORM": name})


APPLICATION = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, format="%(name)s|%(levelname)s|%(message)s")
from PySide6.QtCore import qWarning
from textcraft_qt.guards import application
app = application(sys.argv, gui={gui})
qWarning("from below")
print(type(app).__name__, app.quitOnLastWindowClosed(), app.applicationName(), app.isQuitLockEnabled())
"""


@pytest.mark.parametrize(("gui", "kind"), [(True, "QApplication"), (False, "QGuiApplication")])
def test_the_application_is_built_for_the_program(gui: bool, kind: str) -> None:
    environ = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", APPLICATION.format(gui=gui)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30, env=environ)
    assert done.stdout.split() == [kind, "False", "TextCraft", "False"]
    # A wall's messages stay on stderr: its render thread must not have to wait for Python.
    assert ("qt|WARNING|default: from below" in done.stderr) is gui
    assert "from below" in done.stderr
