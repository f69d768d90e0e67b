"""The plots: figures from events, drawn when looked at, read at the pointer, saved into the show."""

import csv
import sys
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from textcraft_core import events as ev
from textcraft_gui.metrics import CONSOLE, DRAWN_POINTS, MOST_POINTS, Metrics, Series


@pytest.fixture
def panel(window):
    return window.metrics


def _request(name):
    return ev.RenderRequested(request_id=name, prompt="p", seed=1, width=9, height=9, cycle=1, target="ch01.md")


def _arrived(name):
    fields = {"path": "p", "sha256": "0", "width": 9, "height": 9, "worker": "w", "backend": "b"}
    return ev.ImageArrived(request_id=name, seconds=2.5, **fields)


def test_each_figure_comes_from_its_event(stage, panel, tell):
    tell(ev.CycleFinished(cycle=1, seconds=12), ev.SpendAdded(source="brain", usd=1, total=3))
    answered = ev.BrainAnswered(
        cycle=1, role="narrator", attempt=1, seconds=2, prompt_tokens=1, completion_tokens=80, cost=0
    )
    tell(answered, _request("a"), _request("b"), _arrived("a"))
    newest = {(chart, line): value for chart, line, _, value in panel.metrics.rows()}
    assert newest["cycle", ""] == 12
    assert newest["tokens", "narrator"] == 40
    assert newest["spend", ""] == 3
    assert newest["render", ""] == 2.5
    assert newest["queue", ""] == 1


def test_memory_is_that_of_every_process_that_says_its_own(window, panel, tell):
    tell(ev.ServiceSeen(service="wall.brick", role="wall", pid=7))
    tell(ev.ServiceBeat(service="wall.brick", state="ok", rss=64 << 20))
    window.recorder._on_second()
    memory = {line: value for chart, line, _, value in panel.metrics.rows() if chart == "memory"}
    assert memory["brick"] == 64
    assert memory[CONSOLE] > 20


def test_plots_are_made_when_somebody_looks(window, panel, tell):
    assert panel.cards == []
    tell(ev.CycleFinished(cycle=1, seconds=12))
    window.centre.open(panel)
    assert [card.figures.text() for card in panel.cards][:2] == ["12.0", "nothing yet"]


def test_figures_and_picture_are_saved_into_the_show(qtbot, tmp_path, window, panel, tell):
    tell(ev.CycleFinished(cycle=1, seconds=12))
    window.centre.open(panel)
    qtbot.mouseClick(panel.save, Qt.MouseButton.LeftButton)
    (table,) = (tmp_path / "exports").glob("*.csv")
    assert list(csv.reader(table.read_text().splitlines()))[1][:2] == ["cycle", ""]
    assert len(list((tmp_path / "exports").glob("*.png"))) == 1


def test_a_long_series_is_thinned_and_keeps_its_peaks():
    series = Series()
    for second in range(3600):
        series.add(second, 100.0 if second == 1801 else 1.0)
    times, values = series.since(0)
    assert len(times) <= DRAWN_POINTS
    assert max(values) == 100
    assert series.since(3590)[0] == [3590, 3591, 3592, 3593, 3594, 3595, 3596, 3597, 3598, 3599]


def test_a_picture_nobody_asked_for_leaves_the_queue_empty():
    metrics = Metrics()
    metrics.take_in(_arrived("stranger"), 1.0)
    assert metrics.series["queue"][""].values[-1] == 0


@given(st.lists(st.floats(-1e9, 1e9), max_size=60), st.integers(1, 12))
def test_a_series_keeps_its_newest_points_in_order(values, most):
    series, kept = Series(most), deque(maxlen=most)
    for at, value in enumerate(values):
        series.add(float(at), value)
        kept.append((float(at), value))
    assert list(zip(series.times, series.values, strict=True)) == list(kept)
    assert len(series) == len(kept)


def test_a_series_takes_its_room_at_once():
    series = Series()
    before = sys.getallocatedblocks()
    for at in range(2 * MOST_POINTS):
        series.add(at + 0.5, at + 0.25)
    assert sys.getallocatedblocks() - before < MOST_POINTS / 10
    assert len(series) == MOST_POINTS
