"""Configuration comes in layers, and a wrong key or value says what to do."""

import argparse

import pytest
from pydantic import BaseModel, Field, ValidationError

from textcraft_bus.config import BaseServiceConfig, ConfigError, ConfigSection, flags, unknown_keys


class Section(BaseModel):
    port: int = 1
    address: str = "a"


class Config(BaseServiceConfig):
    pace: float = 5.0
    section: Section = Section()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "config.toml").write_text("pace = 1.0\n[section]\nport = 2\naddress = 'common'\n")
    (tmp_path / "core.toml").write_text("[section]\nport = 3\n")
    return tmp_path


def load(folder, **flags):
    return Config.from_overrides(folder / "core.toml", argparse.Namespace(**flags))


def test_each_layer_overrides_the_one_below(folder, monkeypatch):
    assert load(folder).section == Section(port=3, address="common")
    (folder / ".env").write_text("TEXTCRAFT_SECTION__PORT=4\n")
    assert load(folder).section.port == 4
    monkeypatch.setenv("TEXTCRAFT_SECTION__PORT", "5")
    assert load(folder).section == Section(port=5, address="common")
    assert load(folder, **{"section.port": "6"}).section.port == 6
    assert load(folder).pace == 1.0


def test_without_files_the_defaults_hold(tmp_path):
    assert Config.from_overrides(tmp_path / "core.toml").pace == 5.0
    assert Config.from_overrides().pace == 5.0


def test_a_wrong_value_names_its_field(folder):
    with pytest.raises(ConfigError, match=r"section\.port"):
        load(folder, **{"section.port": "many"})


def test_a_broken_file_is_named(folder):
    (folder / "core.toml").write_text("[section\n")
    with pytest.raises(ConfigError, match=r"core\.toml"):
        load(folder)


def test_a_section_that_was_pasted_below_its_own_is_told_in_plain_words(folder):
    (folder / "core.toml").write_text("[section]\nport = 2\n\n[section]\nport = 3\n")
    with pytest.raises(ConfigError, match=r"core\.toml cannot be read: \[section\] stands in it twice.*line 4"):
        load(folder)


def test_an_unknown_key_names_the_nearest_known_one():
    assert list(unknown_keys({"pase": 1, "section": {"prot": 2}}, Config)) == [
        "pase is not known; did you mean pace?",
        "section.prot is not known; did you mean section.port?",
    ]


def test_a_line_that_fell_into_the_last_section_is_told_where_it_belongs(folder):
    (folder / "core.toml").write_text("[section]\nport = 2\npace = 3\n")
    assert load(folder).strange == (
        "core.toml: section.pace is not known: pace belongs above the first [section] of the file",
    )


class Entry(BaseModel):
    port: int = 1
    name: str = "entry"


class Channels(BaseModel):
    name: str = "channels"
    maybe: Section | None = None
    workers: dict[str, Entry] = {}


class Sectioned(BaseServiceConfig):
    service_name: str = "my_own_core"
    zmq: Channels = Field(default_factory=lambda: Channels(name="mine", workers={"one": Entry(port=7, name="first")}))


def test_a_section_given_in_part_keeps_the_class_s_own_defaults(tmp_path):
    (tmp_path / "core.toml").write_text("[zmq.maybe]\nport = 3\n[zmq.workers.one]\nport = 9\n")
    zmq = Sectioned.from_overrides(tmp_path / "core.toml").zmq
    assert (zmq.name, zmq.maybe) == ("mine", Section(port=3, address="a"))
    assert zmq.workers == {"one": Entry(port=9, name="first")}


def test_named_tables_have_flags_variables_and_known_keys(monkeypatch):
    names = [name for name, _, _ in flags(Sectioned)]
    assert {"zmq.name", "zmq.maybe.port", "zmq.workers.one.port"} < set(names)
    monkeypatch.setenv("TEXTCRAFT_ZMQ__WORKERS__ONE__PORT", "11")
    assert Sectioned.from_overrides().zmq.workers["one"] == Entry(port=11, name="first")
    flag = argparse.Namespace(**{"zmq.workers.one.port": "12"})
    assert Sectioned.from_overrides(args=flag).zmq.workers["one"].port == 12
    assert list(unknown_keys({"zmq": {"workers": {"one": {"prot": 1}}, "maybe": {"adress": ""}}}, Sectioned)) == [
        "zmq.workers.one.prot is not known; did you mean zmq.workers.one.port?",
        "zmq.maybe.adress is not known; did you mean zmq.maybe.address?",
    ]


def test_without_a_file_the_project_s_own_is_read(tmp_path, monkeypatch):
    monkeypatch.setenv("PROJECT_ENV", str(tmp_path))
    assert Sectioned.from_overrides().zmq.name == "mine"
    (tmp_path / "core.toml").write_text('[zmq]\nname = "from core.toml"\n')
    assert Sectioned.from_overrides().zmq.name == "from core.toml"
    (tmp_path / "my_own_core.toml").write_text('[zmq]\nname = "from its own"\n')
    assert Sectioned.from_overrides().zmq.name == "from its own"


def test_a_variable_of_another_purpose_gives_no_layer(folder, monkeypatch):
    for name in ("TEXTCRAFT_HOME", "TEXTCRAFT_PACES", "SECTION__PORT", "MY_TEXTCRAFT_PACE"):
        monkeypatch.setenv(name, "7")
    assert len(list(Config._environment_layers(folder / "core.toml"))) == 0
    monkeypatch.setenv("textcraft_Section__Port", "7")
    assert load(folder).section.port == 7


def test_a_section_of_ours_is_checked_with_the_whole_and_alone():
    class Lamp(ConfigSection):
        watts: int = Field(default=5, ge=1)

    class Lit(BaseServiceConfig):
        lamp: Lamp = Lamp.model_construct()

    assert Lit().lamp == Lamp()
    assert Lit(lamp={"watts": "6"}).lamp.watts == 6
    for make in (lambda: Lit(lamp={"watts": 0}), lambda: Lamp(watts=0)):
        with pytest.raises(ValidationError):
            make()
