"""Where this machine keeps what belongs to it and not to a show: settings, logs, walls, caches.

TEXTCRAFT_HOME puts everything below one folder (portable installations, tests). Each is made when it is asked for;
where it cannot be, FolderRefused says what to do.
"""

import os
from pathlib import Path
from typing import Final

import platformdirs

from textcraft_bus.errors import FolderRefused

NAME = "textcraft"


def _below(kind: str, default: Path) -> Path:
    home = os.environ.get("TEXTCRAFT_HOME")
    return made(Path(home) / kind if home else default)


def made(folder: Path) -> Path:
    """Return a folder of this machine's own, which is there from now on. Raises FolderRefused."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FolderRefused(folder, error.strerror or str(error)) from error
    return folder


def config_folder() -> Path:
    """Return the folder of machine settings: screens, maps, layouts, keys."""
    return _below("config", platformdirs.user_config_path(NAME, appauthor=False))


def data_folder() -> Path:
    """Return the folder of shows made by the program and of what running processes record."""
    return _below("data", platformdirs.user_data_path(NAME, appauthor=False))


def cache_folder(name: str) -> Path:
    """Return a folder whose files may be deleted at any time, e.g. a wall's pictures."""
    return made(_below("cache", platformdirs.user_cache_path(NAME, appauthor=False)) / name)


def log_folder() -> Path:
    """Return the folder of the programs' log files."""
    return _below("logs", platformdirs.user_log_path(NAME, appauthor=False))


def service_folder() -> Path:
    """Return the folder where running walls and image servers hold their names and say where they are."""
    return data_folder()


MACHINE: Final = (config_folder, data_folder, lambda: cache_folder("."), log_folder)
"""Asks for each of them."""
