"""The engine without a window: a fresh show, cycles as JSON lines, and the same book from the same seed."""

import asyncio
import json
import re
import signal
from pathlib import Path

import pytest

from tests.fakes import llm_server as llm
from tests.fakes.llm_server import LlmServer
from tests.support.programs import Program, programs
from tests.support.waiting import wait_until
from textcraft_bus.disk.folders import log_folder
from textcraft_bus.health import Health, HealthFile, HealthStatus
from textcraft_core.show.folder import new_show

PROGRAMS = ("textcraft", "textcraft-core", "textcraft-image-server", "textcraft-display")


@pytest.fixture
def start(tmp_path):
    with programs(tmp_path) as started:
        yield started.start


def cycles_of(program: Program) -> list[dict]:
    assert program.wait(60) == 0, program.output
    return [json.loads(line) for line in program.output.splitlines() if line.startswith("{")]


def book(show: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((show / "data" / "manuscripts").glob("*.md"))}


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_says_how_it_is_used(start, name):
    program = start(name, "--help")
    assert program.wait() == 0
    assert "--log-level" in program.output
    assert "--config" in program.output


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_wrong_setting_is_one_clear_line(start, name, tmp_path):
    (tmp_path / "broken.toml").write_text("[half\n")
    program = start(name, "--config", str(tmp_path / "broken.toml"))
    assert program.wait() == 1
    assert program.output.startswith(f"{name}: broken.toml cannot be read")
    assert "Traceback" not in program.output


def test_a_new_show_runs_cycles_and_prints_a_line_for_each(start, tmp_path):
    show = tmp_path / "show"
    assert start("textcraft-core", "--new-show", str(show)).wait() == 0
    run = start("textcraft-core", "--project", str(show), "--brain", "rehearsal", "--run", "3", "--seed", "7")
    lines = cycles_of(run)
    assert [(line["cycle"], line["ok"]) for line in lines] == [(1, True), (2, True), (3, True)]
    assert lines[-1]["words"] > 300
    again = start("textcraft-core", "--project", str(show), "--run", "1", "--seed", "7")
    assert cycles_of(again)[0]["cycle"] == 4


def test_another_programs_order_is_carried_out_and_cleared(start, tmp_path):
    show = tmp_path / "show"
    assert start("textcraft-core", "--new-show", str(show)).wait() == 0
    control = show / "data" / "control.json"
    override = {"active": True, "instruction": "bring the rain", "force_target": ""}
    control.write_text(json.dumps({"system_status": "RUNNING", "architect_override": override, "mine": [1]}))
    run = start("textcraft-core", "--project", str(show), "--brain", "rehearsal", "--run", "1", "--seed", "7")
    assert cycles_of(run)[0]["ok"]
    left = json.loads(control.read_text())
    assert left["architect_override"] == {"active": False, "instruction": "", "force_target": ""}
    assert (left["system_status"], left["mine"]) == ("RUNNING", [1])


def test_the_same_seed_writes_the_same_bytes_and_another_seed_another_book(start, tmp_path):
    books = {}
    for name, seed in (("one", "7"), ("two", "7"), ("three", "8")):
        new_show(tmp_path / name)
        run = start("textcraft-core", "--project", str(tmp_path / name), "--run", "12", "--seed", seed)
        assert len(cycles_of(run)) == 12
        books[name] = book(tmp_path / name)
    assert books["one"] == books["two"]
    assert books["one"] != books["three"]


def test_twenty_cycles_make_a_book_that_can_be_read(start, tmp_path):
    show = new_show(tmp_path / "show")
    lines = cycles_of(start("textcraft-core", "--project", str(show.root), "--run", "20", "--seed", "7"))
    matrix = json.loads(show.matrix.read_text())["content"]
    assert len(lines) == 20
    assert sum(entry["status"] == "LOCKED" for entry in matrix.values()) >= 3
    chapters = [path.read_text() for path in sorted(show.manuscripts.glob("*.md"))]
    assert len(chapters) >= 4
    bible = [json.loads((show.bible / f"{name}.json").read_text()) for name in ("characters", "locations")]
    for text in chapters:
        assert not re.search(r"\{\{|\[TODO\]|lorem ipsum", text, re.IGNORECASE)
        for entries in bible:
            names = [entry["name"] for entry in entries.values()]
            assert any(name.split()[0] in text for name in names), (names, text)
    sentences = [s.strip() for s in re.split(r"(?<=[.!?”])\s+", "\n".join(chapters)) if len(s.split()) > 3]
    assert max(sentences.count(sentence) for sentence in set(sentences)) <= 3


