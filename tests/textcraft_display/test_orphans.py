"""A wall that outlived its core: it keeps its picture for hours, and gives its place up when a newer one is there."""

import asyncio
import time
from dataclasses import asdict

import psutil
import pytest

from tests.support.programs import programs
from tests.support.screen import capture
from tests.support.waiting import until
from tests.textcraft_display.rig import AT, BLUE, RED
from tests.textcraft_display.test_wall import Core
from textcraft_bus.disk.files import write_json
from textcraft_bus.processes import EXIT_NAME_TAKEN, NameLock, Record, read_record
from textcraft_display import wall as walls
from textcraft_display.backdrop import PEER

CENTRE = (AT[0] + 200, AT[1] + 100)


@pytest.fixture
async def cores(tmp_path):
    made = []
    for name in ("older", "newer"):
        (tmp_path / name).mkdir()
        made.append(Core(tmp_path / name))
        await made[-1].start()
    yield made
    while made:
        await end(made, made[0])


async def end(cores, core):
    cores.remove(core)
    await core.hub.stop()


def seen():
    return capture().getpixel(CENTRE)


@pytest.mark.timeout(120)
async def test_an_orphan_yields_to_a_newer_wall_and_one_whose_core_lives_does_not(cores, tmp_path):
    older, newer = cores
    with programs(tmp_path) as started:
        orphan = started.start("textcraft-display", *older.arguments())
        await older.seen()
        await older.show(1, RED)
        refused = started.start("textcraft-display", *newer.arguments())
        assert await asyncio.to_thread(refused.wait, 40) == EXIT_NAME_TAKEN
        assert orphan.process.poll() is None
        assert seen() == RED

        await end(cores, older)
        successor = started.start("textcraft-display", *newer.arguments())
        await until(lambda: orphan.process.poll() is not None, 40, "the orphan to yield")
        assert orphan.process.returncode == 0
        await newer.seen()
        await newer.show(1, BLUE)
        await until(lambda: seen() == BLUE, what="the newer wall's picture")
        assert successor.process.poll() is None


@pytest.mark.timeout(90)
async def test_an_orphan_that_nobody_follows_keeps_its_picture(cores, tmp_path):
    older = cores[0]
    with programs(tmp_path) as started:
        orphan = started.start("textcraft-display", *older.arguments())
        await older.seen()
        await older.show(1, RED)
        await end(cores, older)
        deadline = time.monotonic() + 9  # longer than it takes to notice that the core is gone, and to yield
        while time.monotonic() < deadline:
            await asyncio.sleep(0.2)
            assert seen() == RED
        assert orphan.process.poll() is None


def black(started, show):
    return started.start("textcraft-display", "--backdrop", "--show", show)


@pytest.mark.timeout(120)
async def test_the_black_of_a_console_that_is_gone_yields_to_another_shows(tmp_path):
    with programs(tmp_path) as started:
        orphan = black(started, "one")
        record = NameLock(PEER).record_path
        await until(lambda: getattr(read_record(record), "show", "") == "one", 40, "the black behind the walls")
        other = psutil.Process(1)
        console = NameLock("console.other").record_path
        write_json(console, asdict(Record("console.other", other.pid, other.create_time(), "", "")))
        refused = black(started, "two")
        assert await asyncio.to_thread(refused.wait, 40) == EXIT_NAME_TAKEN
        assert orphan.process.poll() is None

        console.unlink()
        successor = black(started, "two")
        await until(lambda: orphan.process.poll() is not None, 40, "the orphan to yield")
        assert orphan.process.returncode == 0
        await until(lambda: getattr(read_record(record), "show", "") == "two", 40, "the other show's black")
        assert successor.process.poll() is None


async def test_the_safe_look_comes_once_for_each_core_that_went(monkeypatch):
    """Without a core for long: told once; the moment since when stays known, so that the wall can still yield."""
    told, slept = [], []

    class Lonely:
        _core_gone_at = 0.0
        _lonely_minutes = 0.0

        class player:  # noqa: N801 - as the wall calls it
            @staticmethod
            def lonely():
                told.append(lonely._core_gone_at)

    async def pause(_seconds):
        slept.append(1)
        if len(slept) == 4:
            lonely._core_gone_at = 1.0
        if len(slept) > 6:
            raise asyncio.CancelledError

    lonely = Lonely()
    monkeypatch.setattr(walls.asyncio, "sleep", pause)
    with pytest.raises(asyncio.CancelledError):
        await walls.Wall._watch_core(lonely)
    assert told == [0.0, 1.0]
