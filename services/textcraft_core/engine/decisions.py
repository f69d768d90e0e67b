"""What an Architect, or an operator in its place, may decide, read leniently; knows no matrix and judges no target.

Many programs and models spell the same decision differently: the known spellings are read, a contradiction is refused.
"""

import json
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from pydantic import ConfigDict

from textcraft_bus.models import Model
from textcraft_core.errors import DecisionError
from textcraft_core.record.plain import plain

MAX_ANSWER_CHARS: Final = 64 * 1024
"""Only so much of an answer is searched for JSON: a decision is small, and searching must stay cheap."""
MAX_STARTS: Final = 200
MAX_NOTES_CHARS: Final = 4000
MAX_NAME_CHARS: Final = 200
MAX_CHARACTERS: Final = 50


class Action(StrEnum):
    """What a plan may ask for."""

    GENERATE = "generate"
    EDIT = "edit"
    OUTLINE = "outline"
    WAIT = "wait"
    STOP = "stop"


ACTIONS: Final[Mapping[str, Action]] = {
    **{action.value: action for action in Action},
    "fix": Action.EDIT,
    "revise": Action.EDIT,
    "delegate": Action.EDIT,
}
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "action": ("action_type", "action", "actionType", "type"),
    "target": ("target_file", "target", "targetFile", "file", "chapter", "path"),
    "agent": ("assigned_agent", "agent", "assigned_to", "assignedAgent", "service"),
    "notes": ("context_notes", "contextNotes", "notes", "instructions"),
}
DISPATCHED: Final = frozenset({Action.GENERATE, Action.EDIT, Action.OUTLINE})
_ROLE: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")


class DecisionPayload(Model):
    """One decision in canonical form; `target_file` is a file name or a chapter id, "" for wait and stop."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    action_type: Action
    target_file: str = ""
    assigned_agent: str = ""
    context_notes: str = ""
    characters: tuple[str, ...] = ()

    @property
    def dispatches(self) -> bool:
        """Whether a service has work to do."""
        return self.action_type in DISPATCHED


def parse_decision(answer: str | Mapping[str, Any]) -> DecisionPayload:
    """Return the decision in an answer's text or in an object; raise DecisionError with the reason."""
    fields = dict(answer) if isinstance(answer, Mapping) else _object_in(answer)
    fields = _flatten(fields)
    action = _action(fields)
    if action not in DISPATCHED:
        return DecisionPayload(action_type=action, context_notes=_notes(fields))
    return DecisionPayload(
        action_type=action,
        target_file=_target(fields),
        assigned_agent=_agent(fields, action),
        context_notes=_notes(fields),
        characters=_characters(fields.get("characters")),
    )


def objects_in(text: str) -> Iterator[dict[str, Any]]:
    """Yield the balanced JSON objects of a text in order, those inside another not apart.

    An object that names a key twice with two values raises DecisionError: nobody can tell which was meant.
    """
    text, at = text[:MAX_ANSWER_CHARS], 0
    for _ in range(MAX_STARTS):
        at = text.find("{", at)
        if at < 0:
            return
        found, at = _decode(text, at)
        if found is not None:
            yield plain(found)


def _decode(text: str, at: int) -> tuple[dict[str, Any] | None, int]:
    try:
        found, end = _DECODER.raw_decode(text, at)
    except DecisionError:
        raise
    except (ValueError, RecursionError):
        return None, at + 1
    return found, end


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found and found[key] != value:
            raise DecisionError(f"the answer names {key[:40]!r} twice")
        found[key] = value
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_no_constant)


def _object_in(text: str) -> dict[str, Any]:
    found = next(objects_in(text), None)
    if found is None:
        raise DecisionError("the answer holds no JSON object")
    return found


def _flatten(fields: dict[str, Any]) -> dict[str, Any]:
    """Read the `{agent, task, context}` form: objects are opened, an action word is the action, other text a note."""
    flat = {key: value for key, value in fields.items() if key not in {"task", "context"}}
    for key in ("task", "context"):
        value = fields.get(key)
        if isinstance(value, Mapping):
            flat = {**value, **flat}
        elif isinstance(value, str) and value.strip():
            _place(flat, key, value.strip())
    return flat


def _place(flat: dict[str, Any], key: str, text: str) -> None:
    if key == "task" and text.lower() in ACTIONS and _first(flat, "action") is None:
        flat["action_type"] = text
        return
    notes = flat.get("context_notes")
    flat["context_notes"] = f"{notes}\n{text}" if isinstance(notes, str) and notes else text


def _first(fields: dict[str, Any], field: str) -> str | None:
    """Return the one value the known spellings of a field agree on; raise DecisionError when they do not."""
    values = {name: fields[name] for name in FIELDS[field] if fields.get(name) not in (None, "")}
    texts = {value.strip() for value in values.values() if isinstance(value, str)}
    if len(texts) > 1 or any(not isinstance(value, str) for value in values.values()):
        raise DecisionError(f"ambiguous {field}: {', '.join(values)} do not agree on one text")
    return next(iter(texts), None) or None


def _action(fields: dict[str, Any]) -> Action:
    word = _first(fields, "action")
    if word is None:
        raise DecisionError("the decision names no action")
    action = ACTIONS.get(word.lower())
    if action is None:
        raise DecisionError(f"{word[:40]!r} is no action (one of {', '.join(Action)})")
    return action


def _target(fields: dict[str, Any]) -> str:
    target = bare_target(_first(fields, "target") or "")
    if not target:
        raise DecisionError("the decision names no target")
    if len(target) > MAX_NAME_CHARS:
        raise DecisionError("the target's name is too long")
    return target


def bare_target(target: str) -> str:
    """Return a target without leading folders."""
    return target.strip().replace("\\", "/").rstrip("/").rpartition("/")[2]


def _agent(fields: dict[str, Any], action: Action) -> str:
    agent = (_first(fields, "agent") or "").lower().rpartition("ai_services.")[2]
    if not agent and action is not Action.EDIT:
        return "narrator"
    if not _ROLE.fullmatch(agent):
        raise DecisionError("the decision names no agent" if not agent else f"{agent[:40]!r} is no agent")
    return agent


def _notes(fields: dict[str, Any]) -> str:
    notes = fields.get("context_notes")
    if notes in (None, ""):
        notes = _first({key: value for key, value in fields.items() if key != "context_notes"}, "notes") or ""
    return (
        notes[:MAX_NOTES_CHARS] if isinstance(notes, str) else json.dumps(notes, ensure_ascii=False)[:MAX_NOTES_CHARS]
    )


def _characters(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list | tuple):
        return ()
    names = (name.strip()[:MAX_NAME_CHARS] for name in value if isinstance(name, str) and name.strip())
    return tuple(dict.fromkeys(names))[:MAX_CHARACTERS]
