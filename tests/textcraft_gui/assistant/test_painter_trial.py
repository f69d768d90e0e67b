"""One real image server, started for one picture; nothing of it stays."""

import tempfile
from pathlib import Path

import psutil
import pytest
from PIL import Image

from textcraft_bus.clock import SystemClock
from textcraft_gui.assistant.choices import Painter, PainterChoice, painter_settings
from textcraft_gui.assistant.painter_trial import PainterTrial, TrialFailed, first_picture

pytestmark = pytest.mark.timeout(120)


def files_below(folder):
    return [path for path in Path(folder).rglob("*") if path.is_file()]


@pytest.fixture
async def trial(tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    made = PainterTrial(SystemClock())
    yield made
    await made.close()
    assert list((tmp_path / "tmp").iterdir()) == []


async def test_a_picture_comes_and_nothing_of_it_stays(trial):
    shares = []
    assert await trial.open(painter_settings(Painter(PainterChoice.PROCEDURAL))) == 0.0
    tried = await trial.paint(first_picture(), 0.0, shares.append)
    with Image.open(tried.path) as picture:
        assert picture.size == (1280, 720)
    assert tried.cost == 0.0 and tried.seconds > 0 and shares
    pid = trial._child.pid
    await trial.close()
    assert not psutil.pid_exists(pid) and not tried.path.exists()


async def test_a_folder_without_pictures_is_told(trial, tmp_path):
    (tmp_path / "empty").mkdir()
    await trial.open(painter_settings(Painter(PainterChoice.FOLDER, path=str(tmp_path / "empty"))))
    with pytest.raises(TrialFailed, match="picture"):
        await trial.paint("a sea", 0.0, lambda _share: None)


async def test_what_a_paid_picture_costs_is_told_before_and_its_key_lies_in_no_file(trial):
    key = "sk-planted-0123456789abcdef"
    price = await trial.open(painter_settings(Painter(PainterChoice.OPENAI, model="gpt-image-1")), key)
    assert price == pytest.approx(0.25)
    held = files_below(trial._folder)
    assert held and not any(key.encode() in path.read_bytes() for path in held)
    assert key not in " ".join(psutil.Process(trial._child.pid).cmdline())


async def test_a_server_that_does_not_start_is_told(trial):
    with pytest.raises(TrialFailed, match="ended at once"):
        await trial.open({"generator": "procedural", "queue": 9999})
