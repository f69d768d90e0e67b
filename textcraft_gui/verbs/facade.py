"""The one facade every button, key, menu and test goes through: verb → command, and why a verb is refused now."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from textcraft_bus.channel.messages import Mode
from textcraft_bus.records import dataclass
from textcraft_core import commands as cmd
from textcraft_core.errors import CommandRefused
from textcraft_core.events import StopName
from textcraft_gui.session.ports import StagePort, Starter
from textcraft_gui.state.show_state import ShowState
from textcraft_gui.verbs import bench_rules, day_rules, mode_rules, reading_rules
from textcraft_gui.words.i18n import tr

if TYPE_CHECKING:
    from textcraft_gui.keys.keymap import Keymap


class Verb(StrEnum):
    """Everything an operator can do from this window."""

    STEP = "step"
    RUN = "run"
    PAUSE = "pause"
    TOGGLE_RUN = "toggle run"
    STOP = "stop the cycle"
    NUDGE = "nudge"
    WITHDRAW = "withdraw a line"
    EDIT_LINE = "edit a line"
    MOVE_LINE = "move a line"
    ASSIGN = "assign a plan"
    DECIDE_STORY = "decide on a story"
    TAKE = "take"
    BACK = "back"
    AUTO = "auto"
    DELAY_AUTO = "delay auto"
    SKIP = "skip"
    HOLD = "hold"
    SAFE_LOOK = "safe look"
    BLACK = "black"
    PAUSE_AI = "pause ai"
    PANIC = "panic"
    RESTORE = "restore"
    STAGE = "stage"
    STAGE_NEXT = "stage next"
    STAGE_PREVIOUS = "stage previous"
    APPROVE = "approve"
    REJECT = "reject"
    CAPTION = "caption"
    PIN = "pin"
    AGAIN = "again"
    CANCEL_RENDER = "cancel a picture"
    OVERRULE = "overrule"
    UNDO = "undo"
    COMPARE = "compare"
    CARD = "card"
    FOLLOW_WALL = "follow or pin a wall"
    WALL_MAP = "map of a wall"
    TRANSITION = "transition"
    CHOOSE_SAFE_LOOK = "choose the safe look"
    CAPTION_STYLE = "captions of the walls"
    CHOOSE_CARD = "choose a card"
    TRY_CARD = "try a card"
    NAME_WALL = "name of a wall"
    ASSIGN_SCREEN = "screen of a wall"
    IDENTIFY = "identify"
    TEST_CARD = "test card"
    BLACK_WALL = "black of a wall"
    SEND_AGAIN = "send again"
    RELEASE_WALL = "release a wall"
    START_PARKED = "start what ended too often"
    MARK = "mark"
    OPEN_DAY = "open the day"
    CLOSE_DAY = "close now"
    EXTEND_DAY = "15 minutes more"
    PREFLIGHT = "pre-flight"
    WAIVE = "open in spite of it"
    REPORT = "write the report"
    SAVE_PERSONA = "save persona"
    LOCK_CHAPTER = "lock a chapter"
    FORCE_TARGET = "force a target"
    FORGET_NOTES = "clear notes"
    SAVE_TEXT = "save a text"
    SAVE_DRAFT = "keep a draft"
    APPLY_DRAFT = "apply a draft"
    DISCARD_DRAFT = "throw a draft away"
    UNDO_FILE = "undo a file"
    REDO_FILE = "redo a file"
    RESTORE_FILE = "bring a version back"
    TRY_PERSONA = "try a persona"
    STOP_TRIAL = "stop the trial"
    EDIT_MODE = "edit mode"
    REHEARSE_MODE = "rehearse mode"
    SHOW_MODE = "show mode"
    OPEN_FOR_WORK = "open for work"
    LOCK = "lock"
    LEAVE_ALONE = "leave alone"
    TRUST_PROJECT = "trust the show's code"
    KEEP_REHEARSAL = "keep a rehearsal"
    DROP_REHEARSAL = "throw a rehearsal away"
    PRUNE_REHEARSALS = "throw old rehearsals away"
    SET_BENCH = "set the rehearsal"
    CANCEL_BENCH_WORK = "end the copying"
    START_REPLAY = "replay a recording"
    PLAY_REPLAY = "play or pause the replay"
    SEEK_REPLAY = "go to a place of the replay"
    REPLAY_SPEED = "speed of the replay"
    LEAVE_REPLAY = "leave the replay"
    # of this window alone
    PEEK = "peek"
    EDIT_CAPTION = "edit caption"
    HELP = "help"
    FULL_SCREEN = "full screen"
    PALETTE = "palette"
    RUN_LIMITS = "run limits"
    RESET_LAYOUT = "reset the layout"
    LAYOUT_FOR_SHOW = "layout for show"
    FRONT_OF_HOUSE = "front of house"
    SET_PIN = "set the pin"
    SHOWS = "new show"
    MANUAL = "manual"
    SUPPORT_BUNDLE = "support bundle"
    CANCEL_BUNDLE = "end the bundle"
    OSC_ON = "OSC on"
    OSC_OFF = "OSC off"


class Available:
    """The verb works now."""


@dataclass(frozen=True)
class Refused:
    """The verb does nothing now, and why, in a few words for the operator."""

    reason: str


Availability = Available | Refused
AVAILABLE: Final = Available()
OPERATOR: Final = "operator"

OnRefused = Callable[[Verb | None, str], None]
Local = Callable[[], None]


class Verbs:
    """Turns verbs into commands for the stage; asks the state whether one makes sense now.

    `on_refused(verb, reason)` hears every refusal, before or after the stage was asked. Verbs of the window alone
    (peek, help …) are registered by the window with `serve`.
    """

    def __init__(self, stage: StagePort, state: ShowState, tasks: Starter) -> None:
        self._stage = stage
        self._state = state
        self._tasks = tasks
        self._local: dict[Verb, Local] = {}
        self.on_refused: OnRefused = lambda _verb, _reason: None
        self.keymap: Keymap | None = None
        """The keys as this machine has them; None: as they are usually."""

    def serve(self, verb: Verb, handler: Local) -> None:
        """Let the window carry out one of its own verbs."""
        self._local[verb] = handler

    def availability(self, verb: Verb) -> Availability:
        """Whether `verb` works now, or the reason why not."""
        if self._state.reading is not None and verb not in LOOKS:
            return Refused(reading_rules.no_change(self._state))
        if self._state.mode is None and verb not in _WITHOUT_SHOW:
            return Refused(tr("No show is open"))
        if self._state.replay is not None and verb in OF_THE_BOOK:
            return Refused(tr("A recording is played: leave the replay first"))
        rule = _RULES.get(verb)
        reason = rule(self._state) if rule else ""
        return Refused(reason) if reason else AVAILABLE

    def fire(self, verb: Verb, how: str = "button", who: str = OPERATOR) -> bool:
        """Carry out a verb that needs nothing more said; False when it is refused (and told)."""
        if not self._works(verb):
            return False
        if handler := self._local.get(verb):
            handler()
            return True
        return self._send(verb, how, _COMMANDS[verb](self._state), who=who)

    def switch(self, verb: Verb, how: str, *, on: bool) -> bool:
        """Set or unset a verb that is a state, by name: saying it twice does no harm."""
        return self._works(verb) and self._send(verb, how, SWITCHES[verb](on))

    def _works(self, verb: Verb) -> bool:
        refused = self.availability(verb)
        if isinstance(refused, Refused):
            self.on_refused(verb, refused.reason)
            return False
        return True

    def _send(self, verb: Verb, how: str, *commands: cmd.Command, who: str = OPERATOR) -> bool:
        self._stage.verb_used(verb.value, who, how)
        self._tasks.start(self._handle(verb, commands), name=f"{how}: {verb}")
        return True

    async def _handle(self, verb: Verb, commands: tuple[cmd.Command, ...]) -> None:
        try:
            for command in commands:
                await self._stage.handle(command)
        except CommandRefused as refusal:
            self.on_refused(verb, refusal.reason)

    # verbs that carry words or an id

    def run(self, cycles: int | None = None, **limits: Any) -> bool:
        """RUN, for so many cycles or until another of its limits, or until it is switched off."""
        return self._checked(Verb.RUN, cmd.Run(cycles=cycles, **limits))

    def nudge(self, text: str, *, and_step: bool = False, how: str = "key") -> bool:
        """Queue a line for the Architect; `and_step` runs a cycle with it."""
        if not text.strip():
            return self.fire(Verb.STEP, how) if and_step else False
        if not self._works(Verb.NUDGE):
            return False
        commands = [cmd.QueueInput(text=text)]
        if and_step and self._works(Verb.STEP):
            return self._send(Verb.NUDGE, how, *commands, cmd.Step())
        return self._send(Verb.NUDGE, how, *commands)

    def withdraw(self, input_id: str) -> bool:
        """Take a waiting line back."""
        return self._checked(Verb.WITHDRAW, cmd.WithdrawInput(input_id=input_id))

    def waive(self, check: str) -> bool:
        """Open in spite of one check of the pre-flight."""
        return self._checked(Verb.WAIVE, cmd.WaiveCheck(check=check))

    def stage(self, request_id: str) -> bool:
        """Put one candidate into NEXT."""
        return self._checked(Verb.STAGE, cmd.Stage(request_id=request_id))

    def approve(self, request_id: str) -> bool:
        """Let one candidate pass by hand."""
        return self._checked(Verb.APPROVE, cmd.Approve(request_id=request_id))

    def reject(self, request_id: str) -> bool:
        """Take one candidate out."""
        return self._checked(Verb.REJECT, cmd.Reject(request_id=request_id))

    def caption(self, request_id: str, text: str) -> bool:
        """Change the words of one candidate."""
        return self._checked(Verb.CAPTION, cmd.EditCaption(request_id=request_id, text=text))

    def keep_rehearsal(self, name: str, title: str = "") -> bool:
        """Keep a rehearsal as a telling."""
        return self._checked(Verb.KEEP_REHEARSAL, cmd.KeepRehearsal(name=name, title=title))

    def throw_away_rehearsal(self, name: str) -> bool:
        """Delete a rehearsal for good."""
        return self._checked(Verb.DROP_REHEARSAL, cmd.ThrowAwayRehearsal(name=name))

    def save_persona(self, role: str, persona: dict[str, Any]) -> bool:
        """Save one persona; its next call uses it."""
        return self._checked(Verb.SAVE_PERSONA, cmd.SavePersona(role=role, persona=persona))

    def ask(self, verb: Verb, *commands: cmd.Command, how: str = "button") -> bool:
        """Carry out a verb as these commands, in order; False when it is refused (and told)."""
        return self._works(verb) and self._send(verb, how, *commands)

    def _checked(self, verb: Verb, command: cmd.Command) -> bool:
        return self.ask(verb, command)


def _flip(state: ShowState, stop: StopName) -> bool:
    return not state.has(stop)


SWITCHES: Final[dict[Verb, Callable[[bool], cmd.Command]]] = {
    Verb.HOLD: lambda on: cmd.Hold(on=on),
    Verb.SAFE_LOOK: lambda on: cmd.SafeLook(on=on),
    Verb.BLACK: lambda on: cmd.Black(on=on),
    Verb.PAUSE_AI: lambda on: cmd.PauseAI(on=on),
    Verb.AUTO: lambda on: cmd.Auto(on=on),
    Verb.TOGGLE_RUN: lambda on: cmd.Run() if on else cmd.Pause(),
}

_COMMANDS: Final[dict[Verb, Callable[[ShowState], cmd.Command]]] = {
    Verb.STEP: lambda _state: cmd.Step(),
    Verb.RUN: lambda _state: cmd.Run(),
    Verb.PAUSE: lambda _state: cmd.Pause(),
    Verb.TOGGLE_RUN: lambda state: cmd.Pause() if state.engine.run else cmd.Run(),
    Verb.STOP: lambda _state: cmd.Stop(),
    Verb.TAKE: lambda _state: cmd.Take(),
    Verb.BACK: lambda _state: cmd.Back(),
    Verb.AUTO: lambda state: cmd.Auto(on=not state.auto),
    Verb.DELAY_AUTO: lambda _state: cmd.DelayAuto(seconds=10),
    Verb.SKIP: lambda _state: cmd.Stage(direction="next"),
    Verb.HOLD: lambda state: cmd.Hold(on=_flip(state, StopName.HOLD)),
    Verb.SAFE_LOOK: lambda state: cmd.SafeLook(on=_flip(state, StopName.SAFE_LOOK)),
    Verb.BLACK: lambda state: cmd.Black(on=_flip(state, StopName.BLACK)),
    Verb.PAUSE_AI: lambda state: cmd.PauseAI(on=_flip(state, StopName.PAUSE_AI)),
    Verb.PANIC: lambda _state: cmd.Panic(),
    Verb.RESTORE: lambda _state: cmd.Restore(),
    Verb.STAGE_NEXT: lambda _state: cmd.Stage(direction="next"),
    Verb.STAGE_PREVIOUS: lambda _state: cmd.Stage(direction="previous"),
    Verb.MARK: lambda _state: cmd.Mark(),
    Verb.EDIT_MODE: lambda _state: cmd.ChangeMode(mode=Mode.EDIT),
    Verb.REHEARSE_MODE: lambda _state: cmd.ChangeMode(mode=Mode.REHEARSE),
    Verb.SHOW_MODE: lambda _state: cmd.ChangeMode(mode=Mode.SHOW),
    Verb.OPEN_FOR_WORK: lambda _state: cmd.OpenForWork(),
    Verb.LOCK: mode_rules.unlock,
    Verb.LEAVE_ALONE: lambda _state: cmd.LeaveAlone(),
    Verb.OPEN_DAY: lambda _state: cmd.OpenDay(),
    Verb.CLOSE_DAY: lambda _state: cmd.CloseDay(),
    Verb.EXTEND_DAY: lambda _state: cmd.ExtendDay(minutes=15),
    Verb.PREFLIGHT: lambda _state: cmd.RunPreflight(),
    Verb.REPORT: lambda state: cmd.WriteReport(visitors=state.day.with_visitors),
    Verb.SUPPORT_BUNDLE: lambda _state: cmd.MakeBundle(),
}

OF_THE_BOOK: Final = frozenset(
    {
        Verb.STEP, Verb.RUN, Verb.PAUSE, Verb.TOGGLE_RUN, Verb.RUN_LIMITS, Verb.STOP, Verb.NUDGE, Verb.WITHDRAW,
        Verb.EDIT_LINE, Verb.MOVE_LINE, Verb.ASSIGN, Verb.DECIDE_STORY, Verb.SAVE_PERSONA, Verb.LOCK_CHAPTER,
        Verb.FORCE_TARGET, Verb.FORGET_NOTES, Verb.SAVE_TEXT, Verb.SAVE_DRAFT, Verb.APPLY_DRAFT, Verb.DISCARD_DRAFT,
        Verb.UNDO_FILE, Verb.REDO_FILE, Verb.RESTORE_FILE, Verb.TRY_PERSONA, Verb.STOP_TRIAL,
    }
)  # fmt: skip
"""What is asked of the book and its engine: while a recording is played it would be of another book."""

LOOKS: Final = frozenset(
    {
        Verb.PEEK,
        Verb.COMPARE,
        Verb.HELP,
        Verb.MANUAL,
        Verb.PALETTE,
        Verb.FULL_SCREEN,
        Verb.RESET_LAYOUT,
        Verb.OPEN_FOR_WORK,
    }
)
"""What changes nothing of the show: all that whoever reads along may do."""

_WITHOUT_SHOW: Final = {Verb.HELP, Verb.MANUAL, Verb.PALETTE, Verb.FULL_SCREEN, Verb.PANIC}


def _no_take(state: ShowState) -> str:
    if state.has(StopName.PANIC):
        return tr("PANIC is on: RESTORE first")
    if state.has(StopName.HOLD):
        return tr("HOLD is on")
    if state.next is None:
        return tr("NEXT is empty")
    if state.next.failed:
        return tr("The gate refused NEXT: hold 1 s to overrule it")
    return "" if state.next.approved else tr("NEXT is not approved yet")


def _no_back(state: ShowState) -> str:
    if state.has(StopName.PANIC):
        return tr("PANIC is on: RESTORE first")
    if state.has(StopName.HOLD):
        return tr("HOLD is on")
    return "" if len(state.taken) > 1 else tr("No picture was live before")


def _no_step(state: ShowState) -> str:
    if state.has(StopName.PAUSE_AI):
        return tr("PAUSE AI is on")
    return tr("A cycle is running") if state.engine.busy else ""


def _no_run(state: ShowState) -> str:
    if state.mode is Mode.EDIT and not state.engine.run:
        return tr("EDIT asks nothing by itself: step by hand, or RUN in REHEARSE")
    return tr("PAUSE AI is on") if state.has(StopName.PAUSE_AI) and not state.engine.run else ""


def _no_auto(state: ShowState) -> str:
    return tr("PANIC is on: RESTORE first") if state.has(StopName.PANIC) else ""


def _no_delay(state: ShowState) -> str:
    return "" if state.auto and state.auto_due is not None else tr("AUTO counts nothing down")


def _locked(state: ShowState) -> str:
    """What SHOW locks: nobody changes a wall's place or map, or writes on it, before an audience."""
    return tr("It is locked in SHOW: leave SHOW first") if state.mode is Mode.SHOW else ""


