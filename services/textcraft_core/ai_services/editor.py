"""The Editor: judges its target and may mend it; anything but a clear PASS or FAIL is undecided."""

from typing import Any, Final, Literal

from textcraft_core.ai_services.lifecycle import perform
from textcraft_core.ai_services.runtime import Runtime, given
from textcraft_core.engine.decisions import objects_in
from textcraft_core.errors import DecisionError

ROLE = "editor"
MAX_NOTES: Final = 20
MAX_NOTE_CHARS: Final = 1000
Verdict = Literal["PASS", "FAIL", "UNDECIDED"]


async def execute(
    task_payload: dict[str, Any], context: dict[str, Any], *, runtime: Runtime | None = None
) -> dict[str, Any]:
    """Return the report of judging with `verdict` (PASS, FAIL or UNDECIDED) and `notes`."""
    async with given(runtime) as desk:
        outcome = await perform(ROLE, task_payload, context, desk)
    if outcome.status == "error":
        return outcome.report(verdict="UNDECIDED", notes=[])
    verdict, notes = read_verdict(outcome.text)
    if verdict == "UNDECIDED":
        outcome = outcome.judged("warning", "the editor gave no clear verdict")
    return outcome.report(verdict=verdict, notes=list(notes))


def read_verdict(text: str) -> tuple[Verdict, tuple[str, ...]]:
    """Return the one verdict an answer gives and its notes; two that differ, or none, are undecided."""
    try:
        given_ones = [found for found in objects_in(text) if "verdict" in found]
    except DecisionError:
        return "UNDECIDED", ()
    words = {_word(found["verdict"]) for found in given_ones}
    if words == {"PASS"}:
        return "PASS", _notes(given_ones[0].get("notes"))
    if words == {"FAIL"}:
        return "FAIL", _notes(given_ones[0].get("notes"))
    return "UNDECIDED", _notes(given_ones[0].get("notes")) if given_ones else ()


def _word(value: object) -> str:
    return value.strip().upper() if isinstance(value, str) else ""


def _notes(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        return ()
    notes = (note.strip()[:MAX_NOTE_CHARS] for note in value if isinstance(note, str))
    return tuple(note for note in notes if note)[:MAX_NOTES]
