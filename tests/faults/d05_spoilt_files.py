"""D5: files spoilt in every way, as power cuts, editors and other programs spoil them: the last good state, told."""

import asyncio
import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes.show import CHARACTERS, PERSONAS
from tests.faults.case import Case, Figure, Run, at_least, none_of
from tests.faults.savers import new_show
from textcraft_bus.clock import Clock, SystemClock
from textcraft_bus.errors import BusError
from textcraft_core.control.control_file import TornControl, parse
from textcraft_core.errors import EngineError
from textcraft_core.show.bible import Bible
from textcraft_core.show.drafts import Draft, DraftStore
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.matrix import MatrixStore
from textcraft_core.stage.walls import restore

MATRIX = {
    "content": {
        "ch01": {"path": "data/manuscripts/ch01_one.md", "status": "LOCKED", "notes": ["n"]},
        "ch02": {"path": "data/manuscripts/ch02_two.md", "status": "DRAFTING"},
    }
}
CONTROL = {
    "system_status": "PAUSED",
    "architect_override": {"active": True, "instruction": "i", "force_target": "ch02"},
}
GIGABYTE_EVERY = 500
"""A gigabyte of nothing is a mutant of its own, and slower than the others."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One file that programs read: where it lies, what a good one holds, and what the program makes of it."""

    name: str
    path: Callable[[ShowFolder], Path]
    good: Any
    read: Callable[[ShowFolder, Clock], Any]
    keeps_copy: bool = True


def _read_matrix(show: ShowFolder, clock: Clock) -> Any:
    return {key: entry.model_dump() for key, entry in MatrixStore(show, clock).load().content.items()}


def _read_personas(show: ShowFolder, clock: Clock) -> Any:
    return {role: persona.model_dump() for role, persona in Bible(show, clock).personas().items()}


def _read_characters(show: ShowFolder, clock: Clock) -> Any:
    return {name: person.model_dump() for name, person in Bible(show, clock).characters().items()}


def _read_restore(show: ShowFolder, clock: Clock) -> Any:
    return restore.load(show.root / "restore.json", clock).model_dump()


def _read_draft(show: ShowFolder, clock: Clock) -> Any:
    return [draft.content for draft in DraftStore(show.root / "drafts", clock).all()]


def _read_control(show: ShowFolder, _clock: Clock) -> Any:
    return parse((show.data / "control.json").read_bytes()[: 1 << 20])


KINDS = (
    Kind("matrix", lambda show: show.matrix, MATRIX, _read_matrix),
    Kind("personas", lambda show: show.bible / "personas.json", PERSONAS, _read_personas),
    Kind("characters", lambda show: show.bible / "characters.json", CHARACTERS, _read_characters),
    Kind("restore", lambda show: show.root / "restore.json", {"scene": 7}, _read_restore, keeps_copy=False),
    Kind(
        "draft", lambda show: show.root / "drafts" / "d.json", Draft(path="manuscripts/a.md", content="c").model_dump(),
        _read_draft, keeps_copy=False,
    ),
    Kind("control", lambda show: show.data / "control.json", CONTROL, _read_control, keeps_copy=False),
)  # fmt: skip


async def inject(run: Run) -> list[Figure]:
    """Spoil each kind of file so many times."""
    return await asyncio.to_thread(_spoil_all, run)


def _spoil_all(run: Run) -> list[Figure]:
    uncaught: list[str] = []
    resets: list[str] = []
    set_aside = 0
    for kind in KINDS:
        show = new_show(run.folder / kind.name)
        aside = _spoil(kind, show, run.count, uncaught, resets)
        set_aside += aside
    tried = run.count * len(KINDS)
    return [
        none_of("mutants that raised what nobody expects", uncaught, tried),
        none_of("good states given up for a file that is none", resets, tried),
        at_least("files set aside to be looked at", set_aside, run.count / 10),
    ]


def _spoil(kind: Kind, show: ShowFolder, count: int, uncaught: list[str], resets: list[str]) -> int:
    path, good = kind.path(show), json.dumps(kind.good, indent=2).encode()
    clock = SystemClock()
    path.write_bytes(good)
    before = kind.read(show, clock)
    set_aside = 0
    for number, mutant in enumerate(_mutants(good, count, kind.name)):
        _put(path, mutant, sparse=number % GIGABYTE_EVERY == GIGABYTE_EVERY - 1)
        try:
            found = kind.read(show, clock)
        except (BusError, EngineError, TornControl):
            found = before
        except Exception as error:  # noqa: BLE001 - what nobody expects is what is looked for
            uncaught.append(f"{kind.name} {number}: {type(error).__name__}: {error}"[:120])
            found = before
        if kind.keeps_copy and found != before and not _says_something(mutant):
            resets.append(f"{kind.name} {number}: {mutant[:60]!r}")
        for aside in path.parent.glob(f"{path.name}.bad-*"):
            aside.unlink()
            set_aside += 1
        path.write_bytes(good)
        kind.read(show, clock)
    return set_aside


def _put(path: Path, mutant: bytes, *, sparse: bool) -> None:
    path.write_bytes(mutant)
    if sparse:
        os.truncate(path, 1 << 30)
    # Old enough that nobody takes it for a file that is being written this moment.
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 60))


def _says_something(data: bytes) -> bool:
    try:
        return isinstance(json.loads(data.decode("utf-8-sig")), dict | list)
    except (ValueError, RecursionError):
        return False


def _mutants(good: bytes, count: int, seed: str) -> Iterator[bytes]:
    chance = random.Random(seed)
    for number in range(count):
        yield _WAYS[number % len(_WAYS)](good, chance)


def _with_value(good: bytes, chance: random.Random, value: bytes) -> bytes:
    """Put a value in place of some value of the file."""
    colons = [place for place, byte in enumerate(good) if byte == ord(":")]
    place = chance.choice(colons) + 1
    ends = [end for end in (good.find(b",", place), good.find(b"\n", place)) if end > 0]
    return good[:place] + value + good[min(ends, default=len(good)) :]


def _with_noise(good: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(good)
    for _ in range(chance.randint(1, 8)):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


_WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    lambda good, chance: good[: chance.randrange(len(good))],
    lambda good, chance: good[: (cut := chance.randrange(len(good)))] + b"\0" * (len(good) - cut),
    lambda good, _: b"\xef\xbb\xbf" + good,
    lambda good, chance: _with_value(good, chance, b"NaN"),
    lambda good, chance: _with_value(good, chance, b'{"a": 1, "a": [2], "a": null}'),
    lambda good, chance: _with_value(
        good, chance, chance.choice([b"[]", b"{}", b"3", b"null", b'"x"', b"true", b"1e999"])
    ),
    lambda good, chance: _with_value(good, chance, b"[" * chance.choice([100, 1_000, 100_000])),
    lambda good, chance: _with_value(good, chance, b'"' + b"\\ud800" * 3 + b'"'),
    lambda good, chance: good.replace(b'"', b"\xff", chance.randint(1, 5)),
    lambda _, chance: chance.choice([b"", b"[]", b"null", b"0", b'"text"', b"\n\n", b"<html>no</html>", b"\0" * 4096]),
    lambda good, chance: good + good[: chance.randrange(len(good))],
    _with_noise,
)

CASE = Case("D5", "files spoilt in every way", inject, short=240, long=10_000, seconds=90)
