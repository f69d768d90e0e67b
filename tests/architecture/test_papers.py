"""ARCHITECTURE.md is true where that can be seen: a drawing in each section, every room, arrows that are imports."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAPER = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
DRAWN = (
    "Where things run",
    "Rooms",
    "One cycle, from the click to the wall",
    "Order of durability",
    "Lives",
    "What is handed out",
    "A show on disk",
)
FOLDERS = {"textcraft_core": ROOT / "services" / "textcraft_core", "textcraft_gui": ROOT / "textcraft_gui"}


def section(title):
    return re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAPER, re.MULTILINE | re.DOTALL)[1]


def rooms(package):
    return {path.parent.name for path in FOLDERS[package].glob("*/__init__.py")}


def arrows(package):
    drawn = re.search(rf"subgraph {package}\n(.*?)^ *end$", section("Rooms"), re.MULTILINE | re.DOTALL)[1]
    return set(re.findall(r"(\w+) --> (\w+)", drawn))


def imports(package):
    """Pairs of rooms of which the first imports from the second."""
    found = set()
    for path in FOLDERS[package].rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                found |= {(path.relative_to(FOLDERS[package]).parts[0], name.split(".")[1]) for name in names}
    return found


@pytest.mark.parametrize("title", DRAWN)
def test_a_section_about_how_things_hang_together_has_its_drawing(title):
    assert "```" in section(title)


@pytest.mark.parametrize("package", FOLDERS)
def test_each_room_is_drawn_and_has_its_line_in_the_table(package):
    assert {room for pair in arrows(package) for room in pair} == rooms(package)
    table = section("Rooms")
    assert [room for room in sorted(rooms(package)) if not re.search(rf"[`/]{room}/?`", table)] == []


@pytest.mark.parametrize("package", FOLDERS)
def test_each_arrow_is_an_import(package):
    assert arrows(package) - imports(package) == set()


def test_the_lessons_name_their_themes_at_the_top_and_only_files_that_are_there():
    lessons = (ROOT / "LESSONS.md").read_text(encoding="utf-8")
    anchors = [
        re.sub(r"[^\w -]", "", title).lower().replace(" ", "-")
        for title in re.findall(r"^## (.+)", lessons, re.MULTILINE)
    ]
    assert re.findall(r"\]\(#([\w-]+)\)", lessons) == anchors
    named = re.findall(r"`((?:tests|textcraft_\w+)/[\w/]+(?:\.py)?)`", lessons)
    assert named
    assert [
        name
        for name in named
        if not any((ROOT / top / f"{name.removesuffix('.py')}.py").exists() for top in (".", "services"))
    ] == []


def test_the_architecture_is_read_in_one_sitting_and_names_each_fault_case_once():
    assert len(PAPER.splitlines()) <= 350
    cases = re.findall(
        r"^\| ([A-Z]\d+[A-Z]?) ", section("Reliability: what must hold, and what was seen"), re.MULTILINE
    )
    assert cases
    assert len(cases) == len(set(cases))
