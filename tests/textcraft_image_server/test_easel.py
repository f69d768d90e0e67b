"""Each accepted job ends exactly once: painted, failed with a reason, or cancelled."""

import asyncio
import json
import threading
import time

import pytest

from tests.support.waiting import until
from tests.textcraft_image_server.pictures import picture
from textcraft_bus.pictures import sha256_of
from textcraft_bus.schemas_base import RenderRequest
from textcraft_image_server import easel as easel_module
from textcraft_image_server.backends import BackendError, Painted
from textcraft_image_server.config import ImageServerConfig
from textcraft_image_server.easel import CLOSING, Easel, Load, order_of


class Answers:
    def __init__(self):
        self.ends = []
        self.fractions = []

    def progress(self, job, fraction):
        self.fractions.append(fraction)

    def done(self, job, order, result, painted, backend):
        self.ends.append((job.request.request_id, result))

    def failed(self, job, reason, *, retryable, cost=0.0):
        self.ends.append((job.request.request_id, reason, retryable))

    async def until(self, count):
        await until(lambda: len(self.ends) >= count, 30)


@pytest.fixture
def answers():
    return Answers()


@pytest.fixture
async def easel(tmp_path, answers):
    made = Easel(ImageServerConfig(queue=2), tmp_path, answers)
    yield made
    await made.close()


def request(name: str, **more) -> RenderRequest:
    return RenderRequest(**{"request_id": name, "prompt": "p", "width": 96, "height": 64, "seed": 1, **more})


async def test_a_picture_lies_under_its_hash_with_its_sidecar(easel, answers, tmp_path):
    assert easel.put(request("a"))
    await answers.until(1)
    _, result = answers.ends[0]
    assert result.path == tmp_path / f"{result.sha256}.jpg"
    assert sha256_of(result.path.read_bytes()) == result.sha256
    sidecar = json.loads(result.path.with_suffix(".json").read_text())
    assert (sidecar["prompt"], sidecar["seed"], sidecar["backend"], sidecar["cost"]) == ("p", 1, "procedural", 0.0)
    assert answers.fractions[0] == 0.0


async def test_jobs_are_painted_in_order_and_beyond_the_bound_refused(easel, answers):
    assert [easel.put(request(name)) for name in "abcd"] == [True, True, True, False]
    assert easel.load.length == 3
    assert easel.load.oldest_age >= 0
    await answers.until(3)
    assert [end[0] for end in answers.ends] == ["a", "b", "c"]
    await until(lambda: easel.load == Load())


async def test_a_cancelled_job_ends_in_nothing(easel, answers):
    for name in "abc":
        easel.put(request(name))
    easel.cancel("b")
    easel.cancel("a")
    await answers.until(1)
    assert [end[0] for end in answers.ends] == ["c"]


async def test_a_job_that_is_sent_again_is_painted_once(easel, answers):
    for _ in range(3):
        assert easel.put(request("a"))
    easel.put(request("b"))
    await answers.until(2)
    assert [end[0] for end in answers.ends] == ["a", "b"]


async def test_an_unknown_backend_and_a_wrong_size_fail_for_good(easel, answers):
    easel.put(request("a", generator="none such"))
    easel.put(request("b", width=8))
    await answers.until(2)
    assert "procedural" in answers.ends[0][1]
    assert [end[2] for end in answers.ends] == [False, False]


async def test_a_full_disk_is_a_failure_that_may_be_tried_again(answers, tmp_path):
    (tmp_path / "file").touch()
    easel = Easel(ImageServerConfig(), tmp_path / "file" / "folder", answers)
    easel.put(request("a"))
    await answers.until(1)
    assert answers.ends[0][2] is True
    await easel.close()


async def test_clear_queue_forgets_what_waits(easel, answers):
    easel.put(request("a"))
    easel.put(request("b"))
    easel.put(request("c", clear_queue=True))
    await answers.until(2)
    assert [end[0] for end in answers.ends] == ["a", "c"]


def test_without_a_seed_each_request_has_its_own():
    one, two = order_of(request("a", seed=None)), order_of(request("b", seed=None))
    assert one.seed != two.seed
    assert order_of(request("a", seed=None)) == one


class Scripted:
    """A backend that waits for the test, then does what it says."""

    name = "scripted"

    def __init__(self):
        self.begun = []
        self.go = asyncio.Event()
        self.outcome = Painted(picture(), 0.5, cost_estimated=True)
        self.fractions = []
        self.closed = 0

    async def paint(self, order, progress):
        self.begun.append(order)
        self.progress = progress
        for fraction in self.fractions:
            progress(fraction)
        await self.go.wait()
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome

    async def close(self):
        self.closed += 1


@pytest.fixture
def scripted(monkeypatch):
    made = Scripted()
    monkeypatch.setattr(easel_module, "create_backend", lambda _name, _config: made)
    return made


