import sys
import types

import pytest

from textcraft_core.ai_services.prices import PriceError
from textcraft_core.ai_services.settings import LlmSettings, SettingsError, key_in_keyring, usable_key


def read(config=None, dotenv=None, **environ):
    return LlmSettings.read(config or {}, dotenv, environ)


def test_the_environment_is_stronger_than_env_and_that_than_the_table(tmp_path):
    dotenv = tmp_path / ".env"
    dotenv.write_text("LLM_API_KEY='from $HOME env'\nDEFAULT_MODEL=from-env\nAI_TIMEOUT=5\n")
    made = read({"model": "table", "timeout": 9, "cap_day": 3, "price": None}, dotenv, DEFAULT_MODEL="environment")
    assert (made.model, made.timeout, made.key.get_secret_value()) == ("environment", 5.0, "from $HOME env")
    assert (made.caps.day, made.caps.show, made.price) == (3.0, None, "auto")


def test_what_nobody_said_has_its_default(tmp_path):
    made = read({}, tmp_path / "none")
    assert (made.timeout, made.deadline, made.max_retries) == (60.0, 600.0, 3)
    assert made.base_url.startswith("https://")


def test_every_variable_reaches_its_field():
    made = read(
        LLM_API_KEY="k", LLM_API_BASE_URL="http://h:1/v1/", DEFAULT_MODEL="m", AI_TIMEOUT="1", AI_DEADLINE="2",
        MAX_RETRIES="0",
    )  # fmt: skip
    assert (made.base_url, made.model, made.timeout, made.deadline, made.max_retries) == ("http://h:1/v1", "m", 1, 2, 0)


@pytest.mark.parametrize(
    "config",
    [
        {"base_url": "ftp://h/v1"},
        {"base_url": "nonsense"},
        {"base_url": "https://user:planted-secret@h/v1"},
        {"timeout": "planted-secret"},
        {"max_retries": -1},
        {"deadline": 0},
        {"cap_day": -1},
        {"price": "cheap"},
        {"key": "planted-secret"},
        {"api_key": "planted-secret"},
    ],
)
def test_a_bad_setting_is_refused_without_its_value(config):
    with pytest.raises((SettingsError, PriceError)) as caught:
        read(config)
    assert "planted-secret" not in f"{caught.value!r} {caught.value.__context__!r} {caught.value.__cause__!r}"


def test_the_key_does_not_show(tmp_path):
    made = read(LLM_API_KEY="planted-secret")
    assert "planted-secret" not in f"{made!r} {made} {made.model_dump()} {made.model_dump_json()}"


def test_an_env_file_that_is_no_text_is_told(tmp_path):
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00planted-secret")
    with pytest.raises(SettingsError, match=r"\.env cannot be read") as caught:
        read({}, tmp_path / ".env")
    assert "planted-secret" not in repr(caught.value)


@pytest.mark.parametrize(("key", "yes"), [("", True), ("sk-1", True), ("a b", False), ("a\nb", False), ("é", False)])
def test_a_key_must_fit_into_a_header(key, yes):
    assert usable_key(key) is yes


def test_the_keyring_is_asked_where_there_is_one(monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert key_in_keyring() == ""
    ring = types.SimpleNamespace(get_password=lambda service, name: f"{service}/{name}")
    monkeypatch.setitem(sys.modules, "keyring", ring)
    assert key_in_keyring() == "textcraft/LLM_API_KEY"
    ring.get_password = lambda *_: 1 / 0
    assert key_in_keyring() == ""
    assert "put LLM_API_KEY into .env" in caplog.text
