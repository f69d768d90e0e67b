"""A core for each test of the channel, and raw peers that are closed after it."""

import pytest

from tests.interop.raw import RawPeer
from tests.support.core import Core


@pytest.fixture
async def open_core(tmp_path):
    cores = []

    async def open_one(**options):
        core = Core(tmp_path, **options)
        cores.append(core)
        core.port = await core.hub.start()
        return core

    yield open_one
    for core in cores:
        await core.hub.stop()


@pytest.fixture
async def core(open_core):
    return await open_core()


@pytest.fixture
def join():
    peers = []

    def join_one(core, name, **options):
        peers.append(RawPeer(name=name.encode(), **options).connect(core.port))
        return peers[-1]

    yield join_one
    for peer in peers:
        peer.close()
