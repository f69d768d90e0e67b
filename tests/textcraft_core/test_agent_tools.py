import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.clock import FakeClock
from tests.fakes.show import make_show
from textcraft_core import agent_tools
from textcraft_core.agent_tools import TOOLS, ToolContext, ToolResult, may_write, run, schemas
from textcraft_core.events import FileWritten
from textcraft_core.record.journal import Journal
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.writer import ShowWriter

ALL = tuple(TOOLS)
WRITING = ("write_file", "append_file", "edit_file")


@pytest.fixture
def show(tmp_path: Path) -> ShowFolder:
    return make_show(tmp_path, {"ch01_One": "one two\nthree two\n", "part/ch02": "deep"}, matrix={"content": {}})


@pytest.fixture
def context(show: ShowFolder):
    journal = Journal(show.journal, FakeClock())
    yield ToolContext(show, ShowWriter(show, journal), "narrator", {"ch01": "manuscripts/ch01_One.md"}, FakeClock())
    journal.close()


def use(context: ToolContext, tool: str, **arguments: Any) -> ToolResult:
    return run(tool, arguments, context, ALL)


def text_of(show: ShowFolder) -> str:
    return (show.manuscripts / "ch01_One.md").read_text()


def snapshot(show: ShowFolder) -> dict[str, bytes]:
    files = (path for path in show.root.parent.rglob("*") if path.is_file() and "journal" not in path.name)
    return {path.as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("path", ["manuscripts/ch01_One.md", "ch01_One.md", "data/manuscripts/ch01_One.md", "ch01"])
def test_a_chapter_is_read_however_the_model_names_it(context: ToolContext, path: str) -> None:
    result = use(context, "read_file", path=path)
    assert (result.status, result.data, result.path) == ("success", "one two\nthree two\n", "manuscripts/ch01_One.md")


def test_a_result_is_what_the_model_is_given(context: ToolContext) -> None:
    result = use(context, "write_file", path="ch03.md", content="né")
    assert result.as_dict() == {
        "status": "success",
        "data": {"path": "manuscripts/ch03.md", "size": 3},
        "meta": {"bytes_written": 3, "execution_time": 0.0},
    }
    json.dumps(result.as_dict())
    (event,) = result.events
    assert isinstance(event, FileWritten)
    assert (event.path, event.by) == ("data/manuscripts/ch03.md", "narrator")


def test_append_and_edit(show: ShowFolder, context: ToolContext) -> None:
    assert use(context, "append_file", path="ch01", content="four").bytes_written == 4
    assert use(context, "edit_file", path="ch01", search_text="three", replace_text="3").status == "success"
    assert text_of(show) == "one two\n3 two\nfour"


@pytest.mark.parametrize(
    ("search", "reason"), [("two", "more than once"), ("absent", "does not occur"), ("", "search_text")]
)
def test_an_edit_needs_exactly_one_place(show: ShowFolder, context: ToolContext, search: str, reason: str) -> None:
    result = use(context, "edit_file", path="ch01", search_text=search, replace_text="x")
    assert (result.status, result.alarm) == ("error", False)
    assert reason in result.data
    assert text_of(show) == "one two\nthree two\n"


def test_places_that_overlap_are_two(show: ShowFolder, context: ToolContext) -> None:
    use(context, "write_file", path="ch01", content="aaa")
    assert use(context, "edit_file", path="ch01", search_text="aa", replace_text="x").status == "error"


def test_editing_nothing_is_an_error(context: ToolContext) -> None:
    assert "does not exist" in use(context, "edit_file", path="ch09.md", search_text="a", replace_text="b").data


def test_a_byte_order_mark_and_line_ends_stay(show: ShowFolder, context: ToolContext) -> None:
    (show.manuscripts / "ch01_One.md").write_bytes(b"\xef\xbb\xbfa\r\nb\r\n")
    assert use(context, "read_file", path="ch01").data == "a\r\nb\r\n"
    use(context, "edit_file", path="ch01", search_text="b", replace_text="c")
    assert (show.manuscripts / "ch01_One.md").read_bytes() == b"\xef\xbb\xbfa\r\nc\r\n"


@pytest.mark.parametrize("content", [b"caf\xe9", b"\0\0\0"])
@pytest.mark.parametrize("tool", WRITING)
def test_a_file_that_is_not_utf8_is_never_changed(
    show: ShowFolder, context: ToolContext, tool: str, content: bytes
) -> None:
    path = show.manuscripts / "ch01_One.md"
    path.write_bytes(content)
    result = use(context, tool, path="ch01", content="x", search_text="c", replace_text="d")
    assert (result.status, path.read_bytes()) == ("error", content)
    assert "operator" in result.data


@pytest.mark.parametrize("content", ["\ud800", "a\0b", "x" * (agent_tools.MAX_BYTES + 1)])
def test_content_must_be_valid_and_bounded(show: ShowFolder, context: ToolContext, content: str) -> None:
    before = snapshot(show)
    assert use(context, "write_file", path="ch01", content=content).status == "error"
    assert use(context, "append_file", path="ch01", content=content).status == "error"
    assert snapshot(show) == before


@pytest.mark.parametrize(
    "path",
    [
        "matrix.json",
        "control.json",
        "story_bible/personas.json",
        "manuscripts/ch01.txt",
        "manuscripts",
        "x/y.md",
        "plans/deep/x.md",
        "../x.md",
        "/etc/x.md",
        "manuscripts/../matrix.json",
        "C:\\x.md",
        "manuscripts/.x.md",
        "manuscripts/NUL.md",
        "Manuscripts/ch01.md",
        "data/matrix.json",
        "data/../../x.md",
        "",
        ".",
        "a\0b.md",
        "manuscripts/ch01_One.md/x.md",
        "manuscripts/x.md:stream.md",
        "..\\..\\x.md",
    ],
)
@pytest.mark.parametrize("tool", WRITING)
def test_nothing_but_manuscripts_and_plans_is_written(
    show: ShowFolder, context: ToolContext, tool: str, path: str
) -> None:
    before = snapshot(show)
    result = use(context, tool, path=path, content="x", search_text="{", replace_text="d")
    assert result.status == "error"
    assert result.alarm or path == "manuscripts/ch01_One.md/x.md"
    assert snapshot(show) == before


def test_a_link_is_refused_with_an_alarm(show: ShowFolder, context: ToolContext) -> None:
    (show.manuscripts / "ch04.md").symlink_to(show.matrix)
    (show.manuscripts / "sub").symlink_to(show.bible)
    before = snapshot(show)
    for path in ("ch04.md", "manuscripts/sub/x.md"):
        assert use(context, "write_file", path=path, content="x").alarm
        assert use(context, "read_file", path=path).alarm
    assert snapshot(show) == before


pieces = st.sampled_from(
    [
        "..",
        ".",
        "manuscripts",
        "plans",
        "data",
        "matrix.json",
        "a.md",
        "ch01_One.md",
        "story_bible",
        "personas.json",
        "",
        "~",
        "x",
        "CON.md",
        "a.md.",
        " a.md",
        "é.md",
        "\u202e.md",
        "C:",
        "NUL",
        "part",
    ]
)
paths = st.tuples(st.lists(pieces, max_size=5), st.sampled_from(["/", "\\", "//"])).map(
    lambda made: made[1].join(made[0])
) | st.text(max_size=30)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paths, st.sampled_from(WRITING), st.text(max_size=10))
def test_whatever_the_path_only_chapters_and_plans_change(
    show: ShowFolder, context: ToolContext, path: str, tool: str, content: str
) -> None:
    before = snapshot(show)
    result = use(context, tool, path=path, content=content, search_text="one", replace_text=content)
    after = snapshot(show)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    data = show.data.as_posix()
    assert all(name.startswith((f"{data}/manuscripts/", f"{data}/plans/")) and name.endswith(".md") for name in changed)
    assert len(changed) <= (result.status == "success")


