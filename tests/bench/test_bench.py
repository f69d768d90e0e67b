import json

import pytest

from tests.bench.__main__ import MEASURES, main
from tests.bench.measure import Figure, Measure, Note, Run, interleaved, p50, p99, usual
from tests.bench.p09_soak import figures, words
from tests.bench.p10_bundle import sizes
from tests.bench.table import as_table, change, exit_code


def measure_of(*figures: Figure, name: str = "P0") -> Measure:
    return Measure(name, "a fake", "≤ 10", lambda _run: list(figures))


@pytest.mark.parametrize(
    ("figure", "kept", "failed"),
    [
        (Figure("f", 10.0, 10.0, "r"), True, False),
        (Figure("f", 11.9, 10.0, "r"), False, False),
        (Figure("f", 12.1, 10.0, "r"), False, True),
        (Figure("f", 10.0, 10.0, "r", at_least=True), True, False),
        (Figure("f", 8.5, 10.0, "r", at_least=True), False, False),
        (Figure("f", 8.0, 10.0, "r", at_least=True), False, True),
    ],
)
def test_a_bar_is_kept_missed_or_failed(figure, kept, failed):
    assert (figure.kept, figure.failed) == (kept, failed)
    assert exit_code([("P0", figure)]) == int(failed)


def test_nothing_measured_is_no_success():
    assert exit_code([]) == 1


def test_the_table_has_ours_bare_ratio_difference_bar_and_verdict():
    text = as_table([("P1", Figure("a", 12.0, 8.0, "2 × bare", 4.0)), ("P2", Figure("b", 1.0, 2.0, "absolute"))])
    header, _, first, second = text.splitlines()
    assert header.split() == ["measure", "ours", "bare", "ratio", "difference", "since", "last", "bar"]
    assert first.split() == [
        "P1",
        "a,",
        "ms",
        "12.00",
        "4.00",
        "3.00",
        "+8.00",
        "≤",
        "8.00",
        "(2",
        "×",
        "bare)",
        "missed",
        "by",
        "50",
        "%",
    ]
    assert second.split() == ["P2", "b,", "ms", "1.00", "≤", "2.00", "(absolute)", "ok"]


def test_a_run_prints_its_table_and_its_exit_code_follows_it(capsys):
    good, bad = Figure("good", 1.0, 2.0, "r"), Figure("bad", 9.0, 2.0, "r")
    assert main([], (measure_of(good),)) == 0
    assert "P0 good, ms" in capsys.readouterr().out
    assert main([], (measure_of(good, bad),)) == 1
    assert "missed by 350 %" in capsys.readouterr().out


def test_only_what_was_named_is_measured(capsys):
    measures = (
        measure_of(Figure("one", 1.0, 2.0, "r"), name="P1"),
        measure_of(Figure("two", 1.0, 2.0, "r"), name="P2"),
    )
    assert main(["p2"], measures) == 0
    told = capsys.readouterr().out
    assert "two" in told
    assert "one" not in told
    with pytest.raises(SystemExit):
        main(["P7"], measures)
    assert "there is no P7" in capsys.readouterr().err


def test_a_quick_run_is_told_to_the_measures():
    seen: list[int] = []

    def measure(run: Run) -> list[Figure]:
        seen.append(run.rounds(40, 4))
        return [Figure("f", 1.0, 1.0, "r")]

    for arguments in ([], ["--quick"]):
        main(arguments, (Measure("P0", "a fake", "", measure),))
    assert seen == [40, 4]


def test_the_history_grows_by_each_run(tmp_path):
    history = tmp_path / "history.json"
    for ours in (1.0, 3.0):
        main(["--history", str(history)], (measure_of(Figure("f", ours, 2.0, "r", 0.5)),))
    runs = json.loads(history.read_text())
    assert [(run["figures"][0]["ours"], run["figures"][0]["ok"]) for run in runs] == [(1.0, True), (3.0, False)]
    assert runs[0]["figures"][0]["measure"] == "P0"


def test_what_is_compared_is_measured_in_turns():
    order: list[str] = []
    times = interleaved(3, lambda: order.append("ours"), lambda: order.append("bare"))
    assert order == ["ours", "bare"] * 3
    assert [len(each) for each in times] == [3, 3]


def test_percentiles():
    assert p50([3.0, 1.0, 2.0]) == 2.0
    assert p99([float(number) for number in range(1000)]) == 990.0
    assert p99([1.0, 5.0]) == 5.0


def test_a_burst_of_the_machines_spoils_no_usual_figure_and_what_lasts_does():
    assert usual(p50, [1.0, 1.0, 9.0, 9.0, 2.0, 2.0], 3) == 2.0
    assert usual(p99, [3.0, 9.0] * 6, 3) == 9.0


