"""The brain of a replay: gives each call its recorded answer, or says that another one was asked; thinks nothing."""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any, Final

from textcraft_bus.records import dataclass
from textcraft_core.ai_services.client import BrainError, BrainFault, Employer, OnText, Purpose
from textcraft_core.record.differences import unified
from textcraft_core.replay.recording import BESIDE, Outcome, RecordedCycle, Recording

CHUNK: Final = 48
_MEASURED: Final = re.compile(r'("execution_time": )[0-9.eE+-]+')
"""How long a tool took stands in its result, and is never the same twice."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """A call that is not the recorded one; `diff` is the unified diff of the prompts."""

    cycle: int
    role: str
    attempt: int
    reason: str
    diff: str = ""


class ReplayBrain:
    """Answers from a recording. `diverged` is told of the first call that differs, which is then never answered."""

    free = True

    def __init__(self, recording: Recording, diverged: Callable[[Divergence], None]) -> None:
        self._recording = recording
        self._diverged = diverged
        self._cycle: RecordedCycle | None = None
        self.speed = 0.0
        """1 takes the time it took, 10 a tenth of it; 0 takes none."""
        self.name = "replay"

    def work_for(self, employer: Employer) -> None:
        """Book nothing: what the recording spent is put in where it was spent."""

    def begin(self, cycle: RecordedCycle) -> None:
        """Answer as in this cycle from now on."""
        self._cycle = cycle

    async def generate(
        self,
        messages: list[dict[str, Any]],
        model: str,  # noqa: ARG002 - the recording knows which
        tools: list[dict[str, Any]],
        temperature: float,  # noqa: ARG002 - as above
        max_tokens: int,  # noqa: ARG002 - as above
        *,
        purpose: Purpose,
        on_text: OnText,
    ) -> dict[str, Any]:
        """Return the recorded answer, or raise the recorded fault. A call that differs is never answered."""
        cycle = self._cycle_of(purpose)
        found = await asyncio.to_thread(self._find, cycle, purpose)
        if found is None:
            return await self._unanswered(cycle, purpose)
        before, now = prompt_text(found["request"]), prompt_text({"messages": messages, "tools": tools})
        if before != now and purpose.role != BESIDE:
            diff = unified(before, now, names=("recorded", "now"))
            return await self._differs(purpose, "another prompt than the recorded one", diff)
        return await self._play(found, on_text)

    def _cycle_of(self, purpose: Purpose) -> RecordedCycle | None:
        if self._cycle is not None and self._cycle.number == purpose.cycle:
            return self._cycle
        return next((each for each in reversed(self._recording.cycles) if each.number == purpose.cycle), None)

    def _find(self, cycle: RecordedCycle | None, purpose: Purpose) -> dict[str, Any] | None:
        return None if cycle is None else self._recording.answers(cycle, purpose.role, purpose.attempt)

    async def _unanswered(self, cycle: RecordedCycle | None, purpose: Purpose) -> dict[str, Any]:
        if purpose.role == BESIDE:
            raise BrainError(BrainFault.MISSING, "this call did not end in the recording")
        if cycle is not None and cycle.outcome in (Outcome.STOPPED, Outcome.CUT):
            return await _never()
        return await self._differs(purpose, "a call that was not recorded")

    async def _differs(self, purpose: Purpose, reason: str, diff: str = "") -> dict[str, Any]:
        self._diverged(Divergence(purpose.cycle, purpose.role, purpose.attempt, reason, diff))
        return await _never()

    async def _play(self, found: dict[str, Any], on_text: OnText) -> dict[str, Any]:
        answer: dict[str, Any] = found["answer"]
        text = _text_of(answer)
        pieces = [text[at : at + CHUNK] for at in range(0, len(text), CHUNK)] or [""]
        for piece in pieces:
            if self.speed > 0:
                await asyncio.sleep(found["seconds"] / self.speed / len(pieces))
            on_text(piece)
        if "fault" in answer:
            fault = BrainFault(answer["fault"])
            raise BrainError(fault, str(answer.get("message") or ""), answer.get("retry_after"))
        return answer


def prompt_text(request: dict[str, Any]) -> str:
    """Return the prompt of a call as lines to compare: what was said and which tools were offered."""
    lines: list[str] = []
    for message in request["messages"]:
        lines.append(f"[{message.get('role')}]")
        lines += _lines(message.get("content"))
        lines += [json.dumps(call, ensure_ascii=False, sort_keys=True) for call in message.get("tool_calls") or ()]
    lines += [json.dumps(tool, ensure_ascii=False, sort_keys=True) for tool in request.get("tools") or ()]
    return "\n".join(lines) + "\n"


def _lines(content: object) -> list[str]:
    """A task is one JSON object: its parts are told line by line, so that a difference can be seen."""
    text = _MEASURED.sub(r"\g<1>0", content if isinstance(content, str) else json.dumps(content, ensure_ascii=False))
    try:
        value = json.loads(text) if text.startswith("{") else None
    except ValueError:
        value = None
    return json.dumps(value, ensure_ascii=False, indent=1).split("\n") if isinstance(value, dict) else text.split("\n")


def _text_of(answer: dict[str, Any]) -> str:
    data = answer.get("data")
    if not isinstance(data, dict):
        return ""
    calls = data.get("tool_calls") or ()
    written = [call.get("arguments") for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    texts = [str(each.get("content") or "") for each in written if isinstance(each, dict)]
    return "".join([str(data.get("content") or ""), *texts])


async def _never() -> dict[str, Any]:
    """Wait until somebody cancels this."""
    await asyncio.Event().wait()
    raise AssertionError("nobody sets this event")
