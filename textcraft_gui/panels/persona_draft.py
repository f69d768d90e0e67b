"""One persona being edited: what is wrong with it and what would be saved. Pure; knows no widget."""

from dataclasses import dataclass, field
from typing import Any, Final

TOOLS: Final = (
    "read_file",
    "write_file",
    "append_file",
    "edit_file",
    "list_files",
    "search_code",
    "assign_task",
)
"""The tools a persona may be allowed, in the order of the tool table."""
FIELDS: Final = ("name", "model", "temperature", "max_tokens", "system_prompt", "allowed_tools")


@dataclass(frozen=True)
class Draft:
    """The fields of a persona as they stand in the form; numbers are still text there."""

    name: str = ""
    model: str = ""
    temperature: str = ""
    max_tokens: str = ""
    system_prompt: str = ""
    allowed_tools: tuple[str, ...] = ()
    kept: dict[str, Any] = field(default_factory=dict)
    """The keys the form does not show; they are saved as they were."""


def draft_of(persona: dict[str, Any]) -> Draft:
    """Read a raw persona leniently: what is missing is empty."""
    tools = persona.get("allowed_tools") or ()
    return Draft(
        name=_text(persona.get("name")),
        model=_text(persona.get("model")),
        temperature=_text(persona.get("temperature")),
        max_tokens=_text(persona.get("max_tokens")),
        system_prompt=_text(persona.get("system_prompt")),
        allowed_tools=tuple(str(tool) for tool in tools) if isinstance(tools, list | tuple) else (),
        kept={key: value for key, value in persona.items() if key not in FIELDS},
    )


def problems(draft: Draft) -> dict[str, str]:
    """Field → what is wrong with it, for every field that could not be saved."""
    found = {
        "name": "" if draft.name.strip() else "A persona needs a name.",
        "model": "" if draft.model.strip() else "A persona needs a model.",
        "temperature": _temperature(draft.temperature),
        "max_tokens": _max_tokens(draft.max_tokens),
        "system_prompt": "" if draft.system_prompt.strip() else "A persona needs a system prompt.",
    }
    return {name: problem for name, problem in found.items() if problem}


def persona_of(draft: Draft) -> dict[str, Any]:
    """What is saved; only for a draft without problems."""
    return {
        **draft.kept,
        "name": draft.name.strip(),
        "model": draft.model.strip(),
        "temperature": float(draft.temperature),
        "max_tokens": int(draft.max_tokens),
        "system_prompt": draft.system_prompt,
        "allowed_tools": list(draft.allowed_tools),
    }


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _temperature(text: str) -> str:
    try:
        value = float(text)
    except ValueError:
        return "Temperature is a number from 0 to 1."
    return "" if 0 <= value <= 1 else "Temperature lies between 0 and 1."


def _max_tokens(text: str) -> str:
    return "" if text.strip().isdecimal() and int(text) > 0 else "Max tokens is a whole number above 0."
