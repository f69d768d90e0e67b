import pytest

from textcraft_bus.health import Health, HealthStatus
from textcraft_core import events as ev
from textcraft_core.core_state import TIMEOUTS, CoreState, CoreStates, Troubles


def asked(request_id="r"):
    return ev.RenderRequested(request_id=request_id, prompt="p", seed=1, width=9, height=9, cycle=1, target="t")


def arrived(request_id="r"):
    return ev.ImageArrived(
        request_id=request_id, path="p", sha256="0", width=9, height=9, worker="w", backend="b", seconds=1.0
    )


@pytest.mark.parametrize("end", [arrived(), ev.RenderFailed(request_id="r", reason="no")])
def test_generating_ends_when_the_picture_came_or_failed(end):
    states = CoreStates(0.0)
    cycle = (ev.CycleStarted(cycle=1), asked(), ev.CycleFinished(cycle=1, seconds=1))
    seen = [states.apply(event, 1.0) for event in (*cycle, end)]
    assert seen == [CoreState.PROCESSING, CoreState.PROCESSING, CoreState.GENERATING, CoreState.IDLE]


def test_each_of_several_pictures_is_waited_for():
    states = CoreStates(0.0)
    for event in (asked("a"), asked("b"), arrived("a")):
        states.apply(event, 1.0)
    assert states.state is CoreState.GENERATING
    assert states.apply(arrived("b"), 2.0) is CoreState.IDLE


@pytest.mark.parametrize(
    ("event", "state"), [(ev.CycleStarted(cycle=1), CoreState.PROCESSING), (asked(), CoreState.GENERATING)]
)
def test_a_state_that_lasts_too_long_is_given_up(event, state):
    states = CoreStates(0.0)
    states.apply(event, 10.0)
    assert states.timed_out(10.0 + TIMEOUTS[state] - 1) is None
    assert states.timed_out(10.0 + TIMEOUTS[state]) is state
    assert states.state is CoreState.IDLE


def test_every_state_has_its_time_out():
    assert set(TIMEOUTS) == set(CoreState)
    assert CoreStates(0.0).timed_out(TIMEOUTS[CoreState.IDLE]) is CoreState.IDLE


def test_a_trouble_stands_until_the_event_that_ends_it():
    troubles = Troubles()
    assert troubles.health({"a": 1}) == Health(details={"a": 1})
    for event, end, status, said in (
        (ev.CycleFailed(cycle=1, phase=ev.Phase.PLAN, reason="no brain"), ev.CycleFinished(cycle=2, seconds=1.0),
         HealthStatus.WARNING, "no brain"),
        (ev.EngineStateChanged(state=ev.EngineState.STUCK, reason="three cycles"),
         ev.EngineStateChanged(state=ev.EngineState.RUNNING), HealthStatus.WARNING, "stuck: three cycles"),
        (ev.ServiceLost(service="wall.left", silent_s=3.0), ev.ServiceSeen(service="wall.left", role="wall", pid=1),
         HealthStatus.WARNING, "gone: wall.left"),
        (ev.ServiceParked(service="image_server.a", reason="three ends"),
         ev.ServiceStarted(service="image_server.a", pid=2), HealthStatus.ERROR, "image_server.a is not started"),
    ):  # fmt: skip
        troubles.apply(event)
        health = troubles.health({})
        assert (health.status, said in health.message) == (status, True)
        troubles.apply(end)
        assert troubles.health({}) == Health()


def test_who_is_parked_is_graver_than_who_is_gone_and_several_are_all_told():
    troubles = Troubles()
    troubles.apply(ev.ServiceLost(service="wall.left", silent_s=3.0))
    troubles.apply(ev.CycleFailed(cycle=1, phase=ev.Phase.PLAN, reason="no brain"))
    assert troubles.health({}).message == "no brain; gone: wall.left"
    troubles.apply(ev.ServiceParked(service="image_server.a", reason="three ends"))
    assert troubles.health({}).status is HealthStatus.ERROR
    troubles.apply(ev.ServiceStarted(service="wall.left", pid=3))
    assert "image_server.a" in troubles.health({}).message
