"""The bundle of a running console: progress is told, it can be ended, and one is made at a time."""

import asyncio
import zipfile

import pytest

from tests.fakes.clock import FakeClock
from tests.support.waiting import until
from textcraft_bus.disk.folders import data_folder
from textcraft_bus.redaction import Redactor
from textcraft_bus.tasks import Tasks
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.day.preflight import fail, ok
from textcraft_core.errors import CommandRefused
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.doctor import desk as module
from textcraft_gui.doctor import examination
from textcraft_gui.doctor.desk import BundleDesk
from textcraft_gui.session.which_show import the_show

KEY = "sk-planted-0123456789abcdef"


@pytest.fixture
def told():
    return []


@pytest.fixture
def desk(told, monkeypatch):
    async def fine():
        return ok(f"fine, said {KEY}")

    async def broken():
        return fail("broken", "mend it")

    looks = {"one": fine, "two": broken}
    monkeypatch.setattr(examination, "checks", lambda *_: looks)
    monkeypatch.setattr(module, "checks", lambda *_: looks)
    show = the_show(None)
    (show.root / ".env").write_text(f"LLM_API_KEY={KEY}\n")
    return BundleDesk(show, ConsoleConfig(), FakeClock(), Redactor(), told.append)


def files():
    return list((data_folder() / "support").glob("*")) if (data_folder() / "support").is_dir() else []


async def test_it_is_made_with_its_progress_and_without_keys(desk, told):
    await desk.handle(cmd.MakeBundle())
    made = told[-1]
    assert isinstance(made, ev.BundleMade)
    assert made.failing == ("two",)
    assert [str(path) for path in files()] == [made.path]
    with zipfile.ZipFile(made.path) as bundle:
        whole = b"".join(bundle.read(name) for name in bundle.namelist())
    assert KEY.encode() not in whole
    assert b"mend it" in whole
    shares = [event.fraction for event in told[:-2]]
    assert shares == sorted(shares)
    assert told[-2] == ev.BundleProgressed()


async def test_it_can_be_ended(desk, told):
    going_on, tasks = asyncio.Event(), Tasks()

    async def slow():
        await going_on.wait()
        return ok("at last")

    examination.checks()["one"] = slow
    making = tasks.start(desk.handle(cmd.MakeBundle()), name="bundle")
    await until(lambda: told)
    with pytest.raises(CommandRefused, match="being made"):
        await desk.handle(cmd.MakeBundle())
    await desk.handle(cmd.CancelBundle())
    going_on.set()
    with pytest.raises(CommandRefused, match="ended"):
        await making
    assert files() == []
    await desk.handle(cmd.MakeBundle())
    assert len(files()) == 1


async def test_a_disk_that_refuses_is_told(desk, monkeypatch):
    (data_folder() / "support").write_text("a file in the way")
    with pytest.raises(CommandRefused):
        await desk.handle(cmd.MakeBundle())
