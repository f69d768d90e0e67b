import logging
import threading
import time
from pathlib import Path

import pytest

from textcraft_qt.stall import MAX_DUMPS, Finding, StallJudge, StallWatchdog, Verdict, stack_of

Found = tuple[Verdict, float]


def findings(judge: StallJudge, until_s: float, step_s: float = 0.05, start: float = 0.0) -> list[Found]:
    """Look every `step_s` seconds and return what was found, without the FINE ones."""
    steps = round((until_s - start) / step_s)
    looked = [judge.look(start + (n + 1) * step_s) for n in range(steps)]
    return [(found.verdict, round(found.seconds, 2)) for found in looked if found.verdict is not Verdict.FINE]


def test_a_ticking_loop_is_fine() -> None:
    judge, found = StallJudge(0.0), []
    for n in range(1, 200):
        if n % 2 == 0:
            judge.tick(n * 0.05)
        found.append(judge.look(n * 0.05 + 0.01).verdict)
    assert set(found) == {Verdict.FINE}
    assert judge.count == 0


def test_a_stall_is_told_once_then_as_a_hang_once() -> None:
    judge = StallJudge(0.0)
    assert findings(judge, 5.0) == [(Verdict.STALLED, 0.3), (Verdict.HUNG, 2.05)]
    assert judge.count == 1


def test_the_end_of_a_stall_is_told_with_its_length() -> None:
    judge = StallJudge(0.0)
    assert findings(judge, 1.0) == [(Verdict.STALLED, 0.3)]
    judge.tick(1.02)
    assert findings(judge, 1.2, start=1.0) == [(Verdict.RECOVERED, 1.02)]
    assert judge.longest_s == pytest.approx(1.02)


def test_a_second_stall_is_told_again() -> None:
    judge = StallJudge(0.0)
    findings(judge, 1.0)
    judge.tick(1.02)
    assert [v for v, _ in findings(judge, 2.0, start=1.0)] == [Verdict.RECOVERED, Verdict.STALLED]
    assert judge.count == 2


def test_a_suspended_machine_is_not_blamed_on_the_loop() -> None:
    judge = StallJudge(0.0)
    assert judge.look(3600.0) == Finding(Verdict.FROZEN, 3600.0)
    assert findings(judge, 3600.2, start=3600.0) == []
    assert judge.count == 0


def test_a_short_freeze_in_the_middle_of_a_hang_does_not_hide_it() -> None:
    judge = StallJudge(0.0)
    assert findings(judge, 1.5) == [(Verdict.STALLED, 0.3)]
    assert judge.look(1.9).verdict is Verdict.FROZEN
    assert [v for v, _ in findings(judge, 3.0, start=1.9)] == [Verdict.HUNG]
    judge.tick(3.02)
    assert [v for v, _ in findings(judge, 3.2, start=3.0)] == [Verdict.RECOVERED]
    assert judge.count == 1


def test_a_real_stall_is_logged_with_the_stack_of_its_place(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    watchdog = StallWatchdog(tmp_path)
    watchdog.start()
    watchdog.tick()

    def stands_still_here() -> None:
        deadline = time.monotonic() + 30
        while "stands still for" not in caplog.text and time.monotonic() < deadline:  # told after its stack was taken
            threading.Event().wait(0.01)

    with caplog.at_level(logging.WARNING):
        stands_still_here()
        watchdog.tick()
        deadline = time.monotonic() + 30
        while watchdog.longest_s == 0 and time.monotonic() < deadline:
            threading.Event().wait(0.01)
            watchdog.tick()
    watchdog.stop()
    watchdog.stop()
    assert "stands_still_here" in caplog.text
    assert watchdog.longest_s > 0.25
    assert "goes on after" in caplog.text


class _Painter:
    """Like a painter: where it ends matters."""

    def __init__(self, ended_in: list[int]) -> None:
        self._ended_in = ended_in

    def __del__(self) -> None:
        self._ended_in.append(threading.get_ident())


def test_what_a_painting_frame_holds_ends_with_it_even_while_its_stack_is_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended_in: list[int] = []
    looking, painted = threading.Event(), threading.Event()

    def slow(*_arguments: object, **_more: object) -> None:
        """Formatting a stack reads source files: here for as long as the paint lasts."""
        looking.set()
        painted.wait(30)

    monkeypatch.setattr("linecache.checkcache", slow)
    watchdog = StallWatchdog(tmp_path)

    def paint() -> None:
        painter = _Painter(ended_in)
        writing.start()
        while writing.is_alive() and not looking.wait(0.01):
            pass
        assert painter is not None

    writing = threading.Thread(target=watchdog.report, args=[Finding(Verdict.STALLED, 0.3)])
    paint()
    ended_by_then = list(ended_in)
    painted.set()
    writing.join(30)
    assert ended_by_then == [threading.get_ident()]


def test_a_thread_is_found_among_all_by_its_number() -> None:
    dump = 'Thread 0x000000000000002a (most recent call first):\n  File "a", line 1 in f\n\n'
    dump += 'Current thread 0x0000000000000007 (most recent call first):\n  File "b", line 2 in g\n'
    assert stack_of(42, dump) == '  File "a", line 1 in f'
    assert stack_of(7, dump) == '  File "b", line 2 in g'
    assert stack_of(8, dump) == ""


def test_a_hang_writes_all_stacks_into_the_log_folder(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    watchdog = StallWatchdog(tmp_path)
    watchdog.report(Finding(Verdict.HUNG, 2.1))
    (dump,) = tmp_path.glob("stall-*.txt")
    assert "test_a_hang_writes_all_stacks_into_the_log_folder" in dump.read_text(encoding="utf-8")
    assert dump.name in caplog.text


def test_the_number_of_dumps_is_bounded(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    watchdog = StallWatchdog(tmp_path)
    for _ in range(MAX_DUMPS + 5):
        watchdog.report(Finding(Verdict.HUNG, 2.1))
    assert len(list(tmp_path.glob("stall-*.txt"))) == MAX_DUMPS
    assert "are enough" in caplog.text


def test_a_frozen_process_is_named_as_such(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    StallWatchdog(tmp_path).report(Finding(Verdict.FROZEN, 12.0))
    assert "the whole process stood still for 12.0 s" in caplog.text


def test_a_watchdog_that_never_started_stops_quietly(tmp_path: Path) -> None:
    watchdog = StallWatchdog(tmp_path)
    watchdog.stop()
    assert watchdog.count == 0


def test_a_dump_that_cannot_be_written_is_logged_and_the_watch_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now = [0.0]
    watchdog = StallWatchdog(tmp_path / "missing", clock=lambda: now[0])
    watchdog.start()
    deadline = time.monotonic() + 30
    while "cannot write down a stall" not in caplog.text and time.monotonic() < deadline:
        now[0] += 0.1
        threading.Event().wait(0.06)
    watchdog.stop()
    assert "cannot write down a stall" in caplog.text
