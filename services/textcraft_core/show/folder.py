"""A show on disk: where its files lie, and how shows are begun, opened and copied; knows nothing of what is in them."""

import functools
import hashlib
import itertools
import os
import re
import shutil
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from textcraft_bus.clock import Clock
from textcraft_bus.disk.sandbox import Sandbox
from textcraft_bus.records import dataclass
from textcraft_core.errors import ShowError

_NOT_REHEARSED: Final = re.compile(
    r"images|exports|reports|journal.*|\.env.*|restore\.json|rehearsals|tellings|drafts|\.git|.*\.lock|.*\.tmp"
)
_REHEARSAL_NAME: Final = re.compile(r"\d{8}-\d{6}(-\d+)?")
MAX_TOLD: Final = 80
"""Letters of a name that are repeated to whoever gave it; the system allows 255."""
_PROJECTS: Final = "projects"

Progress = Callable[[float], None]


@dataclass(frozen=True)
class ShowFolder:
    """The places of one show; `root` is the folder people see, copy and put in git."""

    root: Path

    @property
    def data(self) -> Path:
        """The folder the agents' tools cannot leave."""
        return self.root / "data"

    @property
    def matrix(self) -> Path:
        """The state of the book."""
        return self.data / "matrix.json"

    @property
    def control(self) -> Path:
        """What other programs may steer through."""
        return self.data / "control.json"

    @property
    def bible(self) -> Path:
        """The folder of personas, characters and the brief."""
        return self.data / "story_bible"

    @property
    def manuscripts(self) -> Path:
        """The folder of chapters."""
        return self.data / "manuscripts"

    @property
    def images(self) -> Path:
        """The folder of pictures, named by content hash."""
        return self.root / "images"

    @property
    def journal(self) -> Path:
        """The black box."""
        return self.root / "journal.sqlite"

    @property
    def memory(self) -> Path:
        """What full-text search knows of the chapters: made from them, and made again when it is gone."""
        return self.root / "journal-memory.sqlite"

    @property
    def restore(self) -> Path:
        """What the walls showed last; read first after a crash."""
        return self.root / "restore.json"

    @property
    def script(self) -> Path:
        """The show's own answers for rehearsals."""
        return self.root / "script"

    @property
    def drafts(self) -> Path:
        """The folder of edits that are not in use yet."""
        return self.root / "drafts"

    @property
    def rehearsals(self) -> Path:
        """The folder of copies that rehearsals write to."""
        return self.root / "rehearsals"

    @property
    def tellings(self) -> Path:
        """The folder of finished books whose show began anew."""
        return self.root / "tellings"

    @functools.cached_property
    def sandbox(self) -> Sandbox:
        """The data folder as names from outside may use it."""
        return Sandbox(self.data)

    def relative(self, path: Path) -> str:
        """Return a path below the root as events and the matrix spell it. Raises ValueError for any other."""
        return path.relative_to(self.root).as_posix()


def new_show(destination: Path, sample: Path | None = None) -> ShowFolder:
    """Begin a show in a new or empty folder as a copy of `sample` (None: the one that ships with the engine).

    Whole or not at all. Raises ShowError.
    """
    in_letters(destination.absolute())
    if destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise ShowError(f"{destination.name} is not empty", "choose a new folder, or open this one instead")
    if sample is not None:
        return _begin(sample, destination)
    with as_file(files("textcraft_core") / "sample_show") as packaged:
        return _begin(packaged, destination)


def rehearsal_copy(
    show: ShowFolder, clock: Clock, progress: Progress | None = None, *, to: Path | None = None
) -> ShowFolder:
    """Copy what a rehearsal needs to `rehearsals/<YYYYmmdd-HHMMSS>/`, or `to` a new folder, whole or not at all.

    Pictures, journal, secrets and restore state stay behind, and so do links: a rehearsal must reach nothing real.
    `progress` hears the share that is copied, 0–1, on this thread; what it raises ends the copy, and nothing stays.
    Raises ShowError.
    """
    destination = to or _free_name(show.rehearsals, clock.now().strftime("%Y%m%d-%H%M%S"))
    half = destination.with_name(f".{destination.name}.half")
    try:
        shutil.rmtree(half, ignore_errors=True)
        copy = _counting(_files_below(show.root), progress) if progress else shutil.copy2
        shutil.copytree(show.root, half, ignore=_left_behind(show.root), copy_function=copy)
        half.rename(destination)
    except OSError as exc:
        shutil.rmtree(half, ignore_errors=True)
        raise ShowError("the rehearsal could not be copied", f"check the disk ({exc.strerror or exc})") from exc
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise
    return ShowFolder(destination)


