"""The Architect: plans the next cycle; says what, never does it."""

from typing import Any

from textcraft_core.ai_services.lifecycle import perform
from textcraft_core.ai_services.runtime import Runtime, given
from textcraft_core.engine.decisions import parse_decision
from textcraft_core.errors import DecisionError

ROLE = "architect"


async def execute(
    task_payload: dict[str, Any], context: dict[str, Any], *, runtime: Runtime | None = None
) -> dict[str, Any]:
    """Return a report with `decision`, the payload in canonical form, or with `rejected`, why there is none."""
    async with given(runtime) as desk:
        outcome = await perform(ROLE, task_payload, context, desk)
    if outcome.status == "error":
        return outcome.report()
    try:
        decision = parse_decision(outcome.text)
    except DecisionError as refusal:
        return outcome.judged("warning", str(refusal)).report(rejected=str(refusal))
    return outcome.report(decision=decision.model_dump(mode="json"))
