"""Which image server gets a job: by what it paints with and what that costs."""

from tests.support.dispatcher import A, B, Script, a_result
from textcraft_bus.channel.facts import (
    RenderDone,
    RenderGaveUp,
)
from textcraft_bus.channel.jobs import Ignored
from textcraft_bus.channel.messages import (
    CancelRender,
    RenderFailed,
    Role,
    ServiceHello,
)


def a_painter(script, peer, *, paints=(), prices=None, usual="", slots=1):
    name = peer.split(".")[1]
    hello = ServiceHello(
        role=Role.IMAGE_SERVER, name=name, slots=slots, instance="1", capabilities=list(paints), generator=usual,
        prices=prices or {},
    )  # fmt: skip
    return script.do("hello", peer, hello)


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
