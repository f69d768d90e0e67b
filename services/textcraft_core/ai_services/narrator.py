"""The Narrator: writes a passage into its target; a Narrator that wrote nothing failed."""

from typing import Any

from textcraft_core.ai_services.lifecycle import perform
from textcraft_core.ai_services.runtime import Runtime, given

ROLE = "narrator"


async def execute(
    task_payload: dict[str, Any], context: dict[str, Any], *, runtime: Runtime | None = None
) -> dict[str, Any]:
    """Return the report of writing; status "error" when the target was not written."""
    async with given(runtime) as desk:
        outcome = await perform(ROLE, task_payload, context, desk)
    target = str(task_payload.get("target_file") or "")
    if not outcome.modified:
        return outcome.judged("error", _with_reason("the narrator wrote nothing", outcome.message)).report()
    if target and target not in outcome.modified:
        wrote = ", ".join(outcome.modified)
        return outcome.judged("error", f"the narrator wrote {wrote} instead of {target}").report()
    return outcome.report()


def _with_reason(what: str, reason: str) -> str:
    return f"{what}: {reason[:300]}" if reason else what
