"""Two machines for a test: two network namespaces with a cable between them, else two loopback addresses, said aloud.

A program is put onto a machine by the beginning of its command line. Needs root and Linux for the namespaces;
TEXTCRAFT_TEST_MACHINES=loopback asks for the addresses where namespaces would do.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from textcraft_bus.processes import command

CORE, FAR = "192.0.2.1", "192.0.2.2"
"""Addresses that belong to nobody: they exist in the two namespaces only."""
NO_NAMESPACES = "TEXTCRAFT_TEST_MACHINES"
"""Set to `loopback` in the environment: the way of machines without namespaces is tried on one that has them."""


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine: its address, its own folders, and what a command line on it begins with."""

    address: str
    home: Path
    enter: tuple[str, ...] = ()

    def line(self, program: str, *arguments: str) -> list[str]:
        """Return the command line of a program of ours on it."""
        return [*self.enter, "env", f"TEXTCRAFT_HOME={self.home}", *command(program), *arguments]

    def stranger(self, home: Path) -> "Machine":
        """Return a machine with keys of its own at the same address."""
        return Machine(self.address, home, self.enter)


@dataclass(frozen=True, slots=True)
class Machines:
    """The core's machine and another one, and what lies between them."""

    core: Machine
    far: Machine
    between: str


@contextlib.contextmanager
def two_machines(folder: Path) -> Iterator[Machines]:
    """Make them; `between` says which of the two ways it is. Nothing of them is left afterwards."""
    homes = [folder / name for name in ("core-home", "far-home")]
    for home in homes:
        home.mkdir()
    names = [f"tc{os.getpid()}{letter}" for letter in "cf"]
    reason = _cannot()
    if not reason:
        reason = _make(*names)
    try:
        if reason:
            core, far = Machine("127.0.0.2", homes[0]), Machine("127.0.0.1", homes[1])
            yield Machines(core, far, f"two loopback addresses: {reason}")
        else:
            places = zip((CORE, FAR), homes, names, strict=True)
            core, far = (Machine(at, home, ("ip", "netns", "exec", name)) for at, home, name in places)
            yield Machines(core, far, "two network namespaces")
    finally:
        for name in names:
            _run("ip", "netns", "del", name)


def _cannot() -> str:
    if os.environ.get(NO_NAMESPACES) == "loopback":
        return f"{NO_NAMESPACES}=loopback asks for them"
    if not sys.platform.startswith("linux"):
        return "this system has no network namespaces"
    if os.geteuid():
        return "namespaces are for root"
    return "" if shutil.which("ip") else "`ip` is not installed"


def _make(core: str, far: str) -> str:
    """Make both namespaces and the cable; returns what went wrong."""
    cable = ("type", "veth", "peer", "name", "eth0", "netns", far)
    steps = [["ip", "netns", "add", name] for name in (core, far)]
    steps.append(["ip", "-n", core, "link", "add", "eth0", *cable])
    for name, address in ((core, CORE), (far, FAR)):
        steps.append(["ip", "-n", name, "addr", "add", f"{address}/24", "dev", "eth0"])
        steps += [["ip", "-n", name, "link", "set", device, "up"] for device in ("lo", "eth0")]
    for step in steps:
        if said := _run(*step):
            return f"`{' '.join(step[:4])}` said {said}"
    return ""


def _run(*line: str) -> str:
    """Run a command; returns its complaint when it failed."""
    try:
        done = subprocess.run(line, check=False, capture_output=True, text=True, timeout=60)
    except OSError as error:
        return str(error)
    return "" if done.returncode == 0 else done.stderr.strip()[:200] or f"exit {done.returncode}"
