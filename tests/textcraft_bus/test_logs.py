import contextlib
import io
import logging
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.clock import FakeClock
from textcraft_bus import logs as logs_module
from textcraft_bus.logs import MAX_LINE, escape, setup_logging

KEY = "planted-key-0123456789"
log = logging.getLogger("textcraft.test")


@pytest.fixture
def begin(tmp_path):
    """Begin logs that end with the test; console off unless asked for."""
    with contextlib.ExitStack() as stack:

        def start(level="INFO", program="textcraft", **options):
            logs = setup_logging(program, tmp_path / "logs", level, **{"console": False, **options})
            stack.callback(logs.close)
            return logs

        yield start


@contextlib.contextmanager
def alone():
    """Take the test runner's own handlers away for a while: they raise for bad calls, and keep every record."""
    root = logging.getLogger()
    others = [handler for handler in root.handlers if not isinstance(handler, logs_module.LineHandler)]
    for handler in others:
        root.removeHandler(handler)
    try:
        yield
    finally:
        for handler in others:
            root.addHandler(handler)


def lines(logs):
    return logs.path.read_text(encoding="utf-8").splitlines()


def test_one_record_is_one_line_with_time_level_and_name(begin):
    logs = begin()
    log.info("a %s of %d", "message", 2)
    (line,) = lines(logs)
    when, level, name, text = line.split(" ", 3)
    assert (level, name, text) == ("INFO", "textcraft.test:", "a message of 2")
    assert len(when) == len("2030-01-01T00:00:00.000Z")
    assert when.endswith("Z")
    assert logs.path.name == "textcraft.log"


def test_the_level_holds_and_an_unknown_one_is_told(begin):
    logs = begin("warning")
    log.info("hidden")
    log.warning("shown")
    assert [line.rpartition(": ")[2] for line in lines(logs)] == ["shown"]
    logs = begin("LOUD", program="other")
    log.info("now at INFO")
    assert "log level 'LOUD' is none of" in lines(logs)[0]
    assert "now at INFO" in lines(logs)[1]


NASTY = "one\ntwo\r\n\x1b[31mred\x1b[0m\tx\x00\x7f\x85\u2028\u202e2030-01-01T00:00:00.000Z ERROR forged: line"


def test_lines_cannot_be_forged(begin):
    logs = begin()
    log.info(NASTY)
    log.info("%s", NASTY)
    logging.getLogger(f"name{NASTY}").info("x")
    written = lines(logs)
    assert len(written) == 3
    assert written[0].endswith(r"one\ntwo\r\n\x1b[31mred\x1b[0m\tx\x00\x7f\x85\u2028\u202e2030-01-01T00:00:00.000Z"
                               " ERROR forged: line")  # fmt: skip
    assert all(line.isprintable() for line in written)


@given(st.text())
def test_any_text_becomes_one_line(text):
    line = escape(text)
    assert len(line.splitlines()) <= 1
    assert line.encode("utf-8").decode("utf-8") == line


def test_long_records_are_cut(begin):
    logs = begin()
    log.info("x" * 3_000_000)
    assert len(lines(logs)[0]) == MAX_LINE


def fail_with_causes():
    try:
        try:
            raise ValueError(f"Illegal header value b'Bearer {KEY}'")
        except ValueError as exc:
            raise RuntimeError(f"call failed: {KEY[:14]}\n{KEY}") from exc
    except RuntimeError as exc:
        raise OSError(f"url https://host/?q={KEY}") from exc


def test_secrets_are_hidden_everywhere(begin):
    logs = begin(secrets=[KEY])
    log.info("message " + KEY)
    log.info("argument %s %r", KEY, {"key": KEY})
    try:
        fail_with_causes()
    except OSError:
        log.exception("failed with %s", KEY)
        log.error("again", exc_info=True, stack_info=True)
    logging.getLogger(KEY).warning("in the name")
    later = "learned-later-987654"
    logs.redactor.add(later)
    log.info("value %s", later)
    written = lines(logs)
    assert len(written) == 6
    text = "\n".join(written)
    assert KEY not in text
    assert later not in text
    assert "ValueError" in written[2]
    assert "RuntimeError" in written[2]
    assert "OSError" in written[2]
    assert "direct cause" in written[2]
    assert "Stack (most recent call last)" in written[3]


def test_secrets_in_groups_and_notes_are_hidden(begin):
    logs = begin(secrets=["first-part-of-key\nsecond-part-of-key"])
    inner = ValueError("got 'first-part-of-key\nsecond-part-of-key'")
    inner.add_note("note: second-part-of-key")
    log.error("group", exc_info=ExceptionGroup("all", [inner]))
    (line,) = lines(logs)
    assert "ValueError" in line
    assert "part-of-key" not in line


class Unfriendly:
    def __str__(self):
        raise RuntimeError("no")

    __repr__ = __str__


def test_a_log_call_never_fails(begin):
    logs = begin()
    with alone():
        for template, arguments in (("%d items", ["three"]), ("%s %s", ["one"]), ("%s", [Unfriendly()])):
            log.info(template, *arguments)
        log.info(Unfriendly())
        log.error("x", exc_info=ValueError(Unfriendly()))
        log.info("\ud800")
    assert len(lines(logs)) == 6
    assert "%d items (arguments: TypeError)" in lines(logs)[0]


