"""D8: personas.json is edited by another program while we save one persona: theirs stays, ours is merged or refused.

Every other race is placed: the other program comes at the very last moment, right before the call that puts ours in
its place, and every fourth time once more right after it. (Where a system cannot exchange two names, these are lost.)
"""

import asyncio
import json
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.fakes.show import PERSONAS
from tests.faults.case import Case, Figure, Run, at_least, none_of
from tests.faults.savers import new_show
from textcraft_bus.clock import SystemClock
from textcraft_bus.disk import renames
from textcraft_core.errors import BibleError
from textcraft_core.record.history import History
from textcraft_core.record.journal import Journal
from textcraft_core.show.bible import Bible
from textcraft_core.show.writer import ShowWriter

FILE = "data/story_bible/personas.json"
OURS, THEIRS = "narrator", "editor"
LONGEST_HEAD_START = 0.02
"""A save takes some milliseconds: the other program comes before, within and after it."""


class Other:
    """The other program, as an editor saves: it reads, then replaces the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.last = ""

    def edit(self, words: str) -> None:
        """Change one persona."""
        data = json.loads(self._path.read_bytes())
        data[THEIRS]["system_prompt"] = words
        aside = self._path.with_name("personas.json.theirs")
        aside.write_text(json.dumps(data, indent=2))
        aside.replace(self._path)
        self.last = words

    def kept(self) -> bool:
        """Whether its last edit is there."""
        return bool(json.loads(self._path.read_bytes())[THEIRS]["system_prompt"] == self.last)


class Between:
    """Lets the other program come right before, and if wanted right after, one exchange of names."""

    def __init__(self, other: Other) -> None:
        self._other, self._exchange = other, renames.exchange
        self.came = 0

    def once(self, words: str, *, twice: bool) -> Any:
        """Do so once within the block."""
        left = [words]

        def exchange(one: renames.Place, two: renames.Place, folder: int | None) -> bool:
            if not left:
                return self._exchange(one, two, folder)
            self._other.edit(left.pop())
            done = self._exchange(one, two, folder)
            self.came += 1
            if twice:
                self._other.edit(f"{words}, again")
            return done

        return patch.object(renames, "exchange", exchange)


async def inject(run: Run) -> list[Figure]:
    """Race so many times."""
    return await asyncio.to_thread(_race_all, run)


def _race_all(run: Run) -> list[Figure]:
    show, clock, chance = new_show(run.folder / "race"), SystemClock(), random.Random(run.count)
    journal = Journal(show.journal, clock)
    bible, writer = Bible(show, clock), ShowWriter(show, journal)
    other = Other(show.bible / "personas.json")
    between = Between(other)
    lost = refused = gone = 0

    def save(number: int) -> None:
        nonlocal refused, gone
        persona = {**PERSONAS[OURS], "system_prompt": f"ours {number}"}
        try:
            bible.save_persona(OURS, persona, writer, "operator", bible.raw_persona(OURS))
        except BibleError:
            refused += 1
        else:
            # The other program may have read before our save and written after it: then ours is in the file's past.
            gone += bible.raw_persona(OURS) != persona and not _is_kept(journal, persona)

    for number in range(run.count):
        if number % 2:
            with between.once(f"theirs {number}", twice=number % 4 == 1):
                save(number)
        else:
            _by_chance(chance, lambda number=number: other.edit(f"theirs {number}"), lambda number=number: save(number))
        lost += not other.kept()
    journal.close()
    left = len(list(show.bible.glob("*.tmp")))
    return [
        none_of("edits of the other program lost", lost, run.count),
        at_least("edits placed in the last microseconds", between.came, run.count // 2),
        none_of("saves of ours refused", refused, run.count),
        none_of("saves of ours neither in the file nor in its history", gone, run.count),
        none_of("temps left", left, run.count),
    ]


def _is_kept(journal: Journal, persona: dict[str, Any]) -> bool:
    history = History(journal)
    kept = (history.text(FILE, version.revision) for version in history.versions(FILE)[:5])
    return any(json.loads(text)[OURS] == persona for text in kept if text)


def _by_chance(chance: random.Random, theirs: Callable[[], None], ours: Callable[[], None]) -> None:
    """Which of the two comes first is what is tried."""
    waits = chance.uniform(0, LONGEST_HEAD_START), chance.uniform(0, LONGEST_HEAD_START)
    thread = threading.Thread(target=lambda: (time.sleep(waits[0]), theirs()))
    thread.start()
    time.sleep(waits[1])
    ours()
    thread.join()


CASE = Case("D8", "personas edited outside meanwhile", inject, short=100, long=2_000)
