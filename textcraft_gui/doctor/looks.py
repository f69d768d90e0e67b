"""Looks that need the console's own programs and Qt: libraries, screens, fonts, who paints, whether programs start."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from textcraft_bus.disk.assets import asset
from textcraft_bus.errors import BusError
from textcraft_bus.processes import MODULES, clean_environment, command
from textcraft_core.day.preflight import Check, Finding, fail, ok, unknown, warn
from textcraft_gui.machine.preflight_looks import screens as enough_screens
from textcraft_qt.awake import Awake

SECONDS: Final = 30.0
SOFTWARE: Final = ("llvmpipe", "softpipe", "swrast", "software", "basic render")
INSTALL: Final = "python3 build/dev.py run installs them, or prints the line that does"


class QtEyes:
    """What a Qt program of its own saw; it is started once for all looks."""

    def __init__(self) -> None:
        self._seen: Mapping[str, Any] | None = None
        self._looking = asyncio.Lock()

    async def seen(self) -> Mapping[str, Any]:
        """Return what it printed; `error` says why it saw nothing."""
        async with self._looking:
            if self._seen is None:
                self._seen = await asyncio.to_thread(_look_by_qt)
        return self._seen

    def display(self) -> Check:
        """Whether Qt can open windows here."""

        async def look() -> Finding:
            found = await self.seen()
            if error := found.get("error"):
                return fail(str(error), "start it in a graphical session, or set DISPLAY")
            return ok(f"Qt opens windows by {found['platform']}")

        return look

    def fonts(self) -> Check:
        """Whether the fonts that ship with the programs can be loaded."""
        return self._look(
            lambda found: (
                ok(f"{found['fonts']} and its companions")
                if found["fonts"]
                else fail(str(found["fonts_wrong"]), "install the program again")
            )
        )

    def painter(self) -> Check:
        """Whether a graphics card paints."""

        def judge(found: Mapping[str, Any]) -> Finding:
            name = str(found.get("renderer", ""))
            if not name:
                return warn("no OpenGL", "install the driver of the graphics card: walls would not fade smoothly")
            if any(word in name.lower() for word in SOFTWARE):
                return warn(f"the processor paints ({name})", "install the driver of the graphics card")
            return ok(name)

        return self._look(judge)

    def screens(self, walls: int) -> Check:
        """The same look as the pre-flight's, at the screens this Qt program saw."""

        async def look() -> Finding:
            found = await self.seen()
            if "error" in found:
                return unknown("they cannot be seen from here", "see the line display")
            names = [f"{one['name']} {one['width']}×{one['height']}" for one in found["screens"]]
            return await enough_screens(lambda: names, lambda: walls)()

        return look

    def _look(self, judge: Callable[[Mapping[str, Any]], Finding]) -> Check:
        async def look() -> Finding:
            found = await self.seen()
            return unknown("it cannot be seen from here", "see the line display") if "error" in found else judge(found)

        return look


def _look_by_qt() -> Mapping[str, Any]:
    try:
        done = _run([*command("textcraft"), "qt-look"])
    except (OSError, subprocess.SubprocessError) as error:
        return {"error": f"Qt did not answer: {type(error).__name__}"}
    try:
        found = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        return {"error": _why(done.stderr) or "Qt ended without a word"}
    return found if isinstance(found, dict) else {"error": "Qt answered with something else"}


def _why(errors: str) -> str:
    """The line of Qt's complaint that says what is wrong: the last is a list of its plugins."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    telling = [line for line in lines if "could not" in line.lower() or "error" in line.lower()]
    return (telling or lines or [""])[0][:300]


def _run(line: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(line, capture_output=True, text=True, timeout=SECONDS, check=False, env=clean_environment())


def platform_libraries() -> Finding:
    """Look for system libraries that Qt's own plugin lacks; blocking. Only Linux lets one see them."""
    if not sys.platform.startswith("linux"):
        return ok("this system brings what Qt needs")
    try:
        plugin = asset("PySide6", "Qt", "plugins", "platforms", "libqxcb.so")
        done = _run(["ldd", str(plugin)])
    except (BusError, OSError, subprocess.SubprocessError) as error:
        return unknown(f"cannot be looked at: {error}")
    missing = sorted({line.split()[0] for line in done.stdout.splitlines() if "not found" in line})
    if missing:
        return fail(f"Qt lacks {', '.join(missing)}", INSTALL)
    return ok("Qt finds every library it needs")


async def programs_start() -> Finding:
    """Start each program so far that it says its version."""
    found = await asyncio.gather(*(asyncio.to_thread(_starts, name) for name in MODULES))
    broken = [said for said in found if said]
    if broken:
        return fail("; ".join(broken), "install the program again; the message says what is missing")
    return ok(f"{', '.join(MODULES)} start")


def _starts(name: str) -> str:
    """Why a program does not start, "" when it does."""
    try:
        done = _run([*command(name), "--version"])
    except (OSError, subprocess.SubprocessError) as error:
        return f"{name}: {type(error).__name__}"
    said = (done.stderr or done.stdout).strip().splitlines()
    return f"{name}: {said[-1][:160] if said else done.returncode}" if done.returncode else ""


async def stays_awake() -> Finding:
    """Ask the system to stay awake, and take the wish back."""
    wish = Awake()
    try:
        granted = await wish.begin()
    finally:
        await wish.end()
    if granted:
        return ok("this system lets itself be kept awake")
    return warn("it does not let itself be kept awake", "switch sleep and screen saver off in the system's settings")
