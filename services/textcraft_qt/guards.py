"""Builds the Qt application the same way in every program and refuses what must never happen; knows no window."""

import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NoReturn, overload

from PySide6 import QtWidgets
from PySide6.QtCore import QCoreApplication, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication

from textcraft_qt.errors import ModalDialogError, NoDisplayError, UnknownPlatformError

APPLICATION_NAME = "TextCraft"
PLATFORM = "QT_QPA_PLATFORM"

MODAL: Mapping[str, tuple[str, ...]] = {
    "QDialog": ("exec", "exec_"),
    "QMenu": ("exec", "exec_"),
    "QMessageBox": ("exec", "exec_", "about", "aboutQt", "critical", "information", "question", "warning"),
    "QFileDialog": (
        "exec",
        "exec_",
        "getExistingDirectory",
        "getExistingDirectoryUrl",
        "getOpenFileName",
        "getOpenFileNames",
        "getOpenFileUrl",
        "getOpenFileUrls",
        "getSaveFileName",
        "getSaveFileUrl",
    ),
    "QInputDialog": ("exec", "exec_", "getDouble", "getInt", "getItem", "getMultiLineText", "getText"),
    "QColorDialog": ("exec", "exec_", "getColor"),
    "QFontDialog": ("exec", "exec_", "getFont"),
    "QErrorMessage": ("exec", "exec_"),
    "QProgressDialog": ("exec", "exec_"),
    "QWizard": ("exec", "exec_"),
}
"""Every call of Qt's widgets that returns only when the user has answered."""

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_qt_log = logging.getLogger("qt")


def install_modal_guard() -> Callable[[], None]:
    """Make every modal call raise ModalDialogError; return what undoes it.

    A modal call spins a loop inside the running callback, and no task of the program
    runs until it returns. `open()`, or `popup()` of a menu, and their signals do the same without that.
    """
    undo: list[Callable[[], None]] = []
    for class_name, methods in MODAL.items():
        kind = getattr(QtWidgets, class_name)
        undo += [_replace(kind, name, _refusal(kind, name)) for name in methods if hasattr(kind, name)]
    undo.append(_replace(QtWidgets.QMenu, "__getattribute__", _menu_lookup()))

    def restore() -> None:
        for step in reversed(undo):
            step()

    return restore


def _refusal(kind: type, name: str) -> Callable[..., NoReturn]:
    def refuse(*_args: object, **_keywords: object) -> NoReturn:
        raise ModalDialogError(
            f"{kind.__name__}.{name}() is modal and would stop every task: use open() or popup() and signals"
        )

    return refuse


def _menu_lookup() -> Callable[[QtWidgets.QMenu, str], Any]:
    """PySide answers `menu.exec` past the class, since it is a static function as well."""
    original = QtWidgets.QMenu.__getattribute__
    refuse = _refusal(QtWidgets.QMenu, "exec")

    def lookup(menu: QtWidgets.QMenu, name: str) -> Any:
        return refuse if name == "exec" else original(menu, name)

    return lookup


def _replace(kind: type, name: str, replacement: object) -> Callable[[], None]:
    own = vars(kind).get(name)
    setattr(kind, name, replacement)
    return (lambda: delattr(kind, name)) if own is None else (lambda: setattr(kind, name, own))


@overload
def application(argv: Sequence[str], *, gui: Literal[True]) -> QtWidgets.QApplication: ...
@overload
def application(argv: Sequence[str], *, gui: Literal[False]) -> QGuiApplication: ...


def application(argv: Sequence[str], *, gui: bool) -> QGuiApplication:
    """Build the one application object: with widgets for the console (`gui`), without for a wall.

    Closing the last window does not quit it. On Linux it runs on xcb where there is a choice: a Wayland client can
    neither choose its screen nor refuse focus. Where Qt would abort: NoDisplayError for want of a screen server,
    UnknownPlatformError for a platform it does not have.

    Qt's messages go to the log "qt" in the console only. A wall's render thread writes messages too, and Python
    called there waits for a lock that the main thread may hold while it waits for the render thread.
    """
    _choose_platform(os.environ)
    app = (QtWidgets.QApplication if gui else QGuiApplication)(list(argv))
    app.setQuitOnLastWindowClosed(False)
    QCoreApplication.setQuitLockEnabled(False)
    app.setApplicationName(APPLICATION_NAME)
    if gui:
        install_message_handler()
    return app


def install_message_handler() -> Callable[[], None]:
    """Route what Qt writes into the log "qt"; return what puts the previous handler back."""
    previous = qInstallMessageHandler(log_qt_message)

    def restore() -> None:
        qInstallMessageHandler(previous)

    return restore


def log_qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Write one message of Qt to the log "qt", with Qt's own category in front."""
    category = context.category or "default"
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", category, text)


def _choose_platform(environ: Any) -> None:
    if wanted := environ.get(PLATFORM):
        _check_platform(wanted, environ.get(f"{PLATFORM}_PLUGIN_PATH"))
    if not sys.platform.startswith("linux") or wanted:
        return
    if environ.get("DISPLAY"):
        environ[PLATFORM] = "xcb"
    elif not environ.get("WAYLAND_DISPLAY"):
        raise NoDisplayError("no screen server: neither DISPLAY nor WAYLAND_DISPLAY is set")


def _check_platform(wanted: str, also: str | None) -> None:
    """Refuse a list of platforms of which Qt has none: `NAME[:OPTIONS][;NAME…]`; it would end the whole process."""
    from PySide6.QtCore import QPluginLoader  # noqa: PLC0415 - most starts leave the choice to us

    names = {name.partition(":")[0].casefold() for name in wanted.split(";")}
    folders = [Path(folder) / "platforms" for folder in QCoreApplication.libraryPaths()]
    there: set[str] = set()
    for plugin in (path for folder in (*folders, *([Path(also)] if also else [])) for path in folder.glob("*")):
        about: dict[str, Any] = QPluginLoader(str(plugin)).metaData()
        there.update(about.get("MetaData", {}).get("Keys", ()))
    if there.isdisjoint(names):
        raise UnknownPlatformError(
            f"{PLATFORM} is {wanted!r}, and Qt has no such platform here: unset it, or set it to one of "
            + ", ".join(sorted(there))
        )
