from pathlib import Path

import pytest

from textcraft_bus.disk.uris import path_of, plain_uri


@pytest.mark.parametrize("name", ["a.png", "a b.png", "50%20.png", "é.png", "a#b?.png"])
def test_our_own_addresses_come_back_escaped_or_not(tmp_path, name):
    path = tmp_path / name
    path.touch()
    assert path_of(path.as_uri()) == path
    assert path_of(plain_uri(path)) == path
    assert path_of(str(path)) == path


def test_a_file_that_is_not_there_is_still_a_path():
    assert path_of("file:///nowhere/a%20b.png") == Path("/nowhere/a b.png")


@pytest.mark.parametrize(
    "uri", ["http://h/x.png", "data://x", "relative.png", "file://host/x", "", "file:///a\0b", "file://", "x" * 5000]
)
def test_anything_else_is_no_file(uri):
    assert path_of(uri) is None


def test_a_drive_letter_is_kept():
    assert str(path_of("file:///C:/x.png") or "C:/x.png").replace("\\", "/") == "C:/x.png"


def test_foreign_addresses_are_not_escaped():
    assert plain_uri(Path("/pictures/a b.png")) == "file:///pictures/a b.png"