async def test_a_backend_is_made_once_and_closed_with_the_easel(easel, answers, monkeypatch, scripted):
    made = []
    monkeypatch.setattr(easel_module, "create_backend", lambda name, _config: made.append(name) or scripted)
    scripted.go.set()
    easel.put(request("a"))
    easel.put(request("b"))
    await answers.until(2)
    await easel.close()
    await easel.close()
    assert (made, scripted.closed) == (["procedural"], 1)


@pytest.mark.parametrize(
    ("outcome", "reason", "retryable"),
    [
        (BackendError("no such model", retryable=False), "no such model", False),
        (BackendError("busy"), "busy", True),
        (Painted(b"<svg/>"), "no PNG", True),
        (KeyError("a bug of the backend"), "a bug of the backend", True),
        (RuntimeError(), "RuntimeError", True),
        (BackendError("\ud800" * 5000), "?", True),
    ],
)
async def test_whatever_a_backend_does_the_job_ends_with_a_reason(easel, answers, scripted, outcome, reason, retryable):
    scripted.outcome = outcome
    scripted.go.set()
    easel.put(request("a"))
    await answers.until(1)
    name, told, may_retry = answers.ends[0]
    assert (name, may_retry) == ("a", retryable)
    assert reason in told
    assert len(told) <= 600
    told.encode()


async def test_progress_is_bounded_and_nothing_is_told_after_the_end(easel, answers, scripted):
    scripted.fractions = [-1.0, 0.5, 7.0, float("nan")]
    easel.put(request("a"))
    await until(lambda: len(answers.fractions) == 3)
    scripted.go.set()
    await until(lambda: easel.load == Load())
    scripted.progress(0.7)
    assert answers.fractions == [0.0, 0.5, 1.0]


async def test_closing_while_painting_fails_what_is_open_once_each(easel, answers, scripted):
    for name in "abc":
        easel.put(request(name))
    await until(lambda: scripted.begun)
    easel.cancel("b")
    await easel.close()
    assert sorted(answers.ends) == [("a", CLOSING, True), ("c", CLOSING, True)]
    assert not easel.put(request("d"))
    assert easel.load.length == 0


async def test_cancelling_while_the_picture_is_being_kept_tells_nothing(easel, answers, scripted, monkeypatch):
    keeping, go_on = threading.Event(), threading.Event()

    def keep(*arguments):
        keeping.set()
        assert go_on.wait(10)
        return real(*arguments)

    real = easel_module.keep
    monkeypatch.setattr(easel_module, "keep", keep)
    scripted.go.set()
    easel.put(request("a"))
    easel.put(request("b"))
    await until(keeping.is_set)
    easel.cancel("a")
    go_on.set()
    await answers.until(1)
    await until(lambda: easel.load == Load())
    assert [end[0] for end in answers.ends] == ["b"]


async def test_a_job_cancelled_while_painting_may_be_sent_again(easel, answers, scripted):
    easel.put(request("a"))
    await until(lambda: scripted.begun)
    easel.cancel("a")
    assert easel.put(request("a"))
    scripted.go.set()
    await answers.until(1)
    assert [end[0] for end in answers.ends] == ["a"]


async def test_cancelling_an_attempt_leaves_later_ones(easel, answers, scripted):
    easel.put(request("a"), 1)
    easel.put(request("a"), 2)
    easel.cancel("a", 1)
    scripted.go.set()
    await answers.until(1)
    await until(lambda: easel.load == Load())
    assert len(answers.ends) == 1
    assert len(scripted.begun) <= 2


async def test_a_job_that_takes_too_long_fails_in_time_and_so_does_what_waited_for_it(tmp_path, answers, scripted):
    easel = Easel(ImageServerConfig(), tmp_path, answers, answer_seconds=0.2)
    began = time.monotonic()
    easel.put(request("a"))
    easel.put(request("b"))
    await answers.until(2)
    assert time.monotonic() - began < 10  # it would be for ever
    assert [(end[0], end[2]) for end in answers.ends] == [("a", True), ("b", True)]
    assert "within 0.2 s" in answers.ends[0][1]
    await easel.close()


async def test_the_load_may_be_read_from_another_thread_at_any_time(easel, answers, scripted):
    scripted.go.set()
    stop, seen, broken = threading.Event(), [], []

    def read():
        while not stop.wait(0.0002):
            try:
                seen.append((easel.load.length, easel.load.oldest_age))
            except Exception as error:  # noqa: BLE001  whatever it is, the test is to tell it
                broken.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        for number in range(12):
            easel.put(request(str(number)))
            await answers.until(number + 1)
    finally:
        stop.set()
        thread.join()
    assert seen
    assert not broken
    assert all(length >= 0 and age >= 0 for length, age in seen)
