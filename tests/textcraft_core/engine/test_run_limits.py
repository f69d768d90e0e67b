import pytest

from textcraft_core.commands import Run
from textcraft_core.engine.run_limits import Pace, RunLimits
from textcraft_core.options import EngineOptions


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        (Run(), None),
        (Run(cycles=3), "3 cycles done"),
        (Run(cycles=4), None),
        (Run(minutes=2), "2 minutes are over"),
        (Run(minutes=2.1), None),
        (Run(spend=0.5), "$0.50 spent"),
        (Run(spend=0.6), None),
        (Run(until_chapter="ch02"), "ch02 is locked"),
        (Run(until_chapter="ch03"), None),
    ],
)
def test_a_run_is_over_when_a_limit_is_reached(run, reason):
    limits = RunLimits(run, started=100.0, spent=1.0, cycles=3)
    assert limits.reached(now=220.0, spent=1.5, locked={"ch01", "ch02"}) == reason


def paced(*cycles, **options):
    pace = Pace(EngineOptions(**options))
    for ok, waited in cycles:
        pace.note(ok=ok, waited=waited)
    return pace


def test_cycles_keep_their_distance():
    assert paced((True, False), cycle_seconds=60).rest(45.0) == 15.0
    assert paced((True, False), cycle_seconds=60).rest(70.0) == 0.0


def test_waits_double_up_to_five_minutes():
    rests = [paced(*[(True, True)] * count).rest(0.0) for count in range(1, 8)]
    assert rests == [10, 20, 40, 80, 160, 300, 300]


def test_failures_back_off_and_exhaust():
    assert [paced(*[(False, False)] * count).rest(0.0) for count in (1, 2, 3)] == [2, 4, 8]
    assert [paced(*[(False, False)] * count).exhausted for count in (2, 3)] == [False, True]
    assert not paced((False, False), (False, False), (True, False), (False, False)).exhausted
