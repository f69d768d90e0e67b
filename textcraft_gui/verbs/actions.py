"""Every action of the console as data: its words, its key, its verb and where it is shown; knows no widget."""

from enum import Enum
from typing import Final

from textcraft_bus.records import dataclass
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.words.i18n import translated


class Place(Enum):
    """Where an action has a control of its own."""

    STATUS = "status"
    PROGRAM = "program"
    STOPS = "stops"
    FLOW = "flow"
    CANDIDATES = "candidates"
    DAY = "day"
    KEYS_ONLY = "keys only"


class On(Enum):
    """When a key acts."""

    DOWN = "down"
    UP = "up"
    HELD = "held"
    LONG = "held for 1 s"


@dataclass(frozen=True)
class Action:
    """One thing to press. `key` is a chord as the router writes it; `cap` is what stands on the button."""

    verb: Verb
    text: str
    tooltip: str
    place: Place
    key: str = ""
    cap: str = ""
    on: On = On.DOWN
    apart: float = 0.0
    """Seconds that must lie between two presses of the key."""
    held: bool = False
    """The button is held for 1 s while a ring fills."""

    @property
    def label(self) -> str:
        """What stands on its button, in the operator's language."""
        return translated(self.text)

    @property
    def printed(self) -> str:
        """Its key as it stands on the button, in the operator's language."""
        return translated(self.cap)

    @property
    def hint(self) -> str:
        """The tooltip: what it does, and its key."""
        said = translated(self.tooltip)
        return f"{said} ({self.printed or self.key})" if self.key else said


_STOP_APART: Final = 0.4
_GUARD: Final = 0.4
"""Two presses closer than this are one: a clicker bounces, a hand slips."""


def _stop(verb: Verb, text: str, key: str, tooltip: str) -> Action:
    return Action(verb, text, tooltip, Place.STOPS, key, key, On.UP, _STOP_APART)


