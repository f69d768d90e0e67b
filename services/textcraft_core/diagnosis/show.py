"""Whether a show's folder can be played: its texts, its settings, its black box, its prices. All of it blocks."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from textcraft_bus.config import ConfigError, read_toml, unknown_keys
from textcraft_bus.disk.files import read_json
from textcraft_bus.errors import BusError, FileMissing, Unreadable
from textcraft_core.ai_services.prices import listed
from textcraft_core.ai_services.settings import LlmSettings, SettingsError
from textcraft_core.config import TextCraftCoreConfig
from textcraft_core.day.preflight import Finding, fail, ok, unknown, warn
from textcraft_core.diagnosis.read_only import read_only
from textcraft_core.errors import EngineError
from textcraft_core.record.journal_schema import APPLICATION_ID
from textcraft_core.show import bible_files
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.matrix import Matrix
from textcraft_core.stage.walls.restore import Restore

JOURNAL_SECONDS: Final = 20.0
"""So long a journal is looked through; a larger one is told as not looked through to its end."""
_STEPS: Final = 100_000


def texts(show: ShowFolder) -> Finding:
    """Read matrix and bible as the engine would, and change nothing."""
    found = [*_matrix_problems(show), *_bible_problems(show)]
    chapters = len(list(show.manuscripts.glob("*.md")))
    if found:
        return fail("; ".join(found[:3]), "bring an older version back in MANUSCRIPT or STORY BIBLE, or mend the file")
    return ok(f"matrix, bible and {chapters} chapter{'s' * (chapters != 1)} can be read, in {show.root}")


def _matrix_problems(show: ShowFolder) -> Iterator[str]:
    try:
        Matrix.model_validate(read_json(show.matrix))
    except FileMissing:
        return  # a new show has none yet
    except ValidationError as error:
        yield f"matrix.json: {error.errors()[0]['msg']}"
    except Unreadable as error:
        yield str(error)


def _bible_problems(show: ShowFolder) -> Iterator[str]:
    for file in bible_files.FILES:
        try:
            problem = bible_files.fatal(bible_files.problems(file, bible_files.read(show.sandbox, file)))
        except (EngineError, BusError) as error:
            yield str(error)
            continue
        if problem is not None:
            yield f"{file}.json, {'.'.join(map(str, problem.path))}: {problem.text}"


def settings(show: ShowFolder) -> Finding:
    """Read the settings as a core would."""
    try:
        TextCraftCoreConfig.from_overrides(config_file=show.root / "core.toml")
        others = TextCraftCoreConfig.read_by_others
        table = {key: value for key, value in _table(show.root / "core.toml").items() if key not in others}
        strange = [f"core.toml: {said}" for said in unknown_keys(table, TextCraftCoreConfig)]
        for name in ("config.toml", "image_server.toml", "display.toml"):
            _table(show.root / name)
    except ConfigError as error:
        return fail(str(error), "mend the setting; textcraft --help lists each with what it means")
    if strange:
        return warn("; ".join(strange[:3]), "correct the spelling: a key nobody knows has no effect")
    return ok("config.toml, core.toml, image_server.toml and display.toml can be read")


def _table(path: Path) -> dict[str, object]:
    return read_toml(path) if path.is_file() else {}


def came_back(show: ShowFolder) -> Finding:
    """Tell in which state the last console left the show."""
    try:
        kept = Restore.model_validate(read_json(show.restore))
    except FileMissing:
        return ok("no console has played this show here yet")
    except (Unreadable, ValidationError) as error:
        return warn(f"restore.json cannot be used: {type(error).__name__}", "it is set aside at the next start")
    said = f"{kept.playout.mode.value.upper()}, RUN {'on' if kept.run else 'off'}"
    return ok(f"it was closed in {said}" if kept.closed else f"it is open, or crashed, in {said}: it resumes so")


def journal(path: Path) -> Finding:
    """Look through the black box page by page."""
    if not path.is_file():
        return ok("no journal yet")
    try:
        with contextlib.closing(read_only(path)) as connection:
            return _looked_through(connection, path)
    except sqlite3.Error as error:
        return fail(f"the journal cannot be read: {error}", "it is set aside at the next start and a new one is begun")


def _looked_through(connection: sqlite3.Connection, path: Path) -> Finding:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        return fail("journal.sqlite belongs to another program", "move it elsewhere")
    deadline = time.monotonic() + JOURNAL_SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
    size = f"{path.stat().st_size / 1e6:.0f} MB"
    try:
        said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        events = connection.execute("SELECT count(*) FROM events").fetchone()[0]
    except sqlite3.OperationalError as error:
        if "interrupt" not in str(error):
            raise
        return unknown(f"{size}: not looked through within {JOURNAL_SECONDS:.0f} s", "nothing to do: it can be opened")
    if said != "ok":
        return fail(f"the journal is damaged: {said}", "it is set aside at the next start and a new one is begun")
    return ok(f"{events:,} events in {size}, whole")


def last_event_at(path: Path) -> datetime | None:
    """Return when the last event was stored; None without a journal that can be read."""
    if not path.is_file():
        return None
    try:
        with contextlib.closing(read_only(path)) as connection:
            row = connection.execute("SELECT at FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    except sqlite3.Error:
        return None
    return datetime.fromtimestamp(row[0], UTC) if row else None


def prices(config: TextCraftCoreConfig, dotenv: Path) -> Finding:
    """Look whether the price of every model that may be asked is known."""
    if config.brain != "live":
        return ok("nothing is paid: the rehearsal brain plays")
    try:
        llm = LlmSettings.read(config.llm.table(), dotenv)
    except SettingsError as error:
        return fail(str(error), "mend [llm] in core.toml")
    if llm.free:
        return ok(f"{llm.base_url} costs nothing")
    dear = _unknown_prices([llm.model], llm.base_url)
    if dear:
        advice = 'say it as [llm] price = "PROMPT/COMPLETION", USD per million tokens; until then the dearest counts'
        return warn(f"nobody knows the price of {', '.join(dear)}", advice)
    return ok(f"{llm.model} is in the list of prices")


def _unknown_prices(models: Sequence[str], base_url: str) -> list[str]:
    return [model for model in models if not listed(model, base_url).known]
