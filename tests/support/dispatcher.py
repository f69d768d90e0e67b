"""A dispatcher played by hand: time is a number, and what it wants done piles up."""

from textcraft_bus.channel.dispatcher import Dispatcher
from textcraft_bus.channel.facts import (
    RenderDone,
    RenderGaveUp,
)
from textcraft_bus.channel.jobs import Send, Tell
from textcraft_bus.channel.messages import (
    Heartbeat,
    ImageReady,
    RenderRequest,
    Role,
    ServiceHello,
    peer_name,
)
from textcraft_bus.channel.timing import Timing

A, B, C = (peer_name(Role.IMAGE_SERVER, name) for name in "abc")

WALL = peer_name(Role.WALL, "brick")


def a_request(request_id="r1", **fields):
    return RenderRequest(request_id=request_id, prompt="a door", **fields)


def a_result(request_id="r1", attempt=1):
    return ImageReady(
        request_id=request_id,
        attempt=attempt,
        uri="file:///x.png",
        sha256="0" * 64,
        mime="image/png",
        width=8,
        height=8,
    )


class Script:
    """A dispatcher and a time; what it wants done piles up in `sent` and `told`."""

    def __init__(self, *workers, max_waiting=64, job_s=120.0):
        self.dispatcher = Dispatcher(Timing(job_s=job_s), max_waiting=max_waiting)
        self.now = 0.0
        self.actions = []
        for worker in workers:
            self.hello(worker)

    def do(self, name, *args):
        actions = getattr(self.dispatcher, name)(self.now, *args)
        self.actions += actions
        return actions

    def hello(self, peer, *, slots=1, instance="1"):
        role, name = peer.split(".")
        return self.do("hello", peer, ServiceHello(role=role, name=name, slots=slots, instance=instance))

    def ask(self, *request_ids, **fields):
        for request_id in request_ids:
            self.do("request", a_request(request_id, **fields))

    def wait(self, seconds, *beating):
        """Time passes in quarters of a second, and these peers beat."""
        for _ in range(round(seconds * 4)):
            self.now += 0.25
            for peer in beating:
                self.do("beat", peer, Heartbeat())
            self.do("tick")

    def sent(self, kind=RenderRequest):
        return [
            (action.peer, action.message.request_id, action.message.attempt)
            for action in self.actions
            if isinstance(action, Send) and isinstance(action.message, kind)
        ]

    def told(self, *kinds):
        facts = [action.fact for action in self.actions if isinstance(action, Tell)]
        return [fact for fact in facts if isinstance(fact, kinds)]

    def ends(self):
        return self.told(RenderDone, RenderGaveUp)
