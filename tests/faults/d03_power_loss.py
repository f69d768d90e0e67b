"""D3: the power goes between any two file operations of any save: no acknowledged write is lost, none is half there.

The journal is SQLite's own work (WAL, synchronous = FULL), whose authors test it so; that it is so set is looked at.
"""

import asyncio
import shutil
import sys
from contextlib import closing
from pathlib import Path

from tests.faults.case import Case, Figure, Run, at_least, is_so, none_of
from tests.faults.power import Disk, Recorder
from tests.faults.savers import NOTHING, SAVES, Desk, loss, new_show
from textcraft_core.record.journal_schema import open_journal
from textcraft_core.show.folder import ShowFolder

NOT_OURS = {"journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"}


class Cuts:
    """Cuts the power after each operation and looks at every state the disk may be in."""

    def __init__(self, kind: str, show: ShowFolder, tried: Path) -> None:
        self._kind, self._tried = kind, ShowFolder(tried)
        self.disk = Disk(show.root)
        self.acknowledged = NOTHING
        self.states = 0
        self.bad: list[str] = []
        self._seen: set[int] = set()

    def cut(self) -> None:
        """Try every state that a power cut now may leave; a state that was tried is not tried again."""
        for state in self.disk.states():
            what = hash((self.acknowledged, tuple(sorted(state.items()))))
            if what in self._seen:
                continue
            self._seen.add(what)
            self.states += 1
            self._put(state)
            if wrong := loss(self._tried, self._kind, self.acknowledged):
                self.bad.append(wrong)

    def _put(self, state: dict[Path, bytes]) -> None:
        shutil.rmtree(self._tried.root, ignore_errors=True)
        for folder in self.disk.places:
            (self._tried.root / folder.relative_to(self.disk.root)).mkdir(parents=True, exist_ok=True)
        for path, content in state.items():
            (self._tried.root / path.relative_to(self.disk.root)).write_bytes(content)


async def inject(run: Run) -> list[Figure]:
    """Save so many times in every way but the journal's, and cut the power everywhere."""
    return await asyncio.to_thread(_cut_everywhere, run)


def _cut_everywhere(run: Run) -> list[Figure]:
    states, exchanges, bad = 0, 0, []
    for kind in SAVES.keys() - {"event"}:
        show = new_show(run.folder / kind)
        desk = Desk(show.root)
        for name in NOT_OURS:  # held open by the journal; not part of what is cut
            (show.root / name).unlink(missing_ok=True)
        cuts = Cuts(kind, show, run.folder / "after" / kind)
        recorder = Recorder(cuts.disk, cuts.cut)
        for number in range(run.count):
            with recorder.watching():
                SAVES[kind][0](desk, number)
            cuts.acknowledged = number
            cuts.cut()
            if cuts.bad:  # one is enough, and what is never synced has more states than can be tried
                break
        desk.journal.close()
        states += cuts.states
        exchanges += recorder.exchanges
        bad += cuts.bad
    return [
        none_of("states in which a save is lost or half there", bad, states),
        at_least("states tried", states, 50 * run.count),
        at_least("exchanges of two names among the operations", exchanges, run.count if sys.platform == "linux" else 0),
        is_so("the journal syncs each commit", _journal_is_synced(run.folder)),
    ]


def _journal_is_synced(folder: Path) -> bool:
    with closing(open_journal(folder / "synced.sqlite")) as database:
        mode = database.execute("PRAGMA journal_mode").fetchone()[0]
        full = database.execute("PRAGMA synchronous").fetchone()[0]
    return bool(mode == "wal" and full >= 2)


CASE = Case("D3", "the power cut after each file operation", inject, short=3, long=100)
