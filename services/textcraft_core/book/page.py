"""A book as one HTML page that needs nothing else, for screen and paper, and as the plainer one a printer reads.

Every text is put in literally; there is no script in it, and nothing is loaded from anywhere.
"""

import html
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

from textcraft_bus.clock import Clock
from textcraft_bus.disk.files import write_durably
from textcraft_core.book.contents import BookContents, Chapter, Plate, gather_book
from textcraft_core.book.inline import inline_jpeg
from textcraft_core.show.folder import Progress, ShowFolder

PLATE: Final = (1400, 1400)
PRINTED_PLATE: Final = (900, 900)
PRINTED_WIDTH: Final = 420
"""Points: the width of the text on an A4 page."""
MOST_PLATES: Final = 80
QUALITY: Final = 82
_Make = Callable[[int, Chapter, tuple[Plate, ...]], str]
_Figure = Callable[[Plate], str]
_NOT_IN_NAMES: Final = re.compile(r"[^\w-]+")


def export_html(show: ShowFolder, clock: Clock, *, pictures: bool = False, progress: Progress | None = None) -> Path:
    """Write the book into the show's `exports/` and return where. Blocking. Raises WriteFailed, OSError.

    `progress` hears the share that is done, 0–1, on this thread; what it raises ends it before anything is written.
    """
    book = gather_book(show, pictures=pictures)
    page = to_html(book, progress)
    path = export_path(show, book, clock.now(), ".html")
    write_durably(path, page.encode())
    return path


def export_path(show: ShowFolder, book: BookContents, at: datetime, ending: str) -> Path:
    """Return where an export of this moment belongs; its folder is there afterwards. Raises OSError."""
    name = _NOT_IN_NAMES.sub("_", book.title).strip("_")[:60] or "book"
    folder = show.root / "exports"
    folder.mkdir(exist_ok=True)
    return folder / f"{name}-{at:%Y%m%d-%H%M%S}{ending}"


def to_html(book: BookContents, progress: Progress | None = None) -> str:
    """Return the page for screen and paper. Blocking: it scales pictures."""
    contents = "".join(_entry(number, chapter) for number, chapter in enumerate(book.chapters, start=1))
    chapters = "".join(_counted(book, progress, _section))
    return _filled("book.html", book, contents, chapters)


def to_print(book: BookContents, progress: Progress | None = None) -> str:
    """Return the page in the plain HTML a page printer understands. Blocking: it scales pictures."""
    contents = "".join(f"<p>{_over(chapter)}{html.escape(chapter.title)}</p>" for chapter in book.chapters)
    return _filled("book_print.html", book, contents, "".join(_counted(book, progress, _printed)))


def _counted(book: BookContents, progress: Progress | None, make: _Make) -> Iterator[str]:
    plates_left = MOST_PLATES
    for number, chapter in enumerate(book.chapters, start=1):
        plates = chapter.plates[: max(0, plates_left)]
        plates_left -= len(plates)
        yield make(number, chapter, plates)
        if progress is not None:
            progress(number / len(book.chapters))


def _filled(template: str, book: BookContents, contents: str, chapters: str) -> str:
    page = Template(files("textcraft_core").joinpath("templates", template).read_text("utf-8"))
    author = f'<p class="author">{html.escape(book.author)}</p>' if book.author else ""
    left = ", ".join(map(html.escape, book.left_out))
    note = f'<p class="left">Not in this book, because it could not be read: {left}.</p>' if left else ""
    return page.substitute(
        language=book.language,
        title=html.escape(book.title),
        author=author,
        contents=contents,
        chapters=chapters or '<p class="left">Nothing has been written yet.</p>',
        left=note,
    )


def _entry(number: int, chapter: Chapter) -> str:
    over = f"<span>{html.escape(chapter.number)}</span>" if chapter.number else ""
    return f'<li><a href="#c{number}">{over}{html.escape(chapter.title)}</a></li>'


def _over(chapter: Chapter) -> str:
    return f"{html.escape(chapter.number)} &#160; " if chapter.number else ""


def _section(number: int, chapter: Chapter, plates: tuple[Plate, ...]) -> str:
    over = f'<p class="number">{html.escape(chapter.number)}</p>' if chapter.number else ""
    body = "".join(_with_plates(chapter, plates, _figure))
    return f'<section id="c{number}">{over}<h2>{html.escape(chapter.title)}</h2>{body}</section>'


def _printed(number: int, chapter: Chapter, plates: tuple[Plate, ...]) -> str:  # noqa: ARG001 - as _section
    over = f'<p class="number">{html.escape(chapter.number)}</p>' if chapter.number else ""
    body = "".join(_with_plates(chapter, plates, _printed_figure))
    return f'<div style="page-break-before: always">{over}<h2>{html.escape(chapter.title)}</h2>{body}</div>'


def _with_plates(chapter: Chapter, plates: tuple[Plate, ...], figure: _Figure) -> Iterator[str]:
    """Yield paragraphs and figures: the pictures are spread over the chapter, the first before its second part."""
    after = [round(len(chapter.paragraphs) * (at + 0.5) / len(plates)) for at in range(len(plates))]
    opening = True
    for number, text in enumerate(chapter.paragraphs):
        for plate in (plate for plate, place in zip(plates, after, strict=True) if place == number):
            yield figure(plate)
        if not text:
            yield '<p class="break">&#8258;</p>'
            opening = True
            continue
        yield f'<p class="{"first" if opening else "text"}">{html.escape(text)}</p>'
        opening = False
    for plate in (plate for plate, place in zip(plates, after, strict=True) if place >= len(chapter.paragraphs)):
        yield figure(plate)


def _figure(plate: Plate) -> str:
    shown = inline_jpeg(plate.path, PLATE, QUALITY)
    if not shown:
        return ""
    words = f"<figcaption>{html.escape(plate.caption)}</figcaption>" if plate.caption else ""
    return f'<figure><img alt="{html.escape(plate.alt or plate.caption)}" src="{shown}">{words}</figure>'


def _printed_figure(plate: Plate) -> str:
    shown = inline_jpeg(plate.path, PRINTED_PLATE, QUALITY)
    if not shown:
        return ""
    words = f'<br><span class="caption">{html.escape(plate.caption)}</span>' if plate.caption else ""
    return f'<p align="center"><img src="{shown}" width="{PRINTED_WIDTH}">{words}</p>'
