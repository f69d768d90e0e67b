"""How long a program of a few lines takes to show a window here and now: what ours are measured against."""

import asyncio
import subprocess
import sys
import time

_WINDOW = """
from PySide6.QtCore import QTimer
from PySide6.QtQuick import QQuickView
from PySide6.QtWidgets import QApplication
app = QApplication([])
view = QQuickView()
view.resize(480, 270)
view.frameSwapped.connect(app.quit)
view.show()
app.exec()
"""


async def bare_start() -> float:
    """Return the seconds from its start to its end, which comes with its first frame."""
    began = time.monotonic()
    window = await asyncio.create_subprocess_exec(sys.executable, "-c", _WINDOW, stderr=subprocess.DEVNULL)
    if await window.wait():
        raise RuntimeError("not even a bare window opens here")
    return time.monotonic() - began
