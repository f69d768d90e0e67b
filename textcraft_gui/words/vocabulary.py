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
CHAPTERS: Final = (
    later("empty"),
    later("drafting"),
    later("review ready"),
    later("revision needed"),
    later("locked"),
    later("missing"),
    later("stagnant"),
    later("unknown"),
)
CHECKS: Final = (
    later("power"),
    later("disk"),
    later("clock"),
    later("services"),
    later("money"),
    later("screens"),
    later("sleep"),
    later("notices"),
    later("key"),
    later("walls"),
    later("picture"),
)
"""What the pre-flight looks at."""
LINES: Final = (later("waiting"), later("done"), later("taken back"))
"""What became of a line given to the engine."""
POLICIES: Final = (later("ask"), later("auto"), later("ignore"), later("screened"), later("ignored"))
"""What becomes of visitors' stories."""
SOURCES: Final = (later("visitor"), later("sensor"), later("program"))
"""Whose line it is, beside the operator's own."""
LAYERS: Final = (later("program"), later("safe look"), later("black"), later("test card"), later("identify"))
PAINTED: Final = (later("first frame"), later("settled"))
"""How far a wall is with what it paints."""
SERVICES: Final = (later("image server"), later("wall"))
GATE: Final = (later("safe"), later("size"), later("words"))
VIEWS: Final = (later("text"), later("edit"), later("versions"), later("form"))
KEPT: Final = (later("hold 1 s"), later("space"), later("⇧ space"))
"""Words on keys."""
