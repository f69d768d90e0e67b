"""The manuscript as a page: whole, in order, literal, and in need of nothing else."""

import re
from html.parser import HTMLParser

import pytest
from PIL import Image

from textcraft_bus.clock import SystemClock
from textcraft_bus.disk.files import write_json
from textcraft_core import events as ev
from textcraft_core.book.contents import gather_book
from textcraft_core.book.page import export_html, to_html, to_print
from textcraft_core.record.journal import Journal
from textcraft_core.show.folder import ShowFolder

EVIL = 'A & B <script>alert("x")</script> <img src=http://example.org/x.png> ${title} $title'


@pytest.fixture
def show(tmp_path):
    show = ShowFolder(tmp_path / "show")
    show.manuscripts.mkdir(parents=True)
    show.bible.mkdir()
    conf = {"meta": {"title": "Fish & <Chips>", "author": "The company", "language": "fr"}}
    write_json(show.bible / "project_conf.json", conf)
    texts = {
        "ch02_Second.md": "## Chapter 2: The Second\n\nLine one\nline two.\n\n***\n\nAfter the break.\n",
        "ch10_Last.md": "No heading here, only words.\n",
        "ch01_First.md": f"## Chapter 1: The First\n\n{EVIL}\n\nIt went on.\n",
    }
    for name, text in texts.items():
        (show.manuscripts / name).write_text(text, encoding="utf-8")
    (show.manuscripts / "ch03_Broken.md").write_bytes(b"\xff\xfe\x00broken")
    return show


class Reader(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags, self.addresses, self.text, self.open = [], [], "", []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data):
        self.text += data


def hang(show, target, caption, alt="a harbour", color="#336699"):
    """A picture that arrived and went up."""
    show.images.mkdir(exist_ok=True)
    sha = f"{len(list(show.images.iterdir())):064x}"
    path = show.images / f"{sha}.png"
    Image.new("RGB", (64, 36), color).save(path)
    write_json(path.with_suffix(".json"), {"alt": alt, "target": target})
    journal = Journal(show.journal, SystemClock())
    arrived = {"request_id": sha, "path": str(path), "sha256": sha, "width": 64, "height": 36}
    journal.write(ev.ImageArrived(**arrived, worker="w", backend="b", seconds=1.0)).result(10)
    journal.write(ev.TakenLive(request_id=sha, sha256=sha, caption=caption, walls=())).result(10)
    journal.close()
    return path


def test_chapters_come_in_their_order_with_their_headings(show):
    book = gather_book(show)
    assert [(each.number, each.title) for each in book.chapters] == [
        ("Chapter 1", "The First"),
        ("Chapter 2", "The Second"),
        ("", "Last"),
    ]
    assert book.chapters[1].paragraphs == ("Line one line two.", "", "After the break.")
    assert (book.title, book.author, book.language) == ("Fish & <Chips>", "The company", "fr")
    assert book.left_out == ("ch03_Broken.md",)


@pytest.mark.parametrize("make", [to_html, to_print])
def test_every_text_is_literal_and_nothing_is_loaded(show, make):
    hang(show, "ch01_First.md", "<b>up</b>", alt='"><script>')
    read = Reader(make(gather_book(show, pictures=True)))
    assert EVIL in read.text and "Fish & <Chips>" in read.text and "<b>up</b>" in read.text
    assert "script" not in read.tags and "b" not in read.tags
    assert all(address.startswith(("data:image/jpeg;base64,", "#c")) for address in read.addresses)
    assert read.tags.count("img") == 1
    assert "ch03_Broken.md" in read.text


def test_the_page_is_one_whole_document(show):
    page = to_html(gather_book(show))
    assert page.startswith("<!doctype html>") and '<html lang="fr">' in page and "@media print" in page
    assert "default-src 'none'" in page and not re.search(
        r"https?:|url\(|@import", page.replace("http://example.org", "")
    )
    read = Reader(page)
    assert [address for address in read.addresses if address.startswith("#")] == ["#c1", "#c2", "#c3"]
    assert all(f'id="c{number}"' in page for number in (1, 2, 3))
    assert page.count("<section") == page.count("</section>") == 3


def test_pictures_stand_in_their_chapter_once_with_alt_and_caption(show):
    path = hang(show, "data/manuscripts/ch02_Second.md", "It rises.")
    hang(show, "ch02_Second.md", "It falls.", alt="")
    journal = Journal(show.journal, SystemClock())
    journal.write(ev.TakenLive(request_id="x", sha256=path.stem, caption="It rises.", walls=(), by="back")).result(10)
    journal.close()
    book = gather_book(show, pictures=True)
    assert [plate.caption for plate in book.chapters[1].plates] == ["It rises.", "It falls."]
    page = to_html(book)
    section = page[page.index('id="c2"') : page.index('id="c3"')]
    assert section.count("<img") == 2 and 'alt="a harbour"' in section and 'alt="It falls."' in section
    assert "<img" not in to_html(gather_book(show))


def test_a_picture_that_is_gone_leaves_no_hole(show):
    hang(show, "ch01_First.md", "Gone.").unlink()
    assert "<img" not in to_html(gather_book(show, pictures=True))


def test_the_export_lies_in_the_show_and_a_wrong_language_does_no_harm(show):
    write_json(show.bible / "project_conf.json", {"meta": {"title": "../../x", "language": 'en"><script>'}})
    shares = []
    path = export_html(show, SystemClock(), progress=shares.append)
    assert path.parent == show.root / "exports" and re.fullmatch(r"x-\d{8}-\d{6}\.html", path.name)
    assert '<html lang="en">' in path.read_text(encoding="utf-8")
    assert shares[-1] == 1


def test_a_show_without_a_word_makes_a_page_that_says_so(tmp_path):
    show = ShowFolder(tmp_path / "empty")
    show.data.mkdir(parents=True)
    book = gather_book(show, pictures=True)
    assert book.words == 0 and "Nothing has been written yet." in to_html(book)