def test_a_flood_is_cut_and_counted(begin):
    clock = FakeClock()
    logs = begin(clock=clock)
    for number in range(1434):
        log.info("line %d", number)
    log.error("another level")
    logging.getLogger("other").info("another logger")
    assert len(lines(logs)) == 202
    clock.advance(1.0)
    log.info("calm")
    log.info("calm again")
    written = lines(logs)[202:]
    assert [line.split(" ", 1)[1] for line in written] == [
        "INFO textcraft.test: … 1234 lines dropped",
        "INFO textcraft.test: calm",
        "INFO textcraft.test: calm again",
    ]


def test_a_flood_is_told_by_the_next_record_of_anyone_or_at_the_end(begin):
    clock = FakeClock()
    logs = begin(clock=clock)
    for _ in range(201):
        log.info("flood")
    clock.advance(5)
    logging.getLogger("other").info("x")
    assert "textcraft.test: … 1 lines dropped" in lines(logs)[200]
    for _ in range(203):
        log.info("flood")
    logs.close()
    assert "… 3 lines dropped" in lines(logs)[-1]


def test_a_steady_stream_below_the_limit_loses_nothing(begin):
    clock = FakeClock()
    logs = begin(clock=clock)
    for number in range(1000):
        log.info("%d", number)
        clock.advance(0.0051)
    assert len(lines(logs)) == 1000


def test_the_file_rotates_and_stays_within_its_bounds(begin, monkeypatch):
    monkeypatch.setattr(logs_module, "FILE_BYTES", 20_000)
    clock = FakeClock()
    logs = begin(clock=clock)
    for number in range(3000):
        log.info("%d %s", number, "x" * 100)
        clock.advance(0.01)
    files = sorted(logs.path.parent.iterdir())
    assert len(files) == 10
    assert all(0 < file.stat().st_size <= 20_000 for file in files)
    assert " 2999 " in lines(logs)[-1]


def test_fifty_megabytes_is_what_a_log_may_take():
    assert logs_module.FILE_BYTES * logs_module.FILES == 50_000_000


def test_a_hundred_thousand_lines_at_once_are_bounded(begin):
    logs = begin(clock=FakeClock())
    threads = [threading.Thread(target=lambda: [log.info("flood") for _ in range(25_000)]) for _ in range(4)]
    with alone():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    logs.close()
    assert len(lines(logs)) == 201
    assert lines(logs)[-1].endswith("… 99800 lines dropped")


def test_the_console_shows_the_same_lines(begin, monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    logs = begin(console=True, secrets=[KEY])
    log.info("with %s", KEY)
    assert sys.stderr.getvalue().splitlines() == lines(logs)


def test_a_windowed_program_has_no_error_stream(begin, monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    logs = begin(console=True)
    log.error("still logged")
    assert "still logged" in lines(logs)[0]


def test_a_broken_stream_or_full_disk_stops_nothing(begin, monkeypatch):
    class Gone(io.StringIO):
        def write(self, text):
            raise OSError(28, "no space left")

    monkeypatch.setattr(sys, "stderr", Gone())
    logs = begin(console=True)
    log.error("still logged")
    assert "still logged" in lines(logs)[0]


def test_a_folder_that_cannot_be_written_leaves_the_console(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    logs = setup_logging("textcraft", tmp_path / "file" / "logs", "INFO")
    log.info("on the console")
    logs.close()
    assert logs.path is None
    assert "no log file in" in sys.stderr.getvalue()
    assert "on the console" in sys.stderr.getvalue()


@pytest.mark.parametrize(
    ("program", "file"),
    [
        ("textcraft-display.left", "textcraft-display.left.log"),
        ("../../etc/x", "_.._etc_x.log"),
        ("wall é 1", "wall_1.log"),
        ("", "log.log"),
    ],
)
def test_the_name_of_the_program_leads_nowhere_else(begin, program, file, tmp_path):
    logs = begin(program=program)
    log.info("x")
    assert logs.path == tmp_path / "logs" / file
    assert logs.path.is_file()


class Pane(logging.Handler):
    def __init__(self):
        super().__init__()
        self.seen = []
        self.closed = False

    def emit(self, record):
        self.seen.append((record.levelname, record.name, record.getMessage()))

    def close(self):
        self.closed = True
        super().close()


def test_a_pane_gets_finished_lines(begin):
    logs, pane = begin(secrets=[KEY]), Pane()
    logs.add_sink(pane)
    log.warning("100%% of %s\n", KEY)
    assert [(level, name) for level, name, _ in pane.seen] == [("WARNING", "textcraft.test")]
    assert [line for _, _, line in pane.seen] == lines(logs)
    logs.close()
    assert pane.closed


def test_closing_leaves_logging_as_it_was(begin):
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    logs = begin("DEBUG")
    assert root.level == logging.DEBUG
    logs.close()
    logs.close()
    assert (root.level, list(root.handlers)) == before


def test_a_second_log_takes_over_from_the_first(begin):
    first = begin()
    second = begin(program="second")
    log.info("once")
    assert lines(first) == []
    assert len(lines(second)) == 1
