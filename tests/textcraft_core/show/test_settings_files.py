import tomllib

import pytest
from dotenv import dotenv_values

from textcraft_core.errors import ShowError
from textcraft_core.show.settings_files import change_settings, changed_text, keep_secret
from textcraft_core.show.templates import SAMPLE, begin_from


def test_what_a_person_wrote_stays_as_it_is():
    text = "# mine\nseed = 1  # why\n\n[llm]\n# the server\nmodel = 'old'\n"
    changed = changed_text(text, {"llm.model": "new", "brain": "live", "llm.cap_day": 5.0, "textcraft.stuck_after": 4})
    assert "# mine\nseed = 1  # why" in changed and "# the server" in changed
    found = tomllib.loads(changed)
    assert found["llm"] == {"model": "new", "cap_day": 5.0}
    assert (found["brain"], found["textcraft"]) == ("live", {"stuck_after": 4})


def test_a_setting_is_taken_out():
    assert tomllib.loads(changed_text("a = 1\n[b]\nc = 2\n", {"a": None, "b.c": None, "x.y": None})) == {"b": {}}


@pytest.mark.parametrize("text", ["a = ", "[[llm]]\nx = 1", "llm = 3"])
def test_what_cannot_be_changed_is_told_and_stays(tmp_path, text):
    path = tmp_path / "core.toml"
    path.write_text(text)
    with pytest.raises(ShowError, match=r"core\.toml"):
        change_settings(path, {"llm.model": "new"})
    assert path.read_text() == text


def test_the_files_of_a_template_are_changed(tmp_path):
    show = begin_from(SAMPLE, tmp_path / "show")
    before = (show.root / "core.toml").read_text()
    change_settings(show.root / "core.toml", {"brain": "live", "walls": ["left", "right"]})
    after = (show.root / "core.toml").read_text()
    assert tomllib.loads(after) == {**tomllib.loads(before), "brain": "live", "walls": ["left", "right"]}
    assert [line for line in before.splitlines() if line.startswith("#")] == [
        line for line in after.splitlines() if line.startswith("#")
    ]


def test_a_key_is_kept_for_its_owner_alone(tmp_path):
    path = tmp_path / ".env"
    path.write_text("# mine\nLLM_API_KEY=old\nOTHER=1")
    keep_secret(path, "LLM_API_KEY", "sk-new=1")
    assert dotenv_values(path, interpolate=False) == {"LLM_API_KEY": "sk-new=1", "OTHER": "1"}
    assert "# mine" in path.read_text() and "old" not in path.read_text()
    assert path.stat().st_mode & 0o077 == 0


def test_every_other_line_of_it_stays_to_the_byte(tmp_path):
    path = tmp_path / ".env"
    path.write_bytes(b"A=1\r\nLLM_API_KEY=old\r\nB='two\x0bhalves'\r\n")
    keep_secret(path, "LLM_API_KEY", "sk-new")
    assert path.read_bytes() == b"A=1\r\nB='two\x0bhalves'\r\nLLM_API_KEY=sk-new\n"


@pytest.mark.parametrize("key", ["sk 1", "sk\n1", "sk'1", "clé", "a#b"])
def test_a_key_no_file_can_hold_is_refused_without_being_told(tmp_path, key):
    with pytest.raises(ShowError) as told:
        keep_secret(tmp_path / ".env", "LLM_API_KEY", key)
    assert key not in str(told.value) and not (tmp_path / ".env").exists()
