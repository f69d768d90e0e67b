"""The API reference is whole: every public name stands in it, its links lead somewhere, and it tells no machine."""

import ast
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = {name: ROOT / name for name in ("textcraft_gui",)} | {
    path.name: path for path in sorted((ROOT / "services").glob("textcraft_*"))
}
OF_ALL = {"log", "model_config"}
"""What so many modules and classes have that it would only be in the way."""


class Page(HTMLParser):
    """What one page offers to links, and what it links to."""

    def __init__(self, text):
        super().__init__()
        self.ids = set()
        self.links = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.ids.add(named.get("id"))
        if tag == "a" and "href" in named:
            self.links.append(named["href"])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference") / "api"
    line = [sys.executable, str(ROOT / "build" / "api" / "reference.py"), str(folder)]
    # A shell may hold any word: one that equals a constant must not keep it out.
    environment = {**os.environ, "SOMEBODY": "operator"}
    told = subprocess.run(line, env=environment, capture_output=True, text=True, check=False, timeout=800)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")
    return folder


@pytest.fixture(scope="module")
def pages(made):
    return {path: Page(path.read_text(encoding="utf-8")) for path in sorted(made.rglob("*.html"))}


def modules():
    """Every module that has a page: its page's place → its source."""
    for package, folder in SOURCES.items():
        for path in folder.rglob("*.py"):
            if path.name == "__init__.py" or not path.name.startswith("_"):
                place = Path(package) / path.relative_to(folder)
                yield (place.parent if path.name == "__init__.py" else place).with_suffix(".html"), path


def public(body, within=""):
    """Names of the classes, functions and constants of a module or class, as the page's anchors have them."""
    for node in body:
        if isinstance(node, ast.Assign) and getattr(getattr(node.value, "func", None), "id", "") == "TypeVar":
            continue  # how signatures are spelled, nothing to use
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names = [node.name] if hasattr(node, "name") else [each.id for each in targets if isinstance(each, ast.Name)]
        for name in names:
            if not name.startswith("_") and name not in OF_ALL:
                yield within + name
                yield from public(node.body, f"{within}{name}.") if isinstance(node, ast.ClassDef) else ()


@pytest.mark.timeout(300)
def test_every_public_name_of_every_module_has_its_place(made, pages):
    wanted = dict(modules())
    assert set(wanted) | {Path("index.html")} == {path.relative_to(made) for path in pages}
    missing = [
        f"{place}#{name}"
        for place, path in wanted.items()
        for name in exported(ast.parse(path.read_text(encoding="utf-8")))
        if name not in pages[made / place].ids
    ]
    assert missing == []


def exported(module):
    """What a module says it offers, else all that is public in it."""
    for node in module.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return ast.literal_eval(node.value)
    return list(public(module.body))


@pytest.mark.timeout(300)
def test_every_link_leads_to_a_page_and_a_name_on_it(made, pages):
    dead = []
    for path, page in pages.items():
        for link in page.links:
            where, _, name = link.partition("#")
            target = pages.get(Path(os.path.normpath(path.parent / where)) if where else path)
            if not link.startswith("https:") and (target is None or (name and name not in target.ids)):
                dead.append(f"{path.relative_to(made)}: {link}")
    assert dead == []


@pytest.mark.timeout(300)
def test_no_docstring_was_taken_for_markup(made):
    """`<service>` outside of backticks would be a tag, and gone."""
    known = {"p", "code", "pre", "a", "em", "strong", "ul", "ol", "li", "div", "span", "br", "h6"}
    found = [
        f"{path.relative_to(made)}: {tag}"
        for path in made.rglob("*.html")
        for text in re.findall(r'<div class="docstring">(.*?)</div>', path.read_text(encoding="utf-8"), re.DOTALL)
        for tag in re.findall(r"<(\w+)", text)
        if tag not in known
    ]
    assert found == []


@pytest.mark.timeout(300)
def test_it_names_no_place_of_this_machine_and_no_address_in_memory(made):
    places = [re.escape(str(place)) for place in (ROOT, Path.home(), made)]
    told = re.compile("|".join([*places, r"\b0x[0-9a-f]{8,}\b"]))
    found = [(path.name, told.search(path.read_text(encoding="utf-8"))) for path in made.rglob("*.*")]
    assert [(name, match[0]) for name, match in found if match] == []


def test_the_first_page_leads_to_what_there_is(made, pages):
    index = pages[made / "index.html"]
    packages = {f"{name}.html" for name in SOURCES}
    assert packages <= set(index.links)
    assert len([link for link in index.links if link not in packages]) > len(packages)