async def test_a_live_brain_writes_by_the_same_engine_and_its_key_is_in_no_file(start, tmp_path, monkeypatch):
    show = new_show(tmp_path / "show")
    key = "sk-planted-0123456789abcdef"
    monkeypatch.setenv("LLM_API_KEY", key)
    plan = {"action_type": "generate", "target_file": "ch01_The_Casting.md", "assigned_agent": "narrator"}
    written = {"path": "manuscripts/ch01_The_Casting.md", "content": "one two three " * 30}
    async with LlmServer() as server:
        monkeypatch.setenv("LLM_API_BASE_URL", server.url)
        server.say(
            llm.says(json.dumps(plan)),
            llm.stream(llm.tool_chunks(("write_file", json.dumps(written)))),
            llm.says("done"),
            llm.says(json.dumps({"prompt": "p", "negative_prompt": "", "caption": "c", "alt": "a"})),
        )
        live = ("--brain", "live", "--run", "1", "--log-level", "DEBUG")
        program = start("textcraft-core", "--project", str(show.root), *live)
        lines = await asyncio.to_thread(cycles_of, program)
        assert server.heard[0].headers["authorization"] == f"Bearer {key}"
    assert lines[0]["ok"]
    assert b"one two three" in next(iter(book(show.root).values()))
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in kept if key.encode() in path.read_bytes()] == []


def test_the_core_alone_plays_for_services_started_by_hand(start, tmp_path):
    show = new_show(tmp_path / "show")
    pace = ("--textcraft.cycle-seconds", "0", "--rehearsal.tokens-per-s", "400")
    core = start("textcraft-core", "--project", str(show.root), *pace)
    painter = start("textcraft-image-server", "--images", str(show.images))
    wait_until(lambda: list(show.images.glob("*.jpg")) or core.process.poll() is not None, 40, "a picture")
    core.process.send_signal(signal.SIGTERM)
    assert core.wait() == 0, core.output
    painter.process.send_signal(signal.SIGTERM)
    assert painter.wait() == 0, painter.output
    assert list(show.images.glob("*.jpg")), core.output
    assert list(book(show.root).values())


@pytest.mark.parametrize("project", ["", "no-such-show"])
def test_no_show_is_one_clear_line(start, project):
    program = start("textcraft-core", "--project", project, "--run", "1")
    assert program.wait() == 1
    assert program.output.startswith("textcraft-core: ")
    assert "Traceback" not in program.output


def test_a_new_show_never_overwrites_anything(start, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "precious").write_text("mine")
    program = start("textcraft-core", "--new-show", str(tmp_path / "full"))
    assert program.wait() == 1
    assert (tmp_path / "full" / "precious").read_text() == "mine"


def test_people_elsewhere_hear_of_illness_from_a_core_without_a_window(start, tmp_path, httpserver):
    """The same piece as the console's: a service's health file, a wall that went, the address a secret."""
    httpserver.expect_request("/hook/tok-123456").respond_with_data("ok")
    show = new_show(tmp_path / "show")
    url = httpserver.url_for("/hook/tok-123456")
    (show.root / ".env").write_text(f"TEXTCRAFT_NOTIFY__WEBHOOK={url}\n")
    lamp = HealthFile(log_folder() / "health", "lamp", "lamp")  # of this process, that lives
    lamp.write(Health(HealthStatus.ERROR, "the lamp burnt out"))
    core = start("textcraft-core", "--project", str(show.root), "--textcraft.cycle-seconds", "0")
    wait_until(lambda: core.process.poll() is not None or httpserver.log, 40, "a notice")
    lamp.write(Health())
    wait_until(lambda: core.process.poll() is not None or len(httpserver.log) > 1, 40, "a word of its recovery")
    core.process.send_signal(signal.SIGTERM)
    assert core.wait() == 0, core.output
    said = [request.get_json()["text"] for request, _ in httpserver.log]
    assert said == ["show: lamp is error: the lamp burnt out", "show: lamp is healthy: well again"]
    assert "tok-123456" not in core.output
    assert [path for path in log_folder().rglob("*") if path.is_file() and b"tok-123456" in path.read_bytes()] == []
