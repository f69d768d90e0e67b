"""What a setting may be is told in words: no program answers a slip with a pattern."""

import argparse
import os
import subprocess

import pytest

from textcraft_bus.config import BaseServiceConfig, ConfigError
from textcraft_bus.processes import command
from textcraft_bus.zmq.config import ControllerServiceConfig
from textcraft_core.config import TextCraftCoreConfig
from textcraft_display.config import DisplayConfig
from textcraft_gui.config import ConsoleConfig
from textcraft_image_server.config import ImageServerConfig

CONFIGS = (BaseServiceConfig, ControllerServiceConfig, TextCraftCoreConfig, ConsoleConfig, DisplayConfig,
           ImageServerConfig)  # fmt: skip
NAME = "a name is 1 to 40 of the letters a to z, digits, - and _"


def refusal(config, **flags):
    with pytest.raises(ConfigError) as refused:
        config.from_overrides(args=argparse.Namespace(**flags))
    return str(refused.value)


@pytest.mark.parametrize(
    ("config", "field"),
    [
        (DisplayConfig, "wall"),
        (DisplayConfig, "service_name"),
        (ImageServerConfig, "service_name"),
        (TextCraftCoreConfig, "service_name"),
        (ConsoleConfig, "service_name"),
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["", "../brick", "brick wall", "x" * 41, "brick\n"], ids=repr)
def test_a_name_that_cannot_be_used_is_told_what_it_may_be(config, field, name):
    assert refusal(config, **{field: name}) == f"{field}: {NAME}"


def test_so_is_one_in_a_list_of_walls():
    assert refusal(ConsoleConfig, walls=["left", ""]) == f"walls.1: {NAME}"


@pytest.mark.parametrize(
    ("config", "field", "text", "told"),
    [
        (DisplayConfig, "size", "10", "size: a size is written as 960x540"),
        (DisplayConfig, "position", "left", "position: a place is written as 40,20"),
        (ConsoleConfig, "size", "10", "size: a size is written as 1280x720"),
        (ConsoleConfig, "language", "french", "language: a language is written with two letters, as fr"),
        (TextCraftCoreConfig, "notify.webhook", "x", "notify.webhook: an address begins with http:// or https://"),
    ],
    ids=str,
)
def test_other_texts_say_how_they_are_written(config, field, text, told):
    assert refusal(config, **{field: text}) == told


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.__name__)
def test_no_setting_of_any_program_has_a_pattern_for_its_answer(config):
    assert "'pattern'" not in str(config.model_json_schema())


def test_a_wall_without_a_name_is_one_plain_line():
    line = [*command("textcraft-display"), "--wall", ""]
    ended = subprocess.run(
        line,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (1, f"textcraft-display: wall: {NAME}\n")
