"""A name goes to who wants it when its holder has no core any more, and to nobody else."""

import asyncio
import os
import time

import pytest

from textcraft_bus import name_claims
from textcraft_bus.name_claims import Yielding, claim_path, take_name
from textcraft_bus.processes import NameLock, NameTaken, read_record

PEER, OLD, NEW = "wall.brick", "tcp://127.0.0.1:5", "tcp://127.0.0.1:6"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(name_claims, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(name_claims, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(name_claims, "GONE_SECONDS", 0.05)
    monkeypatch.setattr(name_claims, "REFUSE_SECONDS", 0.3)


@pytest.fixture
def held():
    lock = NameLock(PEER)
    lock.acquire(OLD, "one")
    yield lock
    lock.release()


def running(work):
    return asyncio.get_running_loop().create_task(work)


async def test_a_free_name_is_taken_at_once():
    lock = NameLock(PEER)
    await take_name(lock, NEW, "two")
    assert read_record(lock.record_path).endpoint == NEW
    lock.release()


async def test_a_holder_without_a_core_yields_and_its_successor_has_the_name(held):
    async def hold():
        await Yielding(held, lambda: began).until_asked()
        held.release()

    began = time.monotonic()
    holding, wanted = running(hold()), NameLock(PEER)
    await take_name(wanted, NEW, "two")
    await holding
    record = read_record(wanted.record_path)
    assert (record.endpoint, record.show, record.pid) == (NEW, "two", os.getpid())
    assert not claim_path(wanted).exists()
    wanted.release()


async def test_a_holder_with_a_core_keeps_the_name_and_the_other_is_refused_soon(held):
    holding = running(Yielding(held, lambda: None).until_asked())
    began = time.monotonic()
    with pytest.raises(NameTaken, match=str(os.getpid())):
        await take_name(NameLock(PEER), NEW, "two", patience=30)
    assert time.monotonic() - began < 10
    assert not claim_path(held).exists()
    assert not holding.done()
    holding.cancel()


async def test_a_core_that_is_found_gone_meanwhile_frees_the_name(held):
    gone = []

    async def hold():
        await Yielding(held, lambda: gone[0] if gone else None).until_asked()
        held.release()

    holding, wanted = running(hold()), NameLock(PEER)
    asking = running(take_name(wanted, NEW, "two"))
    await asyncio.sleep(0.1)
    gone.append(time.monotonic())
    await asyncio.wait_for(asking, 10)
    await holding
    wanted.release()


async def test_a_double_of_the_same_core_never_asks(held):
    began = time.monotonic()
    with pytest.raises(NameTaken):
        await take_name(NameLock(PEER), OLD, "one", patience=30)
    assert time.monotonic() - began < 10
    assert not claim_path(held).exists()


async def test_a_holder_that_says_nothing_keeps_the_name_and_the_claim_goes(held):
    with pytest.raises(NameTaken):
        await take_name(NameLock(PEER), NEW, "two", patience=0.1)
    assert not claim_path(held).exists()


def test_a_claim_of_a_process_that_died_frees_nothing(held):
    claim_path(held).write_text('{"peer": "wall.brick", "pid": 1, "started": 1.0, "endpoint": "", "show": ""}')
    assert not Yielding(held, lambda: 0.0).is_due(1e9)
    claim_path(held).write_text("{")
    assert not Yielding(held, lambda: 0.0).is_due(1e9)