@pytest.mark.parametrize(
    ("parts", "allowed"),
    [
        (("manuscripts", "a.md"), True),
        (("manuscripts", "b", "a.md"), True),
        (("plans", "a.md"), True),
        (("plans", "b", "a.md"), False),
        (("manuscripts",), False),
        (("manuscripts", "a.MD"), False),
    ],
)
def test_the_write_policy(parts: tuple[str, ...], *, allowed: bool) -> None:
    assert may_write(parts) is allowed


@pytest.mark.parametrize("tool", [name for name in ALL if name != "read_file"])
def test_only_allowed_tools_run(show: ShowFolder, context: ToolContext, tool: str) -> None:
    before = snapshot(show)
    arguments = {
        "path": "ch01",
        "content": "x",
        "search_text": "one",
        "replace_text": "",
        "query": "q",
        "target_agent": "a",
        "task_description": "t",
    }
    result = run(tool, arguments, context, ["read_file"])
    assert result.status == "error"
    assert "read_file" in result.data
    assert snapshot(show) == before


@pytest.mark.parametrize(
    "arguments", [{}, {"path": 5, "content": "x"}, {"path": "ch01"}, {"content": ["x"], "path": "a"}]
)
def test_wrong_arguments_are_explained(context: ToolContext, arguments: dict[str, Any]) -> None:
    result = run("write_file", arguments, context, ALL)
    assert (result.status, result.alarm) == ("error", False)
    assert "path" in result.data or "content" in result.data


