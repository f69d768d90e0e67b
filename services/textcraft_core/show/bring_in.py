"""Brings a story folder of any TextCraft program in as a copy; the original is only read, never opened or followed.

What nobody here knows comes along byte for byte. What stays behind (secrets, locks, links, the memory of another
program's machine) is named in the report, which lies in the new show as `import-report.txt`.
"""

import os
import re
import shutil
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import Final

from textcraft_bus.disk.files import read_json, write_durably
from textcraft_bus.errors import BusError, Unreadable
from textcraft_bus.records import dataclass
from textcraft_core.errors import ShowError
from textcraft_core.show.folder import MAX_TOLD, Progress, ShowFolder, in_letters
from textcraft_core.show.templates import unsuitable

REPORT: Final = "import-report.txt"
MAX_FILES: Final = 200_000
BIBLE: Final = ("personas", "project_conf", "characters", "locations", "timeline", "story_brief")
_STAYS: Final = {
    r"\.env.*": "secrets",
    r".*\.lock": "a lock of the program that holds it",
    r"journal.*": "another program's journal",
    r"restore\.json": "how walls stood",
    r"rehearsals|drafts|tellings": "copies and drafts",
    r"\.git|\.svn|\.hg|__pycache__|venv|\.venv|node_modules": "tools, not story",
    r".*\.tmp|.*\.half": "half a file",
}
"""What is left behind at the top of a show, by its name."""
_MOST_NAMED: Final = 40
CHAPTERS: Final = "chapters"
OF_BIBLE: Final = "files of the story bible"
PICTURES: Final = "pictures"
OTHERS: Final = "other files, kept as they are"
_OF_ONE: Final = {
    CHAPTERS: "chapter",
    OF_BIBLE: "file of the story bible",
    PICTURES: "picture",
    OTHERS: "other file, kept as it is",
}


