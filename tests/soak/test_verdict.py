import json

import pytest

from tests.soak.history import Soak, load, remember
from tests.soak.verdict import as_table, judged

HOUR = 3600


def grows(per_hour, level=100.0, hours=1.25):
    wobble = (0.0, 0.3, -0.2, 0.1, -0.3)
    return [(when, level + per_hour * when / HOUR + wobble[when % 5]) for when in range(0, int(hours * HOUR), 6)]


@pytest.mark.parametrize(
    ("what", "level", "per_hour", "ok"),
    [
        ("rss", 200.0, 0.0, True),
        ("rss", 200.0, 1.8, True),
        ("rss", 200.0, 2.5, False),
        ("handles", 40.0, 0.0, True),
        ("tasks", 20.0, 3.0, False),
        ("qobjects", 3000.0, 4.0, True),
        ("qobjects", 3000.0, 12.0, False),
    ],
)
def test_what_grows_too_quickly_is_missed(what, level, per_hour, ok):
    (row,) = judged("console", {what: grows(per_hour, level)}, 600)
    assert row.ok is ok
    assert row.slope.median == pytest.approx(per_hour, abs=0.1)


def test_what_fills_before_the_tenth_minute_is_no_leak():
    filling = [(when, min(when, 600) * 0.2 + 100) for when in range(0, int(1.25 * HOUR), 5)]
    still_filling = [(when, value) for when, value in filling if when < 700]
    assert judged("console", {"rss": filling}, 600)[0].ok
    assert not judged("console", {"rss": still_filling}, 60)[0].ok


def test_a_leak_at_the_very_bar_needs_certainty_to_hold():
    shaky = [(when, 200.0 + (when * 7919) % 41) for when in range(0, 600, 30)]
    (row,) = judged("wall", {"rss": shaky}, 0)
    assert row.slope.low < 2 < row.slope.high
    assert not row.ok


def test_blocks_and_shares_of_memory_are_shown_and_not_judged():
    rows = judged("console", {"blocks": grows(9000.0), "pss": grows(9.0)}, 600)
    assert [row.ok for row in rows] == [True, True]
    assert [row.bar for row in rows] == [None, None]


def test_too_few_looks_are_no_verdict():
    assert judged("console", {"rss": [(0.0, 1.0), (40.0, 1.0), (80.0, 1.0)]}, 0) == []


def test_the_table_says_what_was_missed():
    rows = judged("console", {"rss": grows(50.0), "threads": grows(0.0, 21.0)}, 600)
    header, _, first, second = as_table(rows).splitlines()
    assert header.split() == ["process", "what", "first", "last", "per", "hour", "95", "%", "bar"]
    assert first.startswith("console  RSS, MiB")
    assert first.endswith("≤ 2.00  MISSED")
    assert second.endswith("ok")


def test_a_short_run_has_wider_bars():
    assert not judged("console", {"rss": grows(50.0)}, 600)[0].ok
    assert judged("console", {"rss": grows(50.0)}, 600, factor=60.0)[0].ok


def test_the_history_grows_by_each_soak(tmp_path):
    path = tmp_path / "history.json"
    assert load(path) == []
    for minutes in (1.0, 75.0):
        soak = Soak(minutes, int(minutes * 60), 3, 2, 0, False, "abc", ok=True)
        remember(path, soak, judged("console", {"rss": grows(1.0)}, 600))
    first, second = load(path)
    assert (first["minutes"], second["minutes"], second["rate"]) == (1.0, 75.0, 1.0)
    assert second["rows"][0]["what"] == "rss"
    assert json.loads(path.read_text())[1]["commit"] == "abc"
