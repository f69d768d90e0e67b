"""A bare PySide6 window with one plot: says when it can be used (P8), and how its loop stalls while it idles (P4)."""

import sys

import pyqtgraph as pg
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from tests.bench.stall_probe import StallProbe


def main(seconds: float) -> None:
    """Show the window; with `seconds` above 0 count its stalls for so long, else end as soon as it stands."""
    app = QApplication(sys.argv[:1])
    window = QWidget()
    QVBoxLayout(window).addWidget(pg.PlotWidget())
    window.resize(1280, 720)
    window.show()
    probe = StallProbe()

    def stands() -> None:
        sys.stdout.write("usable\n")
        sys.stdout.flush()
        if not seconds:
            app.quit()

    def end() -> None:
        probe.report()
        app.quit()

    QTimer.singleShot(0, stands)
    if seconds:
        probe.begin()
        QTimer.singleShot(round(seconds * 1000), end)
    app.exec()


if __name__ == "__main__":
    main(float(sys.argv[1]))
