"""Gathers a book from a show's folder: title, chapters in order, and the pictures that went up; only reads."""

import re
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from textcraft_bus.disk.files import read_json, read_text_lenient
from textcraft_bus.errors import BusError
from textcraft_bus.records import dataclass
from textcraft_core import events as ev
from textcraft_core.engine.survey import chapter_number
from textcraft_core.errors import JournalError
from textcraft_core.record.journal_reader import JournalOfOthers
from textcraft_core.scanner import chapter_id, title_of
from textcraft_core.show.folder import ShowFolder

MAX_SIDECAR_BYTES: Final = 256 << 10
_HEADING: Final = re.compile(r"\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_BREAK: Final = re.compile(r"\s*(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_NUMBERED: Final = re.compile(r"([^:]*\d[^:]*):\s+(\S.*)")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Plate:
    """A picture that went up, with its words."""

    path: Path
    caption: str
    alt: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """`number` is what stands over the title ("Chapter 3"), "" when nothing does; a paragraph "" is a break."""

    number: str
    title: str
    paragraphs: tuple[str, ...]
    plates: tuple[Plate, ...] = ()


@dataclass(frozen=True, slots=True)
class BookContents:
    """All of a book; `left_out` names what could not be read."""

    title: str
    author: str
    language: str
    chapters: tuple[Chapter, ...]
    left_out: tuple[str, ...] = ()

    @property
    def words(self) -> int:
        """How long it is."""
        return sum(len(text.split()) for chapter in self.chapters for text in chapter.paragraphs)


def gather_book(show: ShowFolder, *, pictures: bool = False) -> BookContents:
    """Read the book of a show as its files are now. Blocking. What cannot be read is left out, by name."""
    meta = _meta(show)
    plates = _plates(show) if pictures else {}
    chapters, left_out = [], []
    for path in sorted(_manuscripts(show), key=_order):
        try:
            text = read_text_lenient(path)
        except BusError:
            left_out.append(path.name)
            continue
        if text.strip():
            chapters.append(_chapter(path.name, text, tuple(plates.get(path.name, ()))))
    language = _text(meta, "language")
    known = language if _LANGUAGE.fullmatch(language) else "en"
    title = _text(meta, "title") or show.root.name
    return BookContents(title, _text(meta, "author"), known, tuple(chapters), tuple(left_out))


def _meta(show: ShowFolder) -> Mapping[str, Any]:
    try:
        conf = read_json(show.bible / "project_conf.json")
    except BusError:
        return {}
    meta = conf.get("meta") if isinstance(conf, dict) else None
    return meta if isinstance(meta, dict) else {}


def _text(part: Mapping[str, Any], key: str) -> str:
    value = part.get(key)
    return " ".join(value.split())[:200] if isinstance(value, str) else ""


def _manuscripts(show: ShowFolder) -> list[Path]:
    if not show.manuscripts.is_dir():
        return []
    return [path for path in show.manuscripts.rglob("*.md") if path.is_file() and not path.is_symlink()]


def _order(path: Path) -> tuple[int, str]:
    return chapter_number(chapter_id(path.name)), path.name


def _chapter(name: str, text: str, plates: tuple[Plate, ...]) -> Chapter:
    lines = text.splitlines()
    heading = next((found for line in lines if line.strip() and (found := _HEADING.match(line))), None)
    written = heading[1] if heading is not None and _first(lines) == heading.string else title_of(name)
    split = _NUMBERED.fullmatch(written)
    number, title = (split[1].strip(), split[2].strip()) if split else ("", written)
    body = lines[lines.index(heading.string) + 1 :] if heading and _first(lines) == heading.string else lines
    return Chapter(number, title, tuple(_paragraphs(body)), plates)


def _first(lines: list[str]) -> str:
    return next((line for line in lines if line.strip()), "")


def _paragraphs(lines: list[str]) -> list[str]:
    """Join the lines of each paragraph; a line of stars or dashes is a break."""
    found = []
    for empty, group in groupby(lines, key=lambda line: not line.strip()):
        if empty:
            continue
        kept = list(group)
        found.append("" if len(kept) == 1 and _BREAK.match(kept[0]) else " ".join(line.strip() for line in kept))
    return found


def _plates(show: ShowFolder) -> dict[str, list[Plate]]:
    """Return the pictures that went up, by the chapter they were painted for, in the order they first went up."""
    if not show.journal.is_file():
        return {}
    try:
        records = JournalOfOthers(show.journal).select(("ImageArrived", "TakenLive"))
    except JournalError:
        return {}
    paths: dict[str, Path] = {}
    found: dict[str, list[Plate]] = {}
    shown: set[str] = set()
    for record in records:
        event = record.event
        if isinstance(event, ev.ImageArrived):
            paths[event.sha256] = show.images / Path(event.path).name
        elif isinstance(event, ev.TakenLive) and event.sha256 in paths and event.sha256 not in shown:
            shown.add(event.sha256)
            note = _sidecar(paths[event.sha256])
            chapter = _text(note, "target").rpartition("/")[2]
            found.setdefault(chapter, []).append(Plate(paths[event.sha256], event.caption, _text(note, "alt")))
    return found


def _sidecar(picture: Path) -> Mapping[str, Any]:
    try:
        told = read_json(picture.with_suffix(".json"), MAX_SIDECAR_BYTES)
    except BusError:
        return {}
    return told if isinstance(told, dict) else {}
