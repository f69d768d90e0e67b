"""The tree of errors the story engine raises; knows nothing of who shows them.

EngineError
├── ShowError        a folder is no show, or cannot become one
├── JournalError     the black box cannot take or give something
├── BibleError       a file of the story bible cannot be used
│   └── PersonaError     one field of one persona is wrong
├── BrainError       a brain call ended without a usable answer; `kind` says how
├── ToolRefused      a tool call that cannot be done as it was asked
├── DecisionError    a plan that must not be acted upon
├── MergeConflict    two changed the same place of a file: both are shown, nothing was written
└── CommandRefused   the operator asked for something that cannot be done now
"""

from enum import StrEnum


class EngineError(Exception):
    """Anything the engine refuses or fails to do; its text is fit for the operator."""


class ShowError(EngineError):
    """A folder is no show, or cannot become one; `what_to_do` is one sentence for the operator."""

    def __init__(self, what: str, what_to_do: str) -> None:
        super().__init__(f"{what}: {what_to_do}")
        self.what = what
        self.what_to_do = what_to_do


class JournalError(EngineError):
    """The journal did not store or cannot give back something; what depends on it must not happen."""


class BibleError(EngineError):
    """A file of the story bible cannot be used; `what_to_do` is one sentence for the operator."""

    def __init__(self, what: str, what_to_do: str) -> None:
        super().__init__(f"{what}: {what_to_do}")
        self.what_to_do = what_to_do


class PersonaError(BibleError):
    """One field of one persona is wrong or missing."""

    def __init__(self, role: str, field: str, what: str, what_to_do: str) -> None:
        where = f"{role}.{field}" if field else role
        super().__init__(f"personas.json, {where}, {what}", what_to_do)
        self.role = role
        self.field = field


class BrainFault(StrEnum):
    """How a brain call failed."""

    AUTH = "auth"
    RATE = "rate"
    TIMEOUT = "timeout"
    SERVER = "server"
    GARBAGE = "garbage"
    REFUSED = "refused"
    MISSING = "missing"


class BrainError(EngineError):
    """A brain call ended without a usable answer; `retry_after` in seconds when the server asked for a wait."""

    def __init__(self, kind: BrainFault, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_after = retry_after


class ToolRefused(EngineError):
    """A tool call that cannot be done as it was asked; its text is fit for the model."""


class DecisionError(EngineError):
    """A plan that is ambiguous, malformed or names what does not exist: never acted upon."""


class CommandRefused(EngineError):
    """A command cannot be done now; `reason` is one sentence for the operator."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MergeConflict(EngineError):
    """Somebody else changed the same places of a file meanwhile; nothing was written."""

    def __init__(self, file: str, places: tuple[str, ...]) -> None:
        where = f" at {', '.join(places[:5])}" if places else ""
        super().__init__(f"{file} was changed meanwhile{where}: choose which stays, nothing was overwritten")
        self.places = places