def test_listing_hides_copies(show: ShowFolder, context: ToolContext) -> None:
    for name in ("ch03.md.bak", "ch03.md.bad-1", ".hidden"):
        (show.manuscripts / name).write_text("x")
    assert use(context, "list_files", directory="manuscripts/").data == ["manuscripts/ch01_One.md", "manuscripts/part/"]
    assert use(context, "list_files").data == ["manuscripts/", "matrix.json", "story_bible/"]
    assert use(context, "list_files", directory="..").alarm
    assert use(context, "list_files", directory="nowhere").status == "error"


def test_searching_gives_lines(context: ToolContext) -> None:
    assert use(context, "search_code", query="TWO").data == [
        {"path": "manuscripts/ch01_One.md", "line": 1, "text": "one two"},
        {"path": "manuscripts/ch01_One.md", "line": 2, "text": "three two"},
    ]
    assert use(context, "search_code", query="deep").data[0]["path"] == "manuscripts/part/ch02.md"
    assert use(context, "search_code", query="narrator", directory="story_bible").data
    assert use(context, "search_code", query="x", directory="nowhere").status == "error"
    assert use(context, "search_code", query="x", directory="../..").alarm


def test_an_assignment_is_handed_back(context: ToolContext) -> None:
    result = use(context, "assign_task", target_agent="editor", task_description="t", target_file="ch01.md")
    assert result.data == {
        "assigned_by": "narrator",
        "target_agent": "editor",
        "task_description": "t",
        "target_file": "ch01.md",
    }


def test_what_is_missing_is_an_error_without_alarm(context: ToolContext) -> None:
    result = use(context, "read_file", path="ch99.md")
    assert (result.status, result.alarm) == ("error", False)


def test_schemas_are_those_of_the_allowed_tools() -> None:
    made = schemas(["write_file", "read_file", "write_file", "launch"])
    assert [schema["function"]["name"] for schema in made] == ["write_file", "read_file"]
    assert made[0]["type"] == "function"
    parameters = made[0]["function"]["parameters"]
    assert parameters["required"] == ["path", "content"]
    assert parameters["properties"]["path"]["type"] == "string"
    assert schemas(["search_code"])[0]["function"]["parameters"]["required"] == ["query"]
    assert len(schemas(ALL)) == 7