ACTIONS: Final[tuple[Action, ...]] = (
    Action(
        Verb.OPEN_FOR_WORK,
        "open for work",
        "Hold this show from here on: it opens as it was left",
        Place.STATUS,
    ),
    Action(Verb.EDIT_MODE, "EDIT", "Set the show up and write", Place.STATUS),
    Action(Verb.REHEARSE_MODE, "REHEARSE", "Play on a copy of the show: no cost, nothing lost", Place.STATUS),
    Action(Verb.SHOW_MODE, "SHOW", "Play for an audience", Place.STATUS),
    Action(
        Verb.LOCK,
        "leave SHOW",
        "Held 1 s: leave SHOW, whose walls keep what they show; or be back where it was left alone",
        Place.STATUS,
        "Ctrl+L",
        "^ L 1 s",
        On.LONG,
        held=True,
    ),
    Action(
        Verb.LEAVE_ALONE,
        "leave alone",
        "Nobody is here: keys off, and every question takes its written answer",
        Place.STATUS,
    ),
    Action(
        Verb.FRONT_OF_HOUSE,
        "front of house",
        "Large and simple, for gallery staff: the house, the wall, the stops",
        Place.STATUS,
        "F9",
        "F9",
    ),
    Action(
        Verb.SHOWS,
        "new show…",
        "Begin a show, bring a story folder in, or hand the manuscript out as HTML or PDF",
        Place.STATUS,
    ),
    Action(
        Verb.SET_UP,
        "set up…",
        "Step by step: a show, its brain, its pictures, its walls, each tried as you go",
        Place.KEYS_ONLY,
    ),
    Action(Verb.TAKE, "TAKE", "Put NEXT onto the walls", Place.PROGRAM, "Space", "space", apart=_GUARD),
    Action(
        Verb.BACK, "back", "Put the previous picture on again", Place.PROGRAM, "Shift+Space", "⇧ space", apart=_GUARD
    ),
    Action(Verb.AUTO, "AUTO", "Let approved pictures go up by themselves", Place.PROGRAM),
    Action(Verb.SKIP, "skip", "Leave NEXT out: the next approved picture takes its place", Place.PROGRAM),
    Action(Verb.DELAY_AUTO, "+10 s", "Let AUTO wait ten seconds longer", Place.PROGRAM),
    Action(Verb.PEEK, "peek", "See NEXT in full size while the key is held", Place.PROGRAM, "V", "V", On.HELD),
    Action(Verb.EDIT_CAPTION, "caption", "Edit the words of NEXT", Place.PROGRAM, "F2", "F2"),
    Action(Verb.CARD, "+ card", "Bring in a picture or text of one's own", Place.PROGRAM),
    _stop(Verb.HOLD, "HOLD", "h", "Freeze what the walls show; press again to end"),
    _stop(Verb.SAFE_LOOK, "SAFE LOOK", "s", "Show the safe look; press again to end"),
    _stop(Verb.BLACK, "BLACK", ".", "Fade the walls to black; press again to end"),
    _stop(Verb.PAUSE_AI, "PAUSE AI", "p", "Ask nothing new of the brain; press again to end"),
    Action(
        Verb.RESTORE,
        "RESTORE",
        "Held 1 s: bring the walls back as they were before PANIC",
        Place.STOPS,
        cap="hold 1 s",
        held=True,
    ),
    Action(
        Verb.PANIC, "PANIC", "Safe look on all walls, AUTO off, PAUSE AI on", Place.STOPS, "Escape Escape", "esc esc"
    ),
    Action(Verb.TOGGLE_RUN, "RUN", "Run cycle after cycle, or let the running one be the last", Place.FLOW),
    Action(Verb.RUN_LIMITS, "▾", "Run a number of cycles", Place.FLOW),
    Action(Verb.STEP, "step", "Run one cycle", Place.FLOW, "Ctrl+Return", "^ ⏎", apart=_GUARD),
    Action(Verb.STOP, "stop", "End the running cycle now", Place.FLOW, "Ctrl+.", "^ .", apart=_GUARD),
    Action(Verb.APPROVE, "approve", "Let the chosen picture pass", Place.CANDIDATES),
    Action(Verb.REJECT, "reject", "Take the chosen picture out; its file stays", Place.CANDIDATES),
    Action(Verb.PIN, "pin", "Keep the chosen picture for the reserve reel, or let it go", Place.CANDIDATES),
    Action(Verb.AGAIN, "again", "Paint the chosen picture again, with other words or another seed", Place.CANDIDATES),
    Action(
        Verb.OVERRULE,
        "overrule",
        "Held 1 s: let the chosen picture pass although the gate refused it",
        Place.CANDIDATES,
        held=True,
    ),
    Action(Verb.COMPARE, "compare", "See two chosen pictures side by side; one alone beside NEXT", Place.CANDIDATES),
    Action(Verb.UNDO, "undo", "Take the last take or reject back", Place.CANDIDATES),
    Action(Verb.STAGE_NEXT, "next candidate", "Put the next candidate into NEXT", Place.KEYS_ONLY, "N", "N", On.UP),
    Action(
        Verb.STAGE_PREVIOUS,
        "previous candidate",
        "Put the one before into NEXT",
        Place.KEYS_ONLY,
        "Shift+N",
        "⇧ N",
        On.UP,
    ),
    Action(Verb.MARK, "mark", "Mark this moment in the journal", Place.KEYS_ONLY, "M", "M", On.UP, _GUARD),
    Action(Verb.OPEN_DAY, "open the day", "Pre-flight under the safe look, then the show goes on", Place.DAY),
    Action(
        Verb.CLOSE_DAY,
        "close now",
        "Held 1 s: the running cycle ends, the end card shows, then the safe look; nothing more is paid",
        Place.DAY,
        cap="hold 1 s",
        held=True,
    ),
    Action(Verb.EXTEND_DAY, "+15", "Close 15 minutes later", Place.DAY),
    Action(Verb.PREFLIGHT, "pre-flight", "Look at everything, and try black, safe look and one picture", Place.DAY),
    Action(Verb.REPORT, "report", "Write the report of this day, or of the last one, now", Place.DAY),
    Action(Verb.PALETTE, "palette", "Find any verb by its name", Place.KEYS_ONLY, "Ctrl+Shift+P", "^ ⇧ P"),
    Action(Verb.HELP, "keys", "Show every key", Place.KEYS_ONLY, "F1", "F1"),
    Action(
        Verb.MANUAL,
        "manual",
        "Read the manual: how each thing is done, and what to do when",
        Place.KEYS_ONLY,
        "Shift+F1",
        "⇧ F1",
    ),
    Action(
        Verb.RESET_LAYOUT,
        "usual layout",
        "Docks and tabs of this mode as they usually are",
        Place.KEYS_ONLY,
        "Ctrl+0",
        "^ 0",
    ),
    Action(Verb.LAYOUT_FOR_SHOW, "layout for SHOW", "Keep how the docks stand now for SHOW too", Place.KEYS_ONLY),
    Action(Verb.SET_PIN, "PIN", "Choose the PIN that is asked before a show left alone is taken over", Place.KEYS_ONLY),
    Action(
        Verb.OSC_ON, "OSC on", "Let a desk or tablet steer by OSC until the console ends; not in SHOW", Place.KEYS_ONLY
    ),
    Action(Verb.OSC_OFF, "OSC off", "Listen to no desk and no tablet any more", Place.KEYS_ONLY),
    Action(
        Verb.SUPPORT_BUNDLE,
        "support bundle",
        "Pack logs, health, settings and what doctor finds into one file, without keys",
        Place.KEYS_ONLY,
    ),
    Action(Verb.FULL_SCREEN, "full screen", "Give the console the whole screen", Place.KEYS_ONLY, "F11", "F11"),
)

BY_VERB: Final[dict[Verb, Action]] = {action.verb: action for action in ACTIONS}


def action_of(verb: Verb) -> Action:
    """The action that fires `verb`."""
    return BY_VERB[verb]
