"""Staying awake is asked for in one thread, given back, and never stops a show when it fails."""

import contextlib
import threading
from types import SimpleNamespace

import pytest

from textcraft_qt import awake
from textcraft_qt.awake import Awake


@pytest.mark.parametrize("active", [True, False])
async def test_it_says_whether_the_system_obeys_and_gives_back_in_the_same_thread(active, caplog):
    seen = []

    @contextlib.contextmanager
    def keeper():
        seen.append(threading.get_ident())
        yield SimpleNamespace(active=active)
        seen.append(threading.get_ident())

    wish = Awake(keeper)
    assert wish.works is None
    assert await wish.begin() is active
    assert wish.works is active
    await wish.end()
    assert len(seen) == 2
    assert len(set(seen)) == 1
    assert seen[0] != threading.get_ident()
    assert ("switch its sleep off" in caplog.text) is not active
    caplog.clear()


async def test_a_system_that_breaks_or_hangs_is_no_obstacle(monkeypatch, caplog):
    def broken():
        raise OSError("no bus")

    assert await Awake(broken).begin() is False
    monkeypatch.setattr(awake, "BEGIN_SECONDS", 0.05)
    never = threading.Event()
    hanging = Awake(lambda: never.wait(5) and contextlib.nullcontext())
    assert await hanging.begin() is False
    never.set()
    await hanging.end()
    caplog.clear()


async def test_the_real_one_answers_yes_or_no(caplog):
    wish = Awake()
    assert await wish.begin() in (True, False)
    await wish.end()
    caplog.clear()
