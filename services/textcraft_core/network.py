"""What of a core other machines may reach, from its settings: doors with keys; and what is to be told of open ones.

Knows no sockets: it reads keys and addresses, and says what will be open.
"""

import ipaddress
from collections.abc import Sequence
from typing import Annotated, Final

import psutil
from pydantic import BeforeValidator, Field

from textcraft_bus.channel.hub import FarDoor
from textcraft_bus.config import ConfigError, ConfigSection
from textcraft_bus.keys import allowed, keys_folder, own_keys
from textcraft_bus.transport.sockets import LOOPBACK, Place
from textcraft_bus.zmq.config import ControllerServiceConfig
from textcraft_core.audience.settings import listed
from textcraft_core.events import Event, NetworkOpened

ALL: Final = "all"


class NetworkConfig(ConfigSection):
    """Who may reach this core; by default nobody beyond this machine."""

    listen: Annotated[list[str], BeforeValidator(listed)] = Field(
        default=[],
        max_length=16,
        description="addresses of this machine for walls and image servers of others, always with keys; all: each one",
    )


def far_door(network: NetworkConfig) -> FarDoor | None:
    """Return where other machines may connect, None for nowhere. Reads keys: blocking. Raises ConfigError."""
    if not network.listen:
        return None
    folder = keys_folder()
    return FarDoor(tuple(addresses(network.listen)), own_keys(folder), allowed(folder))


def addresses(listen: Sequence[str]) -> list[str]:
    """Return the addresses to bind; `all` is each one of this machine that is not loopback. Raises ConfigError."""
    if ALL in listen:
        return _own_addresses()
    for text in listen:
        if text in LOOPBACK or _is_everywhere(text):
            raise ConfigError(f"network.listen: {text} is no address others reach this machine by; say one, or all")
    return list(listen)


def opened(door: FarDoor | None, foreign: ControllerServiceConfig) -> list[Event]:
    """Return what is to be told of open doors: ours with keys, the ecosystem's without any."""
    told: list[Event] = []
    if door is not None:
        told.append(NetworkOpened(channel="ours", hosts=door.hosts, keys=True, machines=len(door.allowed)))
    bare = sorted(host for host in _bound(foreign) if host not in LOOPBACK)
    if bare:
        told.append(NetworkOpened(channel="foreign", hosts=tuple(bare), keys=False))
    return told


def _bound(foreign: ControllerServiceConfig) -> set[str]:
    """Return the hosts the ecosystem's ports are bound at."""
    places: list[Place | None] = [foreign.publisher]
    places += [each for each in (foreign.subscriber, foreign.updates) if each is not None and each.bind]
    for worker in foreign.workers.values():
        places += [worker.push_config, worker.pull_config]
    return {place.address.removeprefix("tcp://").strip("[]") for place in places if place is not None}


def _own_addresses() -> list[str]:
    every = (each for interface in psutil.net_if_addrs().values() for each in interface)
    found = [each.address for each in every if each.family.name == "AF_INET"]
    return sorted({address for address in found if not ipaddress.ip_address(address).is_loopback})


def _is_everywhere(text: str) -> bool:
    """Whether an address is the wildcard, which would be bound on loopback, where there are no keys, as well."""
    try:
        return ipaddress.ip_address(text).is_unspecified
    except ValueError:
        return False