def test_each_measure_has_a_name_of_its_own_and_says_its_bar():
    assert len({measure.name for measure in MEASURES}) == len(MEASURES)
    assert all(measure.what and measure.bar for measure in MEASURES)


def test_what_needs_a_screen_says_so_before_anything_is_measured(monkeypatch, capsys):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    seeing = Measure("P6", "a fake", "", lambda _run: [], needs_screen=True)
    blind = measure_of(Figure("f", 1.0, 1.0, "r"))
    with pytest.raises(SystemExit):
        main([], (blind, seeing))
    assert "P6 needs a screen" in capsys.readouterr().err
    assert main(["P0"], (blind, seeing)) == 0


@pytest.mark.parametrize(
    ("ours", "bare", "before", "changed"),
    [
        (12.0, None, {"ours": 10.0, "bare": None}, 0.2),
        (12.0, 6.0, {"ours": 10.0, "bare": 10.0}, 1.0),
        (12.0, 6.0, {"ours": 24.0, "bare": 12.0}, 0.0),
        (12.0, 6.0, {"ours": 10.0, "bare": None}, None),
        (12.0, None, {"ours": 0.0, "bare": None}, None),
        (12.0, None, None, None),
    ],
)
def test_what_changed_is_told_by_the_ratio_to_the_bare_counterpart_where_there_is_one(ours, bare, before, changed):
    told = change(Figure("f", ours, 99.0, "r", bare), before)
    assert told == (None if changed is None else pytest.approx(changed))


def test_the_second_run_says_what_changed_since_the_first(tmp_path, capsys):
    history = tmp_path / "history.json"
    for ours in (1.0, 1.5):
        main(["--history", str(history)], (measure_of(Figure("f", ours, 2.0, "r", 0.5)),))
    first, second = (line for line in capsys.readouterr().out.splitlines() if line.startswith("P0 f"))
    assert "+50 %" in second
    assert "%" not in first


def test_a_note_is_told_below_the_table_and_alone_is_no_success(capsys):
    noted = Measure("P0", "a fake", "", lambda _run: [Note("make it first")])
    assert main([], (noted,)) == 1
    assert "P0: make it first" in capsys.readouterr().out
    both = Measure("P1", "a fake", "", lambda _run: [Figure("f", 1.0, 2.0, "r"), Note("of yesterday")])
    assert main([], (both,)) == 0
    assert "P1: of yesterday" in capsys.readouterr().out


def soaked(**more):
    def row(process, what, high, bar):
        return {"process": process, "what": what, "per_hour": {"high": high}, "bar": bar}

    rows = [
        row("console", "rss", 1.5, 2.0),
        row("wall", "rss", 0.2, 2.0),
        row("console", "qobjects", 2.0, 6.0),
        row("wall", "tasks", 0.8, 1.0),
        row("wall", "blocks", 9000.0, None),
    ]
    usual = {"at": "2026-11-26T20:00:00Z", "commit": "abc", "minutes": 75.0, "rate": 0.99, "ok": True}
    return {**usual, "rows": rows, **more}


def test_a_soak_is_told_by_what_came_nearest_to_its_bar():
    memory, counted = figures(soaked())
    assert (memory.ours, memory.bar, memory.kept) == (1.5, 2.0, True)
    assert "console" in memory.what
    assert (counted.ours, counted.bar) == (0.8, 1.0)
    assert counted.what.startswith("tasks, wall")


def test_whose_soak_it_was_is_said():
    assert "this commit; 75 min at 0.99 cycles/s, all held" in words(soaked(), "abc")
    assert "commit abc, this one is def; " in words(soaked(ok=False), "def")
    assert "not all held" in words(soaked(ok=False), "def")


def test_only_a_package_of_this_commit_is_measured(tmp_path):
    told = tmp_path / "package.json"
    (none,) = sizes(told, "abc")
    told.write_text(json.dumps({"commit": "abc", "disk_mb": 250.0, "packed_mb": 96.0}))
    on_disk, packed = sizes(told, "abc")
    (other,) = sizes(told, "def")
    assert "dev.py package" in none.text
    assert "is of commit abc, this one is def" in other.text
    assert (on_disk.kept, packed.kept, packed.failed) == (True, False, False)


def test_a_measure_that_breaks_is_told_and_hides_no_other(capsys):
    def breaks(_run):
        raise RuntimeError("the wall was counted as lost")

    broken = Measure("P1", "breaks", "-", breaks)
    held = measure_of(Figure("f", 1.0, 2.0, "r", 0.5))
    assert main([], (broken, held)) == 1
    told = capsys.readouterr()
    assert "P1: could not be measured: the wall was counted as lost" in told.out
    assert "RuntimeError" in told.err
    assert "held" in told.out or "1.00" in told.out
