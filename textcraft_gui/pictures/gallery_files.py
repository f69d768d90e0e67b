"""The pictures of a show's folder with what their sidecars tell; reads from disk, off the GUI thread; writes nothing.

Sidecars may come from other programs: every field is checked, whatever is missing or wrong is left empty.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime
from os import DirEntry, scandir
from pathlib import Path
from typing import Any, Final

from textcraft_bus.disk.files import read_json
from textcraft_bus.errors import Unreadable
from textcraft_bus.records import dataclass

KINDS: Final = (".png", ".jpg", ".jpeg", ".webp")
MAX_PICTURES: Final = 50_000
"""A folder with more is read up to here: a show of a year has about as many."""
MAX_SIDECAR_BYTES: Final = 256 << 10
MAX_WORDS: Final = 4000


@dataclass(frozen=True, slots=True)
class GalleryPicture:
    """One picture file. `stamp` (epoch seconds) orders them; `cost` is in USD, None when nobody told."""

    path: str
    stamp: float
    sha256: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    caption: str = ""
    chapter: str = ""
    seed: int | None = None
    cost: float | None = None
    cost_estimated: bool = False
    backend: str = ""
    size: tuple[int, int] = (0, 0)
    request_id: str = ""
    words: str = field(default="", repr=False)
    """Everything a search looks at, in lower case."""

    @property
    def painted_at(self) -> datetime:
        """When it was painted, in local time."""
        return datetime.fromtimestamp(self.stamp, UTC).astimezone()


Signature = tuple[int, int]
Known = Mapping[str, tuple[Signature, GalleryPicture]]


def read_gallery(folder: Path, known: Known) -> dict[str, tuple[Signature, GalleryPicture]]:
    """Return path → (signature, picture) of a folder. Blocking; a picture whose files did not change is not read again.

    The signature is the modification time (ns) of picture and sidecar. A folder that cannot be read is empty.
    """
    pictures, sidecars = _listed(folder)
    found: dict[str, tuple[Signature, GalleryPicture]] = {}
    for stem, entry in pictures.items():
        try:
            changed = entry.stat().st_mtime_ns
            side = sidecars[stem].stat().st_mtime_ns if stem in sidecars else 0
        except OSError:
            continue  # it went away while we looked
        before = known.get(entry.path)
        if before is not None and before[0] == (changed, side):
            found[entry.path] = before
        else:
            sidecar = Path(sidecars[stem].path) if side else None
            found[entry.path] = ((changed, side), read_picture(entry.path, changed / 1e9, sidecar))
    return found


def _listed(folder: Path) -> tuple[dict[str, DirEntry[str]], dict[str, DirEntry[str]]]:
    pictures: dict[str, DirEntry[str]] = {}
    sidecars: dict[str, DirEntry[str]] = {}
    try:
        with scandir(folder) as entries:
            for entry in entries:
                stem, dot, kind = entry.name.rpartition(".")
                if f"{dot}{kind}".lower() in KINDS and len(pictures) < MAX_PICTURES and entry.is_file():
                    pictures[stem] = entry
                elif kind == "json":
                    sidecars[stem] = entry
    except OSError:
        return {}, {}
    return pictures, sidecars


def read_picture(path: str, changed: float, sidecar: Path | None) -> GalleryPicture:
    """Return what is known of one picture; `changed` is its file's time (epoch seconds). Blocking."""
    told = _told(sidecar)
    stem = Path(path).stem
    stamp = _time(told.get("painted_at")) or changed
    picture = GalleryPicture(
        path=path,
        stamp=stamp,
        sha256=_text(told, "sha256") or stem,
        prompt=_text(told, "prompt"),
        negative_prompt=_text(told, "negative_prompt"),
        caption=_text(told, "caption"),
        chapter=_text(told, "target"),
        seed=_whole(told.get("seed")),
        cost=_money(told.get("cost")),
        cost_estimated=told.get("cost_estimated") is True,
        backend=_text(told, "backend"),
        size=(_whole(told.get("width")) or 0, _whole(told.get("height")) or 0),
        request_id=_text(told, "request_id"),
    )
    return with_words(picture)


def with_words(picture: GalleryPicture, caption: str = "", chapter: str = "") -> GalleryPicture:
    """Return it with what a search looks at; `caption` and `chapter` fill in what its sidecar leaves out."""
    caption, chapter = picture.caption or caption, picture.chapter or chapter
    date = picture.painted_at
    parts = (caption, picture.prompt, chapter, _chapter_words(chapter), picture.backend, str(picture.seed or ""))
    days = (f"{date:%Y-%m-%d}", f"{date.day} {date:%B %b %Y %H:%M}")
    words = " ".join((*parts, *days)).lower()
    return GalleryPicture(**{**_fields(picture), "caption": caption, "chapter": chapter, "words": words})


def _fields(picture: GalleryPicture) -> dict[str, Any]:
    return {name: getattr(picture, name) for name in GalleryPicture.__slots__}


def _chapter_words(chapter: str) -> str:
    digits = chapter.rsplit("/", 1)[-1].split("_", 1)[0].removesuffix(".md").removeprefix("ch")
    return f"chapter {int(digits)}" if digits.isascii() and digits.isdigit() else ""


def _told(sidecar: Path | None) -> dict[str, Any]:
    if sidecar is None:
        return {}
    try:
        told = read_json(sidecar, MAX_SIDECAR_BYTES)
    except Unreadable:
        return {}
    return told if isinstance(told, dict) else {}


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return value[:MAX_WORDS] if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63 else None


def _money(value: object) -> float | None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6
    return float(value) if good else None  # type: ignore[arg-type]  # good says what it is


def _time(value: object) -> float | None:
    try:
        stamp = datetime.fromisoformat(value).timestamp() if isinstance(value, str) else 0.0
    except (ValueError, OverflowError, OSError):
        return None
    return stamp if 0 < stamp < 4e9 else None
