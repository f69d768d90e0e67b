"""Configuration comes in layers, and a wrong key or value says what to do."""

import argparse

import pytest
from pydantic import BaseModel

from textcraft_bus.config import BaseServiceConfig, ConfigError, unknown_keys


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


def test_an_unknown_key_names_the_nearest_known_one():
    assert list(unknown_keys({"pase": 1, "section": {"prot": 2}}, Config)) == [
        "pase is not known; did you mean pace?",
        "section.prot is not known; did you mean section.port?",
    ]
