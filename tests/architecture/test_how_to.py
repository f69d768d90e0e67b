"""The pages for the next developer are true: each is followed in a copy of the repository, and what it makes tried."""

import json
import re

import pytest

from tests.fakes.show import PERSONAS
from tests.support.how_to import ROOT, Copy
from textcraft_core.show.bible import Persona

pytestmark = pytest.mark.timeout(300)
MANUAL = ROOT / "resources" / "manual"
PAGES = ("own_backend.md", "own_role.md", "own_verb.md", "own_panel.md")


@pytest.fixture
def copy(tmp_path):
    return Copy(tmp_path / "copy")


def test_a_backend_by_its_page_keeps_every_promise(copy):
    copy.ruff(*copy.follow("own_backend.md"))
    copy.pytest("tests/textcraft_image_server/backends/test_contract.py", "-k", "crayons or every")


def test_a_role_by_its_page_does_its_task(copy):
    copy.ruff(*copy.follow("own_role.md"))
    copy.pytest("tests/textcraft_core/ai_services/test_poet.py", "tests/textcraft_core/ai_services/test_services.py")


def test_a_verb_by_its_page_is_told_by_the_engine_and_asked_by_the_console(copy):
    copy.ruff(*copy.follow("own_verb.md"))
    copy.run_file("build/texts.py")
    copy.pytest("tests/textcraft_core/stage/test_applause_desk.py")
    copy.pytest("tests/textcraft_gui/verbs/test_actions.py", "-k", "words or key or meanings")
    copy.pytest("tests/textcraft_gui/remote/test_addresses.py", "-k", "verb", "tests/architecture/test_texts.py")


def test_a_panel_by_its_page_stands_in_its_dock(copy):
    copy.ruff(*copy.follow("own_panel.md"))
    copy.run_file("build/texts.py")
    copy.pytest("tests/textcraft_gui/panels/record/test_pace.py", "tests/architecture/test_texts.py")


def test_the_persona_of_the_page_is_one():
    text = (MANUAL / "own_role.md").read_text(encoding="utf-8")
    (entry,) = [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", text, re.MULTILINE | re.DOTALL)]
    assert set(entry["poet"]) == set(PERSONAS["narrator"]) | {"role_type"}
    assert Persona.model_validate(entry["poet"]).allowed_tools == ("read_file", "append_file")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_a_page(name):
    """What has to be typed is as long as it is; what is to be read about it fits one printed page."""
    prose = re.sub(r"^```.*?^```$", "", (MANUAL / name).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert len(prose.split()) < 450


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "ARCHITECTURE.md", "LESSONS.md", "README.md", "CHANGELOG.md"])
def test_the_papers_lead_somewhere(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    addresses = re.findall(r"\]\(([^)\s#]+)", text)
    assert [address for address in addresses if not (ROOT / address).exists()] == []
    verbs = set(re.findall(r"dev\.py (\w+)", text))
    source = (ROOT / "build" / "dev.py").read_text(encoding="utf-8")
    assert [verb for verb in sorted(verbs) if f'"{verb}": (' not in source] == []


def test_every_page_for_developers_is_named_in_contributing():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [name for name in PAGES if f"resources/manual/{name}" not in text] == []
