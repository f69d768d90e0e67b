"""The projection really takes the corners of the wall where they are wanted."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcraft_display.errors import MapRefused
from textcraft_display.mapping import bend

UNIT = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def applied(rows, point):
    x, y, w = (row[0] * point[0] + row[1] * point[1] + row[2] for row in rows)
    return x / w, y / w


@given(st.lists(st.tuples(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2)), min_size=4, max_size=4))
def test_each_corner_goes_to_its_place(moves):
    corners = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(UNIT, moves, strict=True)]
    rows = bend(corners)
    for corner, wanted in zip(UNIT, corners, strict=True):
        assert applied(rows, corner) == pytest.approx(wanted, abs=1e-6)


@given(st.lists(st.tuples(st.floats(), st.floats()), min_size=4, max_size=4))
def test_any_numbers_give_a_finite_projection_or_a_refusal(corners):
    try:
        rows = bend(corners)
    except MapRefused:
        return
    assert all(math.isfinite(value) for row in rows for value in row)


def test_corners_in_place_change_nothing():
    assert bend(UNIT) == ((1, 0, 0), (0, 1, 0), (0, 0, 1))


@pytest.mark.parametrize("corners", [UNIT[::-1], (UNIT[0], UNIT[2], UNIT[1], UNIT[3]), (UNIT[0],) * 4])
def test_mirrored_crossed_and_flat_areas_are_refused(corners):
    with pytest.raises(MapRefused):
        bend(corners)
