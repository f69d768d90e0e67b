"""The pages of the manual as they lie in `resources/manual`, in the order its contents page names them; only reads."""

import re
from pathlib import Path
from typing import Final

from textcraft_bus.disk.assets import resources
from textcraft_bus.records import dataclass
from textcraft_gui.manual.markdown import title_of

INDEX: Final = "index.md"
KEY_CARD: Final = "key_card.md"
"""No file: it is written from the table of actions."""
OSC: Final = "osc.md"
"""Its tables are written from the table of addresses."""
_LINK: Final = re.compile(r"\]\(([\w.]+\.md)(?:#[\w-]*)?\)")


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `name` is its file's."""

    name: str
    title: str
    text: str

    def holds(self, words: str) -> bool:
        """Whether every one of these words stands in it."""
        told = f"{self.title}\n{self.text}".casefold()
        return all(word in told for word in words.casefold().split())


def folder() -> Path:
    """Return where the pages and their pictures lie. Raises AssetMissing."""
    return resources("manual")


def pages(language: str = "") -> tuple[Page, ...]:
    """Return every page, the contents first. Blocking. A page in `language` ("fr") stands in for the English one."""
    index = _read(INDEX, language)
    names = dict.fromkeys((INDEX, *_LINK.findall(index.text)))
    return tuple(index if name == INDEX else _read(name, language) for name in names if name != KEY_CARD)


def _read(name: str, language: str) -> Page:
    own = folder() / f"{name.removesuffix('.md')}.{language}.md"
    path = own if language and own.is_file() else folder() / name
    text = path.read_text(encoding="utf-8")
    if name == OSC:
        from textcraft_gui.remote.page import filled  # noqa: PLC0415 - off the start path

        text = filled(text)
    return Page(name, title_of(text), text)
