"""Folders and models that mean no good: what an engine makes of them, and what it never touches."""

import json
import os
from secrets import token_hex

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.brain import tool_answer
from tests.fakes.clock import FakeClock
from tests.fakes.engine import a_company, decision, engine_on
from tests.fakes.show import PERSONAS, make_show, words
from textcraft_core.agent_tools import TOOLS, ToolContext, run
from textcraft_core.events import CycleFinished, ToolCalled, Warned
from textcraft_core.record.journal import Journal
from textcraft_core.show.matrix import Status
from textcraft_core.show.writer import ShowWriter

LOCKED = "manuscripts/ch01_One.md"
SPELLINGS = [
    "ch01",
    "ch01_One.md",
    "./ch01_One.md",
    LOCKED,
    f"./{LOCKED}",
    f"data/{LOCKED}",
    f"./data/{LOCKED}",
    "manuscripts//ch01_One.md",
    "manuscripts/./ch01_One.md",
    "manuscripts\\ch01_One.md",
    "data\\manuscripts\\.\\ch01_One.md",
    "manuscripts/part/../ch01_One.md",
    "manuscripts/CH01_One.md",
    "manuscripts/ch01_one.md",
    "manuscripts/ch01_Other_Title.md",
    "manuscripts/ch01.md",
]
ESCAPES = [
    "../.env",
    "../../secret",
    "/etc/passwd",
    "\\\\server\\share\\x.md",
    "//server/share/x.md",
    "C:\\x.md",
    "C:x.md",
    "file:///etc/passwd",
    "~/.ssh/id_rsa",
    "manuscripts/../../.env",
    "manuscripts/..\\..\\.env",
    "manuscripts/x.md\0.png",
    "manuscripts/CON.md",
    "manuscripts/nul",
    "manuscripts/COM1.md",
    "manuscripts/x.md.",
    "manuscripts/x.md ",
    "manuscripts/x.md:stream",
    f"manuscripts/{'a' * 400}.md",
    f"manuscripts/{'d/' * 300}x.md",
    "manuscripts/․․/․․/x.md",
    "manuscripts/\u2025/x.md",
    "manuscripts/\uff0e\uff0e/x.md",
    "manuscripts/%2e%2e/%2e%2e/.env",
    "data/../.env",
    "matrix.json",
    "control.json",
    "story_bible/personas.json",
    "manuscripts/.hidden.md",
    "plans/deep/x.md",
    "manuscripts",
    "",
    ".",
    "..",
    "/",
]


def contents(show):
    files = (path for path in show.root.parent.rglob("*") if path.is_file() and not path.name.startswith("journal"))
    return {path.relative_to(show.root.parent).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("tool", ["write_file", "append_file", "edit_file"])
async def test_a_locked_chapter_is_not_written_by_any_of_its_names(tmp_path, tool):
    matrix = {"content": {"ch01": {"path": f"data/{LOCKED}", "status": "LOCKED", "continuity_check": "PASS"}}}
    show = make_show(tmp_path, {"ch01_One.md": 60, "ch02_Two.md": 60}, matrix=matrix)
    arguments = {"content": "stolen", "search_text": "word", "replace_text": "stolen"}
    brain = a_company()
    calls = [(tool, {**arguments, "path": path}) for path in SPELLINGS]
    brain.say("architect", decision("generate", "ch02"))
    brain.say("narrator", tool_answer(*calls))
    async with engine_on(show, brain) as bench:
        await bench.engine.step()
        assert bench.text("ch01_One.md") == words(60)
        assert bench.saved().content["ch01"].status is Status.LOCKED
        assert {event.status for event in bench.of(ToolCalled)[: len(SPELLINGS)]} == {"error"}
    assert sorted(path.name for path in show.manuscripts.iterdir()) == ["ch01_One.md", "ch02_Two.md"]


def test_the_lock_holds_where_the_tool_runs(tmp_path):
    show = make_show(tmp_path, {"ch01_One.md": 60})
    journal = Journal(show.journal, FakeClock())
    index, locked = {"ch01": LOCKED}, frozenset({"ch01"})
    context = ToolContext(show, ShowWriter(show, journal), "narrator", index, FakeClock(), locked)
    for path in SPELLINGS:
        result = run("write_file", {"path": path, "content": "stolen"}, context, tuple(TOOLS))
        assert result.status == "error", path
    assert run("read_file", {"path": "ch01"}, context, tuple(TOOLS)).data == words(60)
    assert (show.data / LOCKED).read_text() == words(60)
    journal.close()


@pytest.mark.parametrize("path", ESCAPES)
async def test_named_escapes_leave_everything_as_it_was(tmp_path, path):
    show = make_show(tmp_path, {"ch01_One.md": 60}, matrix={"content": {}})
    (show.root / ".env").write_text("LLM_API_KEY=canary")
    (tmp_path / "secret").write_text("canary")
    journal = Journal(show.journal, FakeClock())
    context = ToolContext(show, ShowWriter(show, journal), "narrator", {"ch01": LOCKED}, FakeClock())
    before = contents(show)
    for tool in ("write_file", "append_file", "edit_file", "read_file", "list_files", "search_code"):
        arguments = {"path": path, "directory": path, "query": "canary", "content": "x"}
        result = run(tool, {**arguments, "search_text": "a", "replace_text": "b"}, context, tuple(TOOLS))
        assert "canary" not in json.dumps(result.as_dict()), tool
    assert contents(show) == before
    journal.close()


PIECES = st.sampled_from(
    [
        "..",
        ".",
        "manuscripts",
        "data",
        "plans",
        "x.md",
        "ch01_One.md",
        "~",
        "C:",
        "NUL",
        "a.md.",
        "é.md",
        "link",
        "loop",
        "matrix.json",
        "story_bible",
        "personas.json",
        ".env",
        "%2e%2e",
        "x.md:s",
        "‥",
        "\u202ex.md",
        "\x00",
        "",
    ]
)
MARKS = st.sampled_from(["/", "\\", "//"])
PATHS = st.tuples(st.lists(PIECES, max_size=6), MARKS).map(lambda made: made[1].join(made[0]))
TOOL_NAMES = st.sampled_from(["write_file", "append_file", "edit_file", "read_file", "list_files", "search_code"])


@pytest.mark.timeout(240)
def test_ten_thousand_tool_calls_escape_nowhere(tmp_path):
    show = make_show(tmp_path, {"ch01_One.md": 60}, matrix={"content": {}})
    secret = f"planted-{token_hex(8)}"  # made here: of what stands in a file, Hypothesis would make a path
    (show.root / ".env").write_text(f"KEY={secret}")
    (tmp_path / "secret").write_text("canary")
    (show.manuscripts / "link").symlink_to(tmp_path)
    (show.manuscripts / "loop").symlink_to(show.manuscripts)
    journal = Journal(show.journal, FakeClock())
    index, locked = {"ch01": LOCKED}, frozenset({"ch01"})
    context = ToolContext(show, ShowWriter(show, journal), "narrator", index, FakeClock(), locked)
    outside = {path: data for path, data in contents(show).items() if "/manuscripts/" not in path}
    tried = 0

    @settings(max_examples=120, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(TOOL_NAMES, PATHS | st.text(max_size=40)), min_size=90, max_size=140))
    def attack(calls):
        nonlocal tried
        for tool, path in calls:
            tried += 1
            arguments = {"path": path, "directory": path, "query": "canary", "content": "x", "search_text": "x"}
            result = run(tool, {**arguments, "replace_text": "y"}, context, tuple(TOOLS))
            assert secret not in json.dumps(result.as_dict())
        after = contents(show)
        assert {path: after.get(path) for path in outside} == outside
        new = after.keys() - outside.keys()
        assert all(path.startswith(("show/data/manuscripts/", "show/data/plans/")) for path in new)
        assert (show.data / LOCKED).read_text() == words(60)

    attack()
    assert tried >= 10_000
    journal.close()


