from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import delete

from textcraft_qt.counts import qt_counts


def test_every_object_counts_once_wherever_it_hangs(qapp):
    before = qt_counts()["qobjects"]
    alone, window = QObject(), QWidget()
    children = [QWidget(window), QWidget(window)]
    assert qt_counts()["qobjects"] == before + 4
    assert qt_counts()["qobjects"] == before + 4, "counting makes none"
    del alone, children
    delete(window)
    assert qt_counts()["qobjects"] == before


def test_what_only_qt_holds_counts_too(qapp):
    window = QWidget()
    before = qt_counts()["qobjects"]
    QWidget(window)
    assert qt_counts()["qobjects"] == before + 1


def test_a_timer_counts_while_it_runs(qapp):
    timer = QTimer()
    before = qt_counts()["timers"]
    timer.start(60_000)
    running = qt_counts()["timers"]
    timer.stop()
    assert (running, qt_counts()["timers"]) == (before + 1, before)
