"""D8: personas.json is edited by another program while we save one persona: theirs stays, ours is merged or refused.

Every other race is placed: the other program comes at the very last moment, right before the call that puts ours in
its place, and every fourth time once more right after it. (Where a system cannot exchange two names, these are lost.)

And saves are killed right between that call and the look at what came out (`python -m tests.faults.d08_personas_race
FOLDER NUMBER` is such a save): the next start must find whose text the temp holds.
"""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
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
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.leftovers import take_up_leftovers
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
    """Race so many times, and kill a tenth as many saves between exchange and judgement."""
    return [*await asyncio.to_thread(_race_all, run), *await asyncio.to_thread(_kill_all, run)]


def _race_all(run: Run) -> list[Figure]:
    show, clock, chance = new_show(run.folder / "race"), SystemClock(), random.Random(run.count)
    journal = Journal(show.journal, clock)
    bible, writer = Bible(show, clock), ShowWriter(show, journal)
    other = Other(show.bible / "personas.json")
    between = Between(other)
    lost, refused, gone = list[str](), list[str](), list[str]()

    def save(number: int) -> None:
        persona = {**PERSONAS[OURS], "system_prompt": f"ours {number}"}
        try:
            bible.save_persona(OURS, persona, writer, "operator", bible.raw_persona(OURS))
        except BibleError as error:
            refused.append(f"{number}: {error}")
        else:
            # The other program may have read before our save and written after it: then ours is in the file's past.
            if bible.raw_persona(OURS) != persona and not _is_kept(journal, persona):
                gone.append(f"ours {number}")

    for number in range(run.count):
        if number % 2:
            with between.once(f"theirs {number}", twice=number % 4 == 1):
                save(number)
        else:
            _by_chance(chance, lambda number=number: other.edit(f"theirs {number}"), lambda number=number: save(number))
        lost += [] if other.kept() else [other.last]
    journal.close()
    left = [path.name for path in show.bible.glob("*.tmp")]
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


# Kills between the exchange and the look at what came out


def _kill_all(run: Run) -> list[Figure]:
    """Kill one save after the other and start again: by turns nobody came, somebody, somebody twice."""
    count, lost, gone, left = run.count // 10, 0, 0, 0
    for number in range(count):
        show = new_show(run.folder / f"killed{number}")
        program = [sys.executable, "-m", "tests.faults.d08_personas_race", str(show.root), str(number)]
        ended = subprocess.run(program, check=False).returncode
        if ended != -signal.SIGKILL:
            raise RuntimeError(f"the save was not killed where it should be: it ended with {ended}")
        journal = Journal(show.journal, SystemClock())
        writer = ShowWriter(show, journal)
        take_up_leftovers(show, writer)
        writer.note_outside_changes()
        lost += _edits_lost(show, journal, number)
        gone += not _is_kept(journal, _ours(number))
        left += len(list(show.bible.glob(".*")))
        journal.close()
    return [
        none_of("edits of the other program lost by a kill before the judgement", lost, count),
        none_of("saves killed there that are not in the history either", gone, count),
        none_of("temps left by them after a start", left, count),
    ]


def _edits_lost(show: ShowFolder, journal: Journal, number: int) -> int:
    """The only edit must be in the file; of two that came around the exchange each may be in the file's history."""
    edits = _edits(number)
    now = _their_words((show.root / FILE).read_text())
    if len(edits) == 1:
        return int(now != edits[0])
    kept = {_their_words(text) for text in _texts(journal)}
    return sum(words not in kept | {now} for words in edits)


def _edits(number: int) -> list[str]:
    return [f"theirs {number}", f"newer {number}"][: number % 3]


def _ours(number: int) -> dict[str, Any]:
    return {**PERSONAS[OURS], "system_prompt": f"killed {number}"}


def _their_words(text: str) -> str:
    return str(json.loads(text)[THEIRS]["system_prompt"])


def _texts(journal: Journal) -> list[str]:
    history = History(journal)
    return [text for version in history.versions(FILE) if (text := history.text(FILE, version.revision))]


def main() -> None:
    """Save a persona and be killed after the exchange; with two edits, by turns after the second one as well."""
    show, number = ShowFolder(Path(sys.argv[1])), int(sys.argv[2])
    journal, edits, turns = Journal(show.journal, SystemClock()), _edits(number), list[int]()
    other, real = Other(show.bible / "personas.json"), renames.exchange

    def exchange(one: renames.Place, two: renames.Place, folder: int | None) -> bool:
        if not turns and edits:
            other.edit(edits[0])
        done = real(one, two, folder)
        if not turns and len(edits) == 2:
            other.edit(edits[1])
        turns.append(number)
        if len(turns) == 1 + (number % 6 == 5):
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    bible = Bible(show, SystemClock())
    base = bible.raw_persona(OURS)
    with patch.object(renames, "exchange", exchange):
        bible.save_persona(OURS, _ours(number), ShowWriter(show, journal), "operator", base)


CASE = Case("D8", "personas edited outside meanwhile", inject, short=100, long=2_000)

if __name__ == "__main__":
    main()
