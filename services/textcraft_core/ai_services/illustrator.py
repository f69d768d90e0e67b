"""The Illustrator: turns a passage into what a painter needs; knows no picture and no painter."""

from typing import Any, Final

from textcraft_bus.channel.messages import MAX_CAPTION_CHARS
from textcraft_core.ai_services.lifecycle import perform
from textcraft_core.ai_services.runtime import Runtime, given
from textcraft_core.engine.decisions import objects_in
from textcraft_core.errors import DecisionError

ROLE = "illustrator"
MAX_PROMPT_CHARS: Final = 4000
MAX_ALT_CHARS: Final = 1000


async def execute(
    task_payload: dict[str, Any], context: dict[str, Any], *, runtime: Runtime | None = None
) -> dict[str, Any]:
    """Return the report with `picture`: {prompt, negative_prompt, caption, alt}; "error" when there is no prompt."""
    async with given(runtime) as desk:
        outcome = await perform(ROLE, task_payload, context, desk)
    if outcome.status == "error":
        return outcome.report()
    picture = read_picture(outcome.text)
    if not picture["prompt"]:
        return outcome.judged("error", "the illustrator gave no prompt").report()
    return outcome.report(picture=picture)


def read_picture(text: str) -> dict[str, str]:
    """Return what an answer says about the picture, each text bounded; an answer without an object says nothing."""
    try:
        found = next((found for found in objects_in(text) if "prompt" in found), {})
    except DecisionError:
        found = {}
    return {
        "prompt": _text(found.get("prompt"), MAX_PROMPT_CHARS),
        "negative_prompt": _text(found.get("negative_prompt"), MAX_PROMPT_CHARS),
        "caption": _text(found.get("caption"), MAX_CAPTION_CHARS),
        "alt": _text(found.get("alt"), MAX_ALT_CHARS),
    }


def _text(value: object, chars: int) -> str:
    return " ".join(value.split())[:chars] if isinstance(value, str) else ""
