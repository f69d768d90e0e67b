"""Any further role of personas.json: the same five steps, no rules of its own."""

from typing import Any

from textcraft_core.ai_services.lifecycle import perform
from textcraft_core.ai_services.runtime import Runtime, given


async def execute(
    task_payload: dict[str, Any], context: dict[str, Any], *, runtime: Runtime | None = None
) -> dict[str, Any]:
    """Return the report of the role that `task_payload["assigned_agent"]` names."""
    role = str(task_payload.get("assigned_agent") or "")
    async with given(runtime) as desk:
        outcome = await perform(role, task_payload, context, desk)
    return outcome.report()
