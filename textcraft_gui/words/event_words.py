"""Each event of the journal in one line of plain words, and the kinds they are filtered by; knows no widget."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from textcraft_core.events import EVENTS, Event, NextStaged, Warned
from textcraft_gui.state.show_state import chapter_id
from textcraft_gui.words.engine_words import engine_words
from textcraft_gui.words.i18n import later, tr, translated
from textcraft_gui.words.wording import chapter_name

KINDS: Final = (
    later("show"),
    later("cycle"),
    later("inputs"),
    later("money"),
    later("drafts"),
    later("pictures"),
    later("walls"),
    later("services"),
)
"""The rooms of the vocabulary, in the order a reader looks for them."""
PICTURE_ID: Final = "request_id"
_WORDS: Final[Mapping[str, str]] = {
    "AnsweredByPolicy": "nobody was there: {question} was answered by {answer}",
    "AwaySummed": "while nobody was here: {takes} takes, {cycles} cycles, {faults} faults, {spend} USD",
    "AudienceHeard": "a visitor said: {text}",
    "AutoChanged": "AUTO {on}, by {by}",
    "BookCompleted": "the book is complete: {policy}",
    "BrainAnswered": "{role} was answered in {seconds:.1f} s: {completion_tokens} tokens, {cost:.4f} USD",
    "BrainChanged": "the brain is {brain}, {place} of {of} {reason}",
    "BundleMade": "a support bundle was made: {path}",
    "CandidateAdded": "new candidate: {request_id} {caption}",
    "CandidateApproved": "approved by {by}: {request_id}",
    "CandidateDropped": "left the candidates: {request_id} {reason}",
    "CaptionsSet": "captions {on}: {style}",
    "CardChosen": "the card {which} was chosen: {text}{caption}",
    "CapReached": "the cap {cap} refused a call of {usd:.2f} USD",
    "CaptionEdited": "the caption is now {text}: {request_id}",
    "CardAdded": "a card was brought in: {kind}",
    "ChangeConflict": "a change of {path} met another one",
    "ChapterOpened": "{chapter_id} was begun: {title}",
    "ClockSet": "the computer's clock was set by {seconds:+.0f} s",
    "ControlRead": "control.json was read: {status} {instruction}",
    "CycleFailed": "cycle {cycle} failed in {phase}: {reason}",
    "CycleFinished": "cycle {cycle} ended well after {seconds:.1f} s",
    "CycleStarted": "cycle {cycle} began",
    "CycleStopped": "cycle {cycle} was stopped",
    "DayChanged": "the day is {state}, by {by}",
    "DecisionMade": "plan: {role} {action} {target}. {notes}",
    "DecisionRejected": "plan refused, attempt {attempt}: {reason}",
    "DraftApplied": "draft of {path} came into use",
    "DraftDiscarded": "draft of {path} was thrown away",
    "DraftSaved": "draft of {path} was kept",
    "EndCardShown": "the end card went up",
    "EngineStarted": "the engine began with the brain {brain} at cycle {cycle}",
    "EngineStateChanged": "engine {state} {reason}",
    "FactRemembered": "{chapter_id}: {fact}",
    "FaultRehearsed": "rehearsed fault: {fault} {role} {target}",
    "FileRedone": "a change of {path} was done again by {by}",
    "FileRemoved": "{path} was removed by {by}",
    "FileUndone": "a change of {path} was undone by {by}",
    "FileWritten": "{path} was written by {by}, {size} bytes",
    "GateOverruled": "the gate was overruled: {request_id}",
    "ImageArrived": "painted by {worker} in {seconds:.1f} s: {request_id}",
    "InputDone": "a line was done in cycle {cycle}",
    "InputEdited": "a waiting line was changed: {text}",
    "InputMoved": "a waiting line moved to place {index}",
    "InputQueued": "{source} said: {text}",
    "InputUsed": "a line was used in the plan of cycle {cycle}",
    "InputWithdrawn": "a waiting line was taken back",
    "LiveConfirmed": "LIVE on {confirmed} of {walls}: {caption}",
    "MachineAwoke": "everything stood still for {seconds:.0f} s",
    "Marked": "moment marked {note}",
    "MatrixChanged": "the matrix changed",
    "ModeChanged": "mode {mode}",
    "NetworkOpened": "{channel} listens for other machines",
    "NextStaged": "in NEXT: {request_id}",
    "NotesForgotten": "notes of {chapter_id} were cleared",
    "OrderCarriedOut": "an order was carried out in cycle {cycle}: {instruction}",
    "OrdersTaken": "orders were taken into cycle {cycle}: {instruction} {target}",
    "PassageRestored": "a passage of {path} was put back by {by}",
    "PersonaSaved": "persona {role} was saved",
    "PhaseEntered": "{phase} {role} {target}",
    "PreflightChecked": "pre-flight, {check}: {state}, {found}",
    "PreflightStarted": "pre-flight began",
    "PreflightWaived": "{check} was waived by {by}",
    "ProjectCodeRefused": "the show's own code did not run: {reason}",
    "ProjectCodeTrusted": "the show's own code runs: {types}",
    "RehearsalKept": "a rehearsal was kept: {title}",
    "RehearsalThrownAway": "the copy of a rehearsal was thrown away: {name}",
    "RehearsalsPruned": "old copies of rehearsals were deleted: {names}",
    "RenderAccepted": "{worker} paints: {request_id}",
    "RenderFailed": "not painted: {request_id} {reason}",
    "RenderRequested": "a picture was asked for, {request_id}: {prompt}",
    "ReplayDiverged": "replay differs in cycle {cycle}: {reason}",
    "ReportReturned": "{role} reports {status}: {message}",
    "ReportWritten": "the report was written: {path}",
    "ReserveChanged": "reserve reel {on}",
    "RevisionRestored": "an older version of {path} was brought back by {by}",
    "RoomSensed": "people in the room: {people}",
    "RunEnded": "RUN off: {reason}",
    "RunStarted": "RUN on",
    "SafeLookSet": "the safe look is {caption}",
    "ScanFinished": "scan: {chapters} chapters, {words} words, {seconds:.2f} s",
    "ScreenAssigned": "{wall} was given another screen",
    "SensorActed": "a sensor acted: {text}",
    "SentToDisplays": "{layer} was sent to foreign displays: {caption}",
    "ServiceAdopted": "{service} was adopted (process {pid})",
    "ServiceEnded": "{service} ended with {code}",
    "ServiceParked": "{service} is not started again by itself: {reason}",
    "ServiceLost": "{service} fell silent for {silent_s:.0f} s",
    "ServiceSeen": "{service} is there (process {pid})",
    "ServiceStarted": "{service} was started (process {pid})",
    "ShowOpened": "show opened: {title}",
    "SpendAdded": "{source} spent {usd:.4f} USD, {total:.2f} USD in all",
    "SpendReserved": "{usd:.4f} USD reserved",
    "SpendSettled": "reservation settled at {usd:.4f} USD",
    "StopChanged": "{stop} {on}, by {by}",
    "StoryDecided": "a visitor's story: {verdict}",
    "StoryPassedOver": "a story was passed over: {reason}",
    "StuckDetected": "stuck for {cycles} cycles: {reason}",
    "TakenLive": "TAKE by {by}: {caption}",
    "TaskDispatched": "{role} works on {target}: {action}",
    "TellingArchived": "the telling was archived in {path}",
    "TellingBegun": "a new telling began",
    "ToolCalled": "{role} used {tool} on {path}: {status} {message}",
    "TransitionSet": "pictures go over by {kind} in {seconds} s",
    "TrialEnded": "trial of {role} ended: {status} {message}",
    "TrialStarted": "{role} is tried",
    "VariableUnknown": "nobody knows the variable {variable} of {role}",
    "VerbUsed": "{who} used {verb} by {how}",
    "VerdictGiven": "verdict on {chapter_id}: {verdict}",
    "WallConfirmed": "{wall} painted {layer} ({phase})",
    "WallKept": "{wall} keeps what SHOW left there",
    "WallMapSet": "the map of {wall} was changed",
    "WallNamed": "{wall} is called {title}",
    "WallPlaced": "{wall} took its place",
    "WallRefused": "{wall} kept its picture: {reason}",
    "WallReleased": "{wall} was released",
    "WallSilent": "{wall} did not answer for {seconds:.0f} s",
    "WallStalled": "{wall} painted nothing for {seconds:.0f} s",
    "WallsRestored": "RESTORE brought the walls back",
    "Warned": "{text}",
    "WordsKept": "words somebody wants forgotten stand in the story itself",
    "WordsSwept": "forgotten words were taken out of {changed}; left: {left}",
}

_EITHER: Final[Mapping[str, tuple[str, str, str]]] = {
    "AttendanceChanged": (
        "attended",
        later("somebody is there again, by {by}"),
        later("the show was left alone, by {by}"),
    ),
    "BrainCalled": ("attempt", later("{role} asks {model} again, attempt {attempt}"), later("{role} asks {model}")),
    "CandidatePinned": ("on", later("pinned: {request_id}"), later("let go: {request_id}")),
    "CardTried": ("which", later("card {which} is tried on the walls"), later("no card is tried any more")),
    "ChapterLocked": ("locked", later("{chapter_id} was locked by {by}"), later("{chapter_id} was unlocked by {by}")),
    "GateDecided": (
        "passed",
        later("passed the gate: {request_id}"),
        later("refused by the gate: {request_id} {reason}"),
    ),
    "HouseClosed": ("on", later("the house shows its closed card"), later("the closed card went down")),
    "PreflightEnded": ("ready", later("pre-flight ended: ready"), later("pre-flight ended: not ready")),
    "ReserveWanted": (
        "on",
        later("the reserve reel is wanted {reason}"),
        later("the reserve reel is wanted no longer"),
    ),
    "WallFollows": ("follow", later("{wall} follows TAKE again"), later("{wall} is pinned to a picture of its own")),
    "WallRested": ("on", later("{wall} stalls and rests on its safe look"), later("{wall} paints again")),
}
"""Field, what is said when it is so, and when it is not."""
_SAID: Final = frozenset({"reason", "found"})
"""Fields in which the engine says why, or what it found."""
_NAMES: Final = frozenset({"layer", "phase", "stop", "state", "mode", "role", "kind", "verdict", "action"})
"""Fields that hold one of the engine's own words, as it is written there: `safe_look`."""
_CHAPTERS: Final = ("target", "chapter_id")
"""Fields that name a chapter, mostly as a file."""


