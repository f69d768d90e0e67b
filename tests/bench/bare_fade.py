"""Two pictures that cross-fade in a bare Qt Quick window, for ever; prints how many frames it painted, once a second.

`python bare_fade.py WIDTHxHEIGHT FIRST SECOND`: nothing but Image and NumberAnimation, for P7 to be set against.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlComponent
from PySide6.QtQuick import QQuickView

QML = """
import QtQuick
Item {
    Image { anchors.fill: parent; source: "%s"; cache: false }
    Image {
        anchors.fill: parent; source: "%s"; cache: false; opacity: 0
        NumberAnimation on opacity { from: 0; to: 1; duration: 5000; loops: Animation.Infinite; easing.type: Easing.InOutSine }
    }
}
"""  # noqa: E501


def main() -> None:
    size, first, second = sys.argv[1:4]
    width, _, height = size.partition("x")
    app = QGuiApplication(sys.argv)
    view = QQuickView()
    view.setColor(Qt.GlobalColor.black)
    view.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
    view.setFlags(Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
    view.setGeometry(0, 0, int(width), int(height))
    component = QQmlComponent(view.engine())
    addresses = tuple(QUrl.fromLocalFile(path).toString() for path in (first, second))
    component.setData((QML % addresses).encode(), QUrl.fromLocalFile(str(Path(__file__))))
    view.setContent(component.url(), component, component.create())
    painted = 0

    def count() -> None:
        nonlocal painted
        painted += 1

    def tell() -> None:
        sys.stdout.write(f"{painted}\n")
        sys.stdout.flush()

    view.frameSwapped.connect(count, Qt.ConnectionType.QueuedConnection)
    timer = QTimer(interval=1000, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tell)
    timer.start()
    view.show()
    sys.exit(QCoreApplication.exec() if app is not None else 1)


if __name__ == "__main__":
    main()
