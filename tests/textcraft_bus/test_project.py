"""A project's own code runs only when it was trusted as it is, and what it lacks is named."""

import sys

import pytest

from textcraft_bus import project as module
from textcraft_bus import schemas
from textcraft_bus import schemas_base as base
from textcraft_bus.channel.messages import BadFrame
from textcraft_bus.constants import DEFAULT_PORTS
from textcraft_bus.foreign.ports import read_topic
from textcraft_bus.project import Project, ProjectError, current_project, load_project, project_folder, use_project
from textcraft_bus.stubs import stubs_of, write_stubs

MEMBERS = "".join(f'    {kind.name} = "{kind.value}"\n' for kind in base.MessageType)
SCHEMAS = f"""
from typing import Optional
from textcraft_bus.schemas_base import MessageBase, StringComparableEnum
from textcraft_bus.schemas_base import RenderRequest as _Base

class MessageType(StringComparableEnum):
{MEMBERS}    WEATHER = "Weather"

class Sky(StringComparableEnum):
    GREY = "grey"

class RenderRequest(_Base):
    era: Optional[Sky] = None

class Weather(MessageBase):
    type: MessageType = MessageType.WEATHER
    rain: bool

    def words(self) -> str:
        return "rain" if self.rain else "sun"
"""

ANOTHER = SCHEMAS.replace("(_Base)", "(MessageBase)").replace("    era:", "    type: str = 'RenderRequest'\n    era:")


@pytest.fixture(autouse=True)
def no_project_in_play(monkeypatch):
    monkeypatch.setattr(module, "_current", [])
    monkeypatch.delenv("PROJECT_ENV", raising=False)
    ports = dict(DEFAULT_PORTS)
    yield
    DEFAULT_PORTS.update(ports)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "schemas.py").write_text(SCHEMAS)
    (tmp_path / "constants.py").write_text('DEFAULT_PORTS = {"events": 6555}\n')
    return tmp_path


def test_untrusted_code_does_not_run_and_it_is_said(tmp_path):
    ran = tmp_path / "ran"
    (tmp_path / "schemas.py").write_text(f"import pathlib\npathlib.Path({str(ran)!r}).touch()\n")
    project = load_project(tmp_path)
    assert not ran.exists()
    assert "did not run" in project.refused
    assert project.schemas == base.BASE_SCHEMAS
    load_project(tmp_path, trust=True)
    assert ran.exists()


def test_trust_is_for_these_files_in_this_folder(folder, tmp_path_factory):
    assert load_project(folder, trust=True).refused == ""
    assert load_project(folder).refused == ""
    other = tmp_path_factory.mktemp("copy")
    for name in ("schemas.py", "constants.py"):
        (other / name).write_text((folder / name).read_text())
    assert load_project(other).refused, "the same files elsewhere are not trusted"
    (folder / "constants.py").write_text('DEFAULT_PORTS = {"events": 6556}\n')
    assert load_project(folder).refused, "a file that changed is to be trusted anew"


def test_a_rehearsal_s_copy_of_a_trusted_show_is_trusted_while_it_is_the_same(folder):
    load_project(folder, trust=True)
    copy = folder / "rehearsals" / "20300101-100000"
    copy.mkdir(parents=True)
    for name in ("schemas.py", "constants.py"):
        (copy / name).write_text((folder / name).read_text())
    assert load_project(copy).refused == ""
    (copy / "schemas.py").write_text(SCHEMAS + "\nx = 1\n")
    assert load_project(copy).refused


def test_a_broken_record_of_trust_trusts_nobody(folder, textcraft_home):
    load_project(folder, trust=True)
    (textcraft_home / "config" / "trusted.json").write_text("[half")
    assert load_project(folder).refused


def test_what_a_project_adds_is_read_by_its_classes(folder):
    project = load_project(folder, trust=True)
    weather = read_topic(b'Weather {"rain": true, "unknown": 3}', project.schemas)
    assert weather.words() == "rain"
    assert weather.unknown == 3
    with pytest.raises(BadFrame):
        read_topic(b'Weather {"rain": "soup"}', project.schemas)
    request = read_topic(b'RenderRequest {"prompt": "p", "era": "grey"}', project.schemas)
    assert request.era == "grey"
    assert isinstance(request, base.RenderRequest)
    assert len(request.request_id) == 36


