import tomllib

import pytest

from textcraft_core.config import TextCraftCoreConfig
from textcraft_core.errors import ShowError
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.settings_files import changed_text
from textcraft_gui.assistant import carry_out
from textcraft_gui.assistant.choices import (
    OPENAI_URL,
    Brain,
    BrainChoice,
    Choices,
    KeyPlace,
    Painter,
    PainterChoice,
    painter_settings,
    wrong_wall,
)
from textcraft_gui.assistant.handing_over import arguments_for
from textcraft_gui.config import ConsoleConfig


def read(changes):
    return tomllib.loads(changed_text("", changes))


def test_what_was_skipped_changes_nothing():
    assert (Choices().core_settings(), Choices().painter_settings()) == ({}, {})


def test_settings_of_each_brain_are_ones_a_show_knows():
    rehearsal = read(Choices(brain=Brain(BrainChoice.REHEARSAL)).core_settings())
    here = "http://127.0.0.1:11434/v1"
    local = read(Choices(brain=Brain(BrainChoice.LOCAL, here, "gemma3")).core_settings())
    paid = read(Choices(brain=Brain(BrainChoice.OPENAI, OPENAI_URL, "gpt", "sk-1", cap_day=5.0)).core_settings())
    assert rehearsal == {"brain": "rehearsal"}
    assert local == {"brain": "live", "llm": {"base_url": here, "model": "gemma3"}}
    assert paid == {"brain": "live", "llm": {"provider": "openai", "model": "gpt", "cap_day": 5.0}}
    for found in (rehearsal, local, paid):
        TextCraftCoreConfig.model_validate(found)


def test_a_server_before_does_not_stay_beside_the_new_one():
    text = '[llm]\nprovider = "openai"\nmodel = "gpt"\n'
    here = Brain(BrainChoice.LOCAL, "http://127.0.0.1:1234/v1", "m")
    assert tomllib.loads(changed_text(text, Choices(brain=here).core_settings()))["llm"] == {
        "base_url": "http://127.0.0.1:1234/v1",
        "model": "m",
    }


@pytest.mark.parametrize("choice", list(PainterChoice))
def test_each_painter_is_one_the_image_server_has(choice):
    from textcraft_image_server.backends import known_backends
    from textcraft_image_server.config import ImageServerConfig

    settings = read(painter_settings(Painter(choice, path="/pictures", base_url="http://127.0.0.1:8188", model="m")))
    config = ImageServerConfig.model_validate(settings)
    assert config.generator == choice.value and choice.value in known_backends()


def test_walls_are_named_once_and_by_what_a_file_can_be_called():
    assert wrong_wall(("left", "right-2")) == ""
    assert wrong_wall(("left", "a b")) == "a b"
    assert wrong_wall(("left", "left")) == "left"
    walls = read(Choices(walls=("left", "right")).core_settings())
    assert ConsoleConfig.model_validate(walls).walls == ["left", "right"]


def test_a_key_shows_in_no_words():
    assert "sk-secret" not in repr(Choices(brain=Brain(BrainChoice.OPENAI, key="sk-secret")))


def test_the_next_console_keeps_what_this_one_was_told_besides_its_show():
    given = ["--mode=edit", "--language", "fr", "--project", "old", "--rehearse", "--ports=free", "--config", "a.toml"]
    assert arguments_for("/new", "rehearse", given) == [
        "--project", "/new", "--mode", "rehearse", "--language", "fr", "--ports=free",
    ]  # fmt: skip


def test_a_show_whose_settings_cannot_be_read_keeps_its_key_and_its_settings(tmp_path):
    """All is read before anything is written: no new key beside settings that stay as they were."""
    (tmp_path / "core.toml").write_text("seed = 1\n")
    (tmp_path / "image_server.toml").write_text("[broken\n")
    brain = Brain(BrainChoice.OPENAI, key="sk-new", model="m", keep=KeyPlace.ENV)
    with pytest.raises(ShowError, match="image_server"):
        carry_out._set(ShowFolder(tmp_path), Choices(brain=brain, painter=Painter(PainterChoice.FOLDER, path="p")))
    assert not (tmp_path / ".env").exists() and (tmp_path / "core.toml").read_text() == "seed = 1\n"


def test_a_key_is_not_held_beyond_the_assistant():
    choices = Choices(brain=Brain(BrainChoice.OPENAI, key="sk-secret", model="m"))
    choices.forget_key()
    assert choices.brain == Brain(BrainChoice.OPENAI, key="", model="m")
