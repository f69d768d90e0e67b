"""The tree of errors the shared foundations raise; knows nothing of who shows them.

BusError
├── WriteFailed     a file could not be written; the old one is intact
├── ChangedMeanwhile  a file is not what it was when its next content was made from it
├── Unreadable      a file is not what its name promises
│   └── FileMissing     there is no such file
├── SecurityError   a path leads, or may lead, out of its sandbox
├── PictureRefused  bytes that are not a picture we take
├── AssetMissing    the installation is incomplete
├── FolderRefused   a folder of this machine's own cannot be made or used
├── Unheard         what was to be printed reaches nobody
└── TasksStopped    a task was to start in a group that has been stopped
"""

from pathlib import Path


class BusError(Exception):
    """Anything the shared foundations refuse or fail to do."""


class WriteFailed(BusError):
    """A durable write was not confirmed: the file holds its old content, whole.

    Only if the sync of the folder, the very last step, failed does it hold the new content, also whole.

    `errno` is the system's number (0 when a limit of ours refused), `what_to_do` one sentence for the operator.
    """

    def __init__(self, path: Path, errno: int, what_to_do: str) -> None:
        super().__init__(f"{path.name} was not written ({what_to_do})")
        self.path = path
        self.errno = errno
        self.what_to_do = what_to_do


class ChangedMeanwhile(BusError):
    """Somebody else changed a file after it was read for this write; nothing was written: read it again."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name} was changed by another program at the same moment")
        self.path = path


class Unreadable(BusError):
    """A file exists but cannot be used; `why` is one phrase for the operator."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path.name} cannot be read: {why}")
        self.path = path
        self.why = why


class FileMissing(Unreadable):
    """There is no such file: nothing to set aside, perhaps something to create."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "it does not exist")


class SecurityError(BusError):
    """A path was refused before anything was opened through it; `path` is kept as it was given."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path[:200]!r} refused: {reason}")
        self.path = path
        self.reason = reason


class PictureRefused(BusError):
    """Bytes that are no PNG, JPEG or WebP within the limits; `reason` is one phrase."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"picture refused: {reason}")
        self.reason = reason


class AssetMissing(BusError):
    """A file that ships with the program is not there; `looked` are the folders searched."""

    def __init__(self, name: str, looked: tuple[Path, ...]) -> None:
        places = ", ".join(str(place) for place in looked) or "nowhere: the package is not installed"
        super().__init__(f"{name} is missing from this installation (looked in {places})")
        self.name = name
        self.looked = looked


class FolderRefused(BusError):
    """A folder for settings, logs or caches cannot be made or used: `path`, and the system's words for why."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} cannot be used ({why}): set TEXTCRAFT_HOME to a folder that may be written to")
        self.path = path
        self.why = why


class Unheard(BusError):
    """What a program has to say cannot be printed; `why` in the system's words."""

    def __init__(self, why: str) -> None:
        super().__init__(f"what was asked for cannot be printed: {why}")


class TasksStopped(BusError):
    """A task was to be started in a group that has been stopped."""