def _no_skip(state: ShowState) -> str:
    here = {state.next_id, state.taken[-1] if state.taken else ""}
    others = [c for c in state.candidates.values() if c.approved and not c.failed and c.request_id not in here]
    return "" if others else tr("There is no other approved picture")


def _no_undo(state: ShowState) -> str:
    if state.undoable is None:
        return tr("There is no take and no reject to take back")
    return _no_back(state) if state.undoable.what == "take" else ""


def _no_neighbour(state: ShowState) -> str:
    return "" if state.candidates else tr("There is no candidate yet")


_RULES: Final[dict[Verb, Callable[[ShowState], str]]] = {
    Verb.EDIT_MODE: lambda state: mode_rules.no_mode(Mode.EDIT, state),
    Verb.REHEARSE_MODE: lambda state: mode_rules.no_mode(Mode.REHEARSE, state),
    Verb.SHOW_MODE: lambda state: mode_rules.no_mode(Mode.SHOW, state),
    Verb.OPEN_FOR_WORK: reading_rules.no_work,
    Verb.LOCK: mode_rules.no_lock,
    Verb.LEAVE_ALONE: mode_rules.no_leave_alone,
    Verb.SAVE_PERSONA: mode_rules.locked,
    Verb.SET_PIN: mode_rules.settings_locked,
    Verb.SHOWS: mode_rules.only_in_edit,
    Verb.OSC_ON: mode_rules.settings_locked,
    Verb.LAYOUT_FOR_SHOW: mode_rules.layout_locked,
    Verb.FRONT_OF_HOUSE: mode_rules.no_front,
    Verb.OPEN_DAY: day_rules.no_opening,
    Verb.CLOSE_DAY: day_rules.no_closing,
    Verb.EXTEND_DAY: day_rules.no_extension,
    Verb.PREFLIGHT: day_rules.no_preflight,
    Verb.REPORT: day_rules.no_report,
    Verb.START_REPLAY: bench_rules.no_replay,
    Verb.PLAY_REPLAY: bench_rules.no_play,
    Verb.SEEK_REPLAY: bench_rules.nothing_replayed,
    Verb.REPLAY_SPEED: bench_rules.nothing_replayed,
    Verb.LEAVE_REPLAY: bench_rules.nothing_replayed,
    Verb.STEP: _no_step,
    Verb.RUN: _no_run,
    Verb.TOGGLE_RUN: _no_run,
    Verb.RUN_LIMITS: _no_run,
    Verb.STOP: lambda state: "" if state.engine.busy else tr("No cycle is running"),
    Verb.TAKE: _no_take,
    Verb.BACK: _no_back,
    Verb.AUTO: _no_auto,
    Verb.DELAY_AUTO: _no_delay,
    Verb.SKIP: _no_skip,
    Verb.RESTORE: lambda state: "" if state.has(StopName.PANIC) else tr("There is no PANIC to restore from"),
    Verb.STAGE_NEXT: _no_neighbour,
    Verb.STAGE_PREVIOUS: _no_neighbour,
    Verb.APPROVE: _no_neighbour,
    Verb.REJECT: _no_neighbour,
    Verb.UNDO: _no_undo,
    **dict.fromkeys(
        (
            Verb.WALL_MAP,
            Verb.NAME_WALL,
            Verb.TRY_CARD,
            Verb.TRUST_PROJECT,
            Verb.ASSIGN_SCREEN,
            Verb.IDENTIFY,
            Verb.TEST_CARD,
            Verb.RELEASE_WALL,
        ),
        _locked,
    ),
    Verb.SUPPORT_BUNDLE: lambda state: tr("A support bundle is being made") if state.support.doing else "",
    Verb.CANCEL_BUNDLE: lambda state: "" if state.support.doing else tr("No support bundle is being made"),
    Verb.PEEK: lambda state: "" if state.next else tr("NEXT is empty"),
    Verb.EDIT_CAPTION: lambda state: "" if state.next else tr("NEXT is empty"),
}
