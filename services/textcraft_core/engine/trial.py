"""Trying a persona: the prompt exactly as the engine fills it, and one answer of the brain, without any effect.

No tool runs and no file is written; what the call costs is booked like any other.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from textcraft_bus.records import dataclass
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.ai_services.client import BrainError, Employer, PaidBrain, Purpose, check_answer
from textcraft_core.ai_services.prices import Price, most_tokens, price_at
from textcraft_core.engine.decisions import Action
from textcraft_core.engine.desk import Desk
from textcraft_core.engine.planning import Plan
from textcraft_core.engine.situation import last_words, planning_context, service_context
from textcraft_core.errors import BibleError, CommandRefused
from textcraft_core.show.bible import Persona, check_persona

COMMANDS: Final = (cmd.TryPersona, cmd.StopTrial)
CHARS_A_TOKEN: Final = 4
"""What a token of English prose is, about; no tokeniser is shipped."""
PASSAGE_WORDS: Final = 300
ARCHITECT: Final = "architect"
ILLUSTRATOR: Final = "illustrator"
JUDGES: Final = "critic"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a brain would be told: `tokens` about so many, `most_usd` what one answer can cost at most."""

    text: str
    task: str
    unknown: tuple[str, ...]
    notes: tuple[str, ...]
    target: str
    model: str
    tokens: int
    max_tokens: int
    most_usd: float
    price_known: bool


@dataclass(frozen=True, slots=True)
class _Rehearsed:
    """All of one call before it is made."""

    persona: Persona
    messages: list[dict[str, Any]]
    purpose: Purpose
    told: tuple[ev.Event, ...]


