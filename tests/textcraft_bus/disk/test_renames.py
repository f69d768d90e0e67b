"""One moment between a look and a rename: another program comes in it, and nothing of its work is lost."""

import errno
import os
import sys

import pytest

from textcraft_bus.disk import renames
from textcraft_bus.disk.durable import Folder
from textcraft_bus.disk.sandbox import Sandbox
from textcraft_bus.errors import ChangedMeanwhile, SecurityError, WriteFailed

NAME = "ch01.md"
can_exchange = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="seen on Linux only")


@pytest.fixture
def place(tmp_path):
    (tmp_path / NAME).write_bytes(b"old")
    return tmp_path


@pytest.fixture
def at_exchange(monkeypatch):
    """Let something happen right before and right after the first exchange."""
    real = renames.exchange

    def arrange(before=lambda: None, after=lambda: None):
        turns = [(before, after)]

        def exchange(one, other, folder):
            first, second = turns.pop() if turns else (lambda: None, lambda: None)
            first()
            done = real(one, other, folder)
            second()
            return done

        monkeypatch.setattr(renames, "exchange", exchange)

    return arrange


def put(path, data):
    aside = path.with_name("aside")
    aside.write_bytes(data)
    aside.replace(path)


def holds(place):
    return {path.name: path.read_bytes() for path in place.iterdir()}


def save(place, expected=b"old"):
    Sandbox(place).write(NAME, b"ours", instead_of=expected)


@can_exchange
def test_two_names_change_their_files(place):
    (place / "b").write_bytes(b"other")
    with Folder.at(place) as folder:
        assert folder.exchange(NAME, "b")
        assert holds(place) == {NAME: b"other", "b": b"old"}
        with pytest.raises(FileNotFoundError):
            folder.exchange(NAME, "nowhere")
    assert renames.exchange(place / NAME, place / "b", None)
    assert holds(place) == {NAME: b"old", "b": b"other"}


@can_exchange
def test_a_name_is_taken_only_when_nobody_has_it(place):
    (place / "b").write_bytes(b"other")
    with Folder.at(place) as folder:
        with pytest.raises(FileExistsError):
            folder.take_free("b", NAME)
        assert folder.take_free("b", "c")
    assert holds(place) == {NAME: b"old", "c": b"other"}


@can_exchange
def test_what_was_expected_is_replaced_and_nothing_is_left(place, at_exchange):
    at_exchange()
    save(place)
    assert holds(place) == {NAME: b"ours"}


@can_exchange
def test_an_edit_in_the_last_moment_stays(place, at_exchange):
    at_exchange(before=lambda: put(place / NAME, b"theirs"))
    with pytest.raises(ChangedMeanwhile):
        save(place)
    assert holds(place) == {NAME: b"theirs"}


@can_exchange
def test_of_two_edits_around_the_exchange_the_newer_one_stays(place, at_exchange):
    at_exchange(before=lambda: put(place / NAME, b"theirs"), after=lambda: put(place / NAME, b"newer"))
    with pytest.raises(ChangedMeanwhile):
        save(place)
    assert holds(place) == {NAME: b"newer"}


@can_exchange
def test_an_edit_in_place_of_what_was_just_saved_is_no_loss_either(place, at_exchange):
    def edit_ours():
        with (place / NAME).open("ab") as file:
            file.write(b" and theirs")

    at_exchange(before=lambda: put(place / NAME, b"theirs"), after=edit_ours)
    with pytest.raises(ChangedMeanwhile):
        save(place)
    assert holds(place) == {NAME: b"ours and theirs"}


@can_exchange
def test_a_file_that_is_taken_away_stays_away(place, at_exchange):
    at_exchange(before=(place / NAME).unlink)
    with pytest.raises(ChangedMeanwhile):
        save(place)
    assert holds(place) == {}
    (place / NAME).write_bytes(b"old")
    at_exchange(before=lambda: put(place / NAME, b"theirs"), after=(place / NAME).unlink)
    with pytest.raises(ChangedMeanwhile):
        save(place)
    assert holds(place) == {}


@can_exchange
def test_a_link_in_the_last_moment_is_given_back_unread(place, at_exchange, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secret"
    outside.write_bytes(b"secret")

    def become_a_link():
        (place / NAME).unlink()
        (place / NAME).symlink_to(outside)

    at_exchange(before=become_a_link)
    with pytest.raises(SecurityError):
        save(place)
    assert (place / NAME).is_symlink()
    assert outside.read_bytes() == b"secret"
    assert len(list(place.iterdir())) == 1


@can_exchange
def test_what_came_out_and_cannot_be_read_is_given_back(place, at_exchange, monkeypatch):
    real, broken = os.open, []

    def refuse(name, flags, *args, **kwargs):
        if broken and str(name).endswith(".tmp"):
            raise OSError(errno.EMFILE, "too many")
        return real(name, flags, *args, **kwargs)

    monkeypatch.setattr(os, "open", refuse)
    at_exchange(after=lambda: broken.append(1))
    with pytest.raises(WriteFailed, match="too many files"):
        save(place)
    assert holds(place) == {NAME: b"old"}


@can_exchange
def test_a_file_that_comes_where_none_was_expected_stays(place, monkeypatch):
    real = renames.take_free
    (place / NAME).unlink()

    def take_free(old, new, folder):
        (place / NAME).write_bytes(b"theirs")
        return real(old, new, folder)

    monkeypatch.setattr(renames, "take_free", take_free)
    with pytest.raises(ChangedMeanwhile):
        save(place, None)
    assert holds(place) == {NAME: b"theirs"}


@pytest.mark.parametrize("expected", [b"old", None])
@pytest.mark.parametrize("call", [None, lambda *_: errno.EINVAL, lambda *_: errno.ENOSYS])
def test_where_the_system_cannot_the_last_look_counts(place, monkeypatch, call, expected):
    monkeypatch.setattr(renames, "_system_call", lambda: call)
    if expected is None:
        (place / NAME).unlink()
    save(place, expected)
    assert holds(place) == {NAME: b"ours"}
    with pytest.raises(ChangedMeanwhile):
        save(place, b"something else")
    assert holds(place) == {NAME: b"ours"}


def test_another_refusal_of_the_system_is_told_and_leaves_no_temp(place, monkeypatch):
    monkeypatch.setattr(renames, "_system_call", lambda: lambda *_: errno.EROFS)
    with pytest.raises(WriteFailed, match="read-only"):
        save(place)
    assert holds(place) == {NAME: b"old"}
