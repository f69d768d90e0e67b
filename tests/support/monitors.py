"""An X screen of one's own that is cut into monitors, which a test plugs in and out as people do projectors."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator, Mapping

CONSOLE, BEAMER, THIRD = "CONSOLE-1", "BEAMER-1", "THIRD-1"
PLACES = {CONSOLE: (0, 640), BEAMER: (640, 640), THIRD: (1280, 640)}
"""Left edge and width; all are 360 pixels high."""
HEIGHT = 360
FOR_A_CONSOLE = {CONSOLE: (0, 1920), BEAMER: (1920, 1280)}
"""Room for the whole console on its screen; all are 1080 pixels high."""
TALL = 1080


class Monitors:
    """The monitors of one X screen."""

    def __init__(self, places: Mapping[str, tuple[int, int]] = PLACES, height: int = HEIGHT) -> None:
        self.places, self.height = places, height

    @property
    def size(self) -> str:
        """Of the whole X screen, as Xvfb takes it."""
        return f"{max(left + width for left, width in self.places.values())}x{self.height}x24"

    def plug(self, name: str) -> None:
        left, width = self.places[name]
        output = "screen" if name == CONSOLE else "none"
        self._xrandr("--setmonitor", name, f"{width}/160x{self.height}/90+{left}+0", output)

    def unplug(self, name: str) -> None:
        self._xrandr("--delmonitor", name)

    def box(self, name: str) -> tuple[int, int, int, int]:
        left, width = self.places[name]
        return (left, 0, left + width, self.height)

    def _xrandr(self, *arguments: str) -> None:
        subprocess.run(["xrandr", *arguments], check=True, capture_output=True, timeout=60)


@contextlib.contextmanager
def monitors(*names: str, made: Monitors | None = None) -> Iterator[Monitors]:
    """An Xvfb with a window manager and these monitors; DISPLAY names it meanwhile."""
    made = made or Monitors()
    read_end, write_end = os.pipe()
    server = _quiet(["Xvfb", "-displayfd", str(write_end), "-screen", "0", made.size, "-noreset"], write_end)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        display = f":{pipe.readline().strip()}"
    before, os.environ["DISPLAY"] = os.environ.get("DISPLAY"), display
    manager = _quiet(["openbox", "--sm-disable"])
    try:
        for name in names:
            made.plug(name)
        _await_manager()
        yield made
    finally:
        os.environ.pop("DISPLAY", None)
        if before is not None:
            os.environ["DISPLAY"] = before
        for process in (manager, server):
            process.terminate()
            process.wait()


def _await_manager() -> None:
    """Windows that open before there is a window manager are placed by nobody."""
    deadline = time.monotonic() + 60
    command = ["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"]
    while "# 0x" not in subprocess.run(command, check=False, capture_output=True, text=True, timeout=60).stdout:
        assert time.monotonic() < deadline, "no window manager"
        time.sleep(0.02)


def _quiet(command: list[str], keep: int | None = None) -> "subprocess.Popen[bytes]":
    kept = () if keep is None else (keep,)
    return subprocess.Popen(command, pass_fds=kept, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
