"""What a pre-flight looks at that only the console can see: screens, sleep, notifications and the brain's key."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from textcraft_core.ai_services.settings import LlmSettings
from textcraft_core.config import TextCraftCoreConfig
from textcraft_core.day import looks
from textcraft_core.day.preflight import Check, Finding, Preflight, ok, unknown, warn
from textcraft_gui.state.show_state import ShowState

MIRRORED = "the system may mirror its screens: choose “extend”, not “duplicate”, in its display settings"
"""Requirement 31: one screen where walls are wanted."""


def screens(names: Callable[[], Sequence[str]], walls: Callable[[], int]) -> Check:
    """Whether there are screens for the walls besides the console's own."""

    async def look() -> Finding:
        found, wanted = list(names()), walls()
        said = ", ".join(found)
        if len(found) == 1 and wanted:
            return warn(f"one screen only: {said}", MIRRORED)
        if len(found) <= wanted:
            return warn(f"{len(found)} screens for {wanted} walls and the console: {said}", "plug in what is missing")
        return ok(said)

    return look


def sleep(granted: Callable[[], bool | None]) -> Check:
    """Whether the computer lets itself be kept awake."""

    async def look() -> Finding:
        obeys = granted()
        if obeys is None:
            return unknown("not asked yet", "open a wall first")
        advice = "switch sleep and screen saver off in the system's settings"
        return ok("kept awake") if obeys else warn("this system does not let programs keep it awake", advice)

    return look


def notifications() -> Check:
    """No system tells a program whether a message will pop up over a wall."""

    async def look() -> Finding:
        return unknown("no program can see them", "switch “do not disturb” on")

    return look


def brain_key(config: TextCraftCoreConfig, dotenv: Path) -> Check:
    """Whether a live brain has the key its server asks for."""

    async def look() -> Finding:
        if config.brain != "live":
            return await looks.key(lambda: None)()
        settings = await asyncio.to_thread(LlmSettings.read, config.llm.table(), dotenv)
        return await looks.key(lambda: None if settings.free else bool(settings.key.get_secret_value()))()

    return look


def add_looks(preflight: Preflight, state: ShowState, names: Callable[[], Sequence[str]], key: Check) -> None:
    """Add what the console sees to a stage's pre-flight, before anything is done to a wall."""
    preflight.add("screens", screens(names, lambda: len(state.walls)), before="walls")
    preflight.add("sleep", sleep(lambda: _granted(state.awake)), before="walls")
    preflight.add("notices", notifications(), before="walls")
    preflight.add("key", key, before="walls")


def _granted(awake: str) -> bool | None:
    return None if not awake else awake == "awake"
