"""A show another program of this family wrote: it opens, runs and is saved; unknown keys and untouched files stay."""

import json

from tests.fakes.engine import a_company, engine_on
from tests.fakes.show import PERSONAS, words
from textcraft_core.events import CycleFailed, CycleFinished, Warned
from textcraft_core.show.folder import ShowFolder

BOM = b"\xef\xbb\xbf"
MATRIX = {
    "x_top": {"deep": [1, {"two": None}]},
    "meta": {"project_name": "theirs", "title": "T", "version": "2.1", "project_status": "ACTIVE", "x_meta": "m"},
    "metrics": {"total_word_count": 999, "narrative_integrity_score": 88, "session_cost": 1.25, "x_metrics": [0.5]},
    "content": {
        "ch01": {
            "title": "The First",
            "path": "manuscripts\\ch01_The_First.md",
            "word_count": 60,
            "status": "LOCKED",
            "continuity_check": "PASS",
            "last_modified": "1970-01-01",
            "editor_notes": None,
            "x_entry": {"kept": True},
        },
        "ch02": {"path": "data/manuscripts/ch02_The_Second.md", "status": "STAGNANT", "x_entry": "second"},
        "ch09": {"path": "data/manuscripts/ch09_Planned.md", "status": "EMPTY", "x_planned": 1},
    },
    "active_task": {},
    "x_last": "end",
}
PERSONAS_OF_OTHERS = {
    **{role: {**each, "x_persona": {"a": 1}} for role, each in PERSONAS.items()},
    "dramaturge": {
        "name": "D",
        "role_type": "generator",
        "model": "m",
        "temperature": 1,
        "max_tokens": 10,
        "system_prompt": "p",
        "allowed_tools": None,
    },
}
BIBLE = {
    "personas.json": PERSONAS_OF_OTHERS,
    "project_conf.json": {
        "meta": {"title": "theirs", "x": 1},
        "style": None,
        "constraints": {"chapter_target_word_count": "200", "forbidden_tropes": None},
        "formatting": {},
        "x_conf": [],
    },
    "characters.json": [
        {"id": "mara", "name": "Mara", "aliases": ["M"], "role": "Protagonist", "voice": "dry", "x_char": 1},
        {"id": "tomas", "name": "Tomas", "psychology": None, "relationships": None},
    ],
    "locations.json": [{"id": "quay", "name": "Quay", "atmosphere": None, "x_loc": 2}],
    "timeline.json": {"events": None, "x_time": {}},
    "story_brief.json": {
        "logline": "l",
        "setting_rules": ["one", "two"],
        "structure": {
            "acts": None,
            "chapters": [{"id": "ch01", "title": "The First"}, {"number": 2, "name": "The Second"}],
        },
        "ending": {"text": "open"},
        "x_brief": 3,
    },
}


def foreign_show(place):
    show = ShowFolder(place / "theirs")
    show.bible.mkdir(parents=True)
    (show.manuscripts / "part").mkdir(parents=True)
    for name, content in BIBLE.items():
        (show.bible / name).write_bytes(BOM + json.dumps(content, indent=4).encode() + b"\r\n")
    show.matrix.write_bytes(BOM + json.dumps(MATRIX, indent=3).encode())
    (show.manuscripts / "ch01_The_First.md").write_bytes(BOM + words(60).replace("\n", "\r\n").encode())
    (show.manuscripts / "ch02_The_Second.md").write_bytes(words(60).encode())
    (show.data / "x_notes.json").write_text('{"theirs": true}')
    (show.root / "README.txt").write_text("theirs")
    return show


def snapshot(show):
    files = (path for path in show.root.rglob("*") if path.is_file())
    return {path.relative_to(show.root).as_posix(): path.read_bytes() for path in files}


async def test_it_opens_runs_and_is_saved(tmp_path):
    show = foreign_show(tmp_path)
    before = snapshot(show)
    async with engine_on(show, a_company()) as bench:
        for _ in range(3):
            assert await bench.engine.step(), bench.of(CycleFailed)
        assert len(bench.of(CycleFinished)) == 3
        assert not [event for event in bench.of(Warned) if event.fault]
        assert bench.engine.desk.bible.characters()["mara"].name == "Mara"
        assert bench.engine.desk.bible.conf().constraints.chapter_target_word_count == 200
        changed = {
            event.path for event in bench.events if type(event).__name__ == "FileWritten" and event.by == "narrator"
        }
    after = snapshot(show)
    ours = ("journal", "data/matrix.json", "data/story_bible/")
    untouched = {name for name in before if name not in changed and not name.startswith(ours[1])}
    assert {name: after[name] for name in untouched} == {name: before[name] for name in untouched}
    assert changed == {"data/manuscripts/ch02_The_Second.md"}
    matrix = json.loads(show.matrix.read_bytes())
    assert (matrix["x_top"], matrix["x_last"]) == (MATRIX["x_top"], "end")
    assert (matrix["meta"]["x_meta"], matrix["meta"]["project_name"]) == ("m", "theirs")
    assert (matrix["metrics"]["x_metrics"], matrix["metrics"]["session_cost"]) == ([0.5], 1.25)
    entries = matrix["content"]
    assert (entries["ch01"]["status"], entries["ch01"]["x_entry"]) == ("LOCKED", {"kept": True})
    assert (entries["ch02"]["x_entry"], entries["ch09"]["x_planned"]) == ("second", 1)
    assert entries["ch01"]["path"] == "data/manuscripts/ch01_The_First.md"


async def test_saving_one_persona_keeps_what_is_unknown_in_all(tmp_path):
    show = foreign_show(tmp_path)
    async with engine_on(show, a_company()) as bench:
        desk = bench.engine.desk
        raw = {**PERSONAS_OF_OTHERS["editor"], "temperature": 0.4}
        desk.bible.save_persona("editor", raw, desk.writer, "operator")
    saved = json.loads((show.bible / "personas.json").read_bytes().removeprefix(BOM))
    assert saved["editor"]["temperature"] == 0.4
    assert {role: each.get("x_persona") for role, each in saved.items()} == {
        role: each.get("x_persona") for role, each in PERSONAS_OF_OTHERS.items()
    }
    assert saved["dramaturge"]["allowed_tools"] in (None, [])
