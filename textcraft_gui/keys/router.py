"""The one key router: a pure machine from key presses to verbs, which knows what has focus but no widget and no Qt.

Single keys act only when no text has focus; Esc is layered; letters act on key-up when no other follows; typing
never reaches the walls.
"""

from dataclasses import field
from enum import Enum
from typing import Final

from textcraft_bus.channel.messages import Mode
from textcraft_bus.records import dataclass
from textcraft_gui.keys.keymap import Keymap, is_single
from textcraft_gui.verbs.actions import Action, On
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.words.i18n import later

ESC_SECONDS: Final = 0.8
"""Two presses of Esc within this are PANIC."""
REST_SECONDS: Final = 2.0
"""Single keys rest this long after a text lost focus by no act of the operator."""
BURST_GAP_SECONDS: Final = 0.25
"""Two different printed keys closer than this are typing, not two verbs: what acts on key-up waits so long for more."""
HOLD_SECONDS: Final = 1.0
"""What must be held acts after this long."""
HOLD_ON: Final = later("Hold it for 1 s")
BURST_QUIET_SECONDS: Final = 1.0
"""Typing is over after this long without a key."""


class Focus(Enum):
    """What kind of widget has the keyboard."""

    WALL = "wall"
    """Nothing, or something that takes no text and that no key works."""
    CONTROL = "control"
    """A button or a choice: in EDIT Space works it, everywhere Enter does."""
    TEXT = "text"
    LAYER = "layer"
    """An open overlay without a text field: Esc puts it away, all other keys work as on the wall."""


class Lamp(Enum):
    """Where single keys go, as the operator reads it."""

    WALL = later("KEYS→WALL")
    TEXT = later("KEYS→TEXT")
    OFF = later("KEYS OFF")


class Do(Enum):
    """What the console does about a key."""

    LET = "let through"
    """Not ours: the focused widget gets it."""
    FIRE = "fire"
    RELEASE = "release"
    """A held key went up."""
    LEAVE = "leave"
    """Esc leaves the field or puts the layer away."""
    ARM = "arm"
    """The first Esc: says that a second one is PANIC."""
    PRESS_FOCUSED = "press focused"
    """Enter works the focused control."""
    SWALLOW = "swallow"


@dataclass(frozen=True)
class Outcome:
    """What to do, with which verb, and what to tell the operator."""

    do: Do
    verb: Verb | None = None
    say: str = ""


PASS: Final = Outcome(Do.LET)
SWALLOW: Final = Outcome(Do.SWALLOW)
TYPING: Final = Outcome(Do.SWALLOW, say=later("You are typing to the wall: click into a text first"))
RESTING: Final = Outcome(Do.SWALLOW, say=later("Keys rest for 2 s: a text lost the keyboard"))
_NOT_FROM_TEXT: Final = frozenset({"CTRL+RETURN"})
"""The nudge line gives this key its own meaning; any other text keeps it."""
_DEAD: Final = frozenset({"F5"})
"""Clickers send it to start a slide show; here it means nothing."""


