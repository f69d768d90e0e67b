"""How a request is put to a server, and what is left out once a server has said it does not take it; sends nothing."""

import functools
import json
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any, Final

from textcraft_bus.records import dataclass

BAD_REQUEST: Final = frozenset({400, 404, 415, 422})
"""Statuses by which servers refuse a part of a request they do not know."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question as a brain is asked it."""

    messages: list[dict[str, Any]]
    model: str
    tools: list[dict[str, Any]]
    temperature: float
    max_tokens: int
    role: str


@dataclass(frozen=True, slots=True)
class Wording:
    """Which parts of the protocol a server and model take; every server begins with all of them."""

    structured: bool = True
    usage: bool = True
    temperature: bool = True
    short_limit: bool = True
    """Whether the limit is called `max_tokens`; else it is `max_completion_tokens`, the name newer models insist on."""

    def body(self, request: Request, model: str) -> dict[str, Any]:
        """Return the request's body, to be streamed."""
        body: dict[str, Any] = {"model": model, "messages": request.messages}
        body["max_tokens" if self.short_limit else "max_completion_tokens"] = request.max_tokens
        if self.temperature:
            body["temperature"] = request.temperature
        if request.tools:
            body["tools"] = request.tools
        if self.usage:
            body["stream_options"] = {"include_usage": True}
        if self.structured and request.role in _schemas():
            body["response_format"] = {"type": "json_schema", "json_schema": _schemas()[request.role]}
        return body

    def conceding(self, status: int, said: str, request: Request) -> tuple["Wording", str] | None:
        """Return the wording without what a refusal names, and what that is; None when nothing can be left out.

        A refusal that names nothing is taken to mean structured output, the part fewest servers know.
        """
        if status not in BAD_REQUEST:
            return None
        said = said.lower()
        if self.short_limit and "max_completion_tokens" in said:
            return replace(self, short_limit=False), "max_tokens under that name"
        if self.usage and ("stream_options" in said or "include_usage" in said):
            return replace(self, usage=False), "being asked to count tokens"
        if self.temperature and "temperature" in said:
            return replace(self, temperature=False), "a temperature"
        if self.structured and request.role in _schemas():
            return replace(self, structured=False), "structured output"
        return None


@functools.cache
def _schemas() -> Mapping[str, Any]:
    """Return role → the JSON schema of its answers; a constant of the package, so it is read once."""
    found: dict[str, Any] = json.loads(
        files("textcraft_core").joinpath("ai_services", "answer_schemas.json").read_text("utf-8")
    )
    return found
