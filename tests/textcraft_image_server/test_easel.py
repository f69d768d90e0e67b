"""Each accepted job ends exactly once: painted, failed with a reason, or cancelled."""

import asyncio
import json

import pytest

from textcraft_bus.pictures import sha256_of
from textcraft_bus.schemas_base import RenderRequest
from textcraft_image_server.config import ImageServerConfig
from textcraft_image_server.easel import Easel, order_of


class Answers:
    def __init__(self):
        self.ends = []
        self.fractions = []

    def progress(self, job, fraction):
        self.fractions.append(fraction)

    def done(self, job, order, result, backend, cost):
        self.ends.append((job.request.request_id, result))

    def failed(self, job, reason, *, retryable):
        self.ends.append((job.request.request_id, reason, retryable))

    async def until(self, count):
        async with asyncio.timeout(20):
            while len(self.ends) < count:
                await asyncio.sleep(0.002)


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
    assert easel.length == 3
    assert easel.oldest_age >= 0
    await answers.until(3)
    assert [end[0] for end in answers.ends] == ["a", "b", "c"]
    assert easel.length == 0


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
