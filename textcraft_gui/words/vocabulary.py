"""The engine's own words as the console shows them, so that they can be translated; each is shown by `translated`."""

from typing import Final

from textcraft_gui.words.i18n import later

MODES: Final = (later("EDIT"), later("REHEARSE"), later("SHOW"))
ENGINE: Final = (
    later("idle"),
    later("running"),
    later("waiting"),
    later("paused"),
    later("stopping"),
    later("stuck"),
    later("complete"),
)
PHASES: Final = (
    later("scan"),
    later("plan"),
    later("dispatch"),
    later("execute"),
    later("verify"),
    later("illustrate"),
)
ROLES: Final = (later("architect"), later("narrator"), later("editor"), later("illustrator"), later("service"))
ROWS: Final = (later("write"), later("picture"))
GATE: Final = (later("safe"), later("size"), later("words"))
VIEWS: Final = (later("text"), later("edit"), later("versions"), later("form"))
KEPT: Final = (later("hold 1 s"), later("space"), later("⇧ space"))
"""Words on keys."""
