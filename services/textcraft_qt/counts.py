"""How many Qt objects and running Qt timers this process holds; knows no program.

What is seen: every object with a wrapper in Python, the application, every window and widget, and all below them. A Qt
object that hangs below none of these is not seen.
"""

from collections.abc import Iterator

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QThread, QTimer
from PySide6.QtGui import QGuiApplication

from textcraft_bus.counts import Counts


def qt_counts() -> Counts:
    """Return how many there are of this thread's. Some 10 ms for a console."""
    objects = {shiboken6.getCppPointer(one)[0]: one for root in _roots() for one in _with_children(root)}
    timers = sum(isinstance(one, QTimer) and one.isActive() for one in objects.values())
    return {"qobjects": len(objects), "timers": timers}


def _roots() -> Iterator[QObject]:
    app = QCoreApplication.instance()
    if app is None:
        return
    yield app
    if isinstance(app, QGuiApplication):
        yield from app.topLevelWindows()
    if widgets := getattr(app, "topLevelWidgets", None):
        yield from widgets()
    here = QThread.currentThread()
    for wrapper in shiboken6.getAllValidWrappers():
        if isinstance(wrapper, QObject) and wrapper.thread() is here and wrapper.parent() is None:
            yield wrapper


def _with_children(root: QObject) -> Iterator[QObject]:
    yield root
    yield from root.findChildren(QObject)
