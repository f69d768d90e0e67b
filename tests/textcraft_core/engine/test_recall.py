from textcraft_core.engine.recall import Recall
from textcraft_core.show.matrix import Entry

TEXTS = {
    "ch01.md": "Alpha finds the lantern.\n\nNothing else happens.",
    "ch02.md": "The lantern goes out in the harbour, and Alpha waits.\n\nRain.",
    "ch03.md": "Lantern and harbour again.",
    "ch10.md": "A later lantern in a harbour.",
}


def book(**stamps):
    return {
        name.removesuffix(".md"): Entry(path=f"data/manuscripts/{name}", last_modified=stamps.get(name[:4], ""))
        for name in TEXTS
    }


def task(instructions, characters=()):
    return {"instructions": instructions, "characters": list(characters)}


def test_passages_that_share_words_with_the_task_come_in_the_books_order():
    found = Recall(TEXTS.__getitem__).passages(task("the harbour lantern"), {"chapter": {"id": "ch10"}}, book())
    assert found.split("\n\n") == [
        "ch01: Alpha finds the lantern.",
        "ch02: The lantern goes out in the harbour, and Alpha waits.",
        "ch03: Lantern and harbour again.",
    ]


def test_the_target_and_what_follows_it_are_not_searched():
    found = Recall(TEXTS.__getitem__).passages(task("lantern"), {"chapter": {"id": "ch02"}}, book())
    assert found == "ch01: Alpha finds the lantern."


def test_characters_and_lines_count_as_words():
    recall = Recall(TEXTS.__getitem__)
    assert "ch01" in recall.passages(task("", ["alpha"]), {"chapter": {"id": "ch10"}}, book())
    assert "Rain." in recall.passages(task(""), {"chapter": {"id": "ch10"}, "operator": ["more rain please"]}, book())


def test_nothing_fits_nothing():
    assert Recall(TEXTS.__getitem__).passages(task("zebra"), {"chapter": {"id": "ch10"}}, book()) == ""


def test_a_chapter_is_read_again_only_when_its_entry_changed():
    reads = []

    def read(name):
        reads.append(name)
        return TEXTS[name]

    recall, content = Recall(read), book()
    for _ in range(2):
        recall.passages(task("lantern"), {"chapter": {"id": "ch03"}}, content)
    assert reads == ["ch01.md", "ch02.md"]
    content["ch02"] = Entry(path="data/manuscripts/ch02.md", last_modified="later")
    recall.passages(task("lantern"), {"chapter": {"id": "ch03"}}, content)
    assert reads == ["ch01.md", "ch02.md", "ch02.md"]


def test_a_chapter_that_cannot_be_read_is_passed_over(caplog):
    def read(name):
        raise OSError("gone")

    assert Recall(read).passages(task("lantern"), {"chapter": {"id": "ch10"}}, book()) == ""
    assert "gone" in caplog.text


def test_summaries_in_memory_are_given_without_a_read_and_others_not_at_all():
    recall = Recall(TEXTS.__getitem__)
    content = {name: entry.model_copy(update={"word_count": 9}) for name, entry in book().items()}
    content["ch99"] = Entry()
    assert recall.remembered([*content], content) is None
    told = recall.summaries([*content], content)
    assert recall.remembered([*content], content) == told
    content["ch02"] = content["ch02"].model_copy(update={"last_modified": "later"})
    assert recall.remembered([*content], content) is None
    assert recall.remembered(["ch01", "ch99"], content) == {"ch01": told["ch01"]}
