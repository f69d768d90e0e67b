"""The support bundle: logs, health, settings, what doctor found and the last events, in one file without secrets.

Whatever goes in passes one door, where known secrets, what looks like a key and, unless they are wanted, visitors'
words are taken out. Pictures, chapters, .env and the keys between machines are never in it. Blocking.
"""

import contextlib
import json
import os
import platform
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from textcraft_bus.cli import version
from textcraft_bus.crashes import crash_files
from textcraft_bus.disk.folders import config_folder, log_folder
from textcraft_bus.disk.temps import new_temp
from textcraft_bus.errors import BusError
from textcraft_bus.records import dataclass
from textcraft_bus.redaction import Redactor
from textcraft_core.diagnosis.read_only import read_only
from textcraft_core.diagnosis.visitors import Silencer, Words, without_words, words_of_visitors
from textcraft_core.show.folder import Progress, ShowFolder

ROWS: Final = 2000
"""So many of the newest events go along."""
TAIL_BYTES: Final = 2 << 20
"""Of a long file its end goes along: the newest lines."""
MAX_FILES: Final = 200
SETTINGS: Final = ("config.toml", "core.toml", "image_server.toml", "display.toml")


class BundleFailed(BusError):
    """The bundle could not be written; nothing of it stays."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a bundle is made of. `checks` is what doctor found, as JSON; `words`: visitors' words may go along."""

    show: ShowFolder
    checks: Sequence[Mapping[str, Any]] = ()
    words: bool = False
    rows: int = ROWS


def write_bundle(path: Path, wanted: Wanted, redactor: Redactor, progress: Progress = lambda _share: None) -> Path:
    """Write the bundle to `path`, whole or not at all, and return it. Raises BundleFailed.

    `progress` hears the share that is done, on this thread; what it raises ends the work, and nothing stays.
    """
    half = path.with_name(new_temp(path.name))
    door = _door(wanted, redactor)
    parts = [*_parts(wanted)]
    try:
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as bundle:
            for number, (name, read) in enumerate(parts):
                progress(number / len(parts))
                bundle.writestr(name, door(_text(read)))
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise BundleFailed(f"the bundle cannot be written to {path}: {error.strerror or error}") from error
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    progress(1.0)
    return path


def usual_name(now: datetime) -> str:
    """Return what a bundle is called."""
    return f"textcraft-support-{now:%Y%m%d-%H%M%S}.zip"


def _door(wanted: Wanted, redactor: Redactor) -> Callable[[str], str]:
    if wanted.words:
        return redactor.clean
    silencer = Silencer(words_of_visitors(wanted.show.journal))
    return lambda text: silencer.clean(redactor.clean(text))


def _text(read: Callable[[], str]) -> str:
    """What cannot be read says so in its place: a broken machine is what bundles are made of."""
    try:
        return read()
    except (OSError, sqlite3.Error, ValueError) as error:
        return f"cannot be read: {error}\n"


Part = tuple[str, Callable[[], str]]


def _parts(wanted: Wanted) -> Iterator[Part]:
    yield "about.json", lambda: _json(_about(wanted))
    yield "doctor.json", lambda: _json(list(wanted.checks))
    yield from _files("logs", _logs())
    yield from _files("crashes", crash_files(log_folder()))
    yield from _files("health", sorted((log_folder() / "health").glob("*.json")))
    yield from _files("settings", [wanted.show.root / name for name in SETTINGS])
    yield "settings/env.txt", lambda: _names_of_env(wanted.show.root)
    yield "settings/restore.json", lambda: _restore(wanted)
    yield from _files("machine", _machine_settings())
    yield "journal.jsonl", lambda: "\n".join(_events(wanted)) + "\n"


def _about(wanted: Wanted) -> dict[str, Any]:
    return {
        "version": version(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "visitors_words": wanted.words,
        "environment": sorted(name for name in os.environ if name.startswith(("TEXTCRAFT_", "QT_", "LLM_", "AI_"))),
    }


def _json(content: Any) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False)


def _logs() -> list[Path]:
    found = [*log_folder().glob("*.log*"), *log_folder().glob("*.out")]
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)[:MAX_FILES]


def _machine_settings() -> list[Path]:
    """Layouts, key map, walls and screens; neither the PIN nor the keys between machines."""
    folder = config_folder()
    found = [*folder.glob("*.json"), *(folder / "walls").glob("*.json")]
    return sorted(path for path in found if path.name != "pin.json")


def _files(folder: str, paths: Sequence[Path]) -> Iterator[Part]:
    for path in paths:
        if path.is_file():
            yield f"{folder}/{path.name}", lambda path=path: _tail(path)  # type: ignore[misc]  # bound by its default


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL_BYTES))
        if size > TAIL_BYTES:
            file.readline()  # a line that is cut could hold half a secret, which nobody recognises
        return file.read(TAIL_BYTES).decode("utf-8", "replace")


def _restore(wanted: Wanted) -> str:
    if not wanted.show.restore.is_file():
        return "not played yet\n"
    text = _tail(wanted.show.restore)
    return text if wanted.words else without_words(text)


def _names_of_env(root: Path) -> str:
    """Which keys .env has, never what they are."""
    path = root / ".env"
    if not path.is_file():
        return "no .env\n"
    lines = path.read_text("utf-8", "replace").splitlines()
    names = [line.partition("=")[0].strip() for line in lines if "=" in line and not line.lstrip().startswith("#")]
    return "\n".join(f"{name} is set" for name in names) + "\n"


def _events(wanted: Wanted) -> Iterator[str]:
    if not wanted.show.journal.is_file():
        return
    with contextlib.closing(read_only(wanted.show.journal)) as connection:
        query = "SELECT seq, at, name, body FROM events ORDER BY seq DESC LIMIT ?"
        rows = connection.execute(query, (wanted.rows,)).fetchall()
    words = Words.ALL if wanted.words else Words.NONE
    for seq, at, name, body in reversed(rows):
        told = {"seq": seq, "at": datetime.fromtimestamp(at, UTC).isoformat(), "name": name}
        yield json.dumps({**told, "body": words.kept(name, json.loads(body))}, ensure_ascii=False)
