import json

import pytest

from tests.fakes.show import make_show, write_chapter
from tests.support.waiting import until
from textcraft_bus.clock import SystemClock
from textcraft_bus.errors import WriteFailed
from textcraft_core.engine.book import Book, with_cost, with_entry, with_facts
from textcraft_core.engine.verdicts import failed, lock, passed, unlock
from textcraft_core.events import MatrixChanged
from textcraft_core.scanner import Scanner
from textcraft_core.show.bible import Bible
from textcraft_core.show.matrix import MatrixStore, Status


@pytest.fixture
def desk(tmp_path):
    show, told = make_show(tmp_path, {"ch01_One.md": 60, "ch02_Two.md": 120}), []
    clock = SystemClock()
    store = MatrixStore(show, clock)
    return show, Book(store, Scanner(show, Bible(show, clock)), told.append, clock), told, store


def saved(show):
    return json.loads(show.matrix.read_text(encoding="utf-8"))


async def test_a_scan_brings_the_disk_in(desk):
    show, book, told, _ = desk
    look = await book.scan()
    assert (look.chapters, look.words, look.problems) == (2, 180, ())
    assert list(book.tell()) == ["ch01", "ch02"]
    assert book.tell() == {}
    write_chapter(show, "ch01_One.md", 70)
    await book.scan()
    assert list(book.tell()) == ["ch01"]
    assert [list(event.entries) for event in told if isinstance(event, MatrixChanged)] == [["ch01", "ch02"], ["ch01"]]


async def test_a_change_survives_another_programs_edit(desk):
    show, book, _, _ = desk
    await book.scan()
    await book.save()
    book.change(with_cost(0.5))
    book.change(lock("ch02"))
    outside = saved(show)
    outside["content"]["ch01"]["editor_notes"] = ["from outside"]
    show.matrix.write_text(json.dumps(outside), encoding="utf-8")
    await book.scan()
    await book.save()
    matrix = saved(show)
    assert matrix["metrics"]["session_cost"] == 0.5
    assert matrix["content"]["ch02"]["status"] == "LOCKED"
    assert matrix["content"]["ch01"]["editor_notes"] == ["from outside"]
    await book.scan()
    assert book.cost == 0.5


async def test_a_save_that_fails_keeps_the_changes(desk, monkeypatch):
    show, book, _, store = desk
    await book.scan()
    await book.save()
    book.change(with_cost(0.5))

    def full(_matrix):
        raise WriteFailed(show.matrix, 28, "make room")

    with monkeypatch.context() as patch:
        patch.setattr(store, "save", full)
        with pytest.raises(WriteFailed):
            await book.save_changes()
    await book.save_changes()
    assert saved(show)["metrics"]["session_cost"] == 0.5


async def test_problems_are_told_when_they_are_new(desk):
    show, book, _, _ = desk
    write_chapter(show, "ch01_Again.md", 60)
    assert len((await book.scan()).problems) >= 1
    assert (await book.scan()).problems == ()


async def test_facts_stay_with_their_chapter(desk):
    _, book, _, _ = desk
    await book.scan()
    book.change(with_facts({"ch01": ("a", "b"), "ch99": ("lost",)}))
    assert book.matrix.content["ch01"].notes == ("a", "b")


async def test_verdicts(desk):
    _, book, _, _ = desk
    await book.scan()
    book.change(failed("ch02", ("n",)))
    entry = book.matrix.content["ch02"]
    assert (entry.status, entry.editor_notes, book.matrix.metrics.narrative_integrity_score) == (
        "REVISION_NEEDED",
        ("n",),
        95,
    )
    book.change(passed("ch02"))
    assert book.matrix.content["ch02"].status is Status.LOCKED
    assert book.survey.locked == ("ch02",)
    book.change(unlock("ch02", 100))
    assert book.matrix.content["ch02"].status is Status.REVIEW_READY
    for step in (passed("ch99"), lock("ch99"), unlock("ch99", 1), with_entry("ch99", notes=())):
        before = book.matrix
        book.change(step)
        assert book.matrix == before


async def test_integrity_never_falls_below_nothing(desk):
    _, book, _, _ = desk
    await book.scan()
    for _ in range(30):
        book.change(failed("ch01", ()))
    assert book.matrix.metrics.narrative_integrity_score == 0


async def test_the_good_copy_follows_the_matrix_by_itself(desk):
    show, book, _, _ = desk
    await book.scan()
    await book.save()
    copy = show.matrix.with_name("matrix.json.bak")
    await until(lambda: copy.exists() and copy.read_bytes() == show.matrix.read_bytes())


async def test_a_closed_book_owes_no_copy(desk):
    show, book, _, _ = desk
    await book.scan()
    await book.save()
    book.change(with_cost(0.5))
    await book.save()
    await book.close()
    assert show.matrix.with_name("matrix.json.bak").read_bytes() == show.matrix.read_bytes()
    assert saved(show)["metrics"]["session_cost"] == 0.5
