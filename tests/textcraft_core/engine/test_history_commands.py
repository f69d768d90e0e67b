"""Undo, redo and bringing back, through a whole engine: commands in, events and files out."""

import json

import pytest

from tests.fakes.engine import a_company, engine_on
from tests.fakes.show import PERSONAS, make_show, words
from textcraft_core import commands as cmd
from textcraft_core.ai_services.dialogue import digest_of
from textcraft_core.errors import CommandRefused
from textcraft_core.events import (
    BrainCalled,
    ChangeConflict,
    FileRedone,
    FileRemoved,
    FileUndone,
    FileWritten,
    PassageRestored,
    RevisionRestored,
)
from textcraft_core.record.changes import OUTSIDE, ChangeKind
from textcraft_core.record.history import History

CHAPTERS = {"ch01_One.md": "the old text\n"}
PATH = "data/manuscripts/ch01_One.md"


async def save(bench, text, name="ch01_One.md"):
    await bench.engine.handle(cmd.SaveManuscript(path=name, text=text))


async def do(bench, command):
    await bench.engine.history.handle(command)


def bench_text(bench, version):
    return History(bench.journal).text(PATH, version.revision)


async def refused(bench, command, match):
    with pytest.raises(CommandRefused, match=match):
        await do(bench, command)


async def test_undo_and_redo_go_back_and_forth_and_the_matrix_follows(tmp_path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        await save(bench, "one two three")
        await save(bench, "one two")
        for expected in ("one two three", "the old text\n"):
            await do(bench, cmd.Undo(path="manuscripts/ch01_One.md"))
            assert bench.text("ch01_One.md") == expected
        await refused(bench, cmd.Undo(path=PATH), "nothing to undo")
        for count, expected in ((3, "one two three"), (2, "one two")):
            await do(bench, cmd.Redo(path=PATH))
            assert bench.text("ch01_One.md") == expected
            assert bench.saved().content["ch01"].word_count == count
        await refused(bench, cmd.Redo(path=PATH), "nothing to redo")
        assert [type(event) for event in bench.events if isinstance(event, FileUndone | FileRedone)] == [
            FileUndone, FileUndone, FileRedone, FileRedone,
        ]  # fmt: skip


async def test_a_new_write_clears_redo(tmp_path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        await save(bench, "first")
        await do(bench, cmd.Undo(path=PATH))
        await save(bench, "second")
        await refused(bench, cmd.Redo(path=PATH), "nothing to redo")
        await do(bench, cmd.Undo(path=PATH))
        assert bench.text("ch01_One.md") == "the old text\n"


async def test_undo_of_a_file_that_was_not_there_removes_it(tmp_path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        await save(bench, "a new chapter", "ch02_Two.md")
        path = "data/manuscripts/ch02_Two.md"
        await do(bench, cmd.Undo(path=path))
        assert not (bench.show.manuscripts / "ch02_Two.md").exists()
        assert bench.of(FileRemoved)[-1].path == path
        assert bench.saved().content["ch02"].status == "MISSING"
        await do(bench, cmd.Redo(path=path))
        assert bench.text("ch02_Two.md") == "a new chapter"
        assert bench.of(FileWritten)[-1].path == path


async def test_what_an_ai_wrote_is_undone_after_a_restart(tmp_path):
    show = make_show(tmp_path, {"ch01_One.md": 10})
    async with engine_on(show, a_company()) as bench:
        assert await bench.engine.step()
        written = bench.text("ch01_One.md")
    async with engine_on(show, a_company()) as bench:
        await do(bench, cmd.Undo(path=PATH))
        assert bench.text("ch01_One.md") == words(10)
    async with engine_on(show, a_company()) as bench:
        await do(bench, cmd.Redo(path=PATH))
        assert bench.text("ch01_One.md") == written
        newest = History(bench.journal).versions(PATH)[0]
        assert (newest.kind, newest.current, newest.words) == (ChangeKind.REDO, True, len(written.split()))
        (made,) = [each for each in History(bench.journal).versions(PATH) if each.by == "narrator"]
        assert (made.cycle, made.kind) == (1, ChangeKind.WRITE)


async def test_a_persona_is_undone_too(tmp_path):
    show = make_show(tmp_path, CHAPTERS)
    before = (show.bible / "personas.json").read_bytes()
    async with engine_on(show, a_company()) as bench:
        changed = {**PERSONAS["editor"], "temperature": 0.7}
        await bench.engine.handle(cmd.SavePersona(role="editor", persona=changed))
        await do(bench, cmd.Undo(path="data/story_bible/personas.json"))
        assert (show.bible / "personas.json").read_bytes() == before
        await do(bench, cmd.Redo(path="story_bible/personas.json"))
        assert json.loads((show.bible / "personas.json").read_bytes())["editor"]["temperature"] == 0.7


async def test_a_change_made_outside_is_kept_and_not_overwritten(tmp_path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        await save(bench, "ours")
        (bench.show.manuscripts / "ch01_One.md").write_text("theirs", encoding="utf-8")
        await refused(bench, cmd.Undo(path=PATH), "changed outside")
        assert bench.text("ch01_One.md") == "theirs"
        conflict = bench.of(ChangeConflict)[-1]
        history = History(bench.journal)
        assert history.text(PATH, conflict.revision) == "theirs"
        assert history.versions(PATH)[0].by == OUTSIDE
        for expected in ("ours", "the old text\n"):
            await do(bench, cmd.Undo(path=PATH))
            assert bench.text("ch01_One.md") == expected


async def test_a_file_removed_outside_is_noticed_and_comes_back(tmp_path):
    show = make_show(tmp_path, CHAPTERS)
    async with engine_on(show, a_company()) as bench:
        await save(bench, "ours")
    (show.manuscripts / "ch01_One.md").unlink()
    async with engine_on(show, a_company()) as bench:
        assert History(bench.journal).versions(PATH)[0].exists is False
        await do(bench, cmd.Undo(path=PATH))
        assert bench.text("ch01_One.md") == "ours"


async def test_any_revision_is_brought_back_as_a_new_one(tmp_path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        for text in ("first", "second", "third"):
            await save(bench, text)
        versions = History(bench.journal).versions(PATH)
        first = next(each for each in versions if each.words == 1 and bench_text(bench, each) == "first")
        await do(bench, cmd.RestoreRevision(path=PATH, revision=first.revision))
        assert bench.text("ch01_One.md") == "first"
        assert bench.of(RevisionRestored)[-1].of == first.revision
        assert len(History(bench.journal).versions(PATH)) == len(versions) + 1
        await do(bench, cmd.Undo(path=PATH))
        assert bench.text("ch01_One.md") == "third"
        await refused(bench, cmd.RestoreRevision(path=PATH, revision=999), "no revision 999")


async def test_a_replaced_passage_is_listed_and_brought_back(tmp_path):
    async with engine_on(make_show(tmp_path, {"ch01_One.md": "Head\n\n"}), a_company()) as bench:
        writer = bench.engine._desk.writer
        writer.append("manuscripts/ch01_One.md", b"The first try.\n", "narrator")
        writer.update("manuscripts/ch01_One.md", lambda old: (old or b"").replace(b"first", b"second"), "editor")
        writer.append("manuscripts/ch01_One.md", b"And on.\n", "narrator")
        (passage,) = History(bench.journal).alternatives(PATH)
        assert (passage.role, passage.text, passage.instead) == ("narrator", "The first try.", "The second try.")
        await do(bench, cmd.RestorePassage(path=PATH, revision=passage.revision))
        assert bench.text("ch01_One.md") == "Head\n\nThe first try.\nAnd on.\n"
        assert bench.of(PassageRestored)[-1].of == passage.revision
        (now,) = History(bench.journal).alternatives(PATH)
        assert (now.role, now.text, now.instead) == ("editor", "The second try.", "The first try.")


async def test_a_passage_whose_place_is_gone_is_refused(tmp_path):
    async with engine_on(make_show(tmp_path, {"ch01_One.md": "Head\n"}), a_company()) as bench:
        writer = bench.engine._desk.writer
        writer.append("manuscripts/ch01_One.md", b"A passage.\n", "narrator")
        await do(bench, cmd.Undo(path=PATH))
        (passage,) = History(bench.journal).alternatives(PATH)
        await refused(bench, cmd.RestorePassage(path=PATH, revision=passage.revision), "whole revision")
        await do(bench, cmd.RestoreRevision(path=PATH, revision=passage.revision))
        assert bench.text("ch01_One.md") == "Head\nA passage.\n"


@pytest.mark.parametrize(
    ("path", "match"),
    [
        ("data/matrix.json", "engine itself"),
        ("control.json", "engine itself"),
        ("manuscripts/none.md", "no history"),
        ("../outside.md", "outside"),
        ("/etc/passwd", "passwd"),
    ],
)
async def test_what_has_no_history_is_refused(tmp_path, path, match):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        await refused(bench, cmd.Undo(path=path), match)


async def test_a_write_that_never_reached_the_disk_is_no_step(tmp_path, monkeypatch):
    show = make_show(tmp_path, CHAPTERS)
    async with engine_on(show, a_company()) as bench:
        await save(bench, "ours")
        monkeypatch.setattr(type(show.sandbox), "write", lambda *_args, **_more: (_ for _ in ()).throw(KeyError("cut")))
        with pytest.raises(KeyError):
            bench.engine._desk.writer.write("manuscripts/ch01_One.md", b"lost", "narrator")
        monkeypatch.undo()
    async with engine_on(show, a_company()) as bench:
        await do(bench, cmd.Undo(path=PATH))
        assert bench.text("ch01_One.md") == "the old text\n"


async def test_every_call_is_kept_with_its_persona_and_prompt(tmp_path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        assert await bench.engine.step()
        calls = bench.journal.calls()
        assert [call.prompt_hash for call in calls] == [event.prompt_hash for event in bench.of(BrainCalled)]
        assert all(call.prompt_hash == digest_of(call.request) for call in calls)
        (before,) = {call.persona_hash for call in calls if call.role == "narrator"}
        changed = {**PERSONAS["narrator"], "system_prompt": "other"}
        await bench.engine.handle(cmd.SavePersona(role="narrator", persona=changed))
        assert await bench.engine.step()
        assert before not in {call.persona_hash for call in bench.journal.calls(2) if call.role == "narrator"}
