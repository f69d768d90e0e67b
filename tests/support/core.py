"""The core's side of our channel on a test's own loop, and what raw peers say to it."""

import asyncio
import hashlib
import threading
import time

from tests.interop.raw import until
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import Mode, Picture, RenderRequest
from textcraft_bus.channel.timing import Timing
from textcraft_bus.clock import SystemClock

PATIENT = Timing(beat_s=0.04, lease_s=30, silence_s=30, job_s=60)
"""Nobody is lost only because the machine does something else."""

QUICK = Timing(beat_s=0.04, lease_s=0.3, silence_s=0.3, job_s=60)
"""For tests in which somebody is to be lost."""

BUSY = Timing(beat_s=0.04, lease_s=2, silence_s=2, job_s=60)
"""For tests in which somebody is to be lost, and others that beat are not."""


class Core:
    """A hub on the test's loop, and what it told."""

    def __init__(self, folder, **options):
        self.facts = []
        options = {"show_id": "show", "mode": Mode.REHEARSE, "nonce_folder": folder, "timing": PATIENT, **options}
        self.hub = Hub(self.facts.append, asyncio.get_running_loop(), SystemClock(), **options)

    def told(self, *kinds):
        return [fact for fact in self.facts if isinstance(fact, kinds)]

    async def one(self, *kinds):
        return (await until(lambda: self.told(*kinds)))[-1]


async def counted(core, reason):
    """Wait until the hub has counted this reason at all."""
    deadline = time.monotonic() + 20
    while reason not in (counts := await core.hub.counts()):
        assert time.monotonic() < deadline, f"{reason} was never counted"
    return counts[reason]


class Beating:
    """Beats for raw peers from a thread of their own, as live services do."""

    def __init__(self, *peers):
        self.peers = set(peers)
        self.beats = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        while not self._end.wait(0.04):
            for peer in tuple(self.peers):
                peer.say(type="Heartbeat")
            self.beats += 1

    async def __aenter__(self):
        self._thread.start()
        return self

    async def __aexit__(self, *_exc):
        self._end.set()
        self._thread.join()


def a_request(request_id="r1", **fields):
    return RenderRequest(request_id=request_id, prompt="a door", **fields)


def say_ready(peer, request, **fields):
    peer.say(
        type="ImageReady",
        request_id=request["request_id"],
        attempt=request["attempt"],
        **{"uri": "file:///x.png", "sha256": "0" * 64, "mime": "image/png", "width": 8, "height": 8, **fields},
    )


def a_picture(path, data=b"not really a picture"):
    path.write_bytes(data)
    return Picture(sha256=hashlib.sha256(data).hexdigest(), uri=path.as_uri(), mime="image/png", width=8, height=8)
