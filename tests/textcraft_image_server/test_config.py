import argparse
from pathlib import Path

import pytest

from textcraft_bus.cli import build_parser
from textcraft_bus.config import ConfigError
from textcraft_image_server.config import ImageServerConfig


@pytest.fixture
def settings(tmp_path):
    path = tmp_path / "image_server.toml"
    path.write_text('generator = "folder"\n[folder]\npath = "pictures"\norder = "sequence"\n[openai]\nprice = 0.04\n')
    return path


def test_sections_come_from_file_environment_and_flags(settings, monkeypatch):
    monkeypatch.setenv("TEXTCRAFT_OPENAI__MODEL", "from-the-environment")
    parser = build_parser("p", "d", ImageServerConfig)
    args = parser.parse_args(["--openai.base-url", "http://localhost:1/v1", "--comfyui.deadline", "7"])
    config = ImageServerConfig.from_overrides(settings, args)
    assert (config.folder.order, config.openai.price, config.openai.model) == ("sequence", 0.04, "from-the-environment")
    assert (config.openai.base_url, config.comfyui.deadline) == ("http://localhost:1/v1", 7.0)


def test_relative_paths_are_below_the_settings(settings, tmp_path, monkeypatch):
    config = ImageServerConfig.from_overrides(settings)
    assert config.resolve(config.folder.path) == tmp_path / "pictures"
    assert config.resolve(Path("/else/where")) == Path("/else/where")
    monkeypatch.chdir(tmp_path)
    assert ImageServerConfig.from_overrides().resolve(Path("x")) == tmp_path / "x"


def test_the_key_comes_from_the_environment_before_the_show_s_env_file(settings, tmp_path, monkeypatch):
    config = ImageServerConfig.from_overrides(settings)
    assert config.api_key() == ""
    (tmp_path / ".env").write_text("LLM_API_KEY=file-llm\nOTHER=x\n")
    assert config.api_key() == "file-llm"
    monkeypatch.setenv("LLM_API_KEY", "env-llm")
    assert config.api_key() == "env-llm"
    (tmp_path / ".env").write_text("IMAGE_API_KEY=' file-image '\n")
    assert config.api_key() == "file-image"
    monkeypatch.setenv("IMAGE_API_KEY", "env-image")
    assert config.api_key() == "env-image"
    monkeypatch.setenv("IMAGE_API_KEY", "")
    assert config.api_key() == "file-image"


def test_the_key_is_no_setting_and_is_never_shown(settings, monkeypatch, capsys):
    monkeypatch.setenv("IMAGE_API_KEY", "planted-4711")
    settings.write_text('IMAGE_API_KEY = "toml"\nimage_api_key = "toml"\n[openai]\nkey = "toml"\napi_key = "toml"\n')
    config = ImageServerConfig.from_overrides(settings)
    assert config.api_key() == "planted-4711"
    assert "planted-4711" not in repr(config) + config.model_dump_json()
    build_parser("p", "d", ImageServerConfig).print_help()
    assert "key" not in [word.strip("-").lower() for word in capsys.readouterr().out.split() if word.startswith("--")]


def test_an_env_file_that_is_no_text(settings, tmp_path):
    settings.with_name(".env").write_bytes(b"TEXTCRAFT_X=1\n")
    config = ImageServerConfig.from_overrides(settings)
    settings.with_name(".env").write_bytes(b"LLM_API_KEY=\xff\xfe\n")
    with pytest.raises(ConfigError, match=r"\.env"):
        config.api_key()


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("service_name", "../painter"),
        ("openai.base_url", "ftp://x/v1"),
        ("openai.base_url", "http://user:secret@x/v1"),
        ("openai.sizes", "00x10"),
        ("openai.price", "-1"),
        ("comfyui.base_url", "127.0.0.1:8188"),
        ("folder.order", "random"),
    ],
)
def test_values_that_cannot_be_are_refused_by_name(flag, value):
    with pytest.raises(ConfigError, match=flag.replace(".", r"\.")):
        ImageServerConfig.from_overrides(args=argparse.Namespace(**{flag: value}))
