"""What doctor looks at: each look says what it found and what to do, and changes nothing."""

import os
import socket
import sqlite3

import pytest

from tests.fakes.show import make_show
from textcraft_bus.clock import SystemClock
from textcraft_core.config import TextCraftCoreConfig
from textcraft_core.day.preflight import aside, made, ok
from textcraft_core.diagnosis import machine
from textcraft_core.diagnosis import show as looks
from textcraft_core.events import CheckState
from textcraft_core.record.journal import Journal
from textcraft_core.show.folder import ShowFolder


@pytest.fixture
def show(tmp_path):
    return make_show(tmp_path, {"ch01_one": 60})


def contents(show: ShowFolder):
    return {path: path.read_bytes() for path in show.root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "look", [machine.python_and_qt, machine.libraries, machine.memory, machine.file_limit, machine.own_folders]
)
def test_this_machine_is_looked_at(look):
    found = look()
    assert found.state in {CheckState.OK, CheckState.WARN}
    assert found.found
    assert bool(found.advice) == (found.state is not CheckState.OK)


def test_a_qt_that_aborts_on_this_python_is_named(monkeypatch):
    monkeypatch.setattr(machine, "_version", lambda _name: "6.12.0")
    monkeypatch.setattr(machine.sys, "version_info", (3, 11, 7))
    assert machine.python_and_qt().state is CheckState.FAIL
    monkeypatch.setattr(machine.sys, "version_info", (3, 12, 1))
    assert machine.python_and_qt().state is CheckState.OK


def test_a_library_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(machine, "LIBRARIES", ("psutil", "no-such-library"))
    found = machine.libraries()
    assert found.state is CheckState.FAIL
    assert "no-such-library" in found.found


def test_a_disk_is_written_to_and_left_as_it_was(tmp_path):
    assert machine.disk_speed(tmp_path).state in {CheckState.OK, CheckState.WARN}
    assert list(tmp_path.iterdir()) == []


def test_a_slow_disk_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "SLOW_MS", -1.0)
    assert machine.disk_speed(tmp_path).state is CheckState.WARN
    monkeypatch.setattr(machine, "VERY_SLOW_MS", -1.0)
    assert machine.disk_speed(tmp_path).state is CheckState.FAIL


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    assert machine.disk_speed(tmp_path / "missing").state is CheckState.FAIL


def test_a_zone_nobody_knows_is_told():
    assert machine.time_zone("UTC").state in {CheckState.OK, CheckState.WARN}
    assert machine.time_zone("Mars/Olympus").state is CheckState.FAIL


def test_a_port_that_is_taken_is_told_with_its_holder():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = machine.ports({"events": port})
        assert found.state is CheckState.WARN
        assert str(port) in found.found
        assert str(os.getpid()) in found.found
    assert machine.ports({"events": port}).state is CheckState.OK


def test_nothing_runs_in_a_new_home():
    assert machine.leftovers().state is CheckState.OK


def test_a_good_show_is_read_and_left_as_it_is(show):
    before = contents(show)
    for look in (looks.texts, looks.settings, looks.came_back):
        assert look(show).state is CheckState.OK, look(show)
    assert looks.journal(show.journal).state is CheckState.OK
    assert contents(show) == before


@pytest.mark.parametrize("name", ["data/matrix.json", "data/story_bible/characters.json"])
def test_a_broken_text_is_named_and_not_set_aside(show, name):
    (show.root / name).write_text('{"broken": ')
    before = contents(show)
    found = looks.texts(show)
    assert found.state is CheckState.FAIL
    assert name.rpartition("/")[2] in found.found
    assert contents(show) == before


def test_what_the_console_alone_reads_in_core_toml_is_no_misspelling(show):
    (show.root / "core.toml").write_text('walls = ["brick"]\n[osc]\non = true\n')
    assert looks.settings(show).state is CheckState.OK


def test_settings_that_cannot_be_used_or_are_misspelt_are_told(show):
    core = show.root / "core.toml"
    core.write_text("[day]\nzne = 'UTC'\n")
    found = looks.settings(show)
    assert found.state is CheckState.WARN
    assert "zne" in found.found
    core.write_text("[day\n")
    assert looks.settings(show).state is CheckState.FAIL
    core.write_text("seed = 'x'\n")
    assert looks.settings(show).state is CheckState.FAIL


def test_a_journal_is_looked_through(show):
    Journal(show.journal, SystemClock()).close()
    assert "whole" in looks.journal(show.journal).found
    data = bytearray(show.journal.read_bytes())
    data[4096:8192] = b"\xff" * 4096
    show.journal.write_bytes(data)
    assert looks.journal(show.journal).state is CheckState.FAIL
    show.journal.write_bytes(b"no database at all" * 100)
    assert looks.journal(show.journal).state is CheckState.FAIL
    assert looks.last_event_at(show.journal) is None


def test_a_database_of_others_is_no_journal(show):
    with sqlite3.connect(show.journal) as other:
        other.execute("create table t (x)")
    assert "another program" in looks.journal(show.journal).found


def test_prices_are_looked_up(show):
    dotenv = show.root / ".env"
    assert looks.prices(TextCraftCoreConfig(), dotenv).state is CheckState.OK
    live = {"brain": "live", "llm": {"base_url": "https://api.openai.com/v1", "model": "no-such-model-9"}}
    assert looks.prices(TextCraftCoreConfig(**live), dotenv).state is CheckState.WARN
    live["llm"]["model"] = "gpt-4o"
    assert looks.prices(TextCraftCoreConfig(**live), dotenv).state is CheckState.OK
    live["llm"]["base_url"] = "http://127.0.0.1:1/v1"
    assert "nothing" in looks.prices(TextCraftCoreConfig(**live), dotenv).found


async def test_a_look_that_breaks_or_hangs_is_unknown():
    def broken():
        raise ValueError("no such thing")

    assert (await made(aside(broken))).state is CheckState.UNKNOWN
    assert (await made(aside(lambda: ok("fine")))).state is CheckState.OK
