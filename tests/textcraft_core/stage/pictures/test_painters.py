"""How many image servers a show starts, under which names and with which backends."""

import pytest

from textcraft_core.config import TextCraftCoreConfig
from textcraft_core.errors import ShowError
from textcraft_core.stage.pictures.painters import painters


def test_a_number_names_them_in_order():
    assert [one.peer for one in painters(3, ("--show", "s"))] == [
        "image_server.painter",
        "image_server.painter2",
        "image_server.painter3",
    ]
    assert painters(0, ()) == []


def test_a_list_gives_names_and_backends():
    first, second = painters(["oil", "cloud=openai"], ("--show", "s"))
    assert first.arguments == ("--show", "s", "--service-name", "oil")
    assert second.arguments == ("--show", "s", "--service-name", "cloud", "--generator", "openai")


@pytest.mark.parametrize("wrong", [["a b"], ["a=b=c"], [""], ["x", "x"], ["a"] * 17, 17, ["--x"], ["a=--b"]])
def test_what_cannot_be_started_is_said(wrong):
    with pytest.raises(ShowError):
        painters(wrong if wrong != ["--x"] else ["--x;"], ())


@pytest.mark.parametrize(("given", "read"), [("2", 2), (2, 2), ("a, b=openai", ["a", "b=openai"]), (["a"], ["a"])])
def test_settings_take_a_number_or_a_list(given, read):
    config = TextCraftCoreConfig(textcraft={"image_servers": given})
    assert config.textcraft.image_servers == read
