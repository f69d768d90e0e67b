"""What other machines may reach, as settings say it; and the keys, as an operator makes and shows them."""

import json

import pytest

from tests.support.programs import programs
from textcraft_bus import keys
from textcraft_bus.config import ConfigError
from textcraft_bus.zmq.config import ControllerServiceConfig, PublisherConfig, SubscriberConfig
from textcraft_core.config import TextCraftCoreConfig
from textcraft_core.key_desk import run_keys
from textcraft_core.network import NetworkConfig, addresses, far_door, opened


def test_by_default_nothing_is_open():
    network = TextCraftCoreConfig().network
    assert far_door(network) is None
    assert opened(None, TextCraftCoreConfig().zmq) == []


def test_a_door_has_this_machine_s_keys_and_the_allowed_ones():
    run_keys(["--allow", "attic", "A" * 40])
    door = far_door(NetworkConfig(listen=["127.0.0.2"]))
    assert (door.hosts, door.allowed) == (("127.0.0.2",), {"A" * 40: "attic"})
    told = opened(door, ControllerServiceConfig())
    assert [(event.channel, event.keys, event.machines) for event in told] == [("ours", True, 1)]


@pytest.mark.parametrize("everywhere", ["0.0.0.0", "::", "127.0.0.1", "localhost"])  # noqa: S104 - refused here
def test_the_wildcard_and_loopback_are_no_door(everywhere):
    with pytest.raises(ConfigError, match=r"network\.listen"):
        addresses([everywhere])


def test_all_is_each_address_of_this_machine_but_loopback():
    assert not set(addresses(["all"])) & {"127.0.0.1", "0.0.0.0"}  # noqa: S104 - named to be excluded


def test_ports_without_keys_are_told_when_others_can_reach_them():
    assert opened(None, ControllerServiceConfig()) == []
    lan = ControllerServiceConfig(publisher=PublisherConfig(address="tcp://192.0.2.7"), insecure_lan=True)
    assert [(event.channel, event.hosts, event.keys) for event in opened(None, lan)] == [
        ("foreign", ("192.0.2.7",), False)
    ]
    heard = ControllerServiceConfig(publisher=None, updates=SubscriberConfig(address="tcp://192.0.2.8", bind=True))
    assert opened(None, heard)[0].hosts == ("192.0.2.8",)
    asked = ControllerServiceConfig(publisher=None, subscriber=SubscriberConfig(address="tcp://192.0.2.8"))
    assert opened(None, asked) == [], "a port that is only connected to is nobody's door"


def test_a_flag_gives_several_addresses():
    assert NetworkConfig(listen="127.0.0.2, 192.0.2.1").listen == ["127.0.0.2", "192.0.2.1"]


def test_keys_shows_the_public_half_and_never_the_secret_one(capsys):
    run_keys([])
    pair = keys.own_keys(keys.keys_folder())
    said = capsys.readouterr().out
    assert pair.public in said
    assert pair.secret not in said
    assert "--allow NAME KEY" in said


def test_machines_are_listed_allowed_and_forbidden(capsys):
    run_keys(["--allow", "attic", "A" * 40])
    run_keys(["--core", "C" * 40])
    assert "May connect: attic " + "A" * 40 in capsys.readouterr().out
    assert keys.core_key(keys.keys_folder()) == "C" * 40
    run_keys(["--forbid", "attic"])
    assert "attic may no longer connect" in capsys.readouterr().out


def test_the_program_makes_keys_and_refuses_what_is_none_in_one_line(tmp_path):
    with programs(tmp_path) as started:
        made = started.start("textcraft-core", "keys")
        assert made.wait() == 0
        secret = json.loads((keys.keys_folder() / "machine.key").read_text())["secret"]
        assert "public key" in made.output
        assert secret not in made.output
        wrong = started.start("textcraft-core", "keys", "--allow", "attic", "short")
        assert wrong.wait() == 1
        assert wrong.output.startswith("textcraft-core: a key has 40 characters")


def test_a_headless_core_refuses_ports_without_keys_off_loopback_unless_it_is_meant(tmp_path):
    with programs(tmp_path) as started:
        made = started.start("textcraft-core", "--new-show", str(tmp_path / "show"))
        assert made.wait() == 0
        show = ("--project", str(tmp_path / "show"), "--zmq.publisher.address", "tcp://127.0.0.2")
        core = started.start("textcraft-core", *show)
        assert core.wait() == 1
        assert "127.0.0.2 can be reached from other machines" in core.output