@dataclass
class KeyRouter:
    """Remembers just enough of the last keys to tell a verb from typing. Times are monotonic seconds."""

    keymap: Keymap = field(default_factory=Keymap)
    _esc_at: float = field(default=-1e9, init=False)
    _rest_until: float = field(default=-1e9, init=False)
    _typing_until: float = field(default=-1e9, init=False)
    _last_printed: tuple[str, float] = field(default=("", -1e9), init=False)
    _fired_at: dict[Verb, float] = field(default_factory=dict, init=False)
    _armed: dict[str, tuple[Action, float]] = field(default_factory=dict, init=False)
    """Chords that went down as verbs, and when; they act, or end, on key-up."""
    _held: tuple[Action, float] | None = field(default=None, init=False)
    """A key that must be held, and when it was for long enough."""
    _waiting: tuple[Action, float] | None = field(default=None, init=False)
    """A key that came up, and when it is plain that nobody types: the first letter of a word must not fire."""

    @property
    def due(self) -> float | None:
        """When `settle` is to be asked; None when nothing waits."""
        times = [wait[1] for wait in (self._waiting, self._held) if wait is not None]
        return min(times, default=None)

    def settle(self, now: float) -> Outcome:
        """No other key followed, or one was held for long enough: what waited acts."""
        if self._held is not None and now >= self._held[1]:
            held, self._held = self._held, None
            return self._fire(held[0], now)
        if self._waiting is None or now < self._waiting[1]:
            return SWALLOW
        return self._end_wait(now)

    def press(self, chord: str, focus: Focus, mode: Mode | None, now: float, *, repeat: bool = False) -> Outcome:
        """A key went down; `chord` is `Ctrl+Shift+X`, `Space`, `h`, with letters as the action table writes them."""
        if chord.upper() == "ESCAPE":
            return SWALLOW if repeat else self._escape(focus, now)
        if chord in _DEAD:
            return SWALLOW
        self._esc_at = -1e9
        if is_single(chord):
            return self._single(chord, focus, mode, now, repeat=repeat)
        return self._chord(chord, focus, mode, now, repeat=repeat)

    def release(self, chord: str, now: float) -> Outcome:
        """A key went up."""
        key = chord.upper()
        armed = self._armed.pop(key, None)
        if armed is None:
            return PASS
        action, pressed = armed
        if action.on is On.HELD:
            return Outcome(Do.RELEASE, action.verb)
        if action.on is On.LONG:
            early, self._held = self._held is not None, None
            return Outcome(Do.SWALLOW, say=HOLD_ON) if early else SWALLOW
        if now < self._typing_until:
            return SWALLOW
        self._waiting = (action, pressed + BURST_GAP_SECONDS)
        return self.settle(now)

    def let_go(self, chord: str) -> Verb | None:
        """A key came up unseen: it does not act any more; returns the held verb that ends with it."""
        action, _ = self._armed.pop(chord.upper(), (None, 0.0))
        if action is None:
            return None
        if self._held is not None and self._held[0] is action:
            self._held = None
        return action.verb if action.on is On.HELD else None

    def is_armed(self, chord: str) -> bool:
        """Whether something happens when this key comes up."""
        return chord.upper() in self._armed

    def text_lost_focus(self, now: float) -> None:
        """A text lost the keyboard by no act of the operator."""
        self._rest_until = now + REST_SECONDS
        self._forget()

    def window_left(self) -> list[Verb]:
        """The window is no longer active; returns the held verbs that end with it."""
        held = [action.verb for action, _ in self._armed.values() if action.on is On.HELD]
        self._armed.clear()
        self._held = None
        self._esc_at = -1e9
        return held

    def lamp(self, focus: Focus, now: float, *, active: bool) -> Lamp:
        """Where a single key would go now."""
        if focus is Focus.TEXT and active:
            return Lamp.TEXT
        return Lamp.WALL if active and now >= self._rest_until else Lamp.OFF

    def _escape(self, focus: Focus, now: float) -> Outcome:
        if focus in {Focus.TEXT, Focus.LAYER}:
            self._esc_at = -1e9
            return Outcome(Do.LEAVE)
        if now - self._esc_at <= ESC_SECONDS:
            self._esc_at = -1e9
            return Outcome(Do.FIRE, Verb.PANIC)
        self._esc_at = now
        return Outcome(Do.ARM, say=later("Esc again: PANIC"))

    def _single(self, chord: str, focus: Focus, mode: Mode | None, now: float, *, repeat: bool) -> Outcome:
        if focus is Focus.TEXT:
            return PASS
        if repeat:
            return SWALLOW
        if chord == "Space" and mode is Mode.EDIT and focus is not Focus.WALL:
            return Outcome(Do.PRESS_FOCUSED)
        if now < self._rest_until:
            self._rest_until = now + REST_SECONDS
            return RESTING
        if self._is_typing(chord, now):
            self._forget()
            return TYPING
        again = self._end_wait(now) if self._waiting else SWALLOW
        action = self.keymap.at(chord)
        acted = self._act(action, chord, now) if action else SWALLOW
        return acted if again is SWALLOW else again

    def _is_typing(self, chord: str, now: float) -> bool:
        last, at = self._last_printed
        self._last_printed = (chord, now)
        if now < self._typing_until or (chord != last and now - at < BURST_GAP_SECONDS):
            self._typing_until = now + BURST_QUIET_SECONDS
            return True
        return False

    def _chord(self, chord: str, focus: Focus, mode: Mode | None, now: float, *, repeat: bool) -> Outcome:
        if chord in {"Return", "Enter"} and focus is not Focus.TEXT and mode is not Mode.EDIT:
            return SWALLOW if repeat else Outcome(Do.PRESS_FOCUSED)
        key = chord.replace("Enter", "Return").upper()
        action = self.keymap.at(key)
        not_from_text = key in _NOT_FROM_TEXT or self.keymap.is_clicker(key)
        if action is None or (focus is Focus.TEXT and not_from_text):
            return PASS
        return SWALLOW if repeat else self._act(action, key, now)

    def _forget(self) -> None:
        self._armed.clear()
        self._waiting = self._held = None

    def _end_wait(self, now: float) -> Outcome:
        waiting, self._waiting = self._waiting, None
        return self._fire(waiting[0], now) if waiting else SWALLOW

    def _act(self, action: Action, chord: str, now: float) -> Outcome:
        if action.on is On.DOWN:
            return self._fire(action, now)
        self._armed[chord.upper()] = (action, now)
        if action.on is On.LONG:
            self._held = (action, now + HOLD_SECONDS)
        return Outcome(Do.FIRE, action.verb) if action.on is On.HELD else SWALLOW

    def _fire(self, action: Action, now: float) -> Outcome:
        if now - self._fired_at.get(action.verb, -1e9) < action.apart:
            return SWALLOW
        self._fired_at[action.verb] = now
        return Outcome(Do.FIRE, action.verb)
