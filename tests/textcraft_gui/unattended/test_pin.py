"""The PIN: kept as a salted hash, slow to guess, lost with a broken file."""

import pytest

from tests.fakes.clock import FakeClock
from textcraft_gui.unattended.pin import REST_SECONDS, WRONG_TRIES, Pin, is_pin


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def pin(clock, tmp_path):
    made = Pin(clock, tmp_path / "pin.json")
    made.choose("2468")
    return made


@pytest.mark.parametrize("text", ["1234", "000000000000"])
def test_digits_are_a_pin(text):
    assert is_pin(text)


@pytest.mark.parametrize("text", ["", "123", "1234567890123", "12a4", "１２３４", "12 4"])
def test_anything_else_is_none(pin, text):
    assert not is_pin(text)
    if text:
        with pytest.raises(ValueError, match="not a PIN"):
            pin.choose(text)


def test_the_right_one_and_a_wrong_one(pin):
    assert pin.check("2468")
    assert not pin.check("2469")
    assert not pin.check("")


def test_three_wrong_tries_rest_half_a_minute_even_for_the_right_one(pin, clock):
    assert [pin.check("0000") for _ in range(WRONG_TRIES)] == [False] * WRONG_TRIES
    assert pin.rest == REST_SECONDS
    assert not pin.check("2468")
    clock.advance(REST_SECONDS + 0.1)
    assert pin.rest == 0
    assert pin.check("2468")


def test_a_right_try_forgets_the_wrong_ones(pin):
    for _ in range(4):
        assert not pin.check("0000")
        assert not pin.check("1111")
        assert pin.check("2468")


def test_it_is_kept_as_a_salted_hash_for_the_owner_alone(pin, clock, tmp_path):
    pin.save()
    path = tmp_path / "pin.json"
    assert "2468" not in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    other = Pin(clock, tmp_path / "other.json")
    other.choose("2468")
    other.save()
    assert (tmp_path / "other.json").read_text() != path.read_text()
    again = Pin(clock, path)
    again.load()
    assert again.is_set
    assert again.check("2468")
    assert "2468" not in repr(again)


def test_taken_away_nothing_is_asked(pin, clock, tmp_path):
    pin.choose("")
    pin.save()
    again = Pin(clock, tmp_path / "pin.json")
    again.load()
    assert not again.is_set
    assert not again.check("")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"salt": "zz", "scrypt": "00"}', '{"salt": 3}'])
def test_a_broken_file_locks_nobody_out(clock, tmp_path, text):
    (tmp_path / "pin.json").write_text(text)
    pin = Pin(clock, tmp_path / "pin.json")
    pin.load()
    assert not pin.is_set
