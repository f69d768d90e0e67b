"""What a brain is, what it is told and what it must answer; knows no show folder, no persona and no tool.

Every brain (a server, the rehearsal, a replay, a person) is a `Brain`; every answer, wherever it comes from, goes
through `check_answer` before anything acts on it.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NewType, Protocol

from textcraft_core.errors import BrainError, BrainFault

__all__ = [
    "Answer",
    "Brain",
    "BrainError",
    "BrainFault",
    "CallId",
    "OnText",
    "Purpose",
    "ToolCall",
    "Usage",
    "check_answer",
]

OnText = Callable[[str], None]
CallId = NewType("CallId", str)

MAX_CONTENT_CHARS: Final = 1024 * 1024
"""An answer longer than this is refused: no manuscript passage is, and it must not fill the memory."""
MAX_TOOL_CALLS: Final = 64
FINISHED: Final = frozenset({"stop", "tool_calls", "length", "function_call"})


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a call is for, as plain JSON data: brains that do not read prompts (rehearsal, replay) work from it alone.

    `role` is the persona's id ("architect", "narrator", "editor", "illustrator", or any further one), `cycle` counts
    from 1 and never repeats within a show, `target` is a file name below manuscripts/ ("" while planning), `attempt`
    counts the calls one role made in this cycle, from 0: a second planning attempt, and each further round after tool
    results, is the next attempt.

    `task` is the task payload::

        {"task_id": "c12-narrator-ch01", "assigned_agent": "narrator",
         "action_type": "generate|edit|outline|plan|illustrate", "target_file": "ch01_The_Hook.md",
         "instructions": "…", "characters": ["mara", …]}

    While planning, `target_file` is "" unless the operator forces a target, and `instructions` holds the operator's
    one-turn instruction or "".

    `context` holds, each key always present::

        {"cycle": 12,
         "chapter": {"id": "ch01", "title": "The Hook", "status": "DRAFTING", "path": "manuscripts/ch01_The_Hook.md",
                     "header": "## Chapter 1: The Hook", "words": 412, "target_words": 2000,
                     "text": "… its last 6,000 characters", "editor_notes": ["…"]}; for a chapter that has no file
                    yet, words are 0 and text is ""; {} while planning,
         "notes": ["facts services left on the target"],
         "summaries": [{"id", "title", "status", "words", "path"}, … at most the last 24 in id order],
         "counts": {"DRAFTING": 2, "LOCKED": 7, …} over all chapters,
         "operator": ["lines the operator or visitors sent, used in this plan"],
         "override": {"instruction": "…", "target": "ch01_The_Hook.md" or ""} or None,
         "rejected": ["why the previous plan of this cycle could not be used", …], [] at the first attempt,
         "plan": {"next_id": "ch03", "next_title": "Title" of the brief or "" beyond it,
                  "next_file": "ch03_Title.md" or "", "all_locked": bool,
                  "chapters": [{"id", "title", "summary", "characters": […]}, … of the story brief around the target]},
         "passage": {"text": "what this cycle wrote"} for the illustrator, else {"text": ""},
         "last": [] at the first call of a role; after tool calls, one {"tool", "arguments", "status", "data"} for
                 each call of the round before, in order,
         "attempt": the first attempt of this `execute`,
         "scene_text": the target's last 2,000 words, to find who is in the scene; not while planning}

    What a role must answer: architect, a DecisionPayload as JSON text; narrator and further roles, tool calls, then a
    closing line; editor, `{"verdict": "PASS"|"FAIL", "notes": […]}` as JSON text; illustrator,
    `{"prompt", "negative_prompt", "caption", "alt"}` as JSON text.
    """

    role: str
    cycle: int
    target: str
    attempt: int
    task: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)


class Brain(Protocol):
    """Anything that answers: cancelling `generate` ends the call, and its connection, within 250 ms."""

    name: str
    free: bool
    """True when no call can ever cost money."""

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
        """Answer `messages` (OpenAI chat form) and return the dict that `check_answer` reads.

        `on_text` gets the readable text as it streams: the content and, for tools that write, the decoded `content`
        argument. Raises BrainError, and nothing else but CancelledError.
        """
        ...


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

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.total_tokens + other.total_tokens,
            None if self.cost is None or other.cost is None else self.cost + other.cost,
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
    if value not in FINISHED:
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
    return Usage(prompt, completion, total, _money(usage.get("cost_estimate", 0.0)))


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else 0


def _money(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None
