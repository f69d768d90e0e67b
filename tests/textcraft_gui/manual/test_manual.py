"""The manual is true: its links, pictures, files, labels and commands are there, in the source and in what is built."""

import json
import re
import shlex
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest

from textcraft_bus.cli import build_parser
from textcraft_bus.config import unknown_keys
from textcraft_bus.disk.assets import resources
from textcraft_core.__main__ import _add_arguments as core_arguments
from textcraft_core.config import TextCraftCoreConfig
from textcraft_display.config import DisplayConfig
from textcraft_gui import __main__ as console_words
from textcraft_gui import command_line
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.doctor.command_line import _parser as doctor_parser
from textcraft_gui.install.command_line import _parser as install_parser
from textcraft_gui.manual import key_card
from textcraft_gui.manual.build import build
from textcraft_gui.manual.markdown import anchor
from textcraft_gui.manual.pages import INDEX, KEY_CARD, folder, pages
from textcraft_gui.remote.table import ADDRESSES
from textcraft_gui.verbs.actions import ACTIONS
from textcraft_image_server.config import ImageServerConfig

ROOT = Path(__file__).parents[3]
FILES = sorted(path.name for path in folder().glob("*.md"))
BUILDERS = {"core_service.md", "osc.md", "two_machines.md"}
BUILDERS |= {"own_backend.md", "own_role.md", "own_verb.md", "own_panel.md"}
"""Written for programmers: their bold words are no labels, and tests of their own run their code."""
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^()\s]+)\)")
BOLD = re.compile(r"\*\*([^*]+)\*\*")
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
MOST_BYTES = 200 * 1024
MOST_IN_ALL = 2 * 1024 * 1024


def text_of(name):
    return (folder() / name).read_text(encoding="utf-8")


def prose(name):
    return FENCE.sub("", text_of(name))


def french():
    return set(json.loads(resources("i18n", "fr.json").read_text("utf-8"))["texts"].values())


def labels():
    texts = json.loads(resources("i18n", "textcraft.template").read_text("utf-8"))
    verbs = {action.text for action in ACTIONS}
    return verbs | set(texts["texts"])


def test_the_contents_name_every_page():
    named = {page.name for page in pages()}
    assert named == {name for name in FILES if name.count(".") == 1}
    assert pages()[0].name == INDEX and len(named) >= 18
    assert all(page.title and len(page.text) > 300 for page in pages())


@pytest.mark.parametrize("name", FILES)
def test_links_and_pictures_lead_somewhere(name):
    for picture, address in LINK.findall(text_of(name)):
        file, _, place = address.partition("#")
        assert ":" not in address, "the manual opens no network"
        if file == KEY_CARD:
            continue
        path = folder() / (file or name)
        assert path.is_file(), address
        assert not picture or path.suffix == ".webp"
        if place:
            assert place in {anchor(line.lstrip("# ")) for line in text_of(path.name).splitlines() if line[:1] == "#"}


def test_no_picture_lies_there_unused_and_all_are_small():
    used = {address for name in FILES for picture, address in LINK.findall(text_of(name)) if picture}
    assert {path.name for path in folder().glob("*.webp")} == used
    sizes = [(folder() / name).stat().st_size for name in used]
    assert max(sizes) <= MOST_BYTES and sum(sizes) <= MOST_IN_ALL


@pytest.mark.parametrize("name", [name for name in FILES if name not in BUILDERS])
def test_what_is_bold_stands_on_the_console(name):
    known = labels() | (french() if name.endswith(".fr.md") else set())
    assert [word for word in BOLD.findall(prose(name)) if word not in known] == []


def test_every_verb_with_a_button_of_its_own_is_explained():
    told = "\n".join(map(prose, FILES)).casefold()
    assert [each.text for each in ACTIONS if each.key and each.text.casefold() not in told] == []


