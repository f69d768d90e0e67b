"""A wall that paints nothing for a minute is told, once; one that is hidden or gone is none."""

from textcraft_core.stage.walls.pulse import STALL_SECONDS, Pulses, Stall


def beats(pulses, begin, seconds, frames, *, hidden=False):
    for second in range(seconds):
        pulses.beat("brick", frames(second), hidden=hidden, now=begin + second)


def test_a_wall_that_paints_is_never_told():
    pulses = Pulses()
    beats(pulses, 0, 200, lambda second: second)
    assert pulses.stalled(199) == []


def test_a_wall_that_paints_nothing_is_told_once_a_minute():
    pulses = Pulses()
    beats(pulses, 0, 100, lambda _second: 7)
    assert pulses.stalled(STALL_SECONDS - 1) == []
    assert pulses.stalled(STALL_SECONDS) == [Stall("brick", STALL_SECONDS, often=False)]
    assert pulses.stalled(STALL_SECONDS + 1) == []


def test_what_the_one_who_looks_slept_does_not_count():
    pulses = Pulses()
    beats(pulses, 0, 10, lambda second: second)
    pulses.slept(3600)
    assert pulses.stalled(3609) == []
    assert pulses.stalled(3609 + STALL_SECONDS) == [Stall("brick", STALL_SECONDS, often=False)]


def test_hidden_and_lost_are_no_faults():
    pulses = Pulses()
    beats(pulses, 0, 100, lambda _second: 7, hidden=True)
    assert pulses.stalled(120) == []
    pulses.lost("brick", 130)
    assert pulses.stalled(1000) == []
    pulses.beat("brick", 3, hidden=False, now=1001)
    assert pulses.stalled(1002) == []


def test_the_third_stall_in_half_an_hour_is_often_and_later_ones_begin_anew():
    pulses = Pulses()
    pulses.beat("brick", 7, hidden=False, now=0)
    assert [pulses.stalled(now)[0].often for now in (60, 600, 1200, 1300, 1400)] == [False, False, True, False, False]
    slow = Pulses()
    slow.beat("brick", 7, hidden=False, now=0)
    assert [slow.stalled(now)[0].often for now in (60, 1500, 3000)] == [False, False, False]


def test_a_process_that_hung_and_was_replaced_counts_as_a_stall_and_a_cut_connection_does_not():
    pulses = Pulses()
    for number, pid in enumerate((11, 12, 13, 14)):
        now = number * 100.0
        assert pulses.seen("brick", pid, now) is (number == 3)
        pulses.beat("brick", 1, hidden=False, now=now)
        pulses.lost("brick", now + 10)
    far = Pulses()
    for number in range(9):
        assert not far.seen("brick", 11, number * 100.0)
        far.beat("brick", number, hidden=False, now=number * 100.0)
        far.lost("brick", number * 100.0 + 10)


def test_a_process_that_was_killed_and_is_back_at_once_is_no_stall():
    pulses = Pulses()
    for number in range(9):
        assert not pulses.seen("brick", number + 1, number * 100.0)
        pulses.beat("brick", 1, hidden=False, now=number * 100.0)
        pulses.lost("brick", number * 100.0 + 97)
