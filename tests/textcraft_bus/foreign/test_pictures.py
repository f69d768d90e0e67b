"""Files named by foreign image servers are opened in allowed folders alone: named, or taught by the first."""

from pathlib import Path

import pytest

from tests.faults.c03_hostile import OUTSIDE, hostile
from tests.support.show_script import paint
from textcraft_bus.errors import BusError, PictureRefused
from textcraft_bus.foreign import pictures as foreign_pictures
from textcraft_bus.foreign.pictures import ForeignFolders, measured
from textcraft_bus.schemas_base import ImageReady


@pytest.fixture
def opened(monkeypatch):
    paths = []

    def read(path, most):
        paths.append(Path(path))
        return real(path, most)

    real = foreign_pictures.read_bytes
    monkeypatch.setattr(foreign_pictures, "read_bytes", read)
    return paths


@pytest.fixture
def theirs(tmp_path):
    folder = tmp_path / "theirs"
    folder.mkdir()
    paint(folder / "one.png", 1, (64, 64))
    paint(tmp_path / OUTSIDE, 2, (64, 64))
    (tmp_path / "secret.txt").write_text("not a picture")
    return folder


def answer(tmp_path, uri, folders):
    return measured("r", ImageReady(request_id="f", uri=uri), tmp_path / "own", folders)


@pytest.mark.parametrize("named", [True, False], ids=["named in the settings", "taught by the first picture"])
def test_fifty_hostile_addresses_open_nothing_outside(tmp_path, theirs, opened, named):
    (tmp_path / "own").mkdir()
    folders = ForeignFolders([theirs] if named else [])
    assert answer(tmp_path, (theirs / "one.png").as_uri(), folders).width == 64
    opened.clear()
    refused = 0
    for uri in hostile(tmp_path, 50):
        with pytest.raises((BusError, OSError)):
            answer(tmp_path, uri, folders)
        refused += 1
    assert refused == 50
    assert opened == []
    assert (tmp_path / OUTSIDE).exists()


def test_the_first_address_must_be_a_picture_no_link_leads_to(tmp_path, theirs, opened):
    (theirs / "link.png").symlink_to("/etc/passwd")
    for uri in ("file:///etc/passwd", (theirs / "link.png").as_uri(), "/dev/zero", f"{tmp_path}/secret.txt"):
        with pytest.raises(PictureRefused):
            answer(tmp_path, uri, ForeignFolders())
    assert opened == []


def test_what_is_no_picture_teaches_nothing(tmp_path, theirs):
    (tmp_path / "own").mkdir()
    (tmp_path / "no.png").write_text("no picture at all")
    folders = ForeignFolders()
    with pytest.raises(BusError):
        answer(tmp_path, f"{tmp_path}/no.png", folders)
    assert answer(tmp_path, f"{theirs}/one.png", folders).mime == "image/png"


def test_a_link_out_of_a_named_folder_is_refused(tmp_path, theirs, opened):
    (theirs / "out.png").symlink_to(tmp_path / OUTSIDE)
    with pytest.raises(PictureRefused, match="outside"):
        answer(tmp_path, f"{theirs}/out.png", ForeignFolders([theirs]))
    assert opened == []