def kind_of(event: Event | type[Event]) -> str:
    """Return the room of the vocabulary an event belongs to."""
    cls = event if isinstance(event, type) else type(event)
    return cls.__module__.rpartition(".")[2]


def names_of(kind: str) -> tuple[str, ...]:
    """Return the names of all events of a kind; of every kind for ""."""
    return tuple(name for name, cls in EVENTS.items() if kind_of(cls) == kind) if kind else ()


def words_of(event: Event, picture: Callable[[str], str] = str) -> str:
    """Return one line that tells an event; one nobody wrote words for tells its name and fields.

    `picture` gives what a picture is called in place of its id.
    """
    template = _template(event)
    if isinstance(event, Warned):
        return _one_line(engine_words(str(event.text)))
    if isinstance(event, NextStaged) and event.request_id is None:
        template = later("NEXT is empty")
    fields = {name: _plain(value) for name, value in event}
    if fields.get(PICTURE_ID):
        fields[PICTURE_ID] = picture(fields[PICTURE_ID])
    for name in _SAID & fields.keys():
        fields[name] = engine_words(str(fields[name]))
    for name in _NAMES & fields.keys():
        fields[name] = translated(str(fields[name]).replace("_", " "))
    for name in _CHAPTERS:
        if isinstance(said := fields.get(name), str) and said:
            fields[name] = chapter_name(chapter_id(said))
    text = translated(template, **fields) if template else _generic(event, fields)
    return _one_line(text)


def _one_line(text: str) -> str:
    """Blanks and line ends as one blank; a protected space stays, French needs it."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()


def _template(event: Event) -> str | None:
    name = type(event).__name__
    if name in _EITHER:
        field, so, not_so = _EITHER[name]
        return so if getattr(event, field) else not_so
    return _WORDS.get(name)


def _generic(event: Event, fields: Mapping[str, Any]) -> str:
    told = ", ".join(f"{name} {value}" for name, value in fields.items() if value not in ("", None, (), {}))
    return f"{type(event).__name__}: {told}"


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    return "" if value is None else value
