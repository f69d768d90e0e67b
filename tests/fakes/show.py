"""A tiny show made from data: neutral words, three roles, two characters."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textcraft_core.show.folder import ShowFolder

PERSONAS: dict[str, dict[str, Any]] = {
    role: {
        "name": f"name of {role}",
        "role_type": kind,
        "model": "test-model",
        "temperature": temperature,
        "max_tokens": 512,
        "system_prompt": f"prompt of {role}: {{{{title}}}} {{{{character_context}}}} {{{{style_guide}}}}",
        "allowed_tools": tools,
    }
    for role, kind, temperature, tools in (
        ("architect", "orchestrator", 0.3, ["read_file", "list_files"]),
        ("narrator", "generator", 0.9, ["read_file", "write_file", "append_file", "edit_file"]),
        ("editor", "critic", 0.2, ["read_file", "edit_file"]),
        ("illustrator", "generator", 0.5, []),
    )
}
CONF: dict[str, Any] = {
    "meta": {"title": "test title", "target_audience": "testers"},
    "style": {"genre": "test genre", "tone": "test tone", "pov": "test pov", "tense": "test tense"},
    "constraints": {"chapter_target_word_count": 100, "forbidden_tropes": ["trope one"], "required_themes": ["theme"]},
}
CHARACTERS: dict[str, Any] = {
    "alpha": {
        "name": "Alpha",
        "aliases": ["First"],
        "role": "Protagonist",
        "psychology": {"traits": ["trait a"], "motivation": "motive a"},
        "voice": {"tone": "voice a"},
        "relationships": {"beta": "knows"},
    },
    "beta": {"name": "Beta", "role": "Supporting", "voice": "voice b"},
}
BRIEF: dict[str, Any] = {"logline": "test logline", "structure": {"chapters": [{"number": 1}, {"number": 2}]}}


def words(count: int, word: str = "word") -> str:
    """Return a text of `count` words, ten a line."""
    lines = [" ".join([word] * min(10, count - start)) for start in range(0, count, 10)]
    return "\n".join(lines) + "\n"


def make_show(
    tmp_path: Path,
    chapters: Mapping[str, str | bytes | int] | None = None,
    *,
    matrix: Mapping[str, Any] | None = None,
    personas: Mapping[str, Any] | None = None,
    conf: Mapping[str, Any] | None = None,
    characters: Mapping[str, Any] | None = None,
    brief: Mapping[str, Any] | None = None,
) -> ShowFolder:
    """Make a show in `tmp_path/show`; `chapters` are file name (with or without .md) → text, bytes or word count."""
    show = ShowFolder(tmp_path / "show")
    show.manuscripts.mkdir(parents=True)
    show.bible.mkdir()
    given = {"personas": personas, "project_conf": conf, "characters": characters, "story_brief": brief}
    usual = {"personas": PERSONAS, "project_conf": CONF, "characters": CHARACTERS, "story_brief": BRIEF}
    for name, content in usual.items():
        write_json(show.bible / f"{name}.json", content if given[name] is None else given[name])
    if matrix is not None:
        write_json(show.matrix, matrix)
    for name, content in (chapters or {}).items():
        write_chapter(show, name, content)
    return show


def write_chapter(show: ShowFolder, name: str, content: str | bytes | int) -> Path:
    """Write a chapter as another program would: in place, not durably."""
    path = show.manuscripts / (name if name.endswith(".md") else f"{name}.md")
    path.parent.mkdir(parents=True, exist_ok=True)
    text = words(content) if isinstance(content, int) else content
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def write_json(path: Path, content: Any) -> None:
    """Write JSON as another program would."""
    path.write_text(json.dumps(content), encoding="utf-8")