def test_the_schemas_module_gives_the_project_s_names_before_the_base_ones(folder, monkeypatch):
    load_project(folder, trust=True)
    monkeypatch.setenv("PROJECT_ENV", str(folder))
    assert schemas.RenderRequest.model_fields["era"]
    assert schemas.MessageType.WEATHER == "Weather"
    assert schemas.ImageReady is base.ImageReady
    assert DEFAULT_PORTS["events"] == 6555
    assert DEFAULT_PORTS["agent"] == 5557
    with pytest.raises(ImportError, match="Nothing"):
        schemas.Nothing  # noqa: B018 - the look is the test
    use_project(Project())
    assert DEFAULT_PORTS["events"] == 5555


def test_an_untrusted_name_says_what_to_do(folder, monkeypatch):
    monkeypatch.setenv("PROJECT_ENV", str(folder))
    assert schemas.RenderRequest is base.RenderRequest
    with pytest.raises(ImportError, match="--trust-project"):
        schemas.Weather  # noqa: B018 - the look is the test
    monkeypatch.setattr(sys, "argv", ["service", "--trust-project"])
    module._current.clear()
    assert schemas.Weather(rain=True).type == "Weather"


def test_trust_given_later_lets_the_code_run(folder, monkeypatch):
    monkeypatch.setenv("PROJECT_ENV", str(folder))
    assert current_project().refused
    assert current_project(trust=True).refused == ""


def test_a_project_is_found_by_path_or_below_projects(tmp_path, monkeypatch):
    (tmp_path / "projects" / "mine").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert project_folder() is None
    assert project_folder("mine") == (tmp_path / "projects" / "mine").resolve()
    assert project_folder(str(tmp_path)) == tmp_path.resolve()
    assert project_folder("nobody") is None
    assert load_project(None).schemas == base.BASE_SCHEMAS


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("schemas.py", SCHEMAS.replace('    ALERT = "Alert"\n', ""), r'MessageType lacks ALERT = "Alert"'),
        ("schemas.py", SCHEMAS.replace('ALERT = "Alert"', 'ALERT = "alert"'), r"MessageType lacks ALERT"),
        ("schemas.py", "MessageType = 3\n", r"MessageType lacks RENDER_REQUEST"),
        ("schemas.py", "\n1 / 0\n", r"schemas\.py of .*, line 2: division by zero"),
        ("schemas.py", "def f(:\n", r"schemas\.py of .*, line 1"),
        ("schemas.py", ANOTHER, r"RenderRequest says it is a RenderRequest and does not extend"),
        ("schemas.py", SCHEMAS.replace(" = MessageType.WEATHER", ""), r"Weather has no type"),
        ("constants.py", "DEFAULT_PORTS = [1]\n", r"DEFAULT_PORTS is no table"),
        ("constants.py", 'DEFAULT_PORTS = {"events": "5555"}\n', r"'events' in DEFAULT_PORTS is no port"),
        ("constants.py", 'DEFAULT_PORTS = {"events": 70000}\n', r"'events' in DEFAULT_PORTS is no port"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it_is_named(folder, name, text, told):
    (folder / name).write_text(text)
    with pytest.raises(ProjectError, match=told):
        load_project(folder, trust=True)


def test_stubs_hold_what_a_type_checker_needs_and_no_values(folder):
    stubs = stubs_of(SCHEMAS)
    assert "from textcraft_bus.schemas_base import *" in stubs
    assert "WEATHER = 'Weather'" in stubs
    assert "era: Optional[Sky] = ..." in stubs
    assert "def words(self) -> str:\n        ..." in stubs
    assert '"rain" if' not in stubs
    path = write_stubs(folder)
    compile(path.read_text(), str(path), "exec")
    with pytest.raises(ProjectError):
        stubs_of("def f(:")


def test_writing_stubs_runs_nothing(tmp_path):
    ran = tmp_path / "ran"
    (tmp_path / "schemas.py").write_text(f"import pathlib\npathlib.Path({str(ran)!r}).touch()\nclass A: pass\n")
    write_stubs(tmp_path)
    assert not ran.exists()
