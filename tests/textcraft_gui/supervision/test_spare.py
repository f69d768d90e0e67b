"""A console that waits: it takes over when its word comes, and ends when nobody is left to say it."""

import io
import os
import sys

import psutil
import pytest

from tests.support.waiting import wait_until
from textcraft_gui.supervision import spare as spare_module
from textcraft_gui.supervision.beats import VARIABLE
from textcraft_gui.supervision.child import Consoles
from textcraft_gui.supervision.sentinel import CAUSE_VARIABLE
from textcraft_gui.supervision.spare import Spare, wait_for_word


@pytest.fixture
def words_of_children(monkeypatch, tmp_path):
    """Consoles are a small program here: it writes its pid, its environment's two words, and ends."""
    seen = tmp_path / "seen"
    code = (
        "import os, sys, json\n"
        "if sys.argv[1] == '--waits':\n"
        "    line = sys.stdin.readline()\n"
        "    if not line: sys.exit(0)\n"
        "    os.environ.update(json.loads(line))\n"
        f"open({str(seen)!r}, 'a').write(' '.join([str(os.getpid()), os.environ.get({VARIABLE!r}, '-'),"
        f" os.environ.get({CAUSE_VARIABLE!r}, '-')]) + '\\n')\n"
    )
    for module in ("child", "spare"):
        monkeypatch.setattr(f"textcraft_gui.supervision.{module}.command", lambda _p: [sys.executable, "-c", code])
    return lambda: seen.read_text().splitlines() if seen.is_file() else []


def ended(child):
    wait_until(lambda: child.code() is not None, 30, "its end")
    return child.code()


def test_the_spare_is_the_next_console_and_hears_how_the_last_one_ended(words_of_children):
    consoles = Consoles(["--mode", "show"], lambda: "1:token")
    assert ended(consoles.start("")) == 0
    consoles.keep_spare()
    waiting = consoles._spare.pid
    consoles.keep_spare()
    assert consoles._spare.pid == waiting, "one is enough"
    child = consoles.start("killed")
    assert child.pid == waiting
    assert ended(child) == 0
    first, second = words_of_children()
    assert first.split()[1:] == ["1:token", "-"]
    assert second.split() == [str(waiting), "1:token", "killed"]
    assert ended(consoles.start("")) == 0, "without a spare one is started anew"
    consoles.end_spare()


def test_a_spare_that_is_gone_is_no_reason_to_have_none(words_of_children):
    consoles = Consoles(["--mode", "show"], lambda: "1:token")
    consoles.keep_spare()
    gone = consoles._spare
    psutil.Process(gone.pid).kill()
    wait_until(lambda: not gone.waits, 30, "its end")
    child = consoles.start("")
    assert child.pid != gone.pid
    assert ended(child) == 0
    assert len(words_of_children()) == 1


def test_a_spare_ends_with_whoever_keeps_it(words_of_children):
    spare = Spare(["--mode", "show"])
    process = psutil.Process(spare.pid)
    spare.end()
    assert not process.is_running()
    assert spare.wake({}) is None
    assert words_of_children() == []


def test_a_spare_that_has_read_what_was_replaced_since_is_not_used(words_of_children, monkeypatch):
    consoles = Consoles(["--mode", "show"], lambda: "1:token")
    consoles.keep_spare()
    old = consoles._spare.pid
    monkeypatch.setattr(spare_module, "installed", lambda: (1, 2, 3))
    child = consoles.start("")
    assert child.pid != old
    assert ended(child) == 0
    assert not psutil.pid_exists(old)


def test_an_installation_is_the_same_until_it_is_replaced():
    assert spare_module.installed() == spare_module.installed()
    assert len(spare_module.installed()) == 3


def test_nobody_is_kept_waiting_where_none_can_be_started(monkeypatch, caplog):
    def refuse(_arguments):
        raise OSError("no more processes")

    monkeypatch.setattr("textcraft_gui.supervision.child.Spare", refuse)
    consoles = Consoles([], lambda: "")
    consoles.keep_spare()
    assert "no spare console: no more processes" in caplog.text
    consoles.end_spare()


@pytest.fixture
def without_libraries(monkeypatch):
    monkeypatch.setattr(spare_module, "_read_libraries", lambda: None)
    monkeypatch.setattr("textcraft_bus.garbage.pause", lambda: None)
    monkeypatch.setattr(sys, "argv", ["textcraft", "--waits", "--mode", "show"])


def test_its_command_line_and_environment_are_those_of_a_console(without_libraries, monkeypatch):
    monkeypatch.setattr(os, "environ", dict(os.environ))
    assert wait_for_word(["--mode", "show"], io.BytesIO(b'{"A_WORD": "said"}\n'))
    assert sys.argv == ["textcraft", "--mode", "show"]
    assert os.environ["A_WORD"] == "said"


@pytest.mark.parametrize("said", [b"", b'{"A_WORD": "sai', b"x" * 70_000])
def test_half_a_word_is_none(without_libraries, said):
    assert not wait_for_word(["--mode", "show"], io.BytesIO(said))
    assert "A_WORD" not in os.environ
