"""One role's talk with the brain: turns, tools, limits and the account of both; knows no prompt and no verdict."""

import asyncio
import functools
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from textcraft_bus.errors import SecurityError
from textcraft_bus.records import dataclass
from textcraft_core.agent_tools import ToolContext, ToolResult, place_of
from textcraft_core.ai_services.client import (
    Answer,
    BrainError,
    BrainFault,
    Employer,
    PaidBrain,
    Purpose,
    ToolCall,
    Usage,
    check_answer,
)
from textcraft_core.ai_services.runtime import UNKNOWN_PRICE, Runtime, remember, temperature_of
from textcraft_core.engine.blocking import finish_in_thread
from textcraft_core.events import BrainAnswered, BrainCalled, FileWritten, TokensStreamed, ToolCalled, Warned
from textcraft_core.record.journal import CallRecord
from textcraft_core.scanner import chapter_id
from textcraft_core.show.bible import Persona

Message = dict[str, Any]
WRITING: Final = frozenset({"write_file", "append_file", "edit_file"})
MANUSCRIPTS: Final = "data/manuscripts/"


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a service does and on what: the plain JSON it was given."""

    role: str
    task: Mapping[str, Any]
    context: Mapping[str, Any]

    @property
    def target(self) -> str:
        """The file name below manuscripts/, "" when there is none."""
        return str(self.task.get("target_file") or "")


class Dialogue:
    """Asks and runs tools until the brain has said its last word or a limit is reached."""

    def __init__(self, assignment: Assignment, persona: Persona, runtime: Runtime) -> None:
        self.usage = Usage()
        self.estimated = False
        self.modified: dict[str, None] = {}
        self.warnings: list[str] = []
        self.turns = 0
        self._tool_calls = 0
        self._written = 0
        self._last: list[dict[str, Any]] = []
        self._assignment = assignment
        self._persona = persona
        self._runtime = runtime
        self._books_itself = isinstance(runtime.brain, PaidBrain)
        if isinstance(runtime.brain, PaidBrain):
            runtime.brain.work_for(Employer(runtime.spend, runtime.permit))
        self._schemas = runtime.tools.schemas(persona.allowed_tools)
        self._index = {**runtime.index, **_own_place(assignment.target)}
        self._tool_context = ToolContext(
            runtime.show,
            runtime.writer,
            assignment.role,
            index=self._index,
            clock=runtime.clock,
            locked=runtime.locked,
        )

    async def hold(self, messages: list[Message]) -> str:
        """Talk until an answer asks for no tool and return its text; raise BrainError when the brain fails.

        `messages` grows by what was said. A limit reached ends the talk with a warning.
        """
        limits = self._runtime.limits
        rounds = 0
        while self.turns < limits.turns:
            answer = await self._ask(messages, self._schemas)
            if not answer.tool_calls:
                return answer.content
            if rounds == limits.tool_rounds:
                break
            rounds += 1
            messages += await self._use_all(answer)
        self.warnings.append(f"ended after {self.turns} brain turns and {self._tool_calls} tool calls: the limit")
        return ""

    async def close(self, messages: list[Message]) -> str:
        """Ask once more, without tools, for a closing line; its failure changes nothing, it is only told."""
        if self.turns >= self._runtime.limits.turns:
            return ""
        try:
            return (await self._ask(messages, [])).content
        except BrainError as fault:
            self._runtime.emit(Warned(text=f"{self._assignment.role} gave no closing line: {fault}", source="brain"))
            return ""

    # Asking

    async def _ask(self, messages: list[Message], tools: list[dict[str, Any]]) -> Answer:
        runtime, role = self._runtime, self._assignment.role
        await runtime.permit()
        purpose = self._purpose()
        model = runtime.model or self._persona.model
        self.turns += 1
        request = {
            "messages": messages,
            "model": model,
            "tools": tools,
            "temperature": temperature_of(self._persona, runtime),
        }
        prompt_hash = digest_of(request)
        runtime.emit(
            BrainCalled(
                brain=runtime.brain.name,
                cycle=runtime.cycle,
                role=role,
                attempt=purpose.attempt,
                model=model,
                prompt_hash=prompt_hash,
            )
        )
        answer = await self._heard(request, purpose, prompt_hash)
        messages.append(_said(answer))
        return answer

    async def _heard(self, request: dict[str, Any], purpose: Purpose, prompt_hash: str) -> Answer:
        """Return the answer, recorded as it came before anybody judges it; a call that failed is recorded as such."""
        began = self._runtime.clock.monotonic()
        try:
            raw = await self._generate(request, purpose)
        except BrainError as fault:
            seconds = self._runtime.clock.monotonic() - began
            self._record(request, failed_answer(fault), purpose, seconds, prompt_hash)
            raise
        seconds = self._runtime.clock.monotonic() - began
        self._record(request, raw, purpose, seconds, prompt_hash)
        answer = check_answer(raw)
        self._settle(answer.usage, purpose, seconds)
        return answer

    def _purpose(self) -> Purpose:
        given = self._assignment
        attempt = int(given.context.get("attempt") or 0) + self.turns
        context = {**given.context, "last": self._last}
        return Purpose(given.role, self._runtime.cycle, given.target, attempt, given.task, context)

    async def _generate(self, request: dict[str, Any], purpose: Purpose) -> dict[str, Any]:
        """Run the call as its own task, so that one that will not be cancelled is abandoned and its words unheard."""
        listening = _Listener(self._runtime, purpose)
        given = {**request, "max_tokens": self._persona.max_tokens, "purpose": purpose, "on_text": listening}
        call = functools.partial(self._runtime.brain.generate, **given)
        task = self._runtime.tasks.start(_fault_as_value(call), name=f"brain call of {purpose.role}")
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            listening.deaf = True
            task.cancel()
            await asyncio.wait({task}, timeout=self._runtime.stop_seconds)
            raise
        answer = task.result()
        if isinstance(answer, BrainError):
            raise answer
        return answer

    def _settle(self, usage: Usage, purpose: Purpose, seconds: float) -> None:
        estimated = usage.cost is None or usage.estimated
        cost = _dearest(usage) if usage.cost is None else usage.cost
        self.estimated |= estimated
        self.usage += Usage(usage.prompt_tokens, usage.completion_tokens, usage.total_tokens, cost)
        self._runtime.emit(
            BrainAnswered(
                cycle=purpose.cycle,
                role=purpose.role,
                attempt=purpose.attempt,
                seconds=seconds,
                prompt_tokens=usage.prompt_tokens,
                completion_tokens=usage.completion_tokens,
                cost=cost,
            )
        )
        if cost > 0 and not self._books_itself:
            self._runtime.spend(purpose.role, cost, estimated)

    def _record(
        self, request: dict[str, Any], raw: dict[str, Any], purpose: Purpose, seconds: float, prompt_hash: str
    ) -> None:
        if self._runtime.journal is None:
            return
        asked = {**request, "messages": list(request["messages"])}
        record = CallRecord(
            call_id=f"{purpose.cycle}-{purpose.role}-{purpose.attempt}",
            cycle=purpose.cycle,
            role=purpose.role,
            target=purpose.target,
            attempt=purpose.attempt,
            model=request["model"],
            request=asked,
            answer=raw,
            seconds=seconds,
            persona_hash=digest_of(self._persona.model_dump(mode="json")),
            prompt_hash=prompt_hash,
        )
        self._runtime.journal.save_call(record)

    # Tools

    async def _use_all(self, answer: Answer) -> list[Message]:
        self._last, messages = [], []
        for call in answer.tool_calls:
            result = await self._use(call, cut_off=answer.finish_reason == "length")
            heard = result.as_dict()
            self._last.append(
                {"tool": call.name, "arguments": call.arguments, "status": result.status, "data": result.data}
            )
            content = json.dumps(heard, ensure_ascii=False)
            messages.append({"role": "tool", "tool_call_id": call.id, "content": content})
        return messages

    async def _use(self, call: ToolCall, *, cut_off: bool) -> ToolResult:
        refusal = self._refusal(call, cut_off=cut_off)
        if refusal:
            self.warnings.append(refusal)
            result = ToolResult("error", refusal)
            self._told(call, result)
            return result
        self._tool_calls += 1
        allowed = self._persona.allowed_tools
        run = functools.partial(self._runtime.tools.run, call.name, call.arguments, self._tool_context, allowed)
        return await finish_in_thread(run, functools.partial(self._told, call))

    def _refusal(self, call: ToolCall, *, cut_off: bool) -> str:
        limits = self._runtime.limits
        if self._tool_calls >= limits.tool_calls:
            return f"{call.name} was not run: {limits.tool_calls} tool calls are the limit"
        if call.name not in WRITING:
            return ""
        if cut_off:
            return f"{call.name} was not run: the answer was cut off, raise max_tokens"
        if self._written + len(_content(call).encode(errors="replace")) > limits.written_bytes:
            return f"{call.name} was not run: {limits.written_bytes} bytes written are the limit"
        return self._astray(_path(call))

    def _astray(self, given: str) -> str:
        """Say why a write would miss the target in a way no policy of files can see, "" when it would not."""
        try:
            path = place_of(given, self._index)
        except SecurityError:
            return ""  # the tool itself refuses that, with an alarm
        chapter, target = chapter_id(path.rpartition("/")[2]), self._assignment.target
        if path.count("/") != 1 or not path.endswith(".md") or not path.startswith("manuscripts/"):
            return ""
        if chapter in self._runtime.locked:
            return f"{path} was not changed: it is locked or protected"
        if chapter in self._index:
            expected = self._index[chapter]
            return "" if path == expected else f"{path} was not written: {chapter} is {expected}"
        return f"{path} was not written: no such chapter is planned, the target is {target}" if target else ""

    def _told(self, call: ToolCall, result: ToolResult) -> None:
        runtime, role = self._runtime, self._assignment.role
        self._written += result.bytes_written
        for event in result.events:
            if isinstance(event, FileWritten):
                self.modified[event.path.removeprefix(MANUSCRIPTS)] = None
            runtime.emit(event)
        message = "" if result.status == "success" else str(result.data)
        path = result.path or _path(call)
        runtime.emit(
            ToolCalled(cycle=runtime.cycle, role=role, tool=call.name, path=path, status=result.status, message=message)
        )
        if call.name == "assign_task" and result.status == "success":
            agent, wanted = call.arguments["target_agent"], call.arguments["task_description"]
            remember(f"{agent}: {wanted}", path or self._assignment.target, runtime=runtime)
        if result.alarm:
            runtime.emit(Warned(text=f"{role}, {call.name}: {message}", source="sandbox", fault=True))


class _Listener:
    """Turns streamed text into events until it is told to be deaf."""

    def __init__(self, runtime: Runtime, purpose: Purpose) -> None:
        self.deaf = False
        self._runtime = runtime
        self._purpose = purpose

    def __call__(self, text: str) -> None:
        if text and not self.deaf:
            purpose = self._purpose
            self._runtime.emit(TokensStreamed(cycle=purpose.cycle, role=purpose.role, target=purpose.target, text=text))


async def _fault_as_value(call: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any] | BrainError:
    """Return a BrainError instead of raising it: it is an answer of its own, not a task that failed."""
    try:
        return await call()
    except BrainError as fault:
        return fault


def failed_answer(fault: BrainError) -> dict[str, Any]:
    """Return what is recorded in place of an answer when a call failed."""
    return {"status": "error", "fault": str(fault.kind), "message": str(fault), "retry_after": fault.retry_after}


def _said(answer: Answer) -> Message:
    message: Message = {"role": "assistant", "content": answer.content}
    if answer.tool_calls:
        message["tool_calls"] = [_function(call) for call in answer.tool_calls]
    return message


def _function(call: ToolCall) -> dict[str, Any]:
    arguments = json.dumps(call.arguments, ensure_ascii=False)
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def digest_of(request: dict[str, Any]) -> str:
    """Return the SHA-256 of plain JSON data, whatever the order of its keys. Raises BrainError when it is none."""
    try:
        text = json.dumps(request, ensure_ascii=False, sort_keys=True)
    except (TypeError, ValueError) as exc:
        raise BrainError(BrainFault.REFUSED, f"the request is no JSON: {exc}") from exc
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _dearest(usage: Usage) -> float:
    prompt, completion = UNKNOWN_PRICE
    return (usage.prompt_tokens * prompt + usage.completion_tokens * completion) / 1_000_000


def _content(call: ToolCall) -> str:
    return str(call.arguments.get("content") or call.arguments.get("replace_text") or "")


def _own_place(target: str) -> dict[str, str]:
    return {chapter_id(target.rpartition("/")[2]): f"manuscripts/{target}"} if target else {}


def _path(call: ToolCall) -> str:
    return str(call.arguments.get("path") or call.arguments.get("target_file") or "")
