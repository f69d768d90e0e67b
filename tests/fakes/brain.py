"""A brain that answers from a script; it can be slow, raise, hang, or refuse to be cancelled."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from textcraft_core.ai_services.client import OnText, Purpose

Line = Any
"""One scripted answer: a dict (sent as JSON text), a str, an Exception, a tool call list, or a function of Purpose."""


def text_answer(text: str, *, cost: float | None = 0.0, tokens: int = 10, finish: str = "stop") -> dict[str, Any]:
    """Return a whole answer that says `text`."""
    return {
        "status": "success",
        "data": {"content": text, "tool_calls": [], "finish_reason": finish},
        "usage": _usage(tokens, cost),
    }


def json_answer(value: object, *, cost: float | None = 0.0) -> dict[str, Any]:
    """Return a whole answer that says `value` as JSON."""
    return text_answer(json.dumps(value), cost=cost)


def tool_answer(*calls: tuple[str, dict[str, Any]], cost: float | None = 0.0) -> dict[str, Any]:
    """Return a whole answer that calls tools by (name, arguments)."""
    tool_calls = [{"id": f"c{n}", "name": name, "arguments": arguments} for n, (name, arguments) in enumerate(calls)]
    data = {"content": "", "tool_calls": tool_calls, "finish_reason": "tool_calls"}
    return {"status": "success", "data": data, "usage": _usage(10, cost)}


def _usage(tokens: int, cost: float | None) -> dict[str, Any]:
    return {"prompt_tokens": tokens, "completion_tokens": tokens, "total_tokens": 2 * tokens, "cost_estimate": cost}


class Hang:
    """An answer that comes only after `release`; `stubborn` ones also refuse to be cancelled."""

    def __init__(self, then: Any = "released", *, stubborn: bool = False) -> None:
        self.then = then
        self.stubborn = stubborn


class ScriptedBrain:
    """Answers each role from its own list, then from its default; keeps every call for the test to look at."""

    name = "scripted"
    free = True

    def __init__(self, latency: Callable[[], float] = lambda: 0.0) -> None:
        self.script: dict[str, deque[Line]] = defaultdict(deque)
        self.defaults: dict[str, Callable[[Purpose], Line]] = {}
        self.calls: list[tuple[Purpose, list[dict[str, Any]], list[dict[str, Any]]]] = []
        self.models: list[str] = []
        self.started = asyncio.Event()
        self.hanging = asyncio.Event()
        self._latency = latency
        self._never = asyncio.Event()

    def say(self, role: str, *lines: Line) -> "ScriptedBrain":
        """Add answers to a role's list."""
        self.script[role].extend(lines)
        return self

    def always(self, role: str, line: Callable[[Purpose], Line]) -> "ScriptedBrain":
        """Answer like this once a role's list is empty."""
        self.defaults[role] = line
        return self

    def purposes(self, role: str) -> list[Purpose]:
        """Return what a role was called for, in order."""
        return [purpose for purpose, _, _ in self.calls if purpose.role == role]

    def release(self) -> None:
        """Let everything that hangs end."""
        self._never.set()

    async def generate(
        self,
        messages: list[dict[str, Any]],
        model: str,
        tools: list[dict[str, Any]],
        temperature: float,
        max_tokens: int,
        *,
        purpose: Purpose,
        on_text: OnText,
    ) -> dict[str, Any]:
        self.calls.append((purpose, [dict(message) for message in messages], tools))
        self.models.append(model)
        self.started.set()
        if (delay := self._latency()) > 0:
            await asyncio.sleep(delay)
        return await self._answer(self._line(purpose), on_text)

    def _line(self, purpose: Purpose) -> Line:
        line = (
            self.script[purpose.role].popleft() if self.script[purpose.role] else self.defaults[purpose.role](purpose)
        )
        return line(purpose) if callable(line) else line

    async def _answer(self, line: Line, on_text: OnText) -> dict[str, Any]:
        if isinstance(line, Hang):
            await self._hang(line)
            line = line.then
        if isinstance(line, BaseException):
            raise line
        answer = text_answer(line) if isinstance(line, str) else line
        if isinstance(answer, dict) and isinstance(answer.get("data"), dict):
            _stream(answer["data"], on_text)
        return answer

    async def _hang(self, line: Hang) -> None:
        self.hanging.set()
        while not self._never.is_set():
            try:
                await self._never.wait()
            except asyncio.CancelledError:
                if not line.stubborn:
                    raise


def _stream(data: dict[str, Any], on_text: OnText) -> None:
    texts = [str(data.get("content") or "")]
    texts += [str(call["arguments"].get("content", "")) for call in data.get("tool_calls") or []]
    for text in texts:
        for start in range(0, len(text), 40):
            on_text(text[start : start + 40])
