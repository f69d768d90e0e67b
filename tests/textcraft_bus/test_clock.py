from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes.clock import FakeClock
from textcraft_bus.clock import Clock, SystemClock


def test_the_system_clock_is_aware_and_in_utc():
    now = SystemClock().now()
    assert now.utcoffset() == timedelta(0)
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_system_clock_never_goes_back():
    clock = SystemClock()
    readings = [clock.monotonic() for _ in range(100)]
    assert readings == sorted(readings)


def test_the_fake_moves_both_clocks_only_when_told():
    fake = FakeClock()
    clock: Clock = fake
    before = clock.monotonic(), clock.now()
    assert (clock.monotonic(), clock.now()) == before
    fake.advance(2.5)
    assert clock.monotonic() == before[0] + 2.5
    assert clock.now() == before[1] + timedelta(seconds=2.5)


def test_a_jump_of_the_date_leaves_durations_alone():
    fake = FakeClock()
    before = fake.monotonic(), fake.now()
    fake.jump(-3600)
    assert fake.monotonic() == before[0]
    assert fake.now() == before[1] - timedelta(hours=1)
    with pytest.raises(ValueError, match="backwards"):
        fake.advance(-1)
