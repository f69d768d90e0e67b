"""RUN and a journal that takes nothing: it ends, is told, and can be switched on again when there is room."""

import pytest

from tests.fakes.engine import a_company, engine_on
from tests.fakes.show import make_show
from textcraft_core import commands
from textcraft_core.errors import JournalError
from textcraft_core.events import CycleFinished, RunEnded, RunStarted, Warned

FULL = "the journal takes no entries (the disk is full)"


def refuse(stream, monkeypatch, *kinds):
    """From now on the disk has no room for events of these kinds."""
    commit = stream.commit

    async def full(event):
        if isinstance(event, kinds):
            raise JournalError(FULL)
        await commit(event)

    monkeypatch.setattr(stream, "commit", full)


@pytest.mark.parametrize(("kinds", "cycles"), [((RunEnded,), 1), ((RunStarted,), 0), ((RunStarted, RunEnded), 0)])
async def test_run_ends_without_its_record_and_begins_again(tmp_path, monkeypatch, kinds, cycles):
    async with engine_on(make_show(tmp_path), a_company()) as bench:
        with monkeypatch.context() as disk:
            refuse(bench.stream, disk, *kinds)
            bench.engine.run(commands.Run(cycles=1))
            await bench.engine.settle()
        assert len(bench.of(CycleFinished)) == cycles
        assert [ended.reason for ended in bench.of(RunEnded)] == ["1 cycles done" if cycles else FULL]
        told = [warned for warned in bench.of(Warned) if warned.source == "run"]
        assert [(FULL in warned.text, warned.fault) for warned in told] == [(True, True)] * (RunEnded in kinds)

        bench.engine.run(commands.Run(cycles=2))
        await bench.engine.settle()
        assert len(bench.of(CycleFinished)) == cycles + 2
