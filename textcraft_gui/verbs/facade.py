"""The one facade every button, key, menu and test goes through: verb → command, and why a verb is refused now."""

from collections.abc import Callable
from typing import Any, Final

from textcraft_bus.channel.messages import Mode
from textcraft_bus.records import dataclass
from textcraft_core import commands as cmd
from textcraft_core.errors import CommandRefused
from textcraft_core.events import StopName
from textcraft_gui.keys.keymap import Keymap
from textcraft_gui.session.ports import StagePort, Starter
from textcraft_gui.state.show_state import ShowState
from textcraft_gui.verbs import mode_rules
from textcraft_gui.verbs.reasons import why_not
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.words.engine_words import engine_words


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
OnDone = Callable[[Verb, str], None]
Local = Callable[[], None]
LocalSwitch = Callable[[bool], None]


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
        self._switches: dict[Verb, LocalSwitch] = {}
        self.on_refused: OnRefused = lambda _verb, _reason: None
        self.on_done: OnDone = lambda _verb, _how: None
        """Hears of each verb that did what it says, and by what it was asked for."""
        self.keymap: Keymap | None = None
        """The keys as this machine has them; None: as they are usually."""

    def serve(self, verb: Verb, handler: Local, switch: LocalSwitch | None = None) -> None:
        """Let the window carry out one of its own verbs; `switch` sets one that is a state by name."""
        self._local[verb] = handler
        if switch is not None:
            self._switches[verb] = switch

    def availability(self, verb: Verb) -> Availability:
        """Whether `verb` works now, or the reason why not."""
        reason = why_not(verb, self._state)
        return Refused(reason) if reason else AVAILABLE

    def fire(self, verb: Verb, how: str = "button", who: str = OPERATOR) -> bool:
        """Carry out a verb that needs nothing more said; False when it is refused (and told)."""
        if not self._works(verb):
            return False
        if handler := self._local.get(verb):
            handler()
            self.on_done(verb, how)
            return True
        return self._send(verb, how, _COMMANDS[verb](self._state), who=who)

    def switch(self, verb: Verb, how: str, *, on: bool) -> bool:
        """Set or unset a verb that is a state, by name: saying it twice does no harm."""
        if not self._works(verb):
            return False
        if local := self._switches.get(verb):
            local(on)
            self.on_done(verb, how)
            return True
        return self._send(verb, how, SWITCHES[verb](on))

    def _works(self, verb: Verb) -> bool:
        refused = self.availability(verb)
        if isinstance(refused, Refused):
            self.on_refused(verb, refused.reason)
            return False
        return True

    def _send(self, verb: Verb, how: str, *commands: cmd.Command, who: str = OPERATOR) -> bool:
        self._stage.verb_used(verb.value, who, how)
        self._tasks.start(self._handle(verb, how, commands), name=f"{how}: {verb}")
        return True

    async def _handle(self, verb: Verb, how: str, commands: tuple[cmd.Command, ...]) -> None:
        try:
            for command in commands:
                await self._stage.handle(command)
        except CommandRefused as refusal:
            self.on_refused(verb, engine_words(refusal.reason))
        else:
            self.on_done(verb, how)

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
    Verb.PLAY_REPLAY: lambda on: cmd.PlayReplay(on=on),
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
