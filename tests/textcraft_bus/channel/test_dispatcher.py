"""Leases: who has a job, when it is tried again, and that it ends once."""

from tests.support.dispatcher import WALL, A, B, C, Script, a_result
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
from textcraft_bus.channel.jobs import Ignored, Welcome
from textcraft_bus.channel.messages import (
    CancelRender,
    Heartbeat,
    RenderAccepted,
    RenderFailed,
    RenderProgress,
    Role,
    peer_name,
)


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


def _paint_slower_than_asked(script, minutes, every=1, takes=4):
    """Ask for a picture each second of a worker that needs four for one; returns the age of each it finished."""
    ages, begun = [], None
    for second in range(minutes * 60):
        if second % every == 0:
            script.ask(f"r{second}")
        script.wait(1, A)
        last = script.sent()[-1]
        if begun is None or begun[0] != last[1]:
            begun = (last[1], second)
        elif second - begun[1] >= takes:
            script.do("ready", A, a_result(last[1], last[2]))
            ages.append(second - int(last[1][1:]))
    return ages


def test_a_worker_slower_than_is_asked_goes_on_to_finish_pictures():
    """Each was begun just before its deadline once the queue was that long: none came any more, for good."""
    script = Script(A)
    ages = _paint_slower_than_asked(script, 10)
    assert len(ages) > 100
    assert max(ages) < 0.25 * 120 + 10
    assert {end.reason for end in script.told(RenderGaveUp)} == {"64 pictures wait already"}


def test_what_waited_for_long_is_painted_as_soon_as_nothing_newer_waits():
    script = Script(A)
    for request_id in ("r1", "r2", "r3"):
        script.ask(request_id)
        script.wait(1, A)
    script.wait(40, A)
    script.ask("r4")
    for request_id in ("r1", "r4", "r3", "r2"):
        script.do("ready", A, a_result(request_id))
    assert [given[1] for given in script.sent()] == ["r1", "r4", "r3", "r2"]


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
