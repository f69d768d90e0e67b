"""What a foreign core lays over the picture: texts, tiles, films; signals into the QML, slots out of it."""

import importlib
import json
import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PySide6.QtCore import Property, QObject, QUrl, Signal, Slot

from textcraft_display.foreign_look import TextLook, TileLook

log = logging.getLogger(__name__)


@cache
def has_films() -> bool:
    """Whether films can be shown: QtMultimedia is in an extra, and needs libraries of the system."""
    try:
        importlib.import_module("PySide6.QtMultimedia")
    except ImportError as error:
        log.info("films cannot be shown: %s", error)
        return False
    return True


class Overlays(QObject):
    """The QML side's one object; looks cross as JSON, so that they are plain values over there."""

    text = Signal(str)
    text_gone = Signal(str, float)
    tile = Signal(str)
    tile_gone = Signal(str, float)
    film = Signal(QUrl, bool, float)
    film_gone = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.on_trouble: Callable[[str], None] = lambda _reason: None
        self.on_end: Callable[[], None] = lambda: None

    @Property(bool, constant=True)
    def films(self) -> bool:
        """Whether films can be shown."""
        return has_films()

    def put_text(self, look: TextLook) -> None:
        """Show a text, in place of the one of its id."""
        self.text.emit(json.dumps(look.as_dict()))

    def take_text(self, text_id: str, seconds: float | None) -> None:
        """Fade a text out; None is as its own message said."""
        self.text_gone.emit(text_id, -1.0 if seconds is None else seconds)

    def put_tile(self, key: str, path: Path, look: TileLook, fade_in: float) -> None:
        """Show a checked picture at its place, over the one of its key."""
        source = QUrl.fromLocalFile(str(path)).toString()
        self.tile.emit(json.dumps({**vars(look), "key": key, "source": source, "fade_in": fade_in}))

    def take_tile(self, key: str, seconds: float) -> None:
        """Fade a tile out."""
        self.tile_gone.emit(key, seconds)

    def play_film(self, path: Path, *, loop: bool, fade_in: float) -> None:
        """Show a film over the picture."""
        self.film.emit(QUrl.fromLocalFile(str(path)), loop, fade_in)

    def take_film(self, seconds: float) -> None:
        """Fade the film out."""
        self.film_gone.emit(seconds)

    @Slot(str, bool)
    def on_tile(self, key: str, ok: bool) -> None:
        """Take in that a tile is there, or cannot be decoded."""
        if not ok:
            self.on_trouble(f"tile {key}: Qt cannot decode it")

    @Slot(bool, str)
    def on_film(self, ok: bool, reason: str) -> None:
        """Take in that a film plays, or cannot."""
        if not ok:
            self.on_trouble(f"the film cannot be played: {reason}")

    @Slot()
    def on_film_over(self) -> None:
        """Take in that a film ended by itself."""
        self.on_end()
