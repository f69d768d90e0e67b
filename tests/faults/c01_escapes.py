"""C1: generated paths, and ways that turn into links while they are walked: nothing outside is opened or changed."""

import asyncio
from random import Random

from tests.faults.case import Case, Figure, Run, at_least, none_of
from tests.support import escapes
from textcraft_bus.errors import SecurityError

RACES_A_PATH = 6
"""The norm has 60,000 races to 10,000 paths."""


async def inject(run: Run) -> list[Figure]:
    """Try so many paths, and six races for each."""
    return await asyncio.to_thread(_try_all, run)


def _try_all(run: Run) -> list[Figure]:
    figures = _paths(run)
    for name, flip in (("folder", escapes.flip_folder), ("file", escapes.flip_file)):
        figures += _races(run, name, flip)
    return figures


def _paths(run: Run) -> list[Figure]:
    root = escapes.make_place(run.folder / "paths")
    attack, before = escapes.Attack.on(root), escapes.canaries(root)
    with escapes.opened() as opened:
        attack.go(Random(run.count), run.count)
    escaped = len(escapes.strangers(opened, root)) + attack.read.count(escapes.CANARY)
    changed = escapes.canaries(root) != before
    return [
        none_of("paths that led out", escaped + changed, len(attack.tried)),
        at_least("paths that led in, and were followed", attack.read.count(b"stolen"), run.count / 500),
    ]


def _races(run: Run, name: str, flip: escapes.Flip) -> list[Figure]:
    root, count = escapes.make_place(run.folder / name), run.count * RACES_A_PATH // 2
    outside = escapes.make_outside(root)
    with escapes.opened() as opened:
        outcomes, flips = escapes.race(root, outside, flip, count)
    others = [path for path in outside.parent.iterdir() if path != outside]
    escaped = len(escapes.strangers(opened, root)) + outcomes.count(escapes.CANARY) + len(others)
    changed = outside.read_bytes() != escapes.CANARY
    return [
        none_of(f"races with a {name} that turns into a link, lost", escaped + changed, count),
        at_least(f"times the {name} turned", flips, count / 50),
        at_least("races in which it was seen, and refused", outcomes.count(SecurityError), 1),
    ]


CASE = Case("C1", "paths that lead out, and ways that turn", inject, short=1_000, long=10_000)
