"""Builds the manual as HTML files that need nothing else: `python -m textcraft_gui.manual.build FOLDER`."""

import html
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from textcraft_bus.disk.assets import resources
from textcraft_gui.manual import key_card
from textcraft_gui.manual.markdown import title_of, to_html
from textcraft_gui.manual.pages import INDEX, KEY_CARD, Page, folder, pages

_SHEET: Final = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self'; style-src 'unsafe-inline'">
<title>{title} · TextCraft Console</title>
<style>
{style}
</style>
</head>
<body class="{kind}">
{nav}<main>
{body}
</main>
</body>
</html>
"""


def build(target: Path) -> list[Path]:
    """Write every page, the key card and the pictures into a folder; return the pages. Blocking. Raises OSError."""
    target.mkdir(parents=True, exist_ok=True)
    english = pages()
    translated = _translations(english)
    written = [_write(target, page, (*english, _card(english[0]))) for page in (*english, *translated)]
    card = _card(english[0])
    body = f"<h1>{html.escape(card.title)}</h1>{key_card.to_html()}"
    written.append(_put(target, KEY_CARD, _sheet(card, body, "", "card", "en")))
    for picture in folder().glob("*.webp"):
        shutil.copyfile(picture, target / picture.name)
    return written


def _card(index: Page) -> Page:
    """Return the key card as a page: called what the contents call it."""
    found = re.search(rf"\[([^\]]+)\]\({re.escape(KEY_CARD)}\)", index.text)
    return Page(KEY_CARD, found[1] if found else KEY_CARD, "")


def _translations(english: Iterable[Page]) -> list[Page]:
    """Return the pages that are there in another language, under their own file's name."""
    found = []
    for page in english:
        for path in sorted(folder().glob(f"{page.name.removesuffix('.md')}.*.md")):
            text = path.read_text(encoding="utf-8")
            found.append(Page(path.name, title_of(text), text))
    return found


def _write(target: Path, page: Page, all_pages: tuple[Page, ...]) -> Path:
    language = page.name.split(".")[1] if page.name.count(".") == 2 else "en"
    links = "".join(
        f'<li{" class=here" if each.name == page.name else ""}><a href="{_address(each.name)}">'
        f"{html.escape(each.title)}</a></li>"
        for each in all_pages
    )
    nav = f"<nav><ul>{links}</ul></nav>"
    return _put(target, page.name, _sheet(page, to_html(page.text, _address), nav, "page", language))


def _sheet(page: Page, body: str, nav: str, kind: str, language: str) -> str:
    style = resources("manual", "manual.css").read_text(encoding="utf-8")
    return _SHEET.format(
        title=html.escape(page.title), style=style, nav=nav, body=body, kind=kind, language=html.escape(language)
    )


def _put(target: Path, name: str, text: str) -> Path:
    path = target / _address(name)
    path.write_text(text, encoding="utf-8")
    return path


def _address(name: str) -> str:
    """Return the file a page or picture becomes; addresses of other machines stay out of the manual."""
    file, sign, place = name.partition("#")
    if ":" in name or "/" in name:
        return ""
    return f"{file.removesuffix('.md')}.html{sign}{place}" if file.endswith(".md") else name


def main() -> None:
    """Build into the folder that is named."""
    made = build(Path(sys.argv[1]))
    sys.stdout.write(f"{len(made)} pages, begin with {made[0].parent / _address(INDEX)}\n")


if __name__ == "__main__":
    main()
