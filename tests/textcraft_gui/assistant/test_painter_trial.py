"""One real image server, started for one picture; nothing of it stays."""

import asyncio
import tempfile
import threading
from pathlib import Path

import psutil
import pytest
from PIL import Image

from tests.support.waiting import until
from textcraft_bus.channel import facts
from textcraft_bus.channel.messages import RequestId
from textcraft_bus.clock import SystemClock
from textcraft_gui.assistant import painter_trial
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
    shares, spent = [], []
    assert await trial.open(painter_settings(Painter(PainterChoice.PROCEDURAL))) == 0.0
    tried = await trial.paint(first_picture(), 0.0, shares.append, spent.append)
    with Image.open(tried.path) as picture:
        assert picture.size == (1280, 720)
    assert tried.cost == 0.0 and spent == [0.0] and tried.seconds > 0 and shares
    pid = trial._child.pid
    await trial.close()
    assert not psutil.pid_exists(pid) and not tried.path.exists()


async def test_a_folder_without_pictures_is_told(trial, tmp_path):
    (tmp_path / "empty").mkdir()
    await trial.open(painter_settings(Painter(PainterChoice.FOLDER, path=str(tmp_path / "empty"))))
    with pytest.raises(TrialFailed, match="picture"):
        await trial.paint("a sea", 0.0, lambda _share: None, lambda _usd: None)


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


async def test_ended_while_its_server_starts_it_leaves_no_process(trial, monkeypatch):
    begun, go_on, made = threading.Event(), threading.Event(), []
    real = painter_trial.start_detached

    def slow(*words):
        begun.set()
        go_on.wait(30)
        made.append(real(*words))
        return made[0]

    monkeypatch.setattr(painter_trial, "start_detached", slow)
    opening = asyncio.get_running_loop().create_task(trial.open({"generator": "procedural"}))
    await until(begun.is_set, 30, "the server to be started")
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    closing = asyncio.get_running_loop().create_task(trial.close())
    go_on.set()
    await closing
    assert made[0].exit_code() is not None


async def test_whoever_closes_it_too_waits_until_it_is_closed(trial):
    await trial.open({"generator": "procedural"})
    pid, folder = trial._child.pid, trial._folder
    first = asyncio.get_running_loop().create_task(trial.close())
    await asyncio.sleep(0)
    await trial.close()
    assert not psutil.pid_exists(pid) and not folder.exists()
    await first


class SilentHub:
    """A core whose painter says what a test says."""

    def __init__(self):
        self.asked, self.cancelled = [], []

    def request(self, request):
        self.asked.append(request.request_id)

    def cancel(self, request_id):
        self.cancelled.append(request_id)

    def quit(self, _peer, _why):
        pass

    async def stop(self):
        pass


@pytest.fixture
def paid(trial, tmp_path):
    class Running:
        pid = 0

        def exit_code(self):
            return None

        def wait(self, _seconds):
            return 0

    trial._hub, trial._child, trial._folder, trial.spent = SilentHub(), Running(), tmp_path / "tmp" / "none", []
    return trial


async def test_a_picture_that_was_ended_counts_as_paid(paid):
    task = asyncio.get_running_loop().create_task(paid.paint("a sea", 0.25, print, paid.spent.append))
    await until(lambda: paid._hub.asked, 30, "the order")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert paid.spent == [0.25] and paid._hub.cancelled == paid._hub.asked


@pytest.mark.parametrize(("unseen", "spent"), [(0, 0.04), (1, 0.25)])
async def test_what_a_picture_cost_that_did_not_come_is_told(paid, unseen, spent):
    task = asyncio.get_running_loop().create_task(paid.paint("a sea", 0.25, print, paid.spent.append))
    await until(lambda: paid._hub.asked, 30, "the order")
    paid._on_fact(facts.RenderGaveUp(RequestId(paid._hub.asked[0]), "refused", 1, unseen, 0.04))
    with pytest.raises(TrialFailed, match="refused"):
        await task
    assert paid.spent == [spent]
