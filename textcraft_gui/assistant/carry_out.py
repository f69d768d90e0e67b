"""Does what was chosen in the assistant: the show, its key, its settings, what trials cost; knows no widget.

Where something fails, a show that was begun here is gone as a whole; of one that was there before, what was written
until then stays.
"""

import asyncio
import importlib
import shutil
from pathlib import Path
from typing import Any

from textcraft_bus.clock import Clock
from textcraft_bus.errors import BusError
from textcraft_core.ai_services.first_words import book_trials
from textcraft_core.ai_services.settings import KEYRING_SERVICE
from textcraft_core.errors import BrainError, ShowError
from textcraft_core.show.folder import ShowFolder, open_show
from textcraft_core.show.settings_files import change_settings, check_settings, keep_secret
from textcraft_gui.assistant.choices import KEY_NAME, Beginning, Brain, Choices, KeyPlace, ShowChoice
from textcraft_gui.library.work import ShowLibrary
from textcraft_gui.session.which_show import remember_show


async def carry_out(choices: Choices, library: ShowLibrary, clock: Clock, present: Path) -> ShowFolder:
    """Do it and return the show; without a choice of one it is the `present` one.

    Raises ShowError, BusError, OSError, CommandRefused when it was ended; a show that was begun here is gone then.
    """
    show, made = await _show(choices.show, library, present)
    try:
        await asyncio.to_thread(_set, show, choices)
        if choices.spent > 0:
            await book_trials(show, choices.spent, clock)
        await asyncio.to_thread(remember_show, show)
    except (ShowError, BusError, BrainError, OSError, asyncio.CancelledError):
        if made:
            await asyncio.to_thread(shutil.rmtree, show.root, ignore_errors=True)
        raise
    return show


async def _show(chosen: ShowChoice | None, library: ShowLibrary, present: Path) -> tuple[ShowFolder, bool]:
    """The show, and whether it was made here."""
    if chosen is None or chosen.beginning is Beginning.THIS:
        return ShowFolder(present), False
    if chosen.beginning is Beginning.OPEN:
        return await asyncio.to_thread(open_show, str(chosen.folder)), False
    if chosen.beginning is Beginning.BRING_IN and chosen.source is not None:
        root, _ = await library.bring_in(chosen.source, chosen.folder)
    else:
        root, _ = await library.begin(chosen.template, chosen.folder)
    return ShowFolder(root), True


def _set(show: ShowFolder, choices: Choices) -> None:
    """All files are read before one is written; then the key: a brain that asks for none is half set up."""
    changed = (
        (show.root / "core.toml", choices.core_settings()),
        (show.root / "image_server.toml", choices.painter_settings()),
    )
    for path, changes in changed:
        check_settings(path, changes)
    if choices.brain is not None and choices.brain.key:
        _keep_key(show, choices.brain)
    for path, changes in changed:
        if changes:
            change_settings(path, changes)


def _keep_key(show: ShowFolder, brain: Brain) -> None:
    if brain.keep is KeyPlace.ENV:
        keep_secret(show.root / ".env", KEY_NAME, brain.key)
        return
    try:
        _keyring().set_password(KEYRING_SERVICE, KEY_NAME, brain.key)
    except Exception as error:  # noqa: BLE001 - backends of other makers raise what they like; it is told
        kind = type(error).__name__
    else:
        return
    # Raised outside of the handler: a backend's own error may carry the key along.
    raise ShowError(f"the keyring did not take the key ({kind})", "keep it in the show's .env instead")


def has_keyring() -> bool:
    """Whether this machine has a keyring that can keep a key. Blocking: imports its library, where there is one."""
    try:
        return float(_keyring().get_keyring().priority) > 0
    except Exception:  # noqa: BLE001 - as above; without one the question is not asked
        return False


def _keyring() -> Any:
    return importlib.import_module("keyring")
