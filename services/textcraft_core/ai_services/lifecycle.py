"""The five steps every service goes through: persona, context, brain, tools, report; knows no role's own rules."""

import functools
import json
from collections.abc import Mapping
from dataclasses import field, replace
from importlib.resources import files
from typing import Any, Final, Literal

from textcraft_bus.records import dataclass
from textcraft_core import prompt_builder
from textcraft_core.ai_services.budget import BYTES_PER_TOKEN, estimated_tokens, fitted
from textcraft_core.ai_services.client import BrainError, Usage
from textcraft_core.ai_services.dialogue import Assignment, Dialogue, Message
from textcraft_core.ai_services.runtime import Runtime
from textcraft_core.engine.blocking import finish_in_thread
from textcraft_core.errors import BibleError
from textcraft_core.events import VariableUnknown, Warned
from textcraft_core.show.bible import Persona

MEMORY: Final = "memory_context"
BRIEF_SHARE: Final = 0.4
"""So much of a prompt's budget the story brief may take; of a longer one the chapters around the target are told."""
ReportStatus = Literal["success", "warning", "error", "skipped"]
HEARD: Final = (
    "chapter",
    "notes",
    "story_so_far",
    "summaries",
    "counts",
    "operator",
    "override",
    "rejected",
    "plan",
    "passage",
    "room",
)
"""What of the context a model is told; the rest is for brains that read no prompts."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a service before its own rules judged it; `fault` is "" or what kind of error ended it."""

    text: str
    message: str
    status: ReportStatus = "success"
    modified: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    estimated: bool = False
    turns: int = 0
    fault: str = ""

    def judged(self, status: ReportStatus, message: str) -> "Outcome":
        """Return this outcome with a worse status and why; an error stays what it was."""
        return self if self.status == "error" else replace(self, status=status, message=message)

    def report(self, **extra: Any) -> dict[str, Any]:
        """Return the status report: status, modified, cost, usage, message, and what a role adds."""
        usage = self.usage
        report: dict[str, Any] = {
            "status": self.status,
            "modified": list(self.modified),
            "cost": usage.cost or 0.0,
            "usage": {
                "prompt_tokens": usage.prompt_tokens,
                "completion_tokens": usage.completion_tokens,
                "total_tokens": usage.total_tokens,
            },
            "message": self.message,
            "turns": self.turns,
        }
        if self.estimated:
            report["cost_estimated"] = True
        if self.fault:
            report["fault"] = self.fault
        return {**report, **extra}


async def perform(role: str, task_payload: Mapping[str, Any], context: Mapping[str, Any], runtime: Runtime) -> Outcome:
    """Take the steps and return what came of it; persona and brain faults are outcomes with status "error"."""
    try:
        persona = runtime.bible.persona(role)
        memory = await remembered(persona, task_payload, context, runtime)
        messages = compose(role, persona, task_payload, context, runtime, memory)
    except BibleError as fault:
        return Outcome("", str(fault), "error", fault="persona")
    dialogue = Dialogue(Assignment(role, task_payload, context), persona, runtime)
    try:
        text = await dialogue.hold(messages)
    except BrainError as fault:
        return _outcome(dialogue, "", str(fault), str(fault.kind))
    message = await dialogue.close(messages) if persona.confirm else ""
    return _outcome(dialogue, text, message or text, "")


def _outcome(dialogue: Dialogue, text: str, message: str, fault: str) -> Outcome:
    status: ReportStatus = "error" if fault else "warning" if dialogue.warnings else "success"
    told = message if status == "success" or fault else "; ".join(dialogue.warnings)
    return Outcome(
        text, told, status, tuple(dialogue.modified), dialogue.usage, dialogue.estimated, dialogue.turns, fault
    )


async def remembered(persona: Persona, task: Mapping[str, Any], context: Mapping[str, Any], runtime: Runtime) -> str:
    """Return passages of what was written, searched only for a persona that wants them."""
    if MEMORY not in prompt_builder.named_variables(persona.system_prompt):
        return ""
    return await finish_in_thread(lambda: runtime.memory(task, context), lambda _found: None)


def compose(
    role: str,
    persona: Persona,
    task: Mapping[str, Any],
    context: Mapping[str, Any],
    runtime: Runtime,
    memory: str,
) -> list[Message]:
    """Return what a brain is told first: the filled prompt, then task and context; blocking, reads the bible.

    What the operator should know (a variable nobody knows, a stranger in the plan) goes to `runtime.emit`.
    """
    chapter = context.get("chapter") or {}
    scene = prompt_builder.characters_in_scene(
        runtime.bible,
        planned=tuple(task.get("characters") or ()),
        instructions=str(task.get("instructions") or ""),
        target=str(chapter.get("id") or task.get("target_file") or ""),
        target_text=str(context.get("scene_text") or chapter.get("text") or ""),
    )
    _tell_scene(role, scene, chapter, runtime)
    budget = runtime.limits.prompt_tokens
    variables = prompt_builder.variables(runtime.bible, scene.characters, memory)
    variables["story_brief"] = prompt_builder.brief_outline(
        runtime.bible, _place(context), int(budget * BRIEF_SHARE * BYTES_PER_TOKEN)
    )
    hydrated = prompt_builder.system_prompt(persona, variables)
    for variable in hydrated.unknown:
        runtime.emit(VariableUnknown(role=role, variable=variable))
    return [
        {"role": "system", "content": hydrated.text},
        {"role": "user", "content": _brief(task, context, budget - estimated_tokens(hydrated.text))},
    ]


def _tell_scene(role: str, scene: prompt_builder.Scene, chapter: Mapping[str, Any], runtime: Runtime) -> None:
    if not chapter:
        return
    if scene.fallback:
        text = f"{role}: nobody is known to be in the scene of {chapter.get('id')}, so the protagonist stands in"
        runtime.emit(Warned(text=text, source="scene"))
    for name in scene.unknown:
        runtime.emit(
            Warned(text=f"{role}: the plan names {name!r}, whom characters.json does not know", source="scene")
        )


def _place(context: Mapping[str, Any]) -> str:
    """Return the id of the chapter a task is about: its target, or the next one of the plan."""
    chapter, plan = context.get("chapter") or {}, context.get("plan") or {}
    return str(chapter.get("id") or plan.get("next_id") or "")


def _brief(task: Mapping[str, Any], context: Mapping[str, Any], tokens: int) -> str:
    """Return the task and what it needs as one JSON text: data, so that no prompt text lives in code."""
    heard = {key: context[key] for key in HEARD if context.get(key)}
    if context.get("visitors"):
        heard["visitors"] = {"note": _notes()["visitors"], "words": context["visitors"]}
    return json.dumps(fitted({"task": dict(task), **heard}, tokens), ensure_ascii=False)


@functools.cache
def _notes() -> Mapping[str, str]:
    """Return what a model is told about a part of its task; a constant of the package, so it is read once."""
    text = files("textcraft_core").joinpath("ai_services", "context_notes.json").read_text("utf-8")
    found: dict[str, str] = json.loads(text)
    return found
