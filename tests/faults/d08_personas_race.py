"""D8: personas.json is edited by another program while we save one persona: theirs stays, ours is merged or refused.

Between our last look at the file and the rename some ten microseconds are left, in which nobody can be noticed: of
races as close as these, one in a thousand may fall into them. Without the last look it was every second one.
"""

import asyncio
import json
import random
import threading
import time
from pathlib import Path

from tests.fakes.show import PERSONAS
from tests.faults.case import Case, Figure, Run, at_most
from tests.faults.savers import new_show
from textcraft_bus.clock import SystemClock
from textcraft_core.errors import BibleError
from textcraft_core.record.journal import Journal
from textcraft_core.show.bible import Bible
from textcraft_core.show.writer import ShowWriter

OURS, THEIRS = "narrator", "editor"
LONGEST_HEAD_START = 0.02
"""A save takes some milliseconds: the other program comes before, within and after it."""
UNSEEN = 1 / 500
"""The share of races that may fall into the microseconds nobody sees."""


async def inject(run: Run) -> list[Figure]:
    """Race so many times."""
    return await asyncio.to_thread(_race_all, run)


def _race_all(run: Run) -> list[Figure]:
    show, clock, chance = new_show(run.folder / "race"), SystemClock(), random.Random(run.count)
    path = show.bible / "personas.json"
    journal = Journal(show.journal, clock)
    bible, writer = Bible(show, clock), ShowWriter(show, journal)
    lost: list[int] = []
    refused = 0
    for number in range(run.count):
        base = bible.raw_persona(OURS)
        other = threading.Thread(target=_edit_outside, args=(path, number, chance.uniform(0, LONGEST_HEAD_START)))
        other.start()
        time.sleep(chance.uniform(0, LONGEST_HEAD_START))  # which of the two is first is what is tried
        try:
            bible.save_persona(OURS, {**PERSONAS[OURS], "system_prompt": f"ours {number}"}, writer, "operator", base)
        except BibleError:
            refused += 1
        other.join()
        theirs = json.loads(path.read_bytes())[THEIRS]["system_prompt"]
        if theirs != f"theirs {number}":
            lost.append(number)
    journal.close()
    return [
        at_most(f"edits of the other program lost, of {run.count:,}", len(lost), max(1, run.count * UNSEEN), ""),
        Figure("saves of ours refused, and told", str(refused), f"< {run.count}", refused < run.count),
    ]


def _edit_outside(path: Path, number: int, head_start: float) -> None:
    """Change one persona as an editor does: read, then replace the file."""
    time.sleep(head_start)
    data = json.loads(path.read_bytes())
    data[THEIRS]["system_prompt"] = f"theirs {number}"
    aside = path.with_name("personas.json.theirs")
    aside.write_text(json.dumps(data, indent=2))
    aside.replace(path)


CASE = Case("D8", "personas edited outside meanwhile", inject, short=100, long=2_000)
