"""Keys are made once, kept from others, and a wrong one is said without showing it."""

import os

import pytest

from textcraft_bus import keys
from textcraft_bus.config import ConfigError
from textcraft_bus.keys import KeyMissing, KeyPair


@pytest.fixture
def folder():
    return keys.keys_folder()


def test_the_pair_is_made_once_with_mode_0600(folder):
    pair = keys.own_keys(folder)
    assert keys.own_keys(folder) == pair
    assert (folder / "machine.key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len(pair.public) == len(pair.secret) == 40


def test_a_key_that_would_pass_for_a_flag_is_not_taken(folder, monkeypatch):
    good = keys.zmq.curve_keypair()
    while good[0].startswith(b"-"):
        good = keys.zmq.curve_keypair()
    made = iter([(b"-" * 40, b"x" * 40), good])
    monkeypatch.setattr(keys.zmq, "curve_keypair", lambda: next(made))
    assert keys.own_keys(folder).public == good[0].decode()


def test_the_secret_is_in_no_repr(folder):
    pair = keys.own_keys(folder)
    assert pair.secret not in repr(pair)
    assert pair.public in repr(pair)


def test_a_secret_others_can_read_is_refused(folder):
    keys.own_keys(folder)
    os.chmod(folder / "machine.key", 0o644)  # noqa: PTH101
    with pytest.raises(ConfigError, match="chmod 600"):
        keys.own_keys(folder)


def test_two_halves_that_do_not_belong_together_are_refused(folder):
    first = keys.own_keys(folder)
    (folder / "machine.key").unlink()
    second = keys.own_keys(folder)
    keys._write(folder / "machine.key", {"public": first.public, "secret": second.secret})
    with pytest.raises(ConfigError, match="belong together") as refused:
        keys.own_keys(folder)
    assert second.secret not in str(refused.value)


def test_machines_are_allowed_and_forbidden_by_name(folder):
    pair = keys.own_keys(folder)
    keys.allow(folder, "attic", pair.public)
    assert keys.allowed(folder) == {pair.public: "attic"}
    assert keys.forbid(folder, "attic")
    assert not keys.forbid(folder, "attic")
    assert keys.allowed(folder) == {}


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a" * 41, "a.b"])
def test_a_name_cannot_leave_the_folder(folder, name):
    with pytest.raises(ConfigError):
        keys.allow(folder, name, "A" * 40)
    with pytest.raises(ConfigError):
        keys.forbid(folder, name)


@pytest.mark.parametrize("text", ["", "short", "A" * 39, "A" * 41, "A" * 39 + "\n", "A" * 39 + '"', None, 5])
def test_what_is_no_key_is_refused_and_not_shown(text):
    with pytest.raises(ConfigError) as refused:
        keys.valid_key(text)
    assert "AAAA" not in str(refused.value)


def test_the_core_s_key_is_asked_for_with_what_to_do(folder):
    with pytest.raises(KeyMissing, match="textcraft-core keys"):
        keys.core_key(folder)
    keys.set_core(folder, "B" * 40)
    assert keys.core_key(folder) == "B" * 40
    assert isinstance(keys.own_keys(folder), KeyPair)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"public": 1}', "\0" * 50, "x" * 9000])
def test_a_broken_key_file_is_said(folder, content):
    (folder / "core.key").write_text(content)
    with pytest.raises(ConfigError):
        keys.core_key(folder)
