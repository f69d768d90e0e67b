"""Ports nobody has just now, for programs that are told theirs; knows no program."""

import contextlib
import os
import random
import socket
from collections.abc import Iterator

LOWEST, HIGHEST = 20_000, 32_000
"""Below what systems give away by themselves: none of these is taken by a connection of the next test."""


def free_ports(count: int, kind: int = socket.SOCK_STREAM) -> list[int]:
    """Return so many different ports of the loopback that can be bound."""
    with contextlib.ExitStack() as held:
        found: list[int] = []
        for port in _tried():
            probe = held.enter_context(socket.socket(socket.AF_INET, kind))
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                found.append(port)
            if len(found) == count:
                return found
    raise OSError("no free port")


def free_udp_port() -> int:
    """Return one for datagrams."""
    return free_ports(1, socket.SOCK_DGRAM)[0]


def _tried() -> Iterator[int]:
    """Each process in another order, whatever seed a test has set."""
    yield from random.Random(os.urandom(8)).sample(range(LOWEST, HIGHEST), 1_000)
