"""What is sampled of a process: this one, as the system sees it and as its own health file tells it."""

import json
import os

from tests.soak.samples import Sampler
from textcraft_bus.disk.folders import log_folder


def tell(counts, at):
    folder = log_folder() / "health"
    folder.mkdir(parents=True, exist_ok=True)
    told = {"pid": os.getpid(), "last_updated": at, "details": {"counts": counts}}
    (folder / "core.json").write_text(json.dumps(told))


def test_a_process_is_seen_from_outside_and_tells_its_counts_once_each_time():
    sampler = Sampler()
    tell({"tasks": 7, "timers": 3, "else": 1}, "10:00")
    sampler.look({"core": os.getpid()})
    sampler.look({"core": os.getpid()})
    tell({"tasks": 8, "timers": 3}, "10:05")
    sampler.look({"core": os.getpid()})
    values = sampler.series["core"].values
    assert [value for _, value in values["tasks"]] == [7, 8], "what was told before is not counted twice"
    assert "else" not in values
    assert "qobjects" not in values
    for what in ("rss", "pss", "handles", "threads"):
        assert len(values[what]) == 3
        assert all(value >= 1 for _, value in values[what])
    when = [at for at, _ in values["rss"]]
    assert when == sorted(when)
    assert json.loads(sampler.as_json())["core"]["tasks"][0][1] == 7


def test_a_process_that_is_gone_is_left_out_and_one_in_its_place_is_noticed():
    sampler = Sampler()
    sampler.look({"wall": 2**22 + 1})
    assert sampler.series["wall"].values == {}
    sampler.look({"wall": os.getpid()})
    assert sampler.series["wall"].other_pids == 1


def test_a_health_file_that_is_none_is_left_out():
    tell({"tasks": 7}, "10:00")
    (log_folder() / "health" / "broken.json").write_text("{")
    (log_folder() / "health" / "plain.json").write_text('{"pid": 1, "last_updated": "", "details": {}}')
    sampler = Sampler()
    sampler.look({"core": os.getpid()})
    assert len(sampler.series["core"].values["tasks"]) == 1
