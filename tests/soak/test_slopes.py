import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.soak.slopes import Slope, binned, theil_sen

numbers = st.integers(-1000, 1000).map(float)
times = st.lists(st.integers(0, 10_000), min_size=2, max_size=40, unique=True)
points = st.lists(st.tuples(st.integers(0, 500).map(float), numbers), min_size=2, max_size=40).filter(
    lambda found: len({when for when, _ in found}) > 1
)

unhurried = settings(deadline=None)
"""All pairs of points are looked at, and the machine may be busy."""


def close(slope: Slope) -> Slope:
    return pytest.approx(slope.median), pytest.approx(slope.low), pytest.approx(slope.high)


@unhurried
@given(times, numbers, st.integers(-50, 50))
def test_a_straight_line_has_its_own_slope_and_no_doubt(found, start, steep):
    slope = theil_sen([(float(when), start + steep * when) for when in found])
    assert (slope.median, slope.low, slope.high) == close(Slope(steep, steep, steep))


@unhurried
@given(points)
def test_the_slope_lies_within_its_bounds_and_some_pair_has_less_and_some_more(found):
    slope = theil_sen(found)
    pairs = [(b[1] - a[1]) / (b[0] - a[0]) for a in found for b in found if a[0] != b[0]]
    assert min(pairs) <= slope.low <= slope.median <= slope.high <= max(pairs)


@unhurried
@given(points, numbers, st.integers(1, 9), st.randoms())
def test_neither_order_nor_level_changes_a_slope_and_the_unit_scales_it(found, level, unit, chance):
    slope = theil_sen(found)
    shuffled = chance.sample(found, len(found))
    moved = theil_sen([(when, value * unit + level) for when, value in shuffled])
    scaled = Slope(*(part * unit for part in (slope.median, slope.low, slope.high)))
    assert (moved.median, moved.low, moved.high) == close(scaled)


@unhurried
@given(st.integers(-9, 9), st.lists(numbers, min_size=8, max_size=8), st.randoms())
def test_a_fifth_of_wild_points_does_not_move_it(steep, wild, chance):
    line = [(float(when), float(steep * when)) for when in range(40)]
    for place, value in zip(chance.sample(range(40), 8), wild, strict=True):
        line[place] = (float(place), value)
    assert theil_sen(line).median == pytest.approx(steep)


def test_noise_around_a_leak_is_told_from_noise_around_a_level():
    noise = [3.0, -2.0, 1.0, 0.0, -3.0, 2.0, -1.0] * 18
    level = theil_sen([(float(when), value) for when, value in enumerate(noise)])
    leak = theil_sen([(float(when), value + 0.1 * when) for when, value in enumerate(noise)])
    assert level.low <= 0 <= level.high
    assert leak.low > 0.05


def test_points_of_one_time_have_no_slope():
    for found in ([], [(1.0, 2.0)], [(1.0, 2.0), (1.0, 3.0)]):
        with pytest.raises(ValueError, match="two points"):
            theil_sen(found)


@unhurried
@given(st.lists(st.tuples(st.floats(0, 1000), numbers), max_size=60), st.integers(1, 90))
def test_joined_samples_keep_the_range_and_the_order_of_time(samples, width):
    joined = binned(samples, width)
    assert len(joined) == len({when // width for when, _ in samples})
    assert [when for when, _ in joined] == sorted(when for when, _ in joined)
    values = [value for _, value in samples]
    assert all(min(values) <= value <= max(values) for _, value in joined)


def test_one_wild_sample_of_a_stretch_does_not_show():
    assert binned([(0.0, 5.0), (1.0, 5.0), (2.0, 900.0), (31.0, 6.0)]) == [(1.0, 5.0), (31.0, 6.0)]