async def test_a_hostile_folder_is_played_and_nothing_in_it_is_lost(tmp_path):
    show = make_show(tmp_path, {"ch01_One.md": 60}, personas=PERSONAS)
    files = {
        "ch02_Latin.md": "caf\xe9 ".encode("latin-1") * 60,
        "ch03_Marked.md": b"\xef\xbb\xbf" + words(60).encode(),
        "ch04_Windows.md": words(60).replace("\n", "\r\n").encode(),
        "ch05_Empty.md": b"",
        "ch06_Twin.md": words(60).encode(),
        "ch06_Twin_Again.md": words(70).encode(),
        "ch07_Nul.md": b"\0" * 4096,
        "notes.txt": b"no chapter",
        ".ch08_Hidden.md": b"hidden",
    }
    for name, data in files.items():
        (show.manuscripts / name).write_bytes(data)
    (show.manuscripts / "ch09_Folder.md").mkdir()
    (tmp_path / "outside.md").write_text(words(60))
    (show.manuscripts / "ch10_Link.md").symlink_to(tmp_path / "outside.md")
    (show.manuscripts / "ch11_Loop").symlink_to(show.manuscripts, target_is_directory=True)
    (show.manuscripts / "ch12_Self.md").symlink_to("ch12_Self.md")
    (show.manuscripts / "CH01_one.md").write_bytes(words(55).encode())
    os.mkfifo(show.manuscripts / "ch13_Pipe.md")
    with (show.manuscripts / "ch14_Huge.md").open("wb") as huge:
        huge.truncate(80 << 20)
    brain = a_company()
    brain.say("architect", *(decision("generate", name) for name in ("ch03", "ch04", "ch05")))
    async with engine_on(show, brain) as bench:
        for _ in range(3):
            await bench.engine.step()
        assert len(bench.of(CycleFinished)) == 3, bench.names()
        content = bench.saved().content
        told = " ".join(event.text for event in bench.of(Warned))
    for name in ("ch02", "ch06", "CH01", "ch14"):
        assert name in told, name
    assert content["ch02"].status is not Status.EMPTY
    assert content["ch03"].word_count == content["ch04"].word_count == 90
    assert (show.manuscripts / "ch03_Marked.md").read_bytes().startswith(files["ch03_Marked.md"])
    assert (show.manuscripts / "ch04_Windows.md").read_bytes().startswith(files["ch04_Windows.md"])
    assert "ch10" not in content
    assert not any(name.startswith(("notes", ".", "ch08", "ch09")) for name in content)
    written = {event.path.rpartition("/")[2] for event in bench.of(ToolCalled) if event.status == "success"}
    for name, data in files.items():
        if name not in written:
            assert (show.manuscripts / name).read_bytes() == data, name
    assert (tmp_path / "outside.md").read_text() == words(60)
