"""The brain of rehearsals: plays every role from the show's script, offline and free; knows no server and no key.

What it says is drawn from the seed, the role, the cycle, the target and the attempt, and from the files of the show;
never from a clock, so neither timing nor concurrency changes a byte.
"""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final, Protocol

from textcraft_bus.records import dataclass
from textcraft_core.ai_services.client import OnText, Purpose
from textcraft_core.brains.memory import BookMemory
from textcraft_core.brains.roles import Call, Reply, answer
from textcraft_core.brains.scene import World, chance
from textcraft_core.brains.script import ScriptShelf
from textcraft_core.brains.story import StoryShelf

TOKENS_PER_WORD: Final = 4 / 3
"""A usual estimate for English prose; nothing is paid by it."""
MOST_WORDS_AT_ONCE: Final = 3


@dataclass(frozen=True, slots=True)
class Latency:
    """How slowly a rehearsal answers: seconds until the first word, then tokens a second; 0 is at once."""

    first_token_s: float = 0.0
    tokens_per_s: float = 0.0

    def pause(self, words: int) -> float:
        """Return the seconds that so many words take."""
        return words * TOKENS_PER_WORD / self.tokens_per_s if self.tokens_per_s > 0 else 0.0

    def of(self, purpose: Purpose) -> "Latency":  # noqa: ARG002 - every call is as quick as the other
        """Return how slowly a call is answered."""
        return self


class Pace(Protocol):
    """Says how slowly each call is answered."""

    def of(self, purpose: Purpose) -> Latency:
        """Return how slowly a call is answered."""
        ...


class RehearsedShow(Protocol):
    """The folders of a show a rehearsal reads."""

    @property
    def script(self) -> Path:
        """The show's own answers."""
        ...

    @property
    def bible(self) -> Path:
        """Its people, places and plan."""
        ...

    @property
    def manuscripts(self) -> Path:
        """Its chapters."""
        ...


_PACE = Latency()


class RehearsalBrain:
    """Answers every role from data; a `Brain`."""

    name = "rehearsal"
    free = True

    def __init__(self, show: RehearsedShow, seed: int = 1, latency: Pace = _PACE) -> None:
        self._seed = seed
        self._latency = latency
        self._scripts = ScriptShelf(show.script)
        self._stories = StoryShelf(show.bible)
        self._memory = BookMemory(show.manuscripts)
        self._lock = threading.Lock()

    async def generate(
        self,
        messages: list[dict[str, Any]],
        model: str,  # noqa: ARG002 - every model is this one
        tools: list[dict[str, Any]],
        temperature: float,  # noqa: ARG002 - the script has its own
        max_tokens: int,  # noqa: ARG002 - passages are short
        *,
        purpose: Purpose,
        on_text: OnText,
    ) -> dict[str, Any]:
        """Return the answer of `purpose.role`, streamed in pieces of one to three words.

        Raises BrainError when the script cannot be used. Ends at once when cancelled.
        """
        latency = self._latency.of(purpose)
        await asyncio.sleep(latency.first_token_s)
        # Composing takes some hundredths of a second and reads files: too long for a loop that also draws windows.
        reply = await asyncio.to_thread(self._reply, purpose, tools)
        await self._stream(reply.spoken, purpose, on_text, latency)
        return _as_answer(reply, messages, purpose)

    def _reply(self, purpose: Purpose, tools: list[dict[str, Any]]) -> Reply:
        with self._lock:
            world = World(self._scripts.read(), self._stories.read(), self._seed)
            rng = chance(self._seed, purpose.role, purpose.cycle, purpose.target, purpose.attempt)
            return answer(Call(purpose, world, self._memory.recall(), rng, _tool_names(tools)))

    async def _stream(self, text: str, purpose: Purpose, on_text: OnText, latency: Latency) -> None:
        rng = chance(self._seed, f"stream {purpose.role}", purpose.cycle, purpose.target, purpose.attempt)
        for piece in pieces(text, rng):
            on_text(piece)
            await asyncio.sleep(latency.pause(len(piece.split())))


def pieces(text: str, rng: Random) -> Iterator[str]:
    """Yield a text in pieces of one to three words; together they are the text."""
    at = 0
    while at < len(text):
        end = at
        for _ in range(rng.randint(1, MOST_WORDS_AT_ONCE)):
            end = _word_end(text, end)
        yield text[at:end]
        at = end


def _word_end(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    while at < len(text) and not text[at].isspace():
        at += 1
    return at


def _tool_names(tools: list[dict[str, Any]]) -> frozenset[str]:
    functions = [tool.get("function") for tool in tools if isinstance(tool, dict)]
    return frozenset(str(each["name"]) for each in functions if isinstance(each, dict) and each.get("name"))


def _as_answer(reply: Reply, messages: list[dict[str, Any]], purpose: Purpose) -> dict[str, Any]:
    calls = []
    if reply.tool:
        call_id = f"rehearsal-{purpose.cycle}-{purpose.role}-{purpose.attempt}"
        calls.append({"id": call_id, "name": reply.tool, "arguments": dict(reply.arguments)})
    finish = "tool_calls" if calls else "stop"
    data = {"content": reply.content, "tool_calls": calls, "finish_reason": finish}
    return {"status": "success", "data": data, "usage": _usage(messages, reply)}


def _usage(messages: list[dict[str, Any]], reply: Reply) -> dict[str, Any]:
    prompt = _tokens(" ".join(str(message.get("content") or "") for message in messages))
    completion = _tokens(reply.content + json.dumps(dict(reply.arguments), ensure_ascii=False))
    total = prompt + completion
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total, "cost_estimate": 0.0}


def _tokens(text: str) -> int:
    return round(len(text.split()) * TOKENS_PER_WORD)
