"""Whatever happens in whatever order, a job that was asked for ends exactly once."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.support.dispatcher import A, B, C, Script, a_result
from textcraft_bus.channel.facts import (
    RenderDone,
)
from textcraft_bus.channel.messages import (
    RenderAccepted,
    RenderFailed,
)

WORKERS = st.sampled_from([A, B, C])

IDS = st.integers(0, 11).map("r{}".format)


class AnyOrder(RuleBasedStateMachine):
    """Whatever happens, in whatever order: a job that was asked for ends exactly once."""

    @initialize(workers=st.sets(WORKERS))
    def begin(self, workers):
        self.script = Script(*sorted(workers), max_waiting=4, job_s=10)
        self.asked = set()

    @rule(request_id=IDS, clear=st.sampled_from([False, False, False, True]))
    def ask(self, request_id, clear):
        self.asked.add(request_id)
        self.script.ask(request_id, clear_queue=clear)

    @rule(peer=WORKERS, instance=st.sampled_from("12"), slots=st.integers(1, 2))
    def hello(self, peer, instance, slots):
        self.script.hello(peer, instance=instance, slots=slots)

    @rule(peer=WORKERS, request_id=IDS, attempt=st.integers(1, 2))
    def accept(self, peer, request_id, attempt):
        self.script.do("accepted", peer, RenderAccepted(request_id=request_id, attempt=attempt))

    @rule(peer=WORKERS, request_id=IDS, attempt=st.integers(1, 2))
    def result(self, peer, request_id, attempt):
        self.script.do("ready", peer, a_result(request_id, attempt))

    @rule(peer=WORKERS, request_id=IDS, attempt=st.integers(1, 2), retryable=st.booleans())
    def failure(self, peer, request_id, attempt, retryable):
        message = RenderFailed(request_id=request_id, attempt=attempt, reason="odd", retryable=retryable)
        self.script.do("failed", peer, message)

    @rule(request_id=IDS)
    def cancel(self, request_id):
        self.script.do("cancel", request_id)

    @rule(pick=st.integers(0, 5))
    def unreachable(self, pick):
        sent = self.script.sent()
        if sent:
            peer, request_id, _ = sent[-1 - pick % len(sent)]
            self.script.do("unreachable", peer, request_id)

    @rule(pick=st.integers(0, 5))
    def unsendable(self, pick):
        sent = self.script.sent()
        if sent:
            self.script.do("unsendable", sent[-1 - pick % len(sent)][1], "cannot be written")

    @rule(peers=st.sets(WORKERS), quarters=st.integers(1, 14))
    def wait(self, peers, quarters):
        self.script.wait(quarters / 4, *peers)

    @rule(seconds=st.floats(0, 30))
    def stall(self, seconds):
        self.script.now += seconds
        self.script.do("tick")

    @invariant()
    def no_job_ended_twice(self):
        if hasattr(self, "script"):
            ended = [end.request_id for end in self.script.ends()]
            assert len(ended) == len(set(ended))
            assert set(ended) | set(self.script.dispatcher.open_jobs) == self.asked
            assert not set(ended) & set(self.script.dispatcher.open_jobs)

    @invariant()
    def every_open_job_waits_or_is_leased_to_one_present_worker(self):
        if hasattr(self, "script"):
            dispatcher = self.script.dispatcher
            leases = sorted(lease for peer in dispatcher._peers.values() for lease in peer.leases)
            assert sorted([*leases, *dispatcher._waiting]) == sorted(dispatcher.open_jobs)
            assert all(len(peer.leases) <= 2 for peer in dispatcher._peers.values())
            assert all(0 <= job.attempt <= 2 for job in dispatcher._jobs.values())

    def teardown(self):
        if hasattr(self, "script"):
            self.script.wait(11)
            assert sorted(end.request_id for end in self.script.ends()) == sorted(self.asked)
            assert self.script.dispatcher.open_jobs == ()


TestAnyOrder = AnyOrder.TestCase

TestAnyOrder.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_late_and_double_results_come_to_the_same_end(seed):
    import random

    script, order = Script(A, B, C), random.Random(seed)
    ids = [f"r{number}" for number in range(60)]
    script.ask(*ids)
    while script.dispatcher.open_jobs:
        for peer, request_id, attempt in order.sample(script.sent(), k=len(script.sent())):
            script.do("ready", peer, a_result(request_id, attempt))
    assert sorted(end.request_id for end in script.told(RenderDone)) == sorted(ids)
