"""Which key is which verb on this machine: the table of actions, changed by the operator; knows no widget and no Qt.

A verb has one key, printed on its button, and may have a second one that a clicker sends. Both are kept in the
machine's settings, since hands and clickers belong to a place, not to a show.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from textcraft_bus.disk.files import read_json, write_json
from textcraft_bus.errors import BusError
from textcraft_gui.verbs.actions import ACTIONS, Action, On
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.words.i18n import later, tr, translated

log = logging.getLogger(__name__)

CLICKER: Final[Mapping[str, Verb]] = {"PageDown": Verb.TAKE, "PageUp": Verb.BACK}
"""What clickers send, and what it means unless one was learned."""
CLICKER_VERBS: Final = (Verb.TAKE, Verb.BACK, Verb.BLACK)
FIXED: Final = frozenset({Verb.PANIC, Verb.LOCK})
"""Keys that must be the same in every house."""
NO_SINGLE: Final = frozenset({Verb.TOGGLE_RUN, Verb.RUN_LIMITS, Verb.AUTO})
"""What one letter typed at the wall must never set going."""
RESERVED: Final = {
    "ESCAPE": later("Esc leaves fields, and pressed twice it is PANIC"),
    "F5": later("clickers send F5 to begin a slide show: here it does nothing"),
    "TAB": later("Tab moves between the controls"),
    "SHIFT+TAB": later("Tab moves between the controls"),
    "RETURN": later("Enter works the focused control"),
    "ENTER": later("Enter works the focused control"),
}
_SIGNS: Final = {"Ctrl": "^", "Shift": "⇧", "Return": "⏎", "Space": "space", "PageDown": "PgDn", "PageUp": "PgUp"}


class KeyRefused(Exception):
    """A key that cannot be given to a verb, and why."""


def is_single(chord: str) -> bool:
    """Whether a chord prints something: these keys belong to a text as soon as one has focus."""
    key = chord.removeprefix("Shift+")
    return key == "Space" or len(key) == 1


def cap_of(chord: str) -> str:
    """Return a chord as it is printed on a button: `Ctrl+Shift+P` → `^ ⇧ P`, `h` → `h`."""
    if len(chord) == 1 and chord.isalpha():
        return chord.lower()
    parts = chord.split("+") if chord != "+" else [chord]
    return " ".join(_SIGNS.get(part, part) for part in parts)


class Keymap:
    """The actions with the keys they have here. `changed` hears of every change."""

    def __init__(self, actions: Iterable[Action] = ACTIONS) -> None:
        self._usual = {action.verb: action for action in actions}
        self._own: dict[Verb, str] = {}
        self._clicker: dict[str, Verb] = dict(CLICKER)
        self._listeners: list[Callable[[], object]] = []
        self._index()

    def changed(self, listener: Callable[[], object]) -> None:
        """Call `listener` after every change."""
        self._listeners.append(listener)

    # Reading

    def action_of(self, verb: Verb) -> Action:
        """Return the action of a verb with its key here; a letter acts on key-up, as it may begin a word."""
        usual, own = self._usual[verb], self._own.get(verb)
        if own is None:
            return usual
        on = On.UP if is_single(own) and usual.on is On.DOWN else usual.on
        return replace(usual, key=own, cap=cap_of(own), on=on)

    def actions(self) -> tuple[Action, ...]:
        """Return all actions with their keys here."""
        return tuple(self.action_of(verb) for verb in self._usual)

    def at(self, chord: str) -> Action | None:
        """Return what a chord means; None is nothing."""
        return self._chords.get(chord.upper())

    def is_clicker(self, chord: str) -> bool:
        """Whether a chord is one that a clicker sends and no keyboard's own key of a verb."""
        wanted = chord.upper()
        return any(wanted == key.upper() for key in self._clicker)

    def clicker_key(self, verb: Verb) -> str:
        """Return what a clicker sends for a verb; "" when nothing was learned."""
        return next((key for key, known in self._clicker.items() if known is verb), "")

    def is_own(self, verb: Verb) -> bool:
        """Whether the operator changed the key of a verb."""
        return verb in self._own

    # Changing

    def give(self, verb: Verb, chord: str) -> None:
        """Give a verb another key. Raises KeyRefused."""
        if verb in FIXED:
            raise KeyRefused(tr("{verb} has the same key in every house", verb=translated(verb.value)))
        if verb in NO_SINGLE and is_single(chord):
            raise KeyRefused(tr("{verb} may have no single key: add Ctrl", verb=translated(verb.value)))
        self._refuse(verb, chord)
        self._own[verb] = chord
        self._tell()

    def learn(self, verb: Verb, chord: str) -> None:
        """Let a clicker's key be a verb, in place of the one it had. Raises KeyRefused."""
        self._refuse(verb, chord)
        self._clicker = {key: known for key, known in self._clicker.items() if known is not verb}
        self._clicker[chord] = verb
        self._tell()

    def reset(self) -> None:
        """Go back to the usual keys."""
        self._own, self._clicker = {}, dict(CLICKER)
        self._tell()

    def _refuse(self, verb: Verb, chord: str) -> None:
        if why := RESERVED.get(chord.upper()):
            raise KeyRefused(translated(why))
        taken = self.at(chord)
        if taken is not None and taken.verb is not verb:
            raise KeyRefused(tr("this key is {verb} already", verb=taken.label))

    def _tell(self) -> None:
        self._index()
        for listener in self._listeners:
            listener()

    def _index(self) -> None:
        keyed = {action.key.upper(): action for action in self.actions() if action.key}
        clicked = {key.upper(): self.action_of(verb) for key, verb in self._clicker.items()}
        self._chords = {**clicked, **keyed}

    # Keeping

    def load(self, path: Path) -> None:
        """Take over what was kept; what nobody can read, or that collides, is left out and logged. Blocking."""
        try:
            kept = read_json(path)
        except BusError as error:
            log.info("no keys of this machine's own: %s", error)
            return
        own, clicker = (kept.get("keys"), kept.get("clicker")) if isinstance(kept, dict) else (None, None)
        for verb, chord in _pairs(own):
            self._try(self.give, verb, chord)
        for verb, chord in _pairs(clicker):
            self._try(self.learn, verb, chord)

    def save(self, path: Path) -> None:
        """Keep it. Blocking. Raises WriteFailed."""
        keys = {verb.value: chord for verb, chord in self._own.items()}
        clicker = {verb.value: chord for chord, verb in self._clicker.items()}
        write_json(path, {"keys": keys, "clicker": clicker})

    def _try(self, change: Callable[[Verb, str], None], verb: Verb, chord: str) -> None:
        try:
            change(verb, chord)
        except (KeyRefused, KeyError) as error:
            log.warning("the key %s of %s is left out: %s", chord, verb.value, error)


def _pairs(kept: Any) -> list[tuple[Verb, str]]:
    if not isinstance(kept, dict):
        return []
    known = {verb.value: verb for verb in Verb}
    return [(known[name], chord) for name, chord in kept.items() if name in known and isinstance(chord, str) and chord]