@dataclass
class Imported:
    """What became of a folder: files taken by kind, and what was left, each with the reason."""

    show: ShowFolder
    taken: Counter[str] = field(default_factory=Counter)
    left: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The report, in plain words."""
        kinds = (
            ", ".join(f"{count} {_OF_ONE[kind] if count == 1 else kind}" for kind, count in self._by_number())
            or "nothing"
        )
        shown = list(self.left.items())[:_MOST_NAMED]
        lines = [f"Taken: {kinds}.", *(f"Left: {name} ({why})." for name, why in shown)]
        if len(self.left) > _MOST_NAMED:
            lines.append(f"Left: {len(self.left) - _MOST_NAMED} more.")
        return "\n".join([*lines, *self.notes])

    def _by_number(self) -> list[tuple[str, int]]:
        """The kinds of the story, most first; then what is no story."""
        return sorted(self.taken.most_common(), key=lambda taken: taken[0] == OTHERS)


@dataclass(frozen=True)
class _File:
    source: Path
    place: Path
    """Where it goes, relative to the new show."""


def bring_in(source: Path, destination: Path, progress: Progress | None = None) -> Imported:
    """Copy a story folder to a new or empty one, whole or not at all, and report. Blocking.

    `progress` hears the share that is copied, 0–1, on this thread; what it raises ends the copy and nothing stays.
    Raises ShowError.
    """
    try:
        source, destination = source.expanduser().resolve(), destination.expanduser().absolute()
    except RuntimeError as fault:  # a circle of links, or nobody's home
        raise ShowError(str(fault), "choose the story's own folder, and a new or empty one for the copy") from fault
    if told := unfit(source) or unsuitable(destination):
        raise ShowError(told, "choose the story's own folder, and a new or empty one for the copy")
    in_letters(destination)
    if destination.resolve().is_relative_to(source):
        raise ShowError("the copy would lie in the original", "choose a folder elsewhere")
    half = destination.with_name(f".{destination.name}.half")
    imported = Imported(ShowFolder(destination))
    try:
        _copy(source, half, imported, progress)
        _look_at(ShowFolder(half), imported)
        write_durably(half / REPORT, f"{imported.text}\n".encode())
        if destination.is_dir():
            destination.rmdir()
        half.rename(destination)
    except (OSError, BusError) as fault:
        raise ShowError("the folder could not be copied", f"check the disk ({fault})") from fault
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return imported


def unfit(source: Path) -> str:
    """Return why a folder holds no story that can be brought in, "" when it does. Blocking."""
    try:
        if not source.is_dir():
            return f"{source.name} is no folder"
        data = _data_of(source)
        known = (data / name for name in ("matrix.json", "story_bible", "manuscripts"))
        found = any(path.exists() for path in known)
    except OSError as fault:
        return f"{source.name[:MAX_TOLD]} cannot be read: {fault.strerror or fault}"
    return "" if found else f"{source.name} holds no matrix, story bible or manuscripts"


def _data_of(source: Path) -> Path:
    """Return where the story lies: some programs keep it in `data/`, some at the top."""
    return source / "data" if (source / "data").is_dir() else source


def _copy(source: Path, half: Path, imported: Imported, progress: Progress | None) -> None:
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    files = list(_files(source, imported))
    for number, file in enumerate(files, start=1):
        target = half / file.place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.source, target, follow_symlinks=False)
        imported.taken[_kind(file.place)] += 1
        if progress is not None:
            progress(number / len(files))
    (half / "data" / "manuscripts").mkdir(parents=True, exist_ok=True)


def _files(source: Path, imported: Imported) -> Iterator[_File]:
    """Yield what comes along; everything else is noted with its reason."""
    into = Path() if _data_of(source) != source else Path("data")
    count = 0
    for folder, below, names in os.walk(source):
        here = Path(folder)
        for name in sorted([*below, *names]):
            why = _stays(here / name, top=here == source)
            if why:
                imported.left[(here / name).relative_to(source).as_posix()] = why
            elif name in names:
                count += 1
                if count > MAX_FILES:
                    raise ShowError(f"{source.name} holds more than {MAX_FILES} files", "choose the story's own folder")
                yield _File(here / name, into / (here / name).relative_to(source))
        below[:] = sorted(name for name in below if not _stays(here / name, top=here == source))


def _stays(path: Path, *, top: bool) -> str:
    """Return why something stays behind, "" when it comes along."""
    try:
        seen = path.lstat()
    except OSError as fault:
        return str(fault.strerror or "it cannot be read")
    if stat.S_ISLNK(seen.st_mode):
        return "a link"
    if not (stat.S_ISREG(seen.st_mode) or stat.S_ISDIR(seen.st_mode)):
        return "no plain file"
    if not os.access(path, os.R_OK | (os.X_OK if stat.S_ISDIR(seen.st_mode) else 0)):
        return "it may not be read"
    rules = _STAYS.items() if top else ()
    return next((why for pattern, why in rules if re.fullmatch(pattern, path.name)), "")


def _kind(place: Path) -> str:
    parts = place.as_posix()
    if parts.startswith("data/manuscripts/") and place.suffix == ".md":
        return CHAPTERS
    if parts.startswith("data/story_bible/"):
        return OF_BIBLE
    if place.suffix.lower() in {".png", ".jpg", ".jpeg", ".webp"}:
        return PICTURES
    return OTHERS


def _look_at(show: ShowFolder, imported: Imported) -> None:
    """Say what will be missed or cannot be read; the files themselves stay as they came."""
    missing = [name for name in BIBLE if not (show.bible / f"{name}.json").is_file()]
    if missing:
        imported.notes.append(f"Not there, and may be written in the console: {', '.join(missing)}.")
    for path in (show.matrix, *(show.bible / f"{name}.json" for name in BIBLE)):
        if path.is_file() and (told := _unreadable(path)):
            imported.notes.append(f"{path.name} cannot be read ({told}): it came along as it is.")
    if any((show.root / name).is_file() for name in ("schemas.py", "constants.py")):
        imported.notes.append("Code came along (schemas.py, constants.py): it runs only when you trust it by name.")


def _unreadable(path: Path) -> str:
    try:
        read_json(path)
    except Unreadable as fault:
        return fault.why
    return ""