@pytest.mark.parametrize("name", [name for name in FILES if name not in BUILDERS])
def test_files_that_are_named_exist_in_a_show_or_in_the_repository(name):
    shown = {"README.md", "config.toml", "core.toml", "image_server.toml", "display.toml", ".env"}
    made = {"import-report.txt", "crayons.py"}
    for word in re.findall(r"`([\w./-]+\.(?:md|toml|py|txt|json))`", prose(name)):
        in_backends = ROOT / "services" / "textcraft_image_server" / word
        there = (ROOT / word).exists() or in_backends.exists() or (in_backends.parent / "backends" / word).exists()
        assert word in shown | made or there, word


def parsed(words):
    program, arguments = words[0], words[1:]
    if program == "textcraft" and arguments[:1] == ["doctor"]:
        return doctor_parser().parse_args(arguments[1:])
    if program == "textcraft" and arguments[:1] == ["install-service"]:
        return install_parser().parse_args(arguments[1:])
    if program == "textcraft" and arguments[:1] and arguments[0] in console_words.HELPERS:
        raise AssertionError(arguments)
    arguments = [word for word in arguments if word != "--supervise"]
    parsers = {
        "textcraft": (ConsoleConfig, command_line._add_arguments),
        "textcraft-core": (TextCraftCoreConfig, core_arguments),
        "textcraft-image-server": (ImageServerConfig, None),
        "textcraft-display": (DisplayConfig, None),
    }
    config, more = parsers[program]
    return build_parser(program, "", config, more).parse_args(arguments)


def commands():
    for name in FILES:
        if name in BUILDERS:
            continue
        for language, block in FENCE.findall(text_of(name)):
            yield from ((name, line.strip()) for line in block.splitlines() if not language and line.strip())


@pytest.mark.parametrize(("name", "line"), list(commands()))
def test_every_command_is_understood(name, line):
    words = shlex.split(line)
    if words[:2] == ["python3", "build/dev.py"]:
        source = (ROOT / "build" / "dev.py").read_text(encoding="utf-8")
        assert f'"{words[2]}": (' in source
        if words[3:4] == ["--"]:
            parsed(["textcraft", *words[4:]])
    elif "=" in words[0]:
        assert words[0].partition("=")[0] in {"LLM_API_KEY"}, line
    else:
        parsed(words)


def test_every_setting_that_is_shown_is_known():
    for name in FILES:
        for language, block in FENCE.findall(text_of(name)):
            if language == "toml" and name not in BUILDERS:
                assert list(unknown_keys(tomllib.loads(block), ConsoleConfig)) == [], name


def test_the_osc_page_names_addresses_there_are():
    named = re.findall(r"`/textcraft/(\w+)", text_of("remote.md"))
    assert named and set(named) <= set(ADDRESSES)


def test_the_key_card_holds_every_key():
    keyed = {action.text for action in ACTIONS if action.key}
    assert {verb for _, keys in key_card.rows() for _, verb, _ in keys} == keyed
    card = key_card.to_html()
    assert "<kbd>esc esc</kbd>" in card and "while held" in card and "<script" not in card


class Reader(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.addresses, self.ids, self.tags = [], set(), set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.add(tag)
        self.addresses += [found[name] for name in ("href", "src") if name in found]
        self.ids |= {found["id"]} if "id" in found else set()


def test_what_is_built_is_whole(tmp_path):
    made = build(tmp_path)
    assert {path.name for path in made} == {f"{name.removesuffix('.md')}.html" for name in (*FILES, KEY_CARD)}
    read = {path.name: Reader(path.read_text(encoding="utf-8")) for path in made}
    for name, page in read.items():
        assert "script" not in page.tags, name
        for address in page.addresses:
            file, _, place = address.partition("#")
            assert (tmp_path / (file or name)).is_file(), (name, address)
            assert not place or place in read[file or name].ids, (name, address)
    assert '<html lang="fr">' in (tmp_path / "quick_start.fr.html").read_text(encoding="utf-8")


def test_a_page_in_the_operators_language_stands_in():
    french = {page.name: page for page in pages("fr")}
    assert french["quick_start.md"].title == "Prise en main" and french["steer.md"].title == "Steer the story"


def test_both_quick_starts_have_the_same_steps():
    steps = [re.findall(r"^#+ (\d)\.", text_of(name), re.MULTILINE) for name in ("quick_start.md", "quick_start.fr.md")]
    assert steps[0] == steps[1] == list("123456")