class TrialDesk:
    """One for each engine; one trial at a time."""

    def __init__(self, desk: Desk, may_ask: Callable[[], bool]) -> None:
        self._desk = desk
        self._may_ask = may_ask
        self._running: asyncio.Task[None] | None = None

    async def handle(self, command: cmd.Command) -> None:
        """Do one command. Raises CommandRefused with a sentence for the operator."""
        if isinstance(command, cmd.StopTrial):
            await self.stop()
        elif isinstance(command, cmd.TryPersona):
            await self._start(command)

    async def prompt(self, role: str, persona: dict[str, Any], instructions: str = "") -> Prompt:
        """Return what the brain would be told now. Raises BibleError, OSError when it cannot be put together."""
        call = await self._rehearse(role, persona, instructions)
        return _prompt(call, self._model(call.persona), self._price(call.persona))

    async def stop(self) -> None:
        """End the trial that runs."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running})

    async def _start(self, command: cmd.TryPersona) -> None:
        if self._running is not None:
            raise CommandRefused("a persona is being tried already: stop that first")
        if not self._may_ask():
            raise CommandRefused("PAUSE AI is on: switch it off first")
        try:
            call = await self._rehearse(command.role, command.persona, command.instructions)
        except BibleError as fault:
            raise CommandRefused(str(fault)) from fault
        self._running = self._desk.tasks.start(self._run(command.role, call), name=f"trial of {command.role}")
        self._running.add_done_callback(self._forget)

    def _forget(self, _task: asyncio.Task[None]) -> None:
        self._running = None

    async def _run(self, role: str, call: _Rehearsed) -> None:
        desk, heard = self._desk, list[str]()
        began = desk.clock.monotonic()
        desk.stream.emit(ev.TrialStarted(role=role, model=self._model(call.persona)))

        def hear(text: str) -> None:
            heard.append(text)
            desk.stream.emit(ev.TrialStreamed(role=role, text=text))

        def end(status: Any, **more: Any) -> None:
            seconds, text = desk.clock.monotonic() - began, "".join(heard)
            desk.stream.emit(ev.TrialEnded(role=role, status=status, text=text, seconds=seconds, **more))

        try:
            answer = check_answer(await self._ask(call, hear))
        except asyncio.CancelledError:
            end("stopped")
            raise
        except BrainError as fault:
            end("error", message=str(fault))
            return
        if not heard and answer.content:
            hear(answer.content)
        usage, cost = answer.usage, answer.usage.cost or 0.0
        if not isinstance(desk.brain, PaidBrain) and cost:
            desk.spend(role, cost, False)
        end("success", prompt_tokens=usage.prompt_tokens, completion_tokens=usage.completion_tokens, cost=cost)

    async def _ask(self, call: _Rehearsed, hear: Callable[[str], None]) -> dict[str, Any]:
        desk, persona = self._desk, call.persona
        if isinstance(desk.brain, PaidBrain):
            desk.brain.work_for(Employer(desk.spend, desk.permit))
        return await desk.brain.generate(
            call.messages,
            self._model(persona),
            [],
            persona.temperature,
            persona.max_tokens,
            purpose=call.purpose,
            on_text=hear,
        )

    async def _rehearse(self, role: str, raw: dict[str, Any], instructions: str) -> _Rehearsed:
        persona = check_persona(role, raw)
        desk, told = self._desk, list[ev.Event]()
        cycle = desk.book.matrix.metrics.chapter_count + 1
        runtime = desk.runtime(cycle, told.append)
        plan = self._plan(role, persona, instructions)
        text = await desk.read(plan.target) if plan.target else ""
        context = self._context(role, plan, text, cycle)
        task = {
            "task_id": f"trial-{role}",
            "assigned_agent": role,
            "action_type": "plan" if role == ARCHITECT else "illustrate" if role == ILLUSTRATOR else str(plan.action),
            "target_file": "" if role == ARCHITECT else plan.target,
            "instructions": instructions,
            "characters": [],
        }
        from textcraft_core.ai_services import lifecycle  # noqa: PLC0415 - off the start path

        memory = await lifecycle.remembered(persona, task, context, runtime)
        messages = await asyncio.to_thread(lifecycle.compose, role, persona, task, context, runtime, memory)
        purpose = Purpose(role, cycle, str(task["target_file"]), 0, task, context)
        return _Rehearsed(persona, messages, purpose, tuple(told))

    def _plan(self, role: str, persona: Persona, instructions: str) -> Plan:
        """The chapter at hand: the first that is open, else the next one; a critic gets one with a text."""
        desk, survey = self._desk, self._desk.book.survey
        judges = persona.role_type == JUDGES or role == ILLUSTRATOR
        action = Action.EDIT if judges else Action.GENERATE
        chosen = [*survey.open[:1], *survey.locked[-1:]] if judges else survey.open[:1]
        for chapter in chosen:
            path = desk.book.matrix.content[chapter].path.removeprefix("data/").removeprefix("manuscripts/")
            return Plan(action, role, path, chapter, instructions)
        following = desk.following()
        return Plan(action, role, following.file, following.id, instructions, new=True)

    def _context(self, role: str, plan: Plan, text: str, cycle: int) -> dict[str, Any]:
        situation = self._desk.situation(cycle)
        if role == ARCHITECT:
            return planning_context(situation, (), 0)
        context = service_context(situation, plan, text)
        if role == ILLUSTRATOR:
            context["passage"] = {"text": last_words(text, PASSAGE_WORDS)}
        return context

    def _model(self, persona: Persona) -> str:
        return self._desk.options.model or persona.model

    def _price(self, persona: Persona) -> Price:
        return price_at(self._desk.brain, self._model(persona))


def _prompt(call: _Rehearsed, model: str, price: Price) -> Prompt:
    system, user = (str(message["content"]) for message in call.messages)
    most = price.of(most_tokens({"messages": call.messages}), call.persona.max_tokens)
    return Prompt(
        text=system,
        task=user,
        unknown=tuple(event.variable for event in call.told if isinstance(event, ev.VariableUnknown)),
        notes=tuple(event.text for event in call.told if isinstance(event, ev.Warned)),
        target=call.purpose.target,
        model=model,
        tokens=(len(system) + len(user)) // CHARS_A_TOKEN,
        max_tokens=call.persona.max_tokens,
        most_usd=most,
        price_known=price.known,
    )
