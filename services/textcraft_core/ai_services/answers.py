"""What a brain answered, checked before anything acts on it; knows no server and no price."""

import json
import math
from typing import Any, Final, Literal, NewType

from textcraft_bus.records import dataclass
from textcraft_core.errors import BrainError, BrainFault

CallId = NewType("CallId", str)

MAX_CONTENT_CHARS: Final = 1024 * 1024
"""An answer longer than this is refused: no manuscript passage is, and it must not fill the memory."""
MAX_TOOL_CALLS: Final = 64
FINISHED: Final = frozenset({"stop", "tool_calls", "length", "function_call"})


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One function the brain asks for; `arguments` is a JSON object."""

    id: CallId
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, and money in USD; `cost` None means the brain does not know its price."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    cost: float | None = 0.0
    estimated: bool = False
    """Whether the money is a guess: an unknown price, or an attempt whose end nobody saw."""

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.total_tokens + other.total_tokens,
            None if self.cost is None or other.cost is None else self.cost + other.cost,
            self.estimated or other.estimated,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer: bounded text, named tool calls, counted tokens."""

    content: str
    tool_calls: tuple[ToolCall, ...]
    finish_reason: Literal["stop", "tool_calls", "length"]
    usage: Usage


def check_answer(raw: object) -> Answer:
    """Return the answer in `{status, data{content, tool_calls, finish_reason}, usage}` or raise BrainError.

    An answer without a known finish reason was cut off and is refused, so half a chapter is never committed.
    """
    if not isinstance(raw, dict):
        raise BrainError(BrainFault.GARBAGE, "the brain did not answer with an object")
    if raw.get("status", "success") != "success":
        raise BrainError(BrainFault.SERVER, f"the brain reports {str(raw.get('status'))[:40]!r}")
    data = raw.get("data")
    if not isinstance(data, dict):
        raise BrainError(BrainFault.GARBAGE, "the answer holds no data")
    calls = _tool_calls(data.get("tool_calls"))
    return Answer(_content(data.get("content")), calls, _finish(data.get("finish_reason"), calls), _usage(raw))


def _content(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BrainError(BrainFault.GARBAGE, "the content is not text")
    if len(value) > MAX_CONTENT_CHARS:
        raise BrainError(BrainFault.GARBAGE, f"the content is longer than {MAX_CONTENT_CHARS} characters")
    return value


def _finish(value: object, calls: tuple[ToolCall, ...]) -> Literal["stop", "tool_calls", "length"]:
    if not isinstance(value, str) or value not in FINISHED:
        raise BrainError(BrainFault.GARBAGE, f"the answer was cut off (finish reason {str(value)[:40]!r})")
    if value == "length":
        return "length"
    return "tool_calls" if calls else "stop"


def _tool_calls(value: object) -> tuple[ToolCall, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MAX_TOOL_CALLS:
        raise BrainError(BrainFault.GARBAGE, f"tool_calls is not a list of at most {MAX_TOOL_CALLS}")
    return tuple(_tool_call(call, index) for index, call in enumerate(value))


def _tool_call(value: object, index: int) -> ToolCall:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str) or not value["name"]:
        raise BrainError(BrainFault.GARBAGE, "a tool call has no name")
    call_id = value.get("id")
    return ToolCall(CallId(str(call_id) if call_id else f"call-{index}"), value["name"], _arguments(value))


def _arguments(call: dict[str, Any]) -> dict[str, Any]:
    value = call.get("arguments", {})
    if isinstance(value, str):
        value = _object(value)
    if not isinstance(value, dict):
        raise BrainError(BrainFault.GARBAGE, f"the arguments of {call['name'][:40]} are not an object")
    return value


def _object(text: str) -> object:
    try:
        return json.loads(text or "{}")
    except (ValueError, RecursionError):
        return None


def _usage(raw: dict[str, Any]) -> Usage:
    usage = raw.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    prompt, completion = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    total = max(_count(usage.get("total_tokens")), prompt + completion)
    cost, estimated = _money(usage.get("cost_estimate", 0.0)), usage.get("cost_estimated") is True
    return Usage(prompt, completion, total, cost, estimated)


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else 0


def _money(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None