def rehearsals_of(show: ShowFolder) -> list[ShowFolder]:
    """Return the rehearsals of a show, the newest first."""
    if not show.rehearsals.is_dir():
        return []
    names = sorted((path.name for path in show.rehearsals.iterdir() if _is_rehearsal(path)), key=_age, reverse=True)
    return [ShowFolder(show.rehearsals / name) for name in names]


def open_show(path_or_name: str = "") -> ShowFolder:
    """Return the show in a folder, or of that name below `projects/`; "" means what PROJECT_ENV names.

    Raises ShowError when there is none.
    """
    wanted = path_or_name or os.environ.get("PROJECT_ENV", "")
    if not wanted:
        raise ShowError("no show was named", "give its folder, or set PROJECT_ENV to its name")
    try:
        for folder in (Path(wanted).expanduser(), Path(_PROJECTS) / wanted):
            if (folder / "data").is_dir():
                return ShowFolder(in_letters(folder.resolve()))
    except (OSError, RuntimeError) as error:  # a name too long, no right to look, no home, a circle of links
        why = error.strerror if isinstance(error, OSError) else error
        raise ShowError(f"{_short(wanted)} cannot be opened", f"choose another folder ({why})") from error
    raise ShowError(f"{_short(wanted)} is no show", "choose a folder that holds a data folder, or begin a new show")


def in_letters(folder: Path) -> Path:
    """Return a folder whose whole path can be written down: walls, journal and file watch get it as text.

    Raises ShowError.
    """
    try:
        str(folder).encode()
    except UnicodeEncodeError as error:
        shown = _short(str(folder).encode("utf-8", "replace").decode())
        advice = "rename it in plain letters, or start with LANG=C.UTF-8"
        raise ShowError(f"the path {shown} holds letters this system's language cannot write", advice) from error
    return folder


def _short(text: str) -> str:
    return text if len(text) <= MAX_TOLD else f"{text[:MAX_TOLD]}…"


def show_id(show: ShowFolder) -> str:
    """Return 16 hexadecimal digits that stay the same while the show's folder stays where it is."""
    return hashlib.sha256(show.root.resolve().as_posix().encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _begin(sample: Path, destination: Path) -> ShowFolder:
    if not (sample / "data").is_dir():
        raise ShowError("the sample show is missing", "install the program again")
    half = destination.with_name(f".{destination.name}.half")
    unwanted = shutil.ignore_patterns("__pycache__", "__init__.py")
    try:
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(sample, half, ignore=unwanted)
        (half / "data" / "manuscripts").mkdir(parents=True, exist_ok=True)
        if destination.is_dir():
            destination.rmdir()
        half.rename(destination)
    except OSError as exc:
        shutil.rmtree(half, ignore_errors=True)
        raise ShowError("the show could not be begun", f"check the disk ({exc.strerror or exc})") from exc
    return ShowFolder(destination.resolve())


def _files_below(root: Path) -> int:
    left_behind = _left_behind(root)
    count = 0
    for folder, below, names in os.walk(root):
        gone = left_behind(folder, [*below, *names])
        below[:] = [name for name in below if name not in gone]
        count += sum(name not in gone for name in names)
    return count


def _counting(files: int, progress: Progress) -> Callable[[str, str], object]:
    done = itertools.count(1)

    def copy(source: str, destination: str) -> object:
        made = shutil.copy2(source, destination)
        progress(next(done) / max(1, files))
        return made

    return copy


def _left_behind(root: Path) -> Callable[[str, list[str]], set[str]]:
    def choose(folder: str, names: list[str]) -> set[str]:
        here = Path(folder)
        links = {name for name in names if (here / name).is_symlink()}
        return links if here != root else links | {name for name in names if _NOT_REHEARSED.fullmatch(name)}

    return choose


def _free_name(folder: Path, name: str) -> Path:
    taken = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return folder / free


def _is_rehearsal(path: Path) -> bool:
    return _REHEARSAL_NAME.fullmatch(path.name) is not None and (path / "data").is_dir()


def _age(name: str) -> tuple[str, int]:
    return name[:15], int(name[16:] or 1)
