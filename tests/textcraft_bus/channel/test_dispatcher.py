import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from textcraft_bus.channel.dispatcher import Dispatcher
from textcraft_bus.channel.facts import (
    PeerBeat,
    PeerLost,
    PeerSeen,
    RenderDone,
    RenderGaveUp,
    RenderProgressed,
    RenderRetried,
    RenderStarted,
)
from textcraft_bus.channel.jobs import Ignored, Send, Tell, Welcome
from textcraft_bus.channel.messages import (
    CancelRender,
    Heartbeat,
    ImageReady,
    RenderAccepted,
    RenderFailed,
    RenderProgress,
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


def test_a_job_goes_to_one_idle_worker_and_ends_with_its_result():
    script = Script(A, B)
    script.ask("r1")
    assert script.sent() == [(A, "r1", 1)]
    script.do("accepted", A, RenderAccepted(request_id="r1"))
    script.do("progress", A, RenderProgress(request_id="r1", fraction=0.5))
    script.do("ready", A, a_result())
    assert script.told(RenderStarted) == [RenderStarted("r1", A, 1)]
    assert script.told(RenderProgressed) == [RenderProgressed("r1", 0.5)]
    assert script.ends() == [RenderDone("r1", a_result())]
    assert script.dispatcher.open_jobs == ()


def test_walls_get_no_jobs():
    script = Script(WALL)
    script.ask("r1")
    assert script.sent() == []


def test_credit_is_one_unless_the_worker_offers_more_slots():
    script = Script(A)
    script.hello(B, slots=2)
    script.ask("r1", "r2", "r3", "r4")
    assert sorted(script.sent()) == [(A, "r1", 1), (B, "r2", 1), (B, "r3", 1)]
    script.do("ready", A, a_result("r1"))
    assert script.sent()[-1] == (A, "r4", 1)


def test_waiting_jobs_are_given_out_in_the_order_of_asking():
    script = Script()
    script.ask("r1", "r2")
    script.hello(A)
    script.do("ready", A, a_result("r1"))
    assert script.sent() == [(A, "r1", 1), (A, "r2", 1)]


def test_the_worker_longest_idle_comes_first():
    script = Script(A, B)
    for number in range(4):
        script.now += 1
        script.ask(f"r{number}")
        script.do("ready", script.sent()[-1][0], a_result(f"r{number}"))
    assert [peer for peer, _, _ in script.sent()] == [A, B, A, B]


def test_a_lost_worker_costs_one_attempt_and_another_worker_takes_over():
    script = Script(A, B)
    script.ask("r1")
    script.wait(3, B)
    assert script.told(PeerLost) == [PeerLost(A, 3.0)]
    assert script.told(RenderRetried) == [RenderRetried("r1", f"{A} was lost", 2)]
    assert script.sent() == [(A, "r1", 1), (B, "r1", 2)]
    assert script.ends() == []


def test_after_two_attempts_it_is_given_up():
    script = Script(A, B, C)
    script.ask("r1")
    script.wait(3, B, C)
    script.wait(3, C)
    assert script.ends() == [RenderGaveUp("r1", f"{B} was lost", 2)]
    assert [peer for peer, _, _ in script.sent()] == [A, B]


def test_a_beating_worker_is_never_lost():
    script = Script(A)
    script.wait(60, A)
    assert script.told(PeerLost) == []
    assert len(script.told(PeerBeat)) == 240


def test_any_message_is_a_sign_of_life():
    script = Script(A)
    script.ask("r1")
    for _ in range(8):
        script.wait(2)
        script.do("progress", A, RenderProgress(request_id="r1", fraction=0.1))
    assert script.told(PeerLost) == []


def test_silence_while_this_process_was_stopped_is_its_own():
    script = Script(A)
    script.wait(1, A)
    script.now += 60
    script.do("tick")
    assert script.told(PeerLost) == []
    script.wait(3)
    assert len(script.told(PeerLost)) == 1


def test_a_failure_goes_to_another_worker_once():
    script = Script(A, B)
    script.ask("r1")
    script.do("failed", A, RenderFailed(request_id="r1", attempt=1, reason="no memory"))
    assert script.sent() == [(A, "r1", 1), (B, "r1", 2)]
    script.do("failed", B, RenderFailed(request_id="r1", attempt=2, reason="no memory either"))
    assert script.ends() == [RenderGaveUp("r1", "no memory either", 2)]


def test_a_failure_that_cannot_be_retried_ends_the_job():
    script = Script(A, B)
    script.ask("r1")
    script.do("failed", A, RenderFailed(request_id="r1", reason="refused", retryable=False))
    assert script.ends() == [RenderGaveUp("r1", "refused", 1)]


def test_a_second_attempt_waits_for_another_worker_but_lets_other_jobs_pass():
    script = Script(A, B)
    script.ask("r1", "r2", "r3")
    script.do("failed", A, RenderFailed(request_id="r1", reason="odd"))
    assert script.sent() == [(A, "r1", 1), (B, "r2", 1), (A, "r3", 1)]
    script.do("ready", B, a_result("r2"))
    assert script.sent()[-1] == (B, "r1", 2)


def test_the_only_worker_may_try_again():
    script = Script(A)
    script.ask("r1")
    script.do("failed", A, RenderFailed(request_id="r1", reason="odd"))
    assert script.sent() == [(A, "r1", 1), (A, "r1", 2)]


def test_a_retried_job_comes_before_those_that_wait():
    script = Script(A)
    script.ask("r1", "r2")
    script.wait(3)
    script.hello(B, slots=2)
    assert script.sent() == [(A, "r1", 1), (B, "r1", 2), (B, "r2", 1)]


def test_a_late_result_of_the_first_worker_wins_and_the_second_is_told_to_stop():
    script = Script(A, B)
    script.ask("r1")
    script.wait(3, B)
    script.hello(A)
    script.do("ready", A, a_result(attempt=1))
    script.do("ready", B, a_result(attempt=2))
    assert script.ends() == [RenderDone("r1", a_result(attempt=1))]
    assert script.sent(CancelRender) == [(B, "r1", 2)]
    assert script.dispatcher.ignored == {Ignored.LATE_OR_DOUBLE: 1}


def test_double_and_unknown_results_are_counted_and_change_nothing():
    script = Script(A, B)
    script.ask("r1")
    for _ in range(3):
        script.do("ready", A, a_result())
    script.do("ready", A, a_result("never asked for"))
    script.ask("r2")
    script.do("ready", A, a_result("r2"))  # leased to B: A never had it
    assert len(script.ends()) == 1
    assert script.dispatcher.ignored == {Ignored.LATE_OR_DOUBLE: 3, Ignored.UNKNOWN_JOB: 1}


def test_a_failure_of_an_attempt_that_is_over_is_counted():
    script = Script(A, B)
    script.ask("r1")
    script.wait(3, B)
    script.hello(A)
    script.do("failed", A, RenderFailed(request_id="r1", attempt=1, reason="late"))
    assert script.ends() == []
    assert script.dispatcher.ignored[Ignored.LATE_OR_DOUBLE] == 1


def test_cancelling_by_id_waiting_or_leased():
    script = Script(A)
    script.ask("r1", "r2", "r3")
    script.do("cancel", "r2")
    script.do("cancel", "r1")
    assert script.sent(CancelRender) == [(A, "r1", 1)]
    assert script.ends() == [RenderGaveUp("r2", "cancelled", 0), RenderGaveUp("r1", "cancelled", 1)]
    assert script.sent()[-1] == (A, "r3", 1)
    script.do("cancel", "r1")
    assert len(script.ends()) == 2


def test_a_full_queue_says_so():
    script = Script(A, max_waiting=2)
    script.ask("r1", "r2", "r3", "r4")
    assert script.ends() == [RenderGaveUp("r4", "2 pictures wait already", 0)]


def test_without_a_worker_a_job_ends_by_its_deadline():
    script = Script(job_s=5)
    script.ask("r1")
    script.wait(4.75)
    assert script.ends() == []
    script.wait(0.25)
    assert script.ends() == [RenderGaveUp("r1", "no image server took it within 5 s", 0)]


def test_a_hung_worker_ends_by_the_deadline_and_others_come_first_from_then_on():
    script = Script(A, job_s=5)
    script.ask("r1")
    script.hello(B)
    script.wait(5, A, B)
    assert script.ends() == [RenderGaveUp("r1", f"{A} did not answer within 5 s", 1)]
    assert script.sent(CancelRender) == [(A, "r1", 1)]
    script.ask("r2")
    script.do("ready", B, a_result("r2"))
    script.ask("r3", "r4")
    assert [peer for peer, _, _ in script.sent()] == [A, B, B, A]
    script.do("ready", A, a_result("r4"))
    script.do("ready", B, a_result("r3"))
    script.ask("r5")
    assert script.sent()[-1][0] == A, "it answered: it is trusted again, and was idle longer"


def test_a_repeated_hello_of_the_same_start_changes_nothing():
    script = Script(A)
    script.ask("r1")
    script.do("accepted", A, RenderAccepted(request_id="r1"))
    assert script.hello(A) == [Welcome(A, ("r1",))]
    assert len(script.told(PeerSeen)) == 1


def test_a_job_whose_acceptance_was_never_heard_is_sent_again_on_a_new_hello():
    script = Script(A)
    script.ask("r1")
    actions = script.hello(A)
    assert actions[0] == Welcome(A, ())
    assert script.sent() == [(A, "r1", 1), (A, "r1", 1)]


def test_a_worker_that_started_anew_has_lost_its_jobs():
    script = Script(A, B)
    script.ask("r1")
    script.hello(A, instance="2")
    assert [type(fact) for fact in script.told(PeerSeen, PeerLost)] == [PeerSeen, PeerSeen, PeerLost, PeerSeen]
    assert script.sent()[-1] == (B, "r1", 2)


def test_a_worker_that_cannot_be_reached_costs_no_attempt():
    script = Script(A, B)
    script.ask("r1")
    script.do("unreachable", A, "r1")
    assert script.sent() == [(A, "r1", 1), (B, "r1", 1)]
    script.do("unreachable", B, "r1")
    assert script.dispatcher.open_jobs == ("r1",)
    script.do("beat", A, Heartbeat())
    assert script.sent()[-1] == (A, "r1", 1)


def test_a_job_that_cannot_be_written_ends():
    script = Script(A)
    script.ask("r1")
    script.do("unsendable", "r1", "cannot be written as JSON")
    assert script.ends() == [RenderGaveUp("r1", "cannot be written as JSON", 1)]
    script.ask("r2")
    assert script.sent()[-1] == (A, "r2", 1)


def test_an_id_is_used_once():
    script = Script(A)
    script.ask("r1", "r1")
    script.do("ready", A, a_result())
    script.ask("r1")
    assert len(script.ends()) == len(script.sent()) == 1
    assert script.dispatcher.ignored == {Ignored.ID_USED_BEFORE: 2}


def test_clear_queue_ends_all_that_was_outstanding():
    script = Script(A)
    script.ask("r1", "r2")
    script.ask("r3", clear_queue=True)
    assert [end.request_id for end in script.ends()] == ["r1", "r2"]
    assert script.sent(CancelRender) == [(A, "r1", 1)]
    assert script.sent()[-1] == (A, "r3", 1)


def test_beats_of_strangers_have_no_effect():
    script = Script()
    assert script.do("beat", A, Heartbeat()) == []
    assert script.dispatcher.ignored == {Ignored.NO_HELLO: 1}


def test_the_number_of_peers_is_bounded():
    script = Script()
    for number in range(300):
        script.hello(peer_name(Role.WALL, str(number)))
    assert len(script.dispatcher.peers) == 256
    assert script.dispatcher.ignored == {Ignored.TOO_MANY_PEERS: 44}


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


def a_painter(script, peer, *, paints=(), prices=None, usual="", slots=1):
    name = peer.split(".")[1]
    hello = ServiceHello(
        role=Role.IMAGE_SERVER, name=name, slots=slots, instance="1", capabilities=list(paints), generator=usual,
        prices=prices or {},
    )  # fmt: skip
    return script.do("hello", peer, hello)


def test_who_says_goodbye_gives_its_job_to_another_at_once():
    script = Script(A, B)
    script.ask("r1")
    script.do("bye", A)
    assert script.told(PeerLost) == [PeerLost(A, 0.0)]
    assert script.sent() == [(A, "r1", 1), (B, "r1", 2)]
    script.do("bye", A)
    assert script.dispatcher.ignored[Ignored.NO_HELLO] == 1


def test_after_a_goodbye_the_only_worker_may_come_back_and_try_again():
    script = Script(A)
    script.ask("r1")
    script.do("bye", A)
    assert script.ends() == []
    script.hello(A, instance="2")
    assert script.sent()[-1] == (A, "r1", 2)


def test_a_named_generator_goes_to_a_worker_that_has_it():
    script = Script()
    a_painter(script, A, paints=["procedural", "folder"], usual="procedural")
    a_painter(script, B, paints=["comfyui"], usual="comfyui")
    script.ask("r1", generator="comfyui")
    script.ask("r2", generator="folder")
    assert script.sent() == [(B, "r1", 1), (A, "r2", 1)]


def test_a_generator_nobody_has_lets_others_pass_and_ends_soon_with_its_name():
    script = Script()
    a_painter(script, A, paints=["procedural"], usual="procedural")
    script.ask("r1", generator="oil")
    script.ask("r2")
    assert script.sent() == [(A, "r2", 1)]
    script.wait(7, A)
    assert script.ends() == []
    script.wait(1, A)
    assert script.told(RenderGaveUp)[0].reason == "no image server paints with oil"


def test_while_no_server_is_there_a_named_generator_waits_its_whole_time():
    script = Script(job_s=20.0)
    script.ask("r1", generator="oil")
    script.wait(19)
    assert script.ends() == []
    script.wait(1)
    assert script.told(RenderGaveUp)[0].reason == "no image server that paints with oil took it within 20 s"


def test_a_dearer_worker_waits_until_more_is_set_aside():
    script = Script()
    a_painter(script, A, paints=["openai"], usual="openai", prices={"openai": 0.25})
    script.ask("r1", budget=0.0)
    script.ask("r2", budget=0.2)
    assert script.sent() == []
    script.do("allow", "r2", 0.25)
    assert script.sent() == [(A, "r2", 1)]
    script.do("allow", "r9", 1.0)
    assert script.dispatcher.ignored[Ignored.UNKNOWN_JOB] == 1


def test_without_a_budget_any_price_is_taken_and_a_free_backend_needs_none():
    script = Script()
    a_painter(script, A, paints=["openai", "folder"], usual="openai", prices={"openai": 0.25}, slots=3)
    script.ask("r1")
    script.ask("r2", budget=0.0, generator="folder")
    assert [sent[1] for sent in script.sent()] == ["r1", "r2"]


def test_attempts_whose_end_nobody_saw_are_counted_with_the_result():
    script = Script(A, B)
    script.ask("r1")
    script.wait(3, B)
    script.do("ready", B, a_result(attempt=2))
    assert script.told(RenderDone)[0].unseen == 1


def test_an_answer_that_comes_after_all_is_no_longer_unseen_but_the_withdrawn_try_is():
    script = Script(A, B)
    script.ask("r1")
    script.wait(3, B)
    script.hello(A)
    script.do("ready", A, a_result())
    assert script.told(RenderDone)[0].unseen == 1
    assert script.sent(CancelRender) == [(B, "r1", 2)]


def test_what_failed_tries_cost_is_told_with_the_end():
    script = Script(A, B)
    script.ask("r1")
    script.do("failed", A, RenderFailed(request_id="r1", reason="late", cost=0.1))
    script.do("failed", B, RenderFailed(request_id="r1", attempt=2, reason="late", cost=0.2))
    end = script.told(RenderGaveUp)[0]
    assert (round(end.lost_cost, 6), end.unseen) == (0.3, 0)


def test_a_job_cancelled_under_way_may_have_cost_something_and_a_waiting_one_not():
    script = Script(A)
    script.ask("r1", "r2")
    script.do("cancel", "r2")
    script.do("cancel", "r1")
    assert [(end.request_id, end.unseen) for end in script.told(RenderGaveUp)] == [("r2", 0), ("r1", 1)]
