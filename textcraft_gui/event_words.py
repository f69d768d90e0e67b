"""Each event of the journal in one line of plain words, and the kinds they are filtered by; knows no widget."""

from collections.abc import Mapping
from typing import Any, Final

from textcraft_core.events import EVENTS, Event
from textcraft_gui.i18n import tr

KINDS: Final = ("show", "cycle", "inputs", "money", "drafts", "pictures", "walls", "services")
"""The rooms of the vocabulary, in the order a reader looks for them."""
_WORDS: Final[Mapping[str, str]] = {
    "AudienceHeard": "a visitor said: {text}",
    "AutoChanged": "AUTO {on}, by {by}",
    "BrainAnswered": "{role} was answered in {seconds:.1f} s: {completion_tokens} tokens, {cost:.4f} USD",
    "BrainCalled": "{role} asks {model}, attempt {attempt}",
    "CandidateAdded": "picture {request_id} joined the candidates: {caption}",
    "CandidateApproved": "picture {request_id} was approved by {by}",
    "CandidateDropped": "picture {request_id} left the candidates: {reason}",
    "CandidatePinned": "picture {request_id} pinned {on}",
    "CapReached": "the cap {cap} refused a call of {usd:.2f} USD",
    "CaptionEdited": "caption of {request_id}: {text}",
    "ChapterLocked": "{chapter_id} locked {locked}, by {by}",
    "ChapterOpened": "{chapter_id} was begun: {title}",
    "CycleFailed": "cycle {cycle} failed in {phase}: {reason}",
    "CycleFinished": "cycle {cycle} ended well after {seconds:.1f} s",
    "CycleStarted": "cycle {cycle} began",
    "CycleStopped": "cycle {cycle} was stopped",
    "DecisionMade": "plan: {role} {action} {target}. {notes}",
    "DecisionRejected": "plan refused, attempt {attempt}: {reason}",
    "DraftApplied": "draft of {path} came into use",
    "DraftSaved": "draft of {path} was kept",
    "EngineStateChanged": "engine {state} {reason}",
    "FactRemembered": "{chapter_id}: {fact}",
    "FileWritten": "{path} was written by {by}, {size} bytes",
    "GateDecided": "gate of {request_id}: passed {passed} {reason}",
    "ImageArrived": "picture {request_id} came from {worker} after {seconds:.1f} s",
    "InputDone": "a line was done in cycle {cycle}",
    "InputEdited": "a waiting line was changed: {text}",
    "InputMoved": "a waiting line moved to place {index}",
    "InputQueued": "{source} said: {text}",
    "InputUsed": "a line was used in the plan of cycle {cycle}",
    "InputWithdrawn": "a waiting line was taken back",
    "LiveConfirmed": "LIVE on {confirmed} of {walls}: {caption}",
    "Marked": "moment marked {note}",
    "ModeChanged": "mode {mode}",
    "NextStaged": "NEXT holds {request_id}",
    "PersonaSaved": "persona {role} was saved",
    "ProjectCodeRefused": "the show's own code did not run: {reason}",
    "ProjectCodeTrusted": "the show's own code runs: {types}",
    "PhaseEntered": "{phase} {role} {target}",
    "RenderAccepted": "{worker} paints {request_id}, attempt {attempt}",
    "RenderFailed": "picture {request_id} failed: {reason}",
    "RenderRequested": "picture {request_id} was asked for: {prompt}",
    "ReportReturned": "{role} reports {status}: {message}",
    "RunEnded": "RUN off: {reason}",
    "RunStarted": "RUN on",
    "ScanFinished": "scan: {chapters} chapters, {words} words, {seconds:.2f} s",
    "SentToDisplays": "{layer} was sent to foreign displays: {caption}",
    "ServiceAdopted": "{service} was adopted (process {pid})",
    "ServiceEnded": "{service} ended with {code}",
    "ServiceLost": "{service} fell silent for {silent_s:.0f} s",
    "ServiceSeen": "{service} is there (process {pid})",
    "ServiceStarted": "{service} was started (process {pid})",
    "ShowOpened": "show opened: {title}",
    "SpendAdded": "{source} spent {usd:.4f} USD, {total:.2f} USD in all",
    "SpendReserved": "{usd:.4f} USD reserved",
    "SpendSettled": "reservation settled at {usd:.4f} USD",
    "StopChanged": "{stop} {on}, by {by}",
    "StoryDecided": "a visitor's story: {verdict}",
    "StuckDetected": "stuck for {cycles} cycles: {reason}",
    "TakenLive": "TAKE by {by}: {caption}",
    "TaskDispatched": "{role} works on {target}: {action}",
    "ToolCalled": "{role} used {tool} on {path}: {status} {message}",
    "VariableUnknown": "nobody knows the variable {variable} of {role}",
    "VerbUsed": "{who} used {verb} by {how}",
    "VerdictGiven": "verdict on {chapter_id}: {verdict}",
    "WallConfirmed": "{wall} painted {layer} ({phase})",
    "WallRefused": "{wall} kept its picture: {reason}",
    "WallSilent": "{wall} did not answer for {seconds:.0f} s",
    "WallsRestored": "RESTORE brought the walls back",
    "Warned": "{text}",
}


def kind_of(event: Event | type[Event]) -> str:
    """Return the room of the vocabulary an event belongs to."""
    cls = event if isinstance(event, type) else type(event)
    return cls.__module__.rpartition(".")[2]


def names_of(kind: str) -> tuple[str, ...]:
    """Return the names of all events of a kind; of every kind for ""."""
    return tuple(name for name, cls in EVENTS.items() if kind_of(cls) == kind) if kind else ()


def words_of(event: Event) -> str:
    """Return one line that tells an event; one nobody wrote words for tells its name and fields."""
    template = _WORDS.get(type(event).__name__)
    fields = {name: _plain(value) for name, value in event}
    text = tr(template, **fields) if template else _generic(event, fields)
    return " ".join(text.split())


def _generic(event: Event, fields: Mapping[str, Any]) -> str:
    told = ", ".join(f"{name} {value}" for name, value in fields.items() if value not in ("", None, (), {}))
    return f"{type(event).__name__}: {told}"


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    return "" if value is None else value
